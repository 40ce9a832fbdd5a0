(* claim: B1; scope: 1-D, finite Gaussian mixtures; headline: B1_marginal_production *)
(* B1 (de Bruijn).  d/dt H(X_t) = D f + (g^2/2) E|s|^2, here in D = 1, H(X_t) = - integral of p_t ln p_t over the
   whole line, for any finite mixture of atoms and Gaussians and any linear process. *)
From Coq Require Import Reals Lra List.
From Coquelicot Require Import Coquelicot.
From Infodyn Require Import Base Tilt Improper Mixture1D Process1D.
Open Scope R_scope.

Theorem B1_marginal_production {I} (l : list I) (w y c : I -> R) (alpha sigma2 : R -> R) (f g t : R) :
  law l w c -> linear_process alpha sigma2 f g t ->
  is_derive (fun t => IR (fun x => - (dens_t l w y c alpha sigma2 t x * ln (dens_t l w y c alpha sigma2 t x)))) t
    (f + g ^ 2 / 2 * IR (fun x => dens_t l w y c alpha sigma2 t x * score_t l w y c alpha sigma2 t x ^ 2)).
Proof.
intros h [da [ds [a0 s0]]]; assert (hl := law_ne _ _ _ h); destruct h as [hw [hc h1]].
eapply D_val; [exact (marginal_rate l w y c alpha sigma2 hl hw hc f g t da ds a0 s0) |].
rewrite h1; unfold fisher_t, fisher, dens_t, score_t; ring.
Qed.
