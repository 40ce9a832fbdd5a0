(* claim: B3; scope: 1-D, finite Gaussian mixtures; headline: B3_fisher_form, B3_mmse_form, B3_immse, B3_one_curve *)
(* B3.  The rate of H(X_0 given X_t) is also (g^2/2)(D/sigma^2 - E|s|^2) and (g^2 alpha^2/(2 sigma^4)) mmse;
   d/dgamma I(X_0;X_t) = mmse/2 (I-MMSE), and I depends on the process through gamma = alpha^2/sigma^2 only.
   D = 1, over the whole line, any finite mixture of atoms and Gaussians, any linear process. *)
From Coq Require Import Reals Lra List.
From Coquelicot Require Import Coquelicot.
From Infodyn Require Import Base Tilt Improper Mixture1D Process1D.
Open Scope R_scope.

Theorem B3_fisher_form {I} (l : list I) (w y c : I -> R) (alpha sigma2 : R -> R) (f g t : R) :
  law l w c -> linear_process alpha sigma2 f g t ->
  is_derive (fun t => - info_t l w y c alpha sigma2 t) t
    (g ^ 2 / 2 * (1 / sigma2 t
      - IR (fun x => dens_t l w y c alpha sigma2 t x * score_t l w y c alpha sigma2 t x ^ 2))).
Proof.
intros h [da [ds [a0 s0]]]; assert (hl := law_ne _ _ _ h); destruct h as [hw [hc h1]].
exact (info_rate l w y c alpha sigma2 hl hw hc f g t da ds a0 s0 h1).
Qed.

Theorem B3_mmse_form {I} (l : list I) (w y c : I -> R) (alpha sigma2 : R -> R) (f g t : R) :
  law l w c -> linear_process alpha sigma2 f g t ->
  is_derive (fun t => - info_t l w y c alpha sigma2 t) t
    (g ^ 2 * alpha t ^ 2 / (2 * sigma2 t ^ 2)
      * IR (fun x => dens_t l w y c alpha sigma2 t x * pvar_t l w y c alpha sigma2 t x)).
Proof.
intros h hp; eapply D_val; [now apply (B3_fisher_form l w y c alpha sigma2 f g t) |].
destruct hp as [da [ds [a0 s0]]]; assert (hl := law_ne _ _ _ h); destruct h as [hw [hc h1]].
rewrite (IR_unique _ _ (mmse_t_val l w y c alpha sigma2 hl hw hc t a0 s0)), h1.
unfold fisher_t, fisher, dens_t, score_t; field; lra.
Qed.

(* the information as a function of gamma, and its slope *)
Definition info_gamma {I} (l : list I) (w y c : I -> R) (gamma : R) : R :=
  Hm l w y c (/ gamma) - Hnoise (/ gamma).

Theorem B3_immse {I} (l : list I) (w y c : I -> R) (gamma : R) :
  law l w c -> 0 < gamma ->
  is_derive (info_gamma l w y c) gamma
    (/ 2 * IR (fun x => dens l w y c (/ gamma) x * pvar l w y c (/ gamma) x)).
Proof.
intros h hg; assert (hl := law_ne _ _ _ h); destruct h as [hw [hc h1]].
assert (hv := Rinv_0_lt_compat _ hg).
assert (di : is_derive Rinv gamma (- / gamma ^ 2)) by (auto_derive; [lra | field; lra]).
unfold info_gamma; eapply D_val.
- apply D_minus.
  + apply (D_comp (Hm l w y c) Rinv); [now apply (de_bruijn l w y c hl hw hc) | exact di].
  + apply (D_comp Hnoise Rinv); [now apply Hnoise_dv | exact di].
- rewrite (IR_unique _ _ (mmse_exists_val l w y c hl hw hc _ hv)), h1; field; lra.
Qed.

Theorem B3_one_curve {I} (l : list I) (w y c : I -> R) (alpha sigma2 : R -> R) (t : R) :
  law l w c -> 0 < alpha t -> 0 < sigma2 t ->
  info_t l w y c alpha sigma2 t = info_gamma l w y c (alpha t ^ 2 / sigma2 t).
Proof.
intros h a0 s0; assert (hl := law_ne _ _ _ h); destruct h as [hw [hc h1]].
rewrite (info_veff l w y c alpha sigma2 hl hw hc t a0 s0 h1); unfold info_gamma.
replace (/ (alpha t ^ 2 / sigma2 t)) with (sigma2 t / alpha t ^ 2) by (field; lra); reflexivity.
Qed.
