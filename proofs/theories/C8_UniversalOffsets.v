(* claim: C8; scope: two atoms; headline: mmse_in_k, label_entropy_in_k, rate_slope, unique_peak, peaks_ordered *)
(* Two symmetric atoms; k = alpha^2 a^2/sigma^2, v = 1/k, mmse(k) = mmse2 1 (1/k) that of unit atoms.
     label_entropy_in_k, mmse_in_k : the label's entropy and the mmse (in units of a^2) depend on k only;
     rate_slope   : R_j(v) = v^{-j} mmse, j >= 1/2 real, has derivative R_j(v) psi_j(v)/v with
                    psi_j(v) = 1/2 - j + 1/(2v) - theta(v), theta(v) = v N(v)/(2 B(v)),
                    B(v) = integral of exp(-v x^2/2)/cosh x, N(v) = integral of x^2 exp(-v x^2/2)/cosh x;
     unique_peak  : R_j has one peak: there is one v_j > 0 with psi_j > 0 before it and psi_j < 0 after it,
                    and R_j(v) < R_j(v_j) for every other v > 0;
     peaks_ordered: in k = 1/v the peaks increase strictly with j.
   The entropy rate of the label is, up to a factor 1/2 and units of a, k mmse in the clock log gamma (j = 1: k_H),
   k^{3/2} mmse in the clock sigma/alpha (j = 3/2: k_s), k^2 mmse in the clock sigma^2/alpha^2 (j = 2: k_v);
   j = 1/2 is the sensitivity of C13 in units of sigma.
   Not proved: the digits of k_H, k_s, k_v; anything about k_V, the peak of Var h. *)
From Coq Require Import Reals Lra Lia.
From Coquelicot Require Import Coquelicot.
From Infodyn Require Import Base TwoDelta Improper GaussInt TwoDeltaEntropy ScheduleEntropy TwoDeltaBounds ExtraTools.
Open Scope R_scope.

(* ---- dependence on k only ---- *)
Theorem label_entropy_in_k (b s2 : R) : 0 < b -> 0 < s2 -> H2 b s2 = H2 1 (s2 / b ^ 2).
Proof.
intros hb hs; assert (hv : 0 < s2 / b ^ 2) by (apply Rdiv_lt_0_compat; [exact hs | now apply pow_lt]).
rewrite <- (H2_scaling b 1 (s2 / b ^ 2) hb hv); f_equal; field; lra.
Qed.

Theorem mmse_in_k (b s2 : R) : 0 < b -> 0 < s2 -> mmse2 b s2 = b ^ 2 * mmse2 1 (s2 / b ^ 2).
Proof.
intros hb hs; assert (hv : 0 < s2 / b ^ 2) by (apply Rdiv_lt_0_compat; [exact hs | now apply pow_lt]).
rewrite <- (mmse2_scaling b 1 (s2 / b ^ 2) hb hv); f_equal; field; lra.
Qed.

(* ---- the integrals M_n(v) of x^{2n} exp(-v x^2/2)/cosh x, n = 0, 1, 2 ---- *)
Definition ker (n : nat) (v x : R) : R := (x ^ 2) ^ n * exp (- (v * x ^ 2 / 2)) / cosh x.
Definition MM (n : nat) (v : R) : R := IR (ker n v).
Definition B (v : R) : R := MM 0 v.
Definition N (v : R) : R := MM 1 v.

Lemma sech_le x : / cosh x <= 2 * exp (- Rabs x).
Proof.
assert (h := cosh_pos x).
apply Rmult_le_reg_r with (cosh x); [exact h |]; rewrite Rinv_l by lra.
unfold cosh; unfold Rabs; destruct (Rcase_abs x).
- replace (- - x) with x by ring.
  assert (e : exp x * exp (- x) = 1) by (rewrite <- exp_plus, Rplus_opp_r; apply exp_0).
  assert (h1 := exp_pos x); nra.
- assert (e : exp x * exp (- x) = 1) by (rewrite <- exp_plus, Rplus_opp_r; apply exp_0).
  assert (h1 := exp_pos (- x)); nra.
Qed.

