(* Gaussian.v
   G. Gaussian data X_0 ~ N(0, lambda), X_t = X_0 + sqrt v Z.
     bayes_gauss        : phi_lambda(x0) phi_v(x-x0) = phi_{lambda+v}(x) phi_r(x0 - lambda x/(lambda+v)),
                          r = lambda v/(lambda+v): the posterior is N(lambda x/(lambda+v), r);
     IR_second_moment   : integral of (x-m)^2 phi_s(x-m) dx = s;
     gauss_entropy      : integral of -phi_s ln phi_s = (1/2) ln(2 pi e s);
     posterior_entropy  : hence H(X_0|X_t=x) = (1/2) ln(2 pi e lambda v/(lambda+v)) for every x;
     HG_rate            : its v-derivative is (1/2)(1/v - 1/(lambda+v));
     HG_rate_score      : = (1/2)(1/v + ds/dx) with s = d/dx ln phi_{lambda+v} = -x/(lambda+v). *)
From Coq Require Import Reals Lra Lia.
From Coquelicot Require Import Coquelicot.
From Infodyn Require Import Base Improper GaussInt.
Open Scope R_scope.

Theorem bayes_gauss lam v x x0 : 0 < lam -> 0 < v ->
  phi lam x0 * phi v (x - x0) =
  phi (lam + v) x * phi (lam * v / (lam + v)) (x0 - lam * x / (lam + v)).
Proof.
intros hl hv; unfold phi.
assert (hr : 0 < lam * v / (lam + v)) by (apply Rdiv_lt_0_compat; [now apply Rmult_lt_0_compat | lra]).
assert (p1 := two_pi_v_pos lam hl); assert (p2 := two_pi_v_pos v hv).
assert (p3 := two_pi_v_pos (lam + v) ltac:(lra)); assert (p4 := two_pi_v_pos _ hr).
assert (s1 := sqrt_lt_R0 _ p1); assert (s2 := sqrt_lt_R0 _ p2).
assert (s3 := sqrt_lt_R0 _ p3); assert (s4 := sqrt_lt_R0 _ p4).
assert (e : sqrt (2 * PI * lam) * sqrt (2 * PI * v)
  = sqrt (2 * PI * (lam + v)) * sqrt (2 * PI * (lam * v / (lam + v)))).
{ rewrite <- !sqrt_mult by lra; f_equal; field; lra. }
transitivity (exp (- x0 ^ 2 / (2 * lam) + - (x - x0) ^ 2 / (2 * v))
  / (sqrt (2 * PI * lam) * sqrt (2 * PI * v))); [rewrite exp_plus; field; lra |].
transitivity (exp (- x ^ 2 / (2 * (lam + v))
    + - (x0 - lam * x / (lam + v)) ^ 2 / (2 * (lam * v / (lam + v))))
  / (sqrt (2 * PI * (lam + v)) * sqrt (2 * PI * (lam * v / (lam + v)))));
  [| rewrite exp_plus; field; lra].
rewrite e; do 2 f_equal; field; repeat split; lra.
Qed.

(* r phi_s(r) -> 0 *)
Lemma rphi_small s eps : 0 < s -> 0 < eps ->
  exists M, forall r, M <= Rabs r -> Rabs (r * phi s r) < eps.
Proof.
intros hs he.
set (K := exp (2 * s) / sqrt (2 * PI * s)).
assert (hq := sqrt_lt_R0 _ (two_pi_v_pos s hs)).
assert (hK : 0 < K) by (apply Rdiv_lt_0_compat; [apply exp_pos | exact hq]).
destruct (to0_exp K (Rlt_le _ _ hK) eps he) as [M hM].
exists M; intros r hr; eapply Rle_lt_trans; [| exact (hM _ hr)].
assert (h0 := Rabs_pos r); assert (h1 := exp_pos (- Rabs r)).
assert (h2 := exp_neg_le (Rabs r) h0).
assert (h3 : Rabs r * exp (- Rabs r) <= 1).
{ assert (h4 : exp (- Rabs r) * (1 + Rabs r) <= 1); [| nra].
  apply Rmult_le_reg_r with (/ (1 + Rabs r)); [apply Rinv_0_lt_compat; lra |].
  rewrite Rmult_assoc, Rinv_r by lra; lra. }
