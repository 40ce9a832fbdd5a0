(* claim: C13; scope: two atoms; headline: outcome_slope, mean_sensitivity, mean_sensitivity_ve, flow_density, flow_most_sensitive *)
(* Two symmetric atoms +-a; b = alpha a, s2 = sigma^2, k = b^2/s2; q2 b s2 x is the probability that the reverse
   process started at X_t = x ends at +a (D1), mmse2 1 (1/k) the mmse of unit atoms at k.
     outcome_slope       : d/dx of that probability is (b/(2 s2))(1 - tanh^2(b x/s2));
     mean_sensitivity    : its mean over p_t (an integral over the whole line) is (alpha a/(2 sigma^2)) mmse(k);
     mean_sensitivity_ve : in `ve` (alpha = 1) that is k mmse(k)/(2a), the function whose peak is k_H (C8);
     flow_density        : p_t(0) = sqrt k exp(-k/2)/(sqrt(2 pi) a) in `ve`;
     flow_most_sensitive : sqrt k exp(-k/2) has its only maximum at k = 1.
   Mode weights are D1. *)
From Coq Require Import Reals Lra.
From Coquelicot Require Import Coquelicot.
From Infodyn Require Import Base TwoDelta Improper TwoDeltaEntropy ScheduleEntropy ExtraTools.
Open Scope R_scope.

Theorem outcome_slope (b s2 x : R) : 0 < s2 ->
  is_derive (q2 b s2) x (b / (2 * s2) * (1 - tanh (b * x / s2) ^ 2)).
Proof.
intros hs; apply is_derive_ext with (fun x => / 2 * (1 + tanh (b * x / s2))).
- intros t; symmetry; now apply q2_tanh.
- auto_derive; [trivial |]; unfold Rdiv; simpl; field; lra.
Qed.

Theorem mean_sensitivity (alpha a s2 : R) : 0 < alpha -> 0 < a -> 0 < s2 ->
  let b := alpha * a in let k := b ^ 2 / s2 in
  is_IR (fun x => p2 b s2 x * Derive (q2 b s2) x) (alpha * a / (2 * s2) * mmse2 1 (/ k)).
Proof.
intros h1 h2 hs b k; assert (hb : 0 < b) by now apply Rmult_lt_0_compat.
assert (hv : 0 < s2 / b ^ 2) by (apply Rdiv_lt_0_compat; [exact hs | now apply pow_lt]).
assert (e := mmse2_scaling b 1 (s2 / b ^ 2) hb hv).
replace (b * 1) with b in e by ring; replace (b ^ 2 * (s2 / b ^ 2)) with s2 in e by (field; lra).
replace (/ k) with (s2 / b ^ 2) by (unfold k; field; split; lra).
assert (h := is_IR_scal (/ (2 * b * s2)) _ _ (mmse2_exists b s2 hs)); rewrite e in h.
replace (alpha * a / (2 * s2) * mmse2 1 (s2 / b ^ 2))
  with (/ (2 * b * s2) * (b ^ 2 * mmse2 1 (s2 / b ^ 2))) by (fold b; field; split; lra).
refine (is_IR_ext _ _ _ _ h); intros x; rewrite (is_derive_unique _ _ _ (outcome_slope b s2 x hs)).
field; split; lra.
Qed.

Theorem mean_sensitivity_ve (a s2 : R) : 0 < a -> 0 < s2 ->
  let k := a ^ 2 / s2 in
  is_IR (fun x => p2 a s2 x * Derive (q2 a s2) x) (/ (2 * a) * (k * mmse2 1 (/ k))).
Proof.
intros h2 hs k; assert (h := mean_sensitivity 1 a s2 Rlt_0_1 h2 hs); cbv zeta in h.
rewrite !Rmult_1_l in h; fold k in h.
replace (/ (2 * a) * (k * mmse2 1 (/ k))) with (a / (2 * s2) * mmse2 1 (/ k)); [exact h |].
unfold k at 2; field; split; lra.
Qed.

Theorem flow_density (a s2 : R) : 0 < a -> 0 < s2 -> let k := a ^ 2 / s2 in
  p2 a s2 0 = sqrt k * exp (- k / 2) / (sqrt (2 * PI) * a).
Proof.
intros ha hs k; assert (hp := PI_RGT_0).
assert (h1 : 0 < sqrt (2 * PI)) by (apply sqrt_lt_R0; lra).
assert (h2 : 0 < sqrt s2) by now apply sqrt_lt_R0.
assert (ek : sqrt k = a / sqrt s2).
{ unfold k; rewrite sqrt_div_alt by exact hs; rewrite sqrt_pow2 by lra; reflexivity. }
unfold p2, phi; rewrite sqrt_mult by lra; rewrite ek.
replace ((0 - a) ^ 2) with (a ^ 2) by ring; replace ((0 + a) ^ 2) with (a ^ 2) by ring.
replace (- a ^ 2 / (2 * s2)) with (- k / 2) by (unfold k; field; lra).
field; repeat split; lra.
Qed.

Theorem flow_most_sensitive k : 0 <= k -> k <> 1 ->
  sqrt k * exp (- k / 2) < sqrt 1 * exp (- (1) / 2).
Proof.
intros hk hn.
assert (e : forall z, 0 <= z -> (sqrt z * exp (- z / 2)) ^ 2 = z * exp (- z)).
{ intros z hz; rewrite Rpow_mult_distr, pow2_sqrt by exact hz; f_equal.
  transitivity (exp (- z / 2 + - z / 2)); [rewrite exp_plus; ring | f_equal; field]. }
assert (p1 : 0 <= sqrt k * exp (- k / 2)) by (apply Rmult_le_pos; [apply sqrt_pos | left; apply exp_pos]).
assert (p2 : 0 < sqrt 1 * exp (- (1) / 2)) by (rewrite sqrt_1, Rmult_1_l; apply exp_pos).
apply Rnot_le_lt; intros h.
assert (h2 : (sqrt 1 * exp (- (1) / 2)) ^ 2 <= (sqrt k * exp (- k / 2)) ^ 2) by (apply pow_incr; lra).
rewrite !e in h2 by lra.
assert (hk1 : k - 1 <> 0) by (intros h0; apply hn; lra).
assert (h3 := exp_ineq1 (k - 1) hk1).
assert (h4 : k * exp (- k) < 1 * exp (Ropp 1)); [| unfold Rdiv in *; lra].
replace (Ropp 1) with (- k + (k - 1)) by ring; rewrite exp_plus.
assert (h5 := exp_pos (- k)).
assert (0 < exp (- k) * (exp (k - 1) - k)) by (apply Rmult_lt_0_compat; lra); lra.
Qed.