Lemma pow_exp_le n z : (n <= 2)%nat -> 0 <= z -> z ^ n * exp (- z) <= 2.
Proof.
intros hn hz; assert (h1 := exp_ineq1_le z).
assert (e : exp z * exp (- z) = 1) by (rewrite <- exp_plus, Rplus_opp_r; apply exp_0).
assert (h0 := exp_pos (- z)).
assert (h2 : 1 + z / 2 <= exp (z / 2)) by apply exp_ineq1_le.
assert (e2 : exp z = exp (z / 2) * exp (z / 2)) by (rewrite <- exp_plus; f_equal; field).
assert (h3 : z ^ 2 <= 4 * exp z) by (rewrite e2; nra).
destruct n as [| [| [| n]]]; [| | | lia].
- simpl; rewrite Rmult_1_l; nra.
- simpl; rewrite Rmult_1_r; nra.
- assert (z ^ 2 <= 2 * exp z); [| nra].
  assert (h4 : 1 + z / 3 <= exp (z / 3)) by apply exp_ineq1_le.
  assert (e3 : exp z = exp (z / 3) * exp (z / 3) * exp (z / 3)) by (rewrite <- !exp_plus; f_equal; field).
  assert (h5 : (1 + z / 3) * (1 + z / 3) <= exp (z / 3) * exp (z / 3)) by (apply Rmult_le_compat; lra).
  assert (h6 : (1 + z / 3) * (1 + z / 3) * (1 + z / 3) <= exp z)
    by (rewrite e3; apply Rmult_le_compat; try lra; nra).
  assert (z ^ 2 <= 2 * ((1 + z / 3) * (1 + z / 3) * (1 + z / 3))); [| lra].
  assert (0 <= z * (z - 3) ^ 2) by (apply Rmult_le_pos; [exact hz | apply pow2_ge_0]).
  assert (0 <= (z - 3) ^ 2) by apply pow2_ge_0. nra.
Qed.

Lemma ker_pos n v x : 0 <= ker n v x.
Proof.
unfold ker; apply Rmult_le_pos; [apply Rmult_le_pos; [apply pow_le, pow2_ge_0 | left; apply exp_pos] |].
left; apply Rinv_0_lt_compat, cosh_pos.
Qed.

Lemma ker_dom n v x : (n <= 2)%nat -> 0 < v -> Rabs (ker n v x) <= 4 * (2 / v) ^ n * exp (- Rabs x).
Proof.
intros hn hv; rewrite Rabs_right by (apply Rle_ge, ker_pos).
set (z := v * x ^ 2 / 2); assert (hz : 0 <= z) by (unfold z; assert (h := pow2_ge_0 x); nra).
assert (e : x ^ 2 = 2 / v * z) by (unfold z; field; lra).
unfold ker; fold z; rewrite e, Rpow_mult_distr.
assert (h1 := pow_exp_le n z hn hz); assert (h2 := sech_le x).
assert (hc := cosh_pos x); assert (hi := Rinv_0_lt_compat _ hc).
assert (h3 : 0 <= (2 / v) ^ n) by (apply pow_le; left; apply Rdiv_lt_0_compat; lra).
assert (h4 : 0 <= z ^ n * exp (- z)) by (apply Rmult_le_pos; [now apply pow_le | left; apply exp_pos]).
replace ((2 / v) ^ n * z ^ n * exp (- z) / cosh x) with ((2 / v) ^ n * ((z ^ n * exp (- z)) * / cosh x))
  by (unfold Rdiv; ring).
replace (4 * (2 / v) ^ n * exp (- Rabs x)) with ((2 / v) ^ n * (2 * (2 * exp (- Rabs x)))) by ring.
apply Rmult_le_compat_l; [exact h3 |]; apply Rmult_le_compat; lra.
Qed.

Lemma ker_cont n v x : continuous (ker n v) x.
Proof.
apply (ex_derive_continuous (ker n v)); unfold ker; assert (h := cosh_pos x); auto_derive; lra.
Qed.

Lemma MM_ok n v : (n <= 2)%nat -> 0 < v -> is_IR (ker n v) (MM n v).
Proof.
intros hn hv; destruct (IR_dom (ker n v) (4 * (2 / v) ^ n)) as [r [hr _]].
- intros; apply ker_cont.
- intros; now apply ker_dom.
- unfold MM; rewrite (IR_unique _ _ hr); exact hr.
Qed.

(* a continuous nonnegative integrand, positive somewhere near 1/2 *)
Lemma MM_pos n v : (n <= 2)%nat -> 0 < v -> 0 < MM n v.
Proof.
intros hn hv.
set (h := fun x => ker n v x); set (m := RInt h 1 2).
assert (hm : 0 < m).
{ apply RInt_gt_0; [lra | | intros; apply ker_cont].
  intros x hx; unfold h, ker; apply Rmult_lt_0_compat.
  - apply Rmult_lt_0_compat; [apply pow_lt; nra | apply exp_pos].
  - apply Rinv_0_lt_compat, cosh_pos. }
destruct (IR_dom (ker n v) (4 * (2 / v) ^ n)) as [r [hr ht]];
  [intros; apply ker_cont | intros; now apply ker_dom |].
