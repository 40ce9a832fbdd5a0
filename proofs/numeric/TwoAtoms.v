(* TwoAtoms.v -- certified numbers for two atoms +-1 of weight 1/2 (coq-interval), k = alpha^2/sigma^2 = 1/v:
     H k : H(X_0 given X_t) in nats;  M k : the mean squared error E Var[X_0 given X_t];
     Rate k : the entropy rate dH/dv, v = sigma^2/alpha^2, by the proved identity dH/dv = M/(2 v^2).
   The truncation to [-A, A] is bounded by the proved lemmas H2_trunc and mmse2_trunc.  `Rabs (term - m) <= e`: the
   program's numbers are compared with m +- e by tests/tests/certified.rs.  Kernel floats and integers are used here. *)
From Coq Require Import Reals Lra.
From Coquelicot Require Import Coquelicot.
From Interval Require Import Tactic.
From Infodyn Require Import Base TwoDelta BinEntropy Improper TwoDeltaEntropy.
Open Scope R_scope.

Definition H (k : R) : R := H2 1 (/ k).
Definition M (k : R) : R := mmse2 1 (/ k).
Definition Rate (k : R) : R := Derive (H2 1) (/ k).

Lemma combine (I J m e1 e2 e : R) :
  Rabs (I - m) <= e1 -> Rabs (I - J) <= e2 -> e1 + e2 <= e -> Rabs (J - m) <= e.
Proof.
intros h1 h2 h; replace (J - m) with ((I - m) - (I - J)) by ring.
assert (t := Rabs_triang (I - m) (- (I - J))); rewrite Rabs_Ropp in t; unfold Rminus at 1; lra.
Qed.

Lemma rate (k m e e' : R) : 0 < k -> Rabs (M k - m) <= e -> k ^ 2 / 2 * e <= e' ->
  Rabs (Rate k - m * k ^ 2 / 2) <= e'.
Proof.
intros hk h he; unfold Rate; rewrite (is_derive_unique _ _ _ (two_delta_immse 1 (/ k) (Rinv_0_lt_compat _ hk))).
change (mmse2 1 (/ k)) with (M k).
replace (M k / (2 * (/ k) ^ 2) - m * k ^ 2 / 2) with (k ^ 2 / 2 * (M k - m)) by (field; lra).
assert (h2 : 0 <= k ^ 2 / 2) by (assert (q := pow2_ge_0 k); lra).
rewrite Rabs_mult, (Rabs_right (k ^ 2 / 2)) by lra.
eapply Rle_trans; [apply Rmult_le_compat_l; [exact h2 | exact h] | exact he].
Qed.

Lemma near (x m m' d e e' : R) : Rabs (x - m) <= e -> Rabs (m - m') <= d -> e + d <= e' -> Rabs (x - m') <= e'.
Proof.
intros h1 h2 h3; replace (x - m') with ((x - m) + (m - m')) by ring.
assert (t := Rabs_triang (x - m) (m - m')); lra.
Qed.

Ltac encH v A c d := unfold H; replace (/ _) with v by field;
  apply (combine (RInt (uside 1 v) (- A) A) _ _ (8e-10) (4 * Kerr 1 c d * exp (- A)));
  [ unfold uside, phi; integral with (i_relwidth 30, i_fuel 3000) | apply H2_trunc; lra
  | unfold Kerr; rewrite ?Rabs_R1; interval ].
Ltac encM v A c d := unfold M; replace (/ _) with v by field;
  apply (combine (1 ^ 2 * RInt (wker 1 v) (- A) A) _ _ (8e-10) (4 * 1 ^ 2 * Kerr 1 c d * exp (- A)));
  [ unfold wker; integral with (i_relwidth 30, i_fuel 3000) | apply mmse2_trunc; lra
  | unfold Kerr; rewrite ?Rabs_R1; interval ].

Ltac rate_from k m h := apply (near _ (m * k ^ 2 / 2) _ 1e-12 (k ^ 2 / 2 * 1e-9));
  [apply (rate k m 1e-9); [lra | exact h | lra] | apply Rabs_le; lra | lra].

Theorem H_1_4 : Rabs (H (1/4) - 0.5817256983752) <= 1e-9.
Proof. encH (4 / 1) 40 (396 / 100) (404 / 100). Qed.
Theorem M_1_4 : Rabs (M (1/4) - 0.7959457343665) <= 1e-9.
Proof. encM (4 / 1) 40 (396 / 100) (404 / 100). Qed.
Theorem Rate_1_4 : Rabs (Rate (1/4) - 0.02487330419895) <= 3.5e-11.
Proof. rate_from (1/4) 0.7959457343665 M_1_4. Qed.
Theorem H_1_3 : Rabs (H (1/3) - 0.5496953024001) <= 1e-9.
Proof. encH (3 / 1) 40 (297 / 100) (303 / 100). Qed.
Theorem M_1_3 : Rabs (M (1/3) - 0.742436074815) <= 1e-9.
Proof. encM (3 / 1) 40 (297 / 100) (303 / 100). Qed.
Theorem Rate_1_3 : Rabs (Rate (1/3) - 0.04124644860083) <= 6.0e-11.
Proof. rate_from (1/3) 0.742436074815 M_1_3. Qed.
Theorem H_1_2 : Rabs (H (1/2) - 0.4918017089751) <= 1e-9.
Proof. encH (2 / 1) 30 (198 / 100) (202 / 100). Qed.
Theorem M_1_2 : Rabs (M (1/2) - 0.6498865953249) <= 1e-9.
Proof. encM (2 / 1) 30 (198 / 100) (202 / 100). Qed.
Theorem Rate_1_2 : Rabs (Rate (1/2) - 0.08123582441561) <= 1.3e-10.
Proof. rate_from (1/2) 0.6498865953249 M_1_2. Qed.
Theorem H_2_3 : Rabs (H (2/3) - 0.4409657861065) <= 1e-9.
Proof. encH (3 / 2) 30 (297 / 200) (303 / 200). Qed.
Theorem M_2_3 : Rabs (M (2/3) - 0.5723455320722) <= 1e-9.
Proof. encM (3 / 2) 30 (297 / 200) (303 / 200). Qed.
Theorem Rate_2_3 : Rabs (Rate (2/3) - 0.127187896016) <= 2.4e-10.
Proof. rate_from (2/3) 0.5723455320722 M_2_3. Qed.
Theorem H_3_4 : Rabs (H (3/4) - 0.417841415586) <= 1e-9.
Proof. encH (4 / 3) 30 (396 / 300) (404 / 300). Qed.
Theorem M_3_4 : Rabs (M (3/4) - 0.5380752175315) <= 1e-9.
Proof. encM (4 / 3) 30 (396 / 300) (404 / 300). Qed.
Theorem Rate_3_4 : Rabs (Rate (3/4) - 0.1513336549307) <= 3.0e-10.
Proof. rate_from (3/4) 0.5380752175315 M_3_4. Qed.
Theorem H_1 : Rabs (H 1 - 0.3563163602131) <= 1e-9.
Proof. encH (1 / 1) 30 (99 / 100) (101 / 100). Qed.
Theorem M_1 : Rabs (M 1 - 0.4495995092067) <= 1e-9.
Proof. encM (1 / 1) 30 (99 / 100) (101 / 100). Qed.
Theorem Rate_1 : Rabs (Rate 1 - 0.2247997546033) <= 5.3e-10.
Proof. rate_from 1 0.4495995092067 M_1. Qed.
Theorem H_5_4 : Rabs (H (5/4) - 0.3047346607974) <= 1e-9.
Proof. encH (4 / 5) 30 (396 / 500) (404 / 500). Qed.
Theorem M_5_4 : Rabs (M (5/4) - 0.3781584596748) <= 1e-9.
Proof. encM (4 / 5) 30 (396 / 500) (404 / 500). Qed.
Theorem Rate_5_4 : Rabs (Rate (5/4) - 0.295436296621) <= 8.2e-10.
Proof. rate_from (5/4) 0.3781584596748 M_5_4. Qed.
Theorem H_4_3 : Rabs (H (4/3) - 0.2894156264801) <= 1e-9.
Proof. encH (3 / 4) 30 (297 / 400) (303 / 400). Qed.
Theorem M_4_3 : Rabs (M (4/3) - 0.3573834404439) <= 1e-9.
Proof. encM (3 / 4) 30 (297 / 400) (303 / 400). Qed.
Theorem Rate_4_3 : Rabs (Rate (4/3) - 0.3176741692835) <= 9.4e-10.
Proof. rate_from (4/3) 0.3573834404439 M_4_3. Qed.
Theorem H_3_2 : Rabs (H (3/2) - 0.2612385863053) <= 1e-9.
Proof. encH (2 / 3) 30 (198 / 300) (202 / 300). Qed.
Theorem M_3_2 : Rabs (M (3/2) - 0.3196731198712) <= 1e-9.
Proof. encM (2 / 3) 30 (198 / 300) (202 / 300). Qed.
Theorem Rate_3_2 : Rabs (Rate (3/2) - 0.3596322598551) <= 1.2e-09.
Proof. rate_from (3/2) 0.3196731198712 M_3_2. Qed.
Theorem H_2 : Rabs (H 2 - 0.1930750444931) <= 1e-9.
Proof. encH (1 / 2) 30 (99 / 200) (101 / 200). Qed.
Theorem M_2 : Rabs (M 2 - 0.2310182219293) <= 1e-9.
Proof. encM (1 / 2) 30 (99 / 200) (101 / 200). Qed.
Theorem Rate_2 : Rabs (Rate 2 - 0.4620364438586) <= 2.1e-09.
Proof. rate_from 2 0.2310182219293 M_2. Qed.
Theorem H_5_2 : Rabs (H (5/2) - 0.1435428427096) <= 1e-9.
Proof. encH (2 / 5) 30 (198 / 500) (202 / 500). Qed.
Theorem M_5_2 : Rabs (M (5/2) - 0.1687930250774) <= 1e-9.
Proof. encM (2 / 5) 30 (198 / 500) (202 / 500). Qed.
Theorem Rate_5_2 : Rabs (Rate (5/2) - 0.5274782033669) <= 3.3e-09.
Proof. rate_from (5/2) 0.1687930250774 M_5_2. Qed.
Theorem H_3 : Rabs (H 3 - 0.1072078301339) <= 1e-9.
Proof. encH (1 / 3) 30 (99 / 300) (101 / 300). Qed.
Theorem M_3 : Rabs (M 3 - 0.1243179023871) <= 1e-9.
Proof. encM (1 / 3) 30 (99 / 300) (101 / 300). Qed.
Theorem Rate_3 : Rabs (Rate 3 - 0.5594305607421) <= 4.7e-09.
Proof. rate_from 3 0.1243179023871 M_3. Qed.
Theorem H_4 : Rabs (H 4 - 0.06042698682308) <= 1e-9.
Proof. encH (1 / 4) 30 (99 / 400) (101 / 400). Qed.
Theorem M_4 : Rabs (M 4 - 0.06859740879074) <= 1e-9.
Proof. encM (1 / 4) 30 (99 / 400) (101 / 400). Qed.
Theorem Rate_4 : Rabs (Rate 4 - 0.5487792703259) <= 8.4e-09.
Proof. rate_from 4 0.06859740879074 M_4. Qed.
Theorem H_5 : Rabs (H 5 - 0.03441279946607) <= 1e-9.
Proof. encH (1 / 5) 30 (99 / 500) (101 / 500). Qed.
Theorem M_5 : Rabs (M 5 - 0.03846281136938) <= 1e-9.
Proof. encM (1 / 5) 30 (99 / 500) (101 / 500). Qed.
Theorem Rate_5 : Rabs (Rate 5 - 0.4807851421173) <= 1.3e-08.
Proof. rate_from 5 0.03846281136938 M_5. Qed.