rewrite Rabs_mult, (Rabs_right (phi s r)) by (left; now apply phi_pos).
assert (h5 : phi s r <= K * (exp (- Rabs r) * exp (- Rabs r))).
{ unfold phi, K; rewrite <- exp_plus.
  replace (exp (2 * s) / sqrt (2 * PI * s) * exp (- Rabs r + - Rabs r))
    with (exp (2 * s + (- Rabs r + - Rabs r)) / sqrt (2 * PI * s))
    by (rewrite (exp_plus (2 * s)); field; lra).
  apply Rmult_le_compat_r; [left; now apply Rinv_0_lt_compat |]; apply exp_mono.
  apply Rmult_le_reg_r with (2 * s); [lra |].
  replace (- r ^ 2 / (2 * s) * (2 * s)) with (- r ^ 2) by (field; lra).
  rewrite <- (pow2_abs r); assert (h := pow2_ge_0 (Rabs r - 2 * s)); nra. }
apply Rle_trans with (Rabs r * (K * (exp (- Rabs r) * exp (- Rabs r)))).
- now apply Rmult_le_compat_l.
- replace (Rabs r * (K * (exp (- Rabs r) * exp (- Rabs r))))
    with (K * exp (- Rabs r) * (Rabs r * exp (- Rabs r))) by ring.
  rewrite <- (Rmult_1_r (K * exp (- Rabs r))) at 2.
  apply Rmult_le_compat_l; [left; now apply Rmult_lt_0_compat | exact h3].
Qed.

(* b(x) = (x-m) phi_s(x-m) and its vanishing at both ends *)
Definition bterm (s m x : R) : R := (x - m) * phi s (x - m).

Lemma bterm_derive (s m x : R) : 0 < s ->
  is_derive (bterm s m) x (phi s (x - m) - (x - m) ^ 2 / s * phi s (x - m)).
Proof.
intros hs; unfold bterm; eapply D_val.
- apply (D_mult (fun x => x - m) (fun x => phi s (x - m)));
    [apply D_minus; [apply D_id | apply D_const] | apply D_unshift; now apply is_derive_phi_r].
- cbv beta; field; lra.
Qed.

Lemma bterm_lim (s m : R) : 0 < s ->
  filterlim (bterm s m) (Rbar_locally p_infty) (locally 0) /\
  filterlim (bterm s m) (Rbar_locally m_infty) (locally 0).
Proof.
intros hs; split; apply filterlim_locally; intros eps;
  destruct (rphi_small s eps hs (cond_pos eps)) as [M hM].
- exists (Rabs M + Rabs m); intros x hx.
  unfold ball; simpl; unfold AbsRing_ball, abs, minus, plus, opp; simpl.
  rewrite Ropp_0, Rplus_0_r; apply hM.
  assert (h1 := Rle_abs M); assert (h2 := Rle_abs m); assert (h3 := Rle_abs (x - m)); lra.
- exists (- (Rabs M + Rabs m)); intros x hx.
  unfold ball; simpl; unfold AbsRing_ball, abs, minus, plus, opp; simpl.
  rewrite Ropp_0, Rplus_0_r; apply hM.
  assert (h1 := Rle_abs M); assert (h2 := Rle_abs (- m)); assert (h3 := Rle_abs (- (x - m))).
  rewrite Rabs_Ropp in h2, h3; lra.
Qed.

Lemma IR_bterm (s m : R) : 0 < s ->
  is_IR (fun x => phi s (x - m) - (x - m) ^ 2 / s * phi s (x - m)) 0.
Proof.
intros hs; destruct (bterm_lim s m hs) as [h1 h2].
rewrite <- (Rminus_0_r 0); apply (primitive_IR (bterm s m)); [| | exact h2 | exact h1].
- intros x; now apply bterm_derive.
- intros x.
  assert (hp := is_derive_phi_r s (x - m) hs).
  assert (hx : ex_derive (fun x => phi s (x - m)) x) by (eexists; apply D_unshift; exact hp).
  apply (cont_ex (fun x => phi s (x - m) - (x - m) ^ 2 / s * phi s (x - m))).
  auto_derive; repeat split; try lra; eexists; exact hp.
Qed.

Theorem IR_second_moment (s m : R) : 0 < s ->
  is_IR (fun x => (x - m) ^ 2 * phi s (x - m)) s.