assert (er : MM n v = r) by (apply IR_unique; exact hr); rewrite er.
set (K := 2 * (4 * (2 / v) ^ n)) in *.
assert (hK : 0 <= K).
{ unfold K; assert (0 <= (2 / v) ^ n) by (apply pow_le; left; apply Rdiv_lt_0_compat; lra); lra. }
destruct (to0_exp K hK m hm) as [M0 hM]; set (A := Rmax M0 2).
assert (a1 := Rmax_l M0 2); assert (a2 := Rmax_r M0 2); fold A in a1, a2.
specialize (hM A a1); specialize (ht A ltac:(lra)); apply Rabs_le_between in ht.
assert (g : m <= RInt (ker n v) (- A) A).
{ rewrite <- (RInt_split (ker n v) (- A) 1 A), <- (RInt_split (ker n v) 1 2 A) by (intros; apply ker_cont).
  assert (i : forall b c, b <= c -> 0 <= RInt (ker n v) b c).
  { intros b c hbc; apply RInt_ge_0; [exact hbc | apply ex_RInt_R; intros; apply ker_cont |].
    intros; apply ker_pos. }
  assert (i1 := i (- A) 1 ltac:(lra)); assert (i2 := i 2 A ltac:(lra)).
  change (RInt (ker n v) 1 2) with m; lra. }
lra.
Qed.

(* exp(-b) >= exp(-a) (1 - (b - a)) : first-order bounds for M_n, both directions *)
Lemma MM_step n v1 v2 : (n <= 1)%nat -> 0 < v1 -> 0 < v2 ->
  MM n v1 - (v2 - v1) / 2 * MM (S n) v1 <= MM n v2.
Proof.
intros hn h1 h2.
assert (i1 := is_IR_minus _ _ _ _ (MM_ok n v1 ltac:(lia) h1)
  (is_IR_scal ((v2 - v1) / 2) _ _ (MM_ok (S n) v1 ltac:(lia) h1))).
refine (IR_le _ _ _ _ _ i1 (MM_ok n v2 ltac:(lia) h2)); intros x; cbv beta; unfold ker.
assert (hc := cosh_pos x); assert (hi := Rinv_0_lt_compat _ hc).
set (q := x ^ 2); assert (hq : 0 <= q) by apply pow2_ge_0.
assert (e := exp_ineq1_le (- ((v2 - v1) * q / 2))).
replace (exp (- (v2 * q / 2))) with (exp (- (v1 * q / 2)) * exp (- ((v2 - v1) * q / 2)))
  by (rewrite <- exp_plus; f_equal; field).
