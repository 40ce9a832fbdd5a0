(* claim: A1; scope: 1-D, finite Gaussian mixtures; headline: A1_tweedie, A1_posterior_mean, A1_tweedie_Rd *)
(* A1.  s(x) = (alpha m(x) - x)/sigma^2, m(x) = E[X_0 given X_t = x].
     A1_tweedie        : for any finite mixture of atoms and Gaussians on the line, any linear process;
     A1_posterior_mean : m there is the integral over X_0 that it stands for (components with a density);
     A1_tweedie_Rd     : for finitely many atoms in R^d, along any direction. *)
From Coq Require Import Reals Lra List.
From Coquelicot Require Import Coquelicot.
From Infodyn Require Import Base Tilt Improper MixtureRd Mixture1D Process1D.
Open Scope R_scope.

Theorem A1_tweedie {I} (l : list I) (w y c : I -> R) (alpha sigma2 : R -> R) (t x : R) :
  law l w c -> 0 < alpha t -> 0 < sigma2 t ->
  is_derive (fun x => ln (dens_t l w y c alpha sigma2 t x)) x
    ((alpha t * pmean_t l w y c alpha sigma2 t x - x) / sigma2 t).
Proof.
intros h a0 s0; destruct (law_ct l w c alpha t h) as [hw [hc _]]; assert (hl := law_ne _ _ _ h).
eapply D_val; [now apply Mixture1D.score_ok |].
unfold pmean_t; rewrite (Mixture1D.tweedie l w _ _ hl hw hc) by exact s0; field; lra.
Qed.

Theorem A1_posterior_mean {I} (l : list I) (w y c : I -> R) (v x : R) :
  law l w c -> (forall i, In i l -> 0 < c i) -> 0 < v ->
  is_IR (fun x0 => x0 * (prior l w y c x0 * phi v (x - x0) / dens l w y c v x)) (pmean l w y c v x).
Proof. intros h hp hv; destruct h as [hw [hc h1]]; apply post_mean_int; try assumption; exact (law_ne l w c (conj hw (conj hc h1))). Qed.

Theorem A1_tweedie_Rd (d : nat) {I} (l : list I) (w : I -> R) (y : I -> vec) (alpha sigma2 : R) (x u : vec) :
  l <> nil -> (forall i, In i l -> 0 < w i) -> alpha <> 0 -> 0 < sigma2 ->
  let Y := fun i k => alpha * y i k in
  let m := fun k => MixtureRd.E d l w Y sigma2 x (fun i => y i k) in
  is_dir (fun x => ln (MixtureRd.p d l w Y sigma2 x)) x u
    (dot d u (fun k => (alpha * m k - x k) / sigma2)).
Proof.
intros hl hw ha hs Y m; unfold is_dir; eapply D_val; [now apply (MixtureRd.tweedie_Rd d l w Y hl hw sigma2 x u) |].
unfold dot; apply Sl_ext; intros k _; do 2 f_equal; unfold MixtureRd.score, mean, m, MixtureRd.E, Y; f_equal; f_equal.
apply Ex_scal.
Qed.