Proof.
intros hs.
assert (h := is_IR_minus _ _ _ _ (is_IR_scal s _ _ (IR_phi s m hs)) (is_IR_scal s _ _ (IR_bterm s m hs))).
replace (s * 1 - s * 0) with s in h by ring.
refine (is_IR_ext _ _ _ _ h); intros x; cbv beta; field; lra.
Qed.

Theorem gauss_entropy (s m : R) : 0 < s ->
  is_IR (fun x => - (phi s (x - m) * ln (phi s (x - m)))) (/ 2 * ln (2 * PI * exp 1 * s)).
Proof.
intros hs.
assert (hp := two_pi_v_pos s hs); assert (hq := sqrt_lt_R0 _ hp).
assert (h := is_IR_plus _ _ _ _ (is_IR_scal (/ (2 * s)) _ _ (IR_second_moment s m hs))
  (is_IR_scal (ln (2 * PI * s) / 2) _ _ (IR_phi s m hs))).
replace (/ 2 * ln (2 * PI * exp 1 * s)) with (/ (2 * s) * s + ln (2 * PI * s) / 2 * 1).
- refine (is_IR_ext _ _ _ _ h); intros x; cbv beta.
  assert (e : ln (phi s (x - m)) = - (x - m) ^ 2 / (2 * s) - ln (2 * PI * s) / 2).
  { unfold phi; rewrite ln_div by (try apply exp_pos; exact hq); rewrite ln_exp; f_equal.
    rewrite <- (sqrt_sqrt (2 * PI * s)) at 2 by lra; rewrite ln_mult by exact hq; field. }
  rewrite e; field; lra.
- replace (2 * PI * exp 1 * s) with (exp 1 * (2 * PI * s)) by ring.
  rewrite (ln_mult (exp 1) _ (exp_pos 1) hp), ln_exp; field; lra.
Qed.

Definition HG (lam v : R) : R := / 2 * ln (2 * PI * exp 1 * (lam * v / (lam + v))).

(* the posterior density of X_0 given x, by Bayes, has entropy HG for every x *)
Theorem posterior_entropy lam v x : 0 < lam -> 0 < v ->
  is_IR (fun x0 => - (phi lam x0 * phi v (x - x0) / phi (lam + v) x
                      * ln (phi lam x0 * phi v (x - x0) / phi (lam + v) x))) (HG lam v).
Proof.
intros hl hv.
assert (hr : 0 < lam * v / (lam + v)) by (apply Rdiv_lt_0_compat; [now apply Rmult_lt_0_compat | lra]).
assert (hx := phi_pos (lam + v) x ltac:(lra)).
refine (is_IR_ext _ _ _ _ (gauss_entropy _ (lam * x / (lam + v)) hr)); intros x0; cbv beta.
rewrite (bayes_gauss lam v x x0 hl hv).
set (P := phi (lam + v) x) in *; set (Q := phi _ (x0 - _)).
replace (P * Q / P) with Q by (field; lra); reflexivity.
Qed.

Theorem HG_rate lam v : 0 < lam -> 0 < v ->
  is_derive (HG lam) v (/ 2 * (/ v - / (lam + v))).
Proof.
intros hl hv; assert (he := exp_pos 1); assert (hpi := PI_RGT_0).
assert (hr : 0 < lam * v / (lam + v)) by (apply Rdiv_lt_0_compat; [now apply Rmult_lt_0_compat | lra]).
assert (harg : 0 < 2 * PI * exp 1 * (lam * v / (lam + v))).
{ apply Rmult_lt_0_compat; [| exact hr]; apply Rmult_lt_0_compat; lra. }
unfold HG; auto_derive; [split; [lra | split; [exact harg | trivial]] |].
field; repeat split; lra.
Qed.

Theorem HG_rate_score lam v x : 0 < lam -> 0 < v ->
  is_derive (fun x => ln (phi (lam + v) x)) x (- x / (lam + v)) /\
  is_derive (fun x => - x / (lam + v)) x (- / (lam + v)) /\
  is_derive (HG lam) v (/ 2 * (/ v + - / (lam + v))).
Proof.
intros hl hv; assert (hs : 0 < lam + v) by lra; split; [| split].
- assert (hp := phi_pos (lam + v) x hs); eapply D_val.
  + apply D_ln; [exact hp | now apply is_derive_phi_r].
  + field; lra.
- auto_derive; [trivial | unfold Rdiv; ring].
- now apply HG_rate.
Qed.