assert (hE := exp_pos (- (v1 * q / 2))); set (E := exp (- (v1 * q / 2))) in *.
assert (hn' : 0 <= q ^ n) by now apply pow_le.
replace (q ^ n * E / cosh x - (v2 - v1) / 2 * (q ^ S n * E / cosh x))
  with (q ^ n * (E * (1 + - ((v2 - v1) * q / 2)) * / cosh x)) by (simpl; field; lra).
set (E2 := exp (- ((v2 - v1) * q / 2))) in *; clearbody E2.
replace (q ^ n * (E * E2) / cosh x) with (q ^ n * (E * E2 * / cosh x)) by (unfold Rdiv; ring).
apply Rmult_le_compat_l; [exact hn' |]; apply Rmult_le_compat_r; [lra |].
apply Rmult_le_compat_l; lra.
Qed.

Lemma MM_decr n v1 v2 : (n <= 2)%nat -> 0 < v1 -> v1 <= v2 -> MM n v2 <= MM n v1.
Proof.
intros hn h1 h2; refine (IR_le _ _ _ _ _ (MM_ok n v2 hn ltac:(lra)) (MM_ok n v1 hn h1)).
intros x; unfold ker; assert (hc := cosh_pos x); assert (hi := Rinv_0_lt_compat _ hc).
apply Rmult_le_compat_r; [lra |]; apply Rmult_le_compat_l; [apply pow_le, pow2_ge_0 |].
apply exp_mono; assert (h := pow2_ge_0 x); nra.
Qed.

(* |M_n(v2) - M_n(v1) + (v2 - v1)/2 M_{n+1}(v1)| is of second order (n = 0) *)
Lemma N_lip v0 v1 v2 : 0 < v0 -> v0 <= v1 -> v0 <= v2 -> Rabs (N v1 - N v2) <= Rabs (v1 - v2) * (MM 2 v0 / 2).
Proof.
intros h0 h1 h2.
assert (W : forall a b, v0 <= a -> a <= b -> 0 <= N a - N b <= (b - a) * (MM 2 v0 / 2)).
{ intros a b ha hab; split.
  - assert (k := MM_decr 1 a b ltac:(lia) ltac:(lra) hab); unfold N; lra.
  - assert (k := MM_step 1 a b ltac:(lia) ltac:(lra) ltac:(lra)); fold (N a) (N b) in k.
    assert (k2 := MM_decr 2 v0 a ltac:(lia) h0 ha).
    assert ((b - a) / 2 * MM 2 a <= (b - a) / 2 * MM 2 v0) by (apply Rmult_le_compat_l; lra); lra. }
destruct (Rle_dec v1 v2) as [c | c].
- assert (k := W v1 v2 h1 c); rewrite Rabs_right by lra; rewrite (Rabs_left1 (v1 - v2)) by lra; lra.
- assert (k := W v2 v1 h2 ltac:(lra)); rewrite (Rabs_left1 (N v1 - N v2)) by lra.
  rewrite (Rabs_right (v1 - v2)) by lra; lra.
Qed.

Lemma N_cont v : 0 < v -> continuous N v.
Proof.
intros hv; apply filterlim_locally; intros eps; assert (he := cond_pos eps).
set (K := MM 2 (v / 2) / 2); assert (hK : 0 < K) by (assert (k := MM_pos 2 (v / 2) ltac:(lia) ltac:(lra)); unfold K; lra).
set (r := Rmin (v / 2) (eps / K)).
assert (hr : 0 < r) by (apply Rmin_pos; [lra | now apply Rdiv_lt_0_compat]).
exists (mkposreal r hr); intros u hu; unfold ball in *; simpl in *; unfold AbsRing_ball, abs, minus, plus, opp in *; simpl in *.
assert (m1 := Rmin_l (v / 2) (eps / K)); assert (m2 := Rmin_r (v / 2) (eps / K)); fold r in m1, m2.
assert (hu2 := Rabs_def2 _ _ hu).
assert (k := N_lip (v / 2) u v ltac:(lra) ltac:(lra) ltac:(lra)); fold K in k.
apply Rle_lt_trans with (1 := k).
assert (e : eps / K * K = eps) by (field; lra).
assert (Rabs (u - v) * K < eps / K * K) by (apply Rmult_lt_compat_r; [exact hK | unfold Rminus; lra]); lra.
Qed.

Lemma B_derive v : 0 < v -> is_derive B v (- (N v / 2)).
Proof.
intros hv; apply is_derive_Reals; intros eps he.
set (K := MM 2 (v / 2) / 4); assert (hK : 0 < K) by (assert (k := MM_pos 2 (v / 2) ltac:(lia) ltac:(lra)); unfold K; lra).
set (r := Rmin (v / 2) (eps / (2 * K))).
assert (hr : 0 < r) by (apply Rmin_pos; [lra | apply Rdiv_lt_0_compat; lra]).
assert (m1 := Rmin_l (v / 2) (eps / (2 * K))); assert (m2 := Rmin_r (v / 2) (eps / (2 * K))); fold r in m1, m2.
exists (mkposreal r hr); simpl; intros h hn hh; assert (hd := Rabs_def2 _ _ hh).
assert (hp : 0 < v + h) by lra.
assert (k1 := MM_step 0 v (v + h) ltac:(lia) hv hp); fold (B v) (B (v + h)) (N v) in k1.
assert (k2 := MM_step 0 (v + h) v ltac:(lia) hp hv); fold (B v) (B (v + h)) (N (v + h)) in k2.
assert (k3 := N_lip (v / 2) (v + h) v ltac:(lra) ltac:(lra) ltac:(lra)).
replace (v + h - v) with h in * by ring; replace (v - (v + h)) with (- h) in * by ring.
assert (q : Rabs (B (v + h) - B v + h / 2 * N v) <= Rabs h * (Rabs h * K)).
{ rewrite Rabs_right by lra.
  apply Rle_trans with (h / 2 * (N v - N (v + h))); [lra |].
  apply Rle_trans with (Rabs (h / 2 * (N v - N (v + h)))); [apply Rle_abs |].
  rewrite Rabs_mult, (Rabs_minus_sym (N v)); unfold Rdiv at 1; rewrite Rabs_mult, (Rabs_right (/ 2)) by lra.
  rewrite Rmult_assoc; apply Rmult_le_compat_l; [apply Rabs_pos |]; unfold K; lra. }
replace ((B (v + h) - B v) / h - - (N v / 2)) with ((B (v + h) - B v + h / 2 * N v) / h) by (field; exact hn).
assert (ha : 0 < Rabs h) by now apply Rabs_pos_lt.
unfold Rdiv; rewrite Rabs_mult, Rabs_inv.
apply Rmult_lt_reg_r with (Rabs h); [exact ha |]; rewrite Rmult_assoc, Rinv_l, Rmult_1_r by lra.
apply Rle_lt_trans with (1 := q).
assert (e : eps / (2 * K) * K = eps / 2) by (field; lra).
assert (Rabs h * K < eps / (2 * K) * K) by (apply Rmult_lt_compat_r; lra).
assert (Rabs h * (Rabs h * K) <= Rabs h * (eps / 2)) by (apply Rmult_le_compat_l; lra).
assert (Rabs h * (eps / 2) < Rabs h * eps) by (apply Rmult_lt_compat_l; lra); lra.
Qed.

(* ---- mmse = sqrt(v/(2 pi)) exp(-1/(2v)) B(v) ---- *)
Lemma mmse_B v : 0 < v -> mmse2 1 v = sqrt v / sqrt (2 * PI) * exp (- / (2 * v)) * B v.
Proof.
intros hv; assert (hp := PI_RGT_0).
assert (h1 : 0 < sqrt (2 * PI)) by (apply sqrt_lt_R0; lra); assert (h2 : 0 < sqrt v) by now apply sqrt_lt_R0.
assert (i := IR_dilate _ v _ hv (mmse2_exists 1 v hv)).
assert (i2 := is_IR_scal (sqrt v / sqrt (2 * PI) * exp (- / (2 * v))) _ _ (MM_ok 0 v ltac:(lia) hv)).
rewrite <- (IR_unique _ _ i); unfold B; rewrite <- (IR_unique _ _ i2).
apply IR_ext; [| eexists; exact i].
intros x; cbv beta; rewrite wker_ok by exact hv; unfold wker, ker.
replace (1 * (v * x) / v) with x by (field; lra).
replace (exp (- ((v * x) ^ 2 + 1 ^ 2) / (2 * v))) with (exp (- / (2 * v)) * exp (- (v * x ^ 2 / 2)))
  by (rewrite <- exp_plus; f_equal; field; lra).
assert (e : sqrt (2 * PI * v) = sqrt (2 * PI) * sqrt v) by (apply sqrt_mult; lra).
assert (e3 : v = sqrt v * sqrt v) by (symmetry; apply sqrt_sqrt; lra).
assert (hc : exp x + exp (- x) = 2 * cosh x) by (unfold cosh; field).
rewrite e, hc; assert (hcc := cosh_pos x).
set (E1 := exp (- / (2 * v))); set (E2 := exp (- (v * x ^ 2 / 2))); clearbody E1 E2.
rewrite e3 at 1; simpl; field; repeat split; lra.
Qed.

Definition theta (v : R) : R := v * N v / (2 * B v).
Definition psi (j v : R) : R := / 2 - j + / (2 * v) - theta v.
(* the rate in the clock of index j *)
Definition rate (j v : R) : R := Rpower v (- j) * mmse2 1 v.

Lemma rate_pos j v : 0 < v -> 0 < rate j v.
Proof.
intros hv; apply Rmult_lt_0_compat; [apply exp_pos | apply mmse2_pos; [lra | exact hv]].
Qed.

Theorem rate_slope j v : 0 < v -> is_derive (rate j) v (rate j v * psi j v / v).
Proof.
intros hv; assert (hp := PI_RGT_0); assert (h1 : 0 < sqrt (2 * PI)) by (apply sqrt_lt_R0; lra).
assert (h2 : 0 < sqrt v) by now apply sqrt_lt_R0.
assert (hB := MM_pos 0 v ltac:(lia) hv); fold (B v) in hB.
apply (is_derive_ext_loc (fun v => exp (- j * ln v) * (sqrt v / sqrt (2 * PI) * exp (- / (2 * v)) * B v))).
{ exists (mkposreal v hv); intros z hz; unfold ball in hz; simpl in hz;
    unfold AbsRing_ball, abs, minus, plus, opp in hz; simpl in hz; apply Rabs_def2 in hz.
  unfold rate, Rpower; rewrite mmse_B by lra; reflexivity. }
eapply D_val.
- apply (D_mult (fun v => exp (- j * ln v)) (fun v => sqrt v / sqrt (2 * PI) * exp (- / (2 * v)) * B v)).
  + auto_derive; [exact hv | reflexivity].
  + apply (D_mult (fun v => sqrt v / sqrt (2 * PI) * exp (- / (2 * v))) B); [| now apply B_derive].
    auto_derive; [repeat split; lra | reflexivity].
- cbv beta; unfold rate, Rpower; rewrite mmse_B by exact hv; unfold psi, theta.
  assert (e3 : v = sqrt v * sqrt v) by (symmetry; apply sqrt_sqrt; lra).
  set (S := sqrt v) in *; set (E := exp (- / (2 * v))); set (E2 := exp (- j * ln v)); clearbody E E2.
  clearbody S; set (b := B v) in *; set (n := N v); clearbody b n; subst v.
  field; repeat split; lra.
Qed.

(* ---- theta is nondecreasing: second moment of z under exp(-z^2/2) sech(s z) ---- *)
Definition kz (n : nat) (s z : R) : R := (z ^ 2) ^ n * exp (- (z ^ 2 / 2)) / cosh (s * z).

Lemma kz_ok n v : (n <= 2)%nat -> 0 < v -> is_IR (kz n (/ sqrt v)) (sqrt v * v ^ n * MM n v).
Proof.
intros hn hv; assert (h2 : 0 < sqrt v) by now apply sqrt_lt_R0.
assert (hs : 0 < / sqrt v) by now apply Rinv_0_lt_compat.
assert (i := is_IR_scal (sqrt v * v ^ n) _ _ (IR_dilate _ (/ sqrt v) _ hs (MM_ok n v hn hv))).
refine (is_IR_ext _ _ _ _ i); intros z; cbv beta; unfold ker, kz.
assert (e3 : sqrt v * sqrt v = v) by (apply sqrt_sqrt; lra).
assert (e : (/ sqrt v * z) ^ 2 = z ^ 2 / v) by (rewrite <- e3 at 2; field; lra).
rewrite e; replace (v * (z ^ 2 / v) / 2) with (z ^ 2 / 2) by (field; lra).
unfold Rdiv at 2; rewrite Rpow_mult_distr, pow_inv by lra || idtac.
assert (hvn : 0 < v ^ n) by now apply pow_lt.
assert (hc := cosh_pos (/ sqrt v * z)); field; repeat split; lra.
Qed.

Lemma cosh_abs x : cosh (Rabs x) = cosh x.
Proof.
unfold Rabs; destruct (Rcase_abs x); [| reflexivity]; unfold cosh; rewrite Ropp_involutive; lra.
Qed.

(* cosh(s1 z)/cosh(s2 z), s2 < s1, grows with |z| *)
Lemma ratio_mono s1 s2 x y : 0 < s2 -> s2 < s1 -> 0 <= x -> x <= y ->
  cosh (s1 * x) * cosh (s2 * y) <= cosh (s1 * y) * cosh (s2 * x).
Proof.
intros h2 h1 hx hxy.
(* 2 cosh A cosh B = cosh(A+B) + cosh(A-B) *)
assert (pr : forall a b, 2 * (cosh a * cosh b) = cosh (a + b) + cosh (a - b)).
{ intros a b; unfold cosh.
  replace (- (a + b)) with (- a + - b) by ring; replace (a - b) with (a + - b) by ring.
  replace (- (a + - b)) with (- a + b) by ring; rewrite !exp_plus; field. }
assert (mono : forall a b, Rabs a <= Rabs b -> cosh a <= cosh b).
{ intros a b h; rewrite <- (cosh_abs a), <- (cosh_abs b); destruct h as [h | ->]; [left | right; reflexivity].
  assert (ha := Rabs_pos a); destruct (mvt cosh sinh _ _ h) as [c [hc ec]].
  - intros; auto_derive; [trivial | ring].
  - assert (hs : 0 < sinh c) by (rewrite <- sinh_0; apply sinh_lt; lra); nra. }
assert (k1 := pr (s1 * x) (s2 * y)); assert (k2 := pr (s1 * y) (s2 * x)).
assert (m1 : cosh (s1 * x + s2 * y) <= cosh (s1 * y + s2 * x)).
{ apply mono; rewrite !Rabs_right by nra; nra. }
assert (m2 : cosh (s1 * x - s2 * y) <= cosh (s1 * y - s2 * x)).
{ apply mono; rewrite (Rabs_right (s1 * y - s2 * x)) by nra; apply Rabs_le; nra. }
lra.
Qed.

Lemma theta_mono v1 v2 : 0 < v1 -> v1 < v2 -> theta v1 <= theta v2.
Proof.
intros h1 h12; assert (h2 : 0 < v2) by lra.
set (s1 := / sqrt v1); set (s2 := / sqrt v2).
assert (q1 : 0 < sqrt v1) by now apply sqrt_lt_R0. assert (q2 : 0 < sqrt v2) by now apply sqrt_lt_R0.
assert (p2 : 0 < s2) by now apply Rinv_0_lt_compat.
assert (p1 : s2 < s1).
{ apply Rinv_lt_contravar; [now apply Rmult_lt_0_compat | apply sqrt_lt_1_alt; lra]. }
set (P1 := sqrt v1 * v1 ^ 1 * MM 1 v1); set (M1 := sqrt v1 * v1 ^ 0 * MM 0 v1).
set (P2 := sqrt v2 * v2 ^ 1 * MM 1 v2); set (M2 := sqrt v2 * v2 ^ 0 * MM 0 v2).
assert (iP1 : is_IR (kz 1 s1) P1) by (apply kz_ok; [lia | exact h1]).
assert (iM1 : is_IR (kz 0 s1) M1) by (apply kz_ok; [lia | exact h1]).
assert (iP2 : is_IR (kz 1 s2) P2) by (apply kz_ok; [lia | exact h2]).
assert (iM2 : is_IR (kz 0 s2) M2) by (apply kz_ok; [lia | exact h2]).
assert (b1 := MM_pos 0 v1 ltac:(lia) h1); assert (n1 := MM_pos 1 v1 ltac:(lia) h1).
assert (b2 := MM_pos 0 v2 ltac:(lia) h2); assert (n2 := MM_pos 1 v2 ltac:(lia) h2).
assert (hM1 : 0 < M1) by (unfold M1; simpl; rewrite Rmult_1_r; now apply Rmult_lt_0_compat).
assert (hM2 : 0 < M2) by (unfold M2; simpl; rewrite Rmult_1_r; now apply Rmult_lt_0_compat).
assert (hP1 : 0 < P1) by (unfold P1; apply Rmult_lt_0_compat; [apply Rmult_lt_0_compat; [exact q1 | now apply pow_lt] | exact n1]).
assert (t1 : theta v1 = P1 / M1 / 2) by (unfold theta, P1, M1, N, B; simpl; field; repeat split; lra).
assert (t2 : theta v2 = P2 / M2 / 2) by (unfold theta, P2, M2, N, B; simpl; field; repeat split; lra).
(* threshold c^2 = P1/M1, ratio at the threshold *)
set (C := P1 / M1); assert (hC : 0 < C) by now apply Rdiv_lt_0_compat.
set (c := sqrt C); assert (hc : 0 < c) by now apply sqrt_lt_R0.
assert (ec : c ^ 2 = C) by (apply pow2_sqrt; lra).
set (rho := cosh (s1 * c) / cosh (s2 * c)).
assert (k1 := cosh_pos (s1 * c)); assert (k2 := cosh_pos (s2 * c)).
assert (i := is_IR_minus _ _ _ _ (is_IR_minus _ _ _ _ iP2 (is_IR_scal C _ _ iM2))
  (is_IR_scal rho _ _ (is_IR_minus _ _ _ _ iP1 (is_IR_scal C _ _ iM1)))).
assert (pos : 0 <= P2 - C * M2 - rho * (P1 - C * M1)).
{ refine (IR_nonneg _ _ _ i); intros z; cbv beta; unfold kz; simpl; rewrite !Rmult_1_r, !Rmult_1_l.
  set (q := z * z); set (E := exp (- (q / 2))); assert (hE : 0 < E) by apply exp_pos.
  assert (g1 := cosh_pos (s1 * z)); assert (g2 := cosh_pos (s2 * z)).
  replace (q * E / cosh (s2 * z) - C * (E / cosh (s2 * z)) - rho * (q * E / cosh (s1 * z) - C * (E / cosh (s1 * z))))
    with (E * ((q - C) * (cosh (s1 * z) * cosh (s2 * c) - cosh (s1 * c) * cosh (s2 * z)))
      / (cosh (s1 * z) * cosh (s2 * z) * cosh (s2 * c))) by (unfold rho; field; repeat split; lra).
  apply Rmult_le_pos; [| left; apply Rinv_0_lt_compat, Rmult_lt_0_compat; [apply Rmult_lt_0_compat |]; assumption].
  apply Rmult_le_pos; [lra |].
  assert (eq : q = Rabs z * Rabs z) by (unfold q; rewrite <- Rabs_mult, Rabs_right; [reflexivity | nra]).
  assert (ev : forall s, 0 < s -> cosh (s * z) = cosh (s * Rabs z)).
  { intros s hs; rewrite <- (cosh_abs (s * z)), Rabs_mult, (Rabs_right s) by lra; reflexivity. }
  rewrite (ev s1), (ev s2) by lra; rewrite eq; assert (hz := Rabs_pos z); rewrite <- ec.
  destruct (Rle_dec c (Rabs z)) as [o | o].
  - assert (m := ratio_mono s1 s2 c (Rabs z) p2 p1 ltac:(lra) o).
    apply Rmult_le_pos; [nra | lra].
  - assert (m := ratio_mono s1 s2 (Rabs z) c p2 p1 hz ltac:(lra)).
    rewrite <- Rmult_opp_opp; apply Rmult_le_pos; [nra | lra]. }
assert (z0 : P1 - C * M1 = 0) by (unfold C; field; lra).
rewrite z0, Rmult_0_r, Rminus_0_r in pos.
rewrite t1, t2; fold C.
assert (C <= P2 / M2); [| lra].
apply Rmult_le_reg_r with M2; [exact hM2 |]; replace (P2 / M2 * M2) with P2 by (field; lra); lra.
Qed.

Lemma theta_pos v : 0 < v -> 0 < theta v.
Proof.
intros hv; assert (b := MM_pos 0 v ltac:(lia) hv); assert (n := MM_pos 1 v ltac:(lia) hv).
unfold theta, N, B; apply Rdiv_lt_0_compat; [now apply Rmult_lt_0_compat | lra].
Qed.

Lemma psi_decr j v1 v2 : 0 < v1 -> v1 < v2 -> psi j v2 < psi j v1.
Proof.
intros h1 h12; assert (m := theta_mono v1 v2 h1 h12); unfold psi.
assert (/ (2 * v2) < / (2 * v1)) by (apply Rinv_lt_contravar; [nra | lra]); lra.
Qed.

Lemma psi_cont j v : 0 < v -> continuous (psi j) v.
Proof.
intros hv; assert (hB := MM_pos 0 v ltac:(lia) hv); fold (B v) in hB.
assert (cB : continuous B v) by (apply (ex_derive_continuous B); eexists; now apply B_derive).
unfold psi; apply (continuous_minus (V := R_NormedModule) (fun v => / 2 - j + / (2 * v)) theta).
- apply (ex_derive_continuous (fun v => / 2 - j + / (2 * v))); auto_derive; lra.
- unfold theta; apply (continuous_mult (fun v => v * N v) (fun v => / (2 * B v))).
  + apply (continuous_mult (fun v => v) N); [apply continuous_id | now apply N_cont].
  + apply (continuous_comp (fun v => 2 * B v) Rinv).
    * apply (continuous_scal_r (V := R_NormedModule) 2 B); exact cB.
    * apply (ex_derive_continuous Rinv); auto_derive; lra.
Qed.

Lemma psi_root j : / 2 <= j -> exists v, 0 < v /\ psi j v = 0.
Proof.
intros hj; set (th := theta 1); assert (hth : 0 < th) by (apply theta_pos; lra).
set (lo := / (2 * (j + th + 1))); set (hi := / th + 1).
assert (i1 : 0 < lo) by (apply Rinv_0_lt_compat; lra).
assert (hlo1 : lo < 1).
{ unfold lo; rewrite <- Rinv_1; apply Rinv_lt_contravar; lra. }
assert (i2 : 0 < / th) by now apply Rinv_0_lt_compat.
assert (plo : 0 < psi j lo).
{ unfold psi; assert (m := theta_mono lo 1 i1 hlo1); fold th in m.
  replace (/ (2 * lo)) with (j + th + 1) by (unfold lo; field; lra); lra. }
assert (phi_ : psi j hi < 0).
{ unfold psi; assert (m := theta_mono 1 hi Rlt_0_1 ltac:(unfold hi; lra)); fold th in m.
  assert (/ (2 * hi) < th); [| lra].
  apply Rmult_lt_reg_r with (2 * hi); [unfold hi; lra |]; rewrite Rinv_l by (unfold hi; lra).
  unfold hi; replace (th * (2 * (/ th + 1))) with (2 + 2 * th) by (field; lra); lra. }
destruct (ivt_down (fun s => psi j (exp s)) (ln lo) (ln hi)) as [s [_ es]].
- intros s; apply (continuous_comp exp (psi j)); [apply continuous_exp | apply psi_cont, exp_pos].
- apply ln_increasing; [exact i1 | unfold hi; lra].
- cbv beta; rewrite (exp_ln lo i1); exact plo.
- cbv beta; rewrite exp_ln by (unfold hi; lra); exact phi_.
- exists (exp s); split; [apply exp_pos | exact es].
Qed.

Theorem unique_peak j : / 2 <= j ->
  exists vj, 0 < vj /\ (forall v, 0 < v -> v < vj -> 0 < psi j v) /\ (forall v, vj < v -> psi j v < 0) /\ (forall v, 0 < v -> v <> vj -> rate j v < rate j vj).
Proof.
intros hj; destruct (psi_root j hj) as [w [hw ew]]; exists w; split; [exact hw |].
assert (a : forall v, 0 < v -> v < w -> 0 < psi j v) by (intros v h1 h2; assert (k := psi_decr j v w h1 h2); lra).
assert (b : forall v, w < v -> psi j v < 0) by (intros v h; assert (k := psi_decr j w v hw h); lra).
split; [exact a | split; [exact b |]]; intros v hv hn.
destruct (Rdichotomy _ _ hn) as [o | o].
- destruct (mvt (rate j) (fun v => rate j v * psi j v / v) v w o) as [c [hc ec]].
  { intros x hx; apply rate_slope; lra. }
  assert (p := rate_pos j c ltac:(lra)); assert (q := a c ltac:(lra) ltac:(lra)).
  assert (0 < rate j c * psi j c / c) by (apply Rdiv_lt_0_compat; [now apply Rmult_lt_0_compat | lra]); nra.
- destruct (mvt (rate j) (fun v => rate j v * psi j v / v) w v o) as [c [hc ec]].
  { intros x hx; apply rate_slope; lra. }
  assert (p := rate_pos j c ltac:(lra)); assert (q := b c ltac:(lra)).
  assert (0 < rate j c * - psi j c / c) by (apply Rdiv_lt_0_compat; [apply Rmult_lt_0_compat; lra | lra]).
  replace (rate j c * - psi j c / c) with (- (rate j c * psi j c / c)) in H by (field; lra); nra.
Qed.

(* later clocks peak at larger k = 1/v *)
Theorem peaks_ordered i j vi vj : 0 < vi -> 0 < vj -> psi i vi = 0 -> psi j vj = 0 -> i < j -> / vi < / vj.
Proof.
intros h1 h2 e1 e2 hij; apply Rinv_lt_contravar; [now apply Rmult_lt_0_compat |].
apply Rnot_le_lt; intros k.
assert (e : psi j vi = i - j) by (unfold psi in *; lra).
destruct k as [k | ->]; [assert (q := psi_decr j vi vj h1 k); lra | lra].
Qed.
