(* NumEnclosure.v -- certified numbers (coq-interval) for X_0 = +-1, full line.
     H2 1 v    : conditional entropy H(X_0|X_t) in nats, and
     mmse2 1 v : E Var[X_0|X_t], each to 1e-9 at v = 1/4, 1, 4 (truncation to [-A,A] with
                 A = 30 or 40, the tail bounded by the domination constant Kerr);
     at v = 1 also the slope dH/dv (slope_one) and E[ds/dx] (divergence_one).
   Independent check: the difference quotient (H(1.01) - H(0.99))/0.02 agrees with
   mmse(1)/2 to 2e-5.  Uses kernel primitive floats and integers (see Print Assumptions). *)
From Coq Require Import Reals Lra.
From Coquelicot Require Import Coquelicot.
From Interval Require Import Tactic.
From Infodyn Require Import Base TwoDelta BinEntropy Improper TwoDeltaEntropy.
Open Scope R_scope.

(* combine a truncated integral I ~ m, with truncation error t, into a bound for the limit *)
Lemma combine (I J m e1 e2 e : R) :
  Rabs (I - m) <= e1 -> Rabs (I - J) <= e2 -> e1 + e2 <= e -> Rabs (J - m) <= e.
Proof.
intros h1 h2 h; replace (J - m) with ((I - m) - (I - J)) by ring.
assert (t := Rabs_triang (I - m) (- (I - J))); rewrite Rabs_Ropp in t; unfold Rminus at 1; lra.
Qed.

Lemma Rabs_le_inv x e : Rabs x <= e -> - e <= x <= e.
Proof. intros h; now apply Rabs_le_between. Qed.

Ltac tail_bound := unfold Kerr; rewrite ?Rabs_R1; interval.

Ltac encH A c d := match goal with |- Rabs (H2 ?a ?v - ?m) <= ?e =>
  apply (combine (RInt (uside a v) (- A) A) _ _ (8e-10) (4 * Kerr a c d * exp (- A)));
  [ unfold uside, phi; integral with (i_relwidth 30, i_fuel 3000) | apply H2_trunc; lra | tail_bound ] end.

Ltac encW A c d := match goal with |- Rabs (mmse2 ?a ?v - ?m) <= ?e =>
  apply (combine (a ^ 2 * RInt (wker a v) (- A) A) _ _ (8e-10) (4 * a ^ 2 * Kerr a c d * exp (- A)));
  [ unfold wker; integral with (i_relwidth 30, i_fuel 3000) | apply mmse2_trunc; lra | tail_bound ] end.

Theorem H_quarter : Rabs (H2 1 (1 / 4) - 0.0604269868) <= 1e-9.
Proof. encH 30 (24 / 100) (26 / 100). Qed.

Theorem mmse_quarter : Rabs (mmse2 1 (1 / 4) - 0.0685974087) <= 1e-9.
Proof. encW 30 (24 / 100) (26 / 100). Qed.

Theorem H_one : Rabs (H2 1 1 - 0.3563163602) <= 1e-9.
Proof. encH 30 (9 / 10) (11 / 10). Qed.

Theorem mmse_one : Rabs (mmse2 1 1 - 0.4495995091) <= 1e-9.
Proof. encW 30 (9 / 10) (11 / 10). Qed.

Theorem H_four : Rabs (H2 1 4 - 0.5817256984) <= 1e-9.
Proof. encH 40 (39 / 10) (41 / 10). Qed.

Theorem mmse_four : Rabs (mmse2 1 4 - 0.7959457343) <= 1e-9.
Proof. encW 40 (39 / 10) (41 / 10). Qed.

(* slope of the entropy and expected divergence at v = 1 *)
Theorem slope_one : Rabs (Derive (H2 1) 1 - 0.22479975455) <= 5e-10.
Proof.
rewrite (is_derive_unique _ _ _ (two_delta_immse 1 1 Rlt_0_1)).
assert (h := mmse_one).
apply Rabs_le; apply Rabs_le_inv in h; simpl; lra.
Qed.

Theorem divergence_one : exists r,
  is_IR (fun x => p2 1 1 x * (1 ^ 2 / 1 ^ 2 * (1 - tanh (1 * x / 1) ^ 2) - / 1)) r /\
  Rabs (r - -0.5504004909) <= 1e-9.
Proof.
eexists; split; [exact (two_delta_expected_divergence 1 1 Rlt_0_1) |].
assert (h := mmse_one); apply Rabs_le; apply Rabs_le_inv in h; simpl; lra.
Qed.

(* independent finite-difference check of dH/dv = mmse/(2 v^2) *)
Lemma H_101 : Rabs (H2 1 (101 / 100) - 0.3585498802) <= 1e-9.
Proof. encH 30 (9 / 10) (11 / 10). Qed.
Lemma H_099 : Rabs (H2 1 (99 / 100) - 0.3540537071) <= 1e-9.
Proof. encH 30 (9 / 10) (11 / 10). Qed.
Theorem difference_quotient :
  Rabs ((H2 1 (101 / 100) - H2 1 (99 / 100)) / (2 / 100) - mmse2 1 1 / 2) <= 2e-5.
Proof.
assert (h1 := Rabs_le_inv _ _ H_101); assert (h2 := Rabs_le_inv _ _ H_099).
assert (h3 := Rabs_le_inv _ _ mmse_one); apply Rabs_le; lra.
Qed.
