(* TwoDeltaBounds.v -- consequences for X_0 = +-a:
     IR_nonneg, IR_le   : order properties of the full-line integral;
     H2_bounds          : 0 <= H(X_0|X_t) <= ln 2;
     mmse2_pos          : mmse > 0 when a <> 0;
     H2_increasing      : the conditional entropy is strictly increasing in v. *)
From Coq Require Import Reals Lra Lia List.
From Coquelicot Require Import Coquelicot.
From Infodyn Require Import Base Tilt TwoDelta BinEntropy Improper GaussInt EntropyRate TwoDeltaEntropy.
Open Scope R_scope.

Lemma IR_nonneg f r : (forall x, 0 <= f x) -> is_IR f r -> 0 <= r.
Proof.
intros h hr.
assert (k : norm r <= r).
{ refine (RInt_gen_norm (V := R_CompleteNormedModule) (Fa := Rbar_locally m_infty)
    (Fb := Rbar_locally p_infty) f f r r _ _ hr hr).
  - exists (fun x => x < 0) (fun x => 0 < x); [now exists 0 | now exists 0 |].
    intros x y hx hy; simpl; lra.
  - apply filter_forall; intros [x y] z _; right.
    change (Rabs (f z) = f z); apply Rabs_right, Rle_ge, h. }
change (Rabs r <= r) in k; assert (h1 := Rabs_pos r); lra.
Qed.

Lemma IR_le f g r s : (forall x, f x <= g x) -> is_IR f r -> is_IR g s -> r <= s.
Proof.
intros h hr hs; assert (k := is_IR_minus _ _ _ _ hs hr).
apply (IR_nonneg (fun x => g x - f x)) in k; [lra |]; intros x; specialize (h x); lra.
Qed.

Lemma p2_mass a v : 0 < v -> is_IR (p2 a v) 1.
Proof.
intros hv; refine (is_IR_ext _ _ _ _ (p_mass l2 w2 (y2 a) w2_sum v hv)).
intros x; apply p_p2.
Qed.

Lemma q2_range a v x : 0 < v -> 0 <= q2 a v x <= 1.
Proof. intros hv; rewrite q2_tanh by exact hv; assert (h := tanh_bound (a * x / v)); lra. Qed.

Theorem H2_bounds a v : 0 < v -> 0 <= H2 a v <= ln 2.
Proof.
intros hv; split.
- refine (IR_nonneg _ _ _ (H2_exists a v hv)); intros x.
  apply Rmult_le_pos; [left; now apply p2_pos | apply h2_bounds; now apply q2_range].
- rewrite <- (Rmult_1_r (ln 2)).
  refine (IR_le _ _ _ _ _ (H2_exists a v hv) (is_IR_scal (ln 2) _ _ (p2_mass a v hv))).
  intros x; rewrite Rmult_comm; apply Rmult_le_compat_r; [left; now apply p2_pos |].
  apply h2_bounds; now apply q2_range.
Qed.

Lemma wker_pos a v x : 0 < v -> 0 < wker a v x.
Proof.
intros hv; unfold wker; apply Rmult_lt_0_compat.
- apply Rdiv_lt_0_compat; [apply exp_pos | now apply sqrt_lt_R0, two_pi_v_pos].
- assert (h1 := exp_pos (a * x / v)); assert (h2 := exp_pos (- (a * x / v))).
  apply Rdiv_lt_0_compat; lra.
Qed.

Lemma wker_cont a v x : continuous (wker a v) x.
Proof.
assert (k1 := exp_pos (a * x / v)); assert (k2 := exp_pos (- (a * x / v))).
apply cont_ex; unfold wker; auto_derive; lra.
Qed.

Theorem mmse2_pos a v : a <> 0 -> 0 < v -> 0 < mmse2 a v.
Proof.
intros ha hv.
assert (ha2 : 0 < a ^ 2) by now apply pow2_gt_0.
set (m := RInt (wker a v) (- 1) 1).
assert (hm : 0 < m).
{ apply RInt_gt_0; [lra | intros; now apply wker_pos | intros; apply wker_cont]. }
set (K := 4 * a ^ 2 * Kerr a (v / 2) (2 * v)).
assert (hK : 0 <= K).
{ unfold K, Kerr; apply Rmult_le_pos; [lra | left].
  apply Rdiv_lt_0_compat; [apply exp_pos | apply sqrt_lt_R0, two_pi_v_pos; lra]. }
destruct (to0_exp K hK (a ^ 2 * m)) as [M hM]; [now apply Rmult_lt_0_compat |].
set (A := Rmax M 1); assert (h1 := Rmax_l M 1); assert (h2 := Rmax_r M 1); fold A in h1, h2.
specialize (hM A h1).
assert (t := mmse2_trunc a v (v / 2) (2 * v) A ltac:(lra) ltac:(lra) ltac:(lra)); fold K in t.
assert (g : m <= RInt (wker a v) (- A) A).
{ rewrite <- (RInt_split (wker a v) (- A) (- 1) A) by (intros; apply wker_cont).
  rewrite <- (RInt_split (wker a v) (- 1) 1 A) by (intros; apply wker_cont); fold m.
  assert (i : forall b c, b <= c -> 0 <= RInt (wker a v) b c).
  { intros b c hbc; apply RInt_ge_0; [exact hbc | apply ex_RInt_R; intros; apply wker_cont |].
    intros; left; now apply wker_pos. }
  assert (i1 := i (- A) (- 1) ltac:(lra)); assert (i2 := i 1 A ltac:(lra)); lra. }
apply Rabs_le_between in t.
assert (a ^ 2 * m <= a ^ 2 * RInt (wker a v) (- A) A) by (apply Rmult_le_compat_l; lra).
lra.
Qed.

Theorem H2_increasing a v1 v2 : a <> 0 -> 0 < v1 -> v1 < v2 -> H2 a v1 < H2 a v2.
Proof.
intros ha h1 h2.
destruct (MVT_cor2 (H2 a) (fun v => mmse2 a v / (2 * v ^ 2)) v1 v2 h2) as [c [e hc]].
{ intros c hc; apply is_derive_Reals, two_delta_immse; lra. }
assert (h3 := mmse2_pos a c ha ltac:(lra)).
assert (h4 : 0 < mmse2 a c / (2 * c ^ 2)).
{ apply Rdiv_lt_0_compat; [exact h3 |]; assert (hh := pow_lt c 2 ltac:(lra)); lra. }
assert (0 < mmse2 a c / (2 * c ^ 2) * (v2 - v1)) by (apply Rmult_lt_0_compat; lra).
lra.
Qed.
