(* claim: B9; scope: 1-D, finite Gaussian mixtures; headline: B9_gaussian_gain, B9_gain_nonnegative, B9_expected_gain, B9_gain_can_exceed_one *)
(* B9.  For Gaussian data alpha grad m is the Wiener gain alpha^2 l/(alpha^2 l + sigma^2); for any law it is at least 0,
   can exceed 1, and its mean is D eta, eta = 1 + (sigma^2/D) E[div s].  D = 1, any linear process. *)
From Coq Require Import Reals Lra List.
From Coquelicot Require Import Coquelicot.
From Infodyn Require Import Base Tilt Improper Mixture1D Process1D A2_TweedieCovariance.
Import ListNotations.
Open Scope R_scope.

Theorem B9_gaussian_gain (lam mu : R) (alpha sigma2 : R -> R) (t x : R) :
  0 <= lam -> 0 < alpha t -> 0 < sigma2 t ->
  is_derive (fun x => alpha t * pmean_t [tt] (fun _ => 1) (fun _ => mu) (fun _ => lam) alpha sigma2 t x) x
    (alpha t ^ 2 * lam / (alpha t ^ 2 * lam + sigma2 t)).
Proof.
intros hlam a0 s0.
assert (h0 : 0 <= alpha t ^ 2 * lam) by (apply Rmult_le_pos; [apply pow2_ge_0 | exact hlam]).
apply (is_derive_ext (fun x => (alpha t ^ 2 * lam * x + sigma2 t * (alpha t * mu)) / (alpha t ^ 2 * lam + sigma2 t))).
{ intros z; unfold pmean_t, pmean, Ex, cmean, yt, ct; simpl Sl.
  assert (hp : 0 < comp (fun _ : unit => 1) (fun _ => alpha t * mu) (fun _ => alpha t ^ 2 * lam) (sigma2 t) z tt).
  { unfold comp; rewrite Rmult_1_l; apply phi_pos; lra. }
  set (P := comp _ _ _ _ _ _) in *; req; field; repeat split; lra. }
auto_derive; [trivial | field; lra].
Qed.

Theorem B9_gain_nonnegative {I} (l : list I) (w y c : I -> R) (alpha sigma2 : R -> R) (t x : R) :
  law l w c -> 0 < alpha t -> 0 < sigma2 t -> exists gain,
    is_derive (fun x => alpha t * pmean_t l w y c alpha sigma2 t x) x gain /\ 0 <= gain.
Proof.
intros h a0 s0; eexists; split.
- apply D_scal; now apply A2_mean_slope.
- destruct (law_ct l w c alpha t h) as [hw [hc _]]; assert (hl := law_ne _ _ _ h).
  apply Rmult_le_pos; [lra |]; apply Rmult_le_pos; [left; now apply Rdiv_lt_0_compat |].
  unfold pvar_t; apply Rmult_le_pos; [now apply pvar_nonneg | left; apply Rinv_0_lt_compat; now apply pow_lt].
Qed.

Theorem B9_expected_gain {I} (l : list I) (w y c : I -> R) (alpha sigma2 : R -> R) (t : R) :
  law l w c -> 0 < alpha t -> 0 < sigma2 t ->
  is_IR (fun x => dens_t l w y c alpha sigma2 t x * Derive (fun x => alpha t * pmean_t l w y c alpha sigma2 t x) x)
    (1 + sigma2 t * IR (fun x => dens_t l w y c alpha sigma2 t x * slope_t l w y c alpha sigma2 t x)).
Proof.
intros h a0 s0; assert (h' := h); assert (hl := law_ne _ _ _ h); destruct h' as [hw [hc h1]].
assert (e := is_IR_scal (alpha t ^ 2 / sigma2 t) _ _ (mmse_t_val l w y c alpha sigma2 hl hw hc t a0 s0)).
rewrite (IR_unique _ _ (slope_t_val l w y c alpha sigma2 hl hw hc t s0)).
replace (alpha t ^ 2 / sigma2 t * _) with (1 + sigma2 t * - fisher_t l w y c alpha sigma2 t) in e
  by (rewrite h1; field; lra).
refine (is_IR_ext _ _ _ _ e); intros x; cbv beta.
assert (ed : Derive (fun x => alpha t * pmean_t l w y c alpha sigma2 t x) x
  = alpha t * (alpha t / sigma2 t * pvar_t l w y c alpha sigma2 t x))
  by (apply is_derive_unique, D_scal; now apply A2_mean_slope).
rewrite ed; field; lra.
Qed.

(* two atoms +-2 at sigma = 1: the gain at the origin is 4 *)
Theorem B9_gain_can_exceed_one :
  is_derive (pmean [true; false] (fun _ => / 2) (fun b : bool => if b then 2 else -2) (fun _ => 0) 1) 0 4.
Proof.
assert (hl : [true; false] <> nil) by discriminate.
assert (hw : forall i, In i [true; false] -> 0 < / 2) by (intros; lra).
assert (hc : forall i, In i [true; false] -> 0 <= 0) by (intros; lra).
assert (e := fun x => tweedie _ _ (fun b : bool => if b then 2 else -2) _ hl hw hc 1 x Rlt_0_1).
apply (is_derive_ext (fun x => x + 1 * score [true; false] (fun _ => / 2) (fun b : bool => if b then 2 else -2) (fun _ => 0) 1 x));
  [intros; now rewrite e |].
eapply D_val.
- apply D_plus; [apply D_id | apply D_scal; apply (score_slope _ _ _ _ hl hw hc 1 0 Rlt_0_1)].
- assert (k := tweedie2 _ _ (fun b : bool => if b then 2 else -2) _ hl hw hc 1 0 Rlt_0_1).
  transitivity (pvar [true; false] (fun _ => / 2) (fun b : bool => if b then 2 else -2) (fun _ => 0) 1 0);
    [rewrite k; ring |].
  unfold pvar, pmean, Ex, cvar, cmean, comp; simpl Sl.
  assert (ep : phi (0 + 1) (0 - -2) = phi (0 + 1) (0 - 2)) by (unfold phi; do 3 f_equal; ring).
  rewrite ep; assert (hp := phi_pos (0 + 1) (0 - 2) ltac:(lra)); set (P := phi _ _) in *; field; lra.
Qed.
