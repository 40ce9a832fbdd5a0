(* BinEntropy.v
   H. Binary entropy h(q) = -q ln q - (1-q) ln(1-q) (Coq's ln 0 = 0 gives 0 ln 0 = 0):
      0 <= h <= ln 2 on [0,1]; h = ln 2 only at 1/2; h' = ln((1-q)/q);
      h'' = -1/(q(1-q)) < 0; h is concave on [0,1]; symmetry h(1-q) = h(q).
   Also, for n atoms: Gibbs inequality and 0 <= H <= ln n. *)
From Coq Require Import Reals Lra List.
From Coquelicot Require Import Coquelicot.
From Infodyn Require Import Base Tilt.
Open Scope R_scope.

Lemma ln_le_sub1 x : 0 < x -> ln x <= x - 1.
Proof.
intros h; assert (e := exp_ineq1_le (ln x)); rewrite exp_ln in e by exact h; lra.
Qed.

Lemma ln_lt_sub1 x : 0 < x -> x <> 1 -> ln x < x - 1.
Proof.
intros h h1.
assert (hn : ln x <> 0) by (intros e; apply h1; apply ln_inv; try lra; now rewrite ln_1).
assert (e := exp_ineq1 (ln x) hn); rewrite exp_ln in e by exact h; lra.
Qed.

Lemma ln_0 : ln 0 = 0.
Proof. unfold ln; destruct (Rlt_dec 0 0) as [h | h]; [exfalso; lra | reflexivity]. Qed.

Definition eta (x : R) : R := - (x * ln x).
Definition h2 (q : R) : R := eta q + eta (1 - q).

(* tangent-line bound (concavity of eta in its useful form) *)
Lemma eta_tangent x m : 0 <= x -> 0 < m -> eta x <= - (x * ln m) + m - x.
Proof.
intros hx hm; unfold eta; destruct hx as [hx | <-]; [| rewrite ln_0; lra].
assert (h := ln_le_sub1 (m / x) ltac:(now apply Rdiv_lt_0_compat)).
rewrite ln_div in h by assumption.
assert (h1 : x * (ln m - ln x) <= x * (m / x - 1)) by (apply Rmult_le_compat_l; lra).
replace (x * (m / x - 1)) with (m - x) in h1 by (field; lra); lra.
Qed.

Lemma eta_tangent_strict x m : 0 <= x -> 0 < m -> x <> m -> eta x < - (x * ln m) + m - x.
Proof.
intros hx hm hn; unfold eta; destruct hx as [hx | <-]; [| rewrite ln_0; lra].
assert (hq : m / x <> 1).
{ intros e; apply hn; replace m with (m / x * x) by (field; lra); rewrite e; ring. }
assert (h := ln_lt_sub1 (m / x) ltac:(now apply Rdiv_lt_0_compat) hq).
rewrite ln_div in h by assumption.
assert (h1 : x * (ln m - ln x) < x * (m / x - 1)) by (apply Rmult_lt_compat_l; lra).
replace (x * (m / x - 1)) with (m - x) in h1 by (field; lra); lra.
Qed.

Lemma eta_nonneg x : 0 <= x <= 1 -> 0 <= eta x.
Proof.
intros [hx hx1]; unfold eta; destruct hx as [hx | <-]; [| rewrite ln_0; lra].
assert (h := ln_le_sub1 x hx); nra.
Qed.

Lemma eta_le_1 x : 0 <= x -> eta x <= 1.
Proof. intros hx; assert (h := eta_tangent x 1 hx Rlt_0_1); rewrite ln_1 in h; lra. Qed.

Lemma eta_concave x y a : 0 <= x -> 0 <= y -> 0 <= a <= 1 ->
  a * eta x + (1 - a) * eta y <= eta (a * x + (1 - a) * y).
Proof.
intros hx hy ha; set (m := a * x + (1 - a) * y).
assert (hm0 : 0 <= a * x) by nra. assert (hm1 : 0 <= (1 - a) * y) by nra.
destruct (Rle_lt_or_eq_dec 0 m ltac:(unfold m; lra)) as [hm | hm].
- assert (h1 := eta_tangent x m hx hm); assert (h2 := eta_tangent y m hy hm).
  assert (a * eta x <= a * (- (x * ln m) + m - x)) by (apply Rmult_le_compat_l; lra).
  assert ((1 - a) * eta y <= (1 - a) * (- (y * ln m) + m - y)) by (apply Rmult_le_compat_l; lra).
  unfold eta at 3; unfold m in *; lra.
- (* m = 0 : each weighted point is 0 *)
  assert (ax : a * x = 0) by (unfold m in hm; lra).
  assert (ay : (1 - a) * y = 0) by (unfold m in hm; lra).
  rewrite <- hm; unfold eta; rewrite ln_0.
  apply Req_le; transitivity (- (a * x * ln x) - ((1 - a) * y) * ln y); [ring |].
  rewrite ax, ay; ring.
Qed.

Theorem h2_sym q : h2 (1 - q) = h2 q.
Proof. unfold h2; replace (1 - (1 - q)) with q by ring; ring. Qed.

Theorem h2_bounds q : 0 <= q <= 1 -> 0 <= h2 q <= ln 2.
Proof.
intros hq; unfold h2; split.
- assert (h := eta_nonneg q hq); assert (h' := eta_nonneg (1 - q) ltac:(lra)); lra.
- assert (h := eta_tangent q (/ 2) ltac:(lra) ltac:(lra)).
  assert (h' := eta_tangent (1 - q) (/ 2) ltac:(lra) ltac:(lra)).
  rewrite ln_Rinv in h, h' by lra; lra.
Qed.

Theorem h2_half : h2 (/ 2) = ln 2.
Proof. unfold h2, eta; replace (1 - / 2) with (/ 2) by lra; rewrite ln_Rinv by lra; lra. Qed.

Theorem h2_max_unique q : 0 <= q <= 1 -> (h2 q = ln 2 <-> q = / 2).
Proof.
intros hq; split; [| intros ->; apply h2_half].
intros e; destruct (Req_dec q (/ 2)) as [r | r]; [exact r |]; exfalso; unfold h2 in e.
assert (h := eta_tangent_strict q (/ 2) ltac:(lra) ltac:(lra) r).
assert (h' := eta_tangent (1 - q) (/ 2) ltac:(lra) ltac:(lra)).
rewrite ln_Rinv in h, h' by lra; lra.
Qed.

Theorem h2_ends : h2 0 = 0 /\ h2 1 = 0.
Proof.
unfold h2, eta; replace (1 - 1) with 0 by ring; rewrite Rminus_0_r, ln_0, ln_1; lra.
Qed.

Theorem is_derive_h2 q : 0 < q < 1 -> is_derive h2 q (ln ((1 - q) / q)).
Proof.
intros hq; unfold h2, eta; rewrite ln_div by lra.
auto_derive; [repeat split; lra |]; unfold Rminus; field; lra.
Qed.

Theorem is_derive_h2' q : 0 < q < 1 ->
  is_derive (fun q => ln ((1 - q) / q)) q (- / (q * (1 - q))) /\ - / (q * (1 - q)) < 0.
Proof.
intros hq; split.
- auto_derive; [repeat split; try lra; apply Rdiv_lt_0_compat; lra | field; lra].
- assert (0 < / (q * (1 - q))) by (apply Rinv_0_lt_compat; nra); lra.
Qed.

Theorem h2_concave x y a : 0 <= x <= 1 -> 0 <= y <= 1 -> 0 <= a <= 1 ->
  a * h2 x + (1 - a) * h2 y <= h2 (a * x + (1 - a) * y).
Proof.
intros hx hy ha; unfold h2.
assert (h := eta_concave x y a ltac:(lra) ltac:(lra) ha).
assert (h' := eta_concave (1 - x) (1 - y) a ltac:(lra) ltac:(lra) ha).
replace (1 - (a * x + (1 - a) * y)) with (a * (1 - x) + (1 - a) * (1 - y)) by ring; lra.
Qed.

(* ---- n atoms ---- *)
Section Natoms.
Context {I : Type}.
Variables (l : list I) (q : I -> R).
Hypothesis q0 : forall i, In i l -> 0 <= q i.
Hypothesis q1 : Sl l q = 1.
Definition Hn : R := Sl l (fun i => eta (q i)).

Theorem gibbs (r : I -> R) : (forall i, In i l -> 0 < r i) -> Sl l r <= 1 ->
  Hn <= Sl l (fun i => - (q i * ln (r i))).
Proof.
intros hr hr1; unfold Hn.
apply Rle_trans with (Sl l (fun i => - (q i * ln (r i)) + (r i - q i))).
- apply Sl_le; intros i hi; assert (h := eta_tangent (q i) (r i) (q0 i hi) (hr i hi)); lra.
- rewrite Sl_plus, Sl_minus; lra.
Qed.

Lemma Sl_const c : Sl l (fun _ => c) = INR (length l) * c.
Proof.
clear q0 q1.
induction l as [| i l' IH]; [simpl; ring |].
change (c + Sl l' (fun _ => c) = INR (S (length l')) * c); rewrite IH, S_INR; ring.
Qed.

Lemma q_le_1 i : In i l -> q i <= 1.
Proof. intros hi; rewrite <- q1; now apply Sl_ge_term. Qed.

Theorem Hn_bounds : 0 <= Hn <= ln (INR (length l)).
Proof.
assert (hn : 0 < INR (length l)).
{ destruct l as [| i l']; [simpl in q1; lra |]; apply lt_0_INR; simpl; apply Nat.lt_0_succ. }
split.
- apply Sl_nonneg; intros i hi; apply eta_nonneg; split; [auto | now apply q_le_1].
- apply Rle_trans with (1 := gibbs (fun _ => / INR (length l))
    (fun i _ => Rinv_0_lt_compat _ hn) ltac:(rewrite Sl_const, Rinv_r by lra; lra)).
  rewrite (Sl_ext l _ (fun i => q i * ln (INR (length l)))) by (intros; rewrite ln_Rinv by lra; ring).
  rewrite Sl_scal_r, q1; lra.
Qed.
End Natoms.
