(* claim: A2; scope: 1-D, finite Gaussian mixtures; headline: A2_score_slope, A2_mean_slope, A2_posterior_variance, A2_hessian_Rd *)
(* A2.  grad s = (alpha^2/sigma^4) S - I/sigma^2, equivalently grad m = (alpha/sigma^2) S, S the posterior covariance.
     A2_score_slope, A2_mean_slope : any finite mixture of atoms and Gaussians on the line, any linear process;
     A2_posterior_variance : S there is the integral over X_0 that it stands for (components with a density);
     A2_hessian_Rd : for finitely many atoms in R^d: every directional derivative of every coordinate of the score. *)
From Coq Require Import Reals Lra List.
From Coquelicot Require Import Coquelicot.
From Infodyn Require Import Base Tilt Improper MixtureRd Mixture1D Process1D.
Open Scope R_scope.

Theorem A2_score_slope {I} (l : list I) (w y c : I -> R) (alpha sigma2 : R -> R) (t x : R) :
  law l w c -> 0 < alpha t -> 0 < sigma2 t ->
  is_derive (score_t l w y c alpha sigma2 t) x
    (alpha t ^ 2 / sigma2 t ^ 2 * pvar_t l w y c alpha sigma2 t x - / sigma2 t).
Proof.
intros h a0 s0; destruct (law_ct l w c alpha t h) as [hw [hc _]]; assert (hl := law_ne _ _ _ h).
eapply D_val; [now apply (Mixture1D.score_slope l w (yt y alpha t) (ct c alpha t) hl hw hc) |].
unfold pvar_t; rewrite (tweedie2 l w _ _ hl hw hc) by exact s0; field; lra.
Qed.

Theorem A2_mean_slope {I} (l : list I) (w y c : I -> R) (alpha sigma2 : R -> R) (t x : R) :
  law l w c -> 0 < alpha t -> 0 < sigma2 t ->
  is_derive (pmean_t l w y c alpha sigma2 t) x (alpha t / sigma2 t * pvar_t l w y c alpha sigma2 t x).
Proof.
intros h a0 s0; destruct (law_ct l w c alpha t h) as [hw [hc _]]; assert (hl := law_ne _ _ _ h).
apply (is_derive_ext (fun x => / alpha t * (x + sigma2 t * score_t l w y c alpha sigma2 t x))).
{ intros z; unfold pmean_t; rewrite (Mixture1D.tweedie l w _ _ hl hw hc) by exact s0; unfold score_t; req; field; lra. }
eapply D_val.
- apply D_scal, D_plus; [apply D_id | apply D_scal; now apply A2_score_slope].
- field; lra.
Qed.

Theorem A2_posterior_variance {I} (l : list I) (w y c : I -> R) (v x : R) :
  law l w c -> (forall i, In i l -> 0 < c i) -> 0 < v ->
  is_IR (fun x0 => (x0 - pmean l w y c v x) ^ 2 * (prior l w y c x0 * phi v (x - x0) / dens l w y c v x))
    (pvar l w y c v x).
Proof. intros h hp hv; assert (hl := law_ne l w c h); destruct h as [hw [hc _]]; now apply post_var_int. Qed.

Theorem A2_hessian_Rd (d : nat) {I} (l : list I) (w : I -> R) (y : I -> vec) (alpha sigma2 : R) (x u : vec) (k : nat) :
  l <> nil -> (forall i, In i l -> 0 < w i) -> alpha <> 0 -> 0 < sigma2 ->
  let Y := fun i k => alpha * y i k in
  is_dir (fun x => MixtureRd.score d l w Y sigma2 x k) x u
    (alpha ^ 2 / sigma2 ^ 2 * MixtureRd.C d l w Y sigma2 x (fun i => y i k) (fun i => dot d u (y i)) - u k / sigma2).
Proof.
intros hl hw ha hs Y; unfold is_dir; eapply D_val; [now apply (MixtureRd.hessian_Rd d l w Y hl hw sigma2 x u k) |].
assert (hp := MixtureRd.p_neq d l w Y hl hw sigma2 x hs); unfold MixtureRd.C.
rewrite (Cov_ext l _ (fun i => Y i k) (fun i => alpha * y i k + 0) (fun i => dot d u (Y i))
   (fun i => alpha * dot d u (y i) + 0)).
- rewrite Cov_affine_l, Cov_affine_r by exact hp; field; lra.
- intros i _; unfold Y; ring.
- intros i _; unfold dot, Y; rewrite <- Sl_scal, Rplus_0_r; apply Sl_ext; intros; ring.
Qed.
