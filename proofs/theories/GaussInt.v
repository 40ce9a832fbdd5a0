(* GaussInt.v -- the Gaussian integral and moments over the whole line:
     IR_phi   : integral of phi_v(x - y) dx = 1
     IR_phi_2 : integral of x^2 phi_v(x) dx = v
   G. differential entropy of N(0,s): integral of -phi_s ln phi_s = (1/2) ln(2 pi e s).
   Method: (int_0^x e^{-t^2})^2 + int_0^1 e^{-x^2(1+t^2)}/(1+t^2) dt = pi/4. *)
From Coq Require Import Reals Lra Lia.
From Coquelicot Require Import Coquelicot.
From Infodyn Require Import Base Improper.
Open Scope R_scope.

Lemma cont_of_deriv (f df : R -> R) x : is_derive f x (df x) -> continuous f x.
Proof. intros h; apply (ex_derive_continuous f x); now exists (df x). Qed.

Lemma cont_ex (f : R -> R) x : ex_derive f x -> continuous f x.
Proof. exact (ex_derive_continuous f x). Qed.

Definition gI (x : R) : R := RInt (fun t => exp (- (t * t))) 0 x.
Definition gB (x : R) : R := RInt (fun t => exp (- (x * x * (1 + t * t))) / (1 + t * t)) 0 1.

Lemma sq1 t : 0 < 1 + t * t. Proof. nra. Qed.

Lemma cont_g t : continuous (fun t => exp (- (t * t))) t.
Proof. apply cont_ex; auto_derive; trivial. Qed.

Lemma cont_gb x t : continuous (fun t => exp (- (x * x * (1 + t * t))) / (1 + t * t)) t.
Proof. assert (h := sq1 t); apply cont_ex; auto_derive; lra. Qed.

Lemma gI_derive (x : R) : is_derive gI x (exp (- (x * x))).
Proof.
unfold gI; apply (is_derive_RInt (fun t => exp (- (t * t))) _ 0).
- apply filter_forall; intros y; apply RInt_ok, cont_g.
- apply cont_g.
Qed.

Lemma gB_derive (x : R) : is_derive gB x (- 2 * exp (- (x * x)) * gI x).
Proof.
assert (dz : forall z t : R, is_derive (fun z => exp (- (z * z * (1 + t * t))) / (1 + t * t)) z
   (- 2 * z * exp (- (z * z * (1 + t * t))))).
{ intros z t; assert (h := sq1 t); auto_derive; [lra |]; field; lra. }
eapply D_val.
- unfold gB.
  apply (is_derive_RInt_param (fun z t => exp (- (z * z * (1 + t * t))) / (1 + t * t)) 0 1 x).
  + apply filter_forall; intros z t _; eexists; apply dz.
  + intros t _.
    apply continuity_2d_pt_ext with (fun z t => - 2 * z * exp (- (z * z * (1 + t * t)))).
    { intros z s; symmetry; apply is_derive_unique, dz. }
    apply continuity_2d_pt_mult.
    * apply continuity_2d_pt_mult; [apply continuity_2d_pt_const | apply continuity_2d_pt_id1].
    * apply (continuity_1d_2d_pt_comp exp).
      { apply derivable_continuous_pt, derivable_pt_exp. }
      apply continuity_2d_pt_opp, continuity_2d_pt_mult;
        [apply continuity_2d_pt_mult; apply continuity_2d_pt_id1 |].
      apply continuity_2d_pt_plus; [apply continuity_2d_pt_const |].
      apply continuity_2d_pt_mult; apply continuity_2d_pt_id2.
  + apply filter_forall; intros z; apply ex_RInt_R; intros; apply cont_gb.
- assert (e : is_RInt (fun t => x * exp (- (x * t * (x * t)))) 0 1 (gI x)).
  { assert (h := RInt_ok (fun t => exp (- (t * t))) 0 x cont_g); fold (gI x) in h.
    assert (h1 := is_RInt_comp_lin (V := R_NormedModule) (fun t => exp (- (t * t))) x 0 0 1 (gI x)).
    replace (x * 0 + 0) with 0 in h1 by ring; replace (x * 1 + 0) with x in h1 by ring.
    specialize (h1 h); revert h1; apply is_RInt_ext; intros t _.
    unfold scal; simpl; unfold mult; simpl; do 2 f_equal; ring. }
  apply (is_RInt_unique (V := R_CompleteNormedModule)).
  assert (e' := is_RInt_scal (V := R_NormedModule) _ 0 1 (- 2 * exp (- (x * x))) _ e).
  revert e'; apply is_RInt_ext; intros t _.
  transitivity (- 2 * x * exp (- (x * x * (1 + t * t))));
    [| symmetry; apply is_derive_unique, dz].
  unfold scal; simpl; unfold mult; simpl.
  replace (- (x * x * (1 + t * t))) with (- (x * x) + - (x * t * (x * t))) by ring.
  rewrite exp_plus; ring.
Qed.

Lemma gauss_identity x : 0 <= x -> gI x ^ 2 + gB x = PI / 4.
Proof.
assert (e0 : gI 0 ^ 2 + gB 0 = PI / 4).
{ assert (eI : gI 0 = 0) by exact (RInt_point (V := R_CompleteNormedModule) 0 _).
  assert (h : is_RInt (fun t => / (1 + t * t)) 0 1 (atan 1 - atan 0)).
  { apply (is_RInt_derive atan (fun t => / (1 + t * t))).
    - intros t _; auto_derive; [trivial | unfold Rsqr; field; assert (h := sq1 t); simpl; nra].
    - intros t _; assert (h := sq1 t); apply (cont_ex (fun t => / (1 + t * t))); auto_derive; lra. }
  assert (eB : gB 0 = PI / 4); [| rewrite eI, eB; ring].
  unfold gB; apply (is_RInt_unique (V := R_CompleteNormedModule)).
  rewrite atan_1, atan_0 in h; rewrite <- (Rminus_0_r (PI / 4)).
  revert h; apply is_RInt_ext; intros t _; assert (h := sq1 t); req.
  replace (- (0 * 0 * (1 + t * t))) with 0 by ring; rewrite exp_0; field; lra. }
intros [hx | <-]; [| exact e0].
rewrite <- e0; symmetry.
apply (eq_is_derive (fun x => gI x ^ 2 + gB x) 0 x); [| exact hx].
intros t _; eapply D_val.
- apply D_plus; [apply (is_derive_pow gI 2 t), gI_derive | apply gB_derive].
- change (@zero R_NormedModule) with 0; simpl; req; ring.
Qed.

Lemma gI_nonneg x : 0 <= x -> 0 <= gI x.
Proof.
intros hx; unfold gI; apply RInt_ge_0; [exact hx | apply ex_RInt_R, cont_g |].
intros t _; left; apply exp_pos.
Qed.

Lemma gB_bound x : 0 <= gB x <= exp (- (x * x)).
Proof.
assert (c := cont_gb x); unfold gB; split.
- apply RInt_ge_0; [lra | apply ex_RInt_R, c |].
  intros t _; left; apply Rdiv_lt_0_compat; [apply exp_pos | apply sq1].
- assert (e : RInt (fun _ => exp (- (x * x))) 0 1 = exp (- (x * x))).
  { transitivity ((1 - 0) * exp (- (x * x))); [| req; ring].
    exact (RInt_const (V := R_CompleteNormedModule) 0 1 (exp (- (x * x)))). }
  apply Rle_trans with (2 := Req_le _ _ e).
  apply RInt_le; [lra | apply ex_RInt_R, c | apply ex_RInt_const |].
  intros t _; assert (h := sq1 t).
  apply Rle_trans with (exp (- (x * x * (1 + t * t)))).
  + apply Rmult_le_reg_r with (1 + t * t); [lra |].
    unfold Rdiv; rewrite Rmult_assoc, Rinv_l by lra.
    assert (h1 := exp_pos (- (x * x * (1 + t * t)))); nra.
  + destruct (Req_dec (x * t) 0) as [z | z].
    * right; f_equal; transitivity (- (x * x) - (x * t) * (x * t)); [ring | rewrite z; ring].
    * left; apply exp_increasing; nra.
Qed.

Lemma gI_limit : filterlim gI (Rbar_locally p_infty) (locally (sqrt PI / 2)).
Proof.
assert (hp : 0 < sqrt PI) by (apply sqrt_lt_R0, PI_RGT_0).
assert (sq : (sqrt PI / 2) ^ 2 = PI / 4).
{ replace ((sqrt PI / 2) ^ 2) with (sqrt PI * sqrt PI / 4) by field.
  rewrite sqrt_sqrt; [reflexivity | left; apply PI_RGT_0]. }
apply filterlim_locally; intros eps.
destruct (to0_exp (2 / sqrt PI) (Rlt_le _ _ (Rdiv_lt_0_compat _ _ Rlt_0_2 hp)) eps (cond_pos eps))
  as [M hM].
exists (Rmax M 1); intros x hx.
assert (m1 := Rmax_l M 1); assert (m2 := Rmax_r M 1).
assert (g0 := gI_nonneg x ltac:(lra)); assert (b := gB_bound x).
assert (e := gauss_identity x ltac:(lra)).
specialize (hM x ltac:(lra)).
unfold ball; simpl; unfold AbsRing_ball, abs, minus, plus, opp; simpl.
eapply Rle_lt_trans; [| exact hM].
assert (ex : exp (- (x * x)) <= exp (- x)).
{ destruct (Req_dec x 1) as [-> | ne]; [right; f_equal; ring | left; apply exp_increasing; nra]. }
assert (hd : (sqrt PI / 2 - gI x) * (sqrt PI / 2 + gI x) = gB x).
{ transitivity ((sqrt PI / 2) ^ 2 - gI x ^ 2); [ring | rewrite sq; lra]. }
set (s := sqrt PI) in *.
assert (hle : 0 <= s / 2 - gI x) by nra.
replace (gI x + - (s / 2)) with (- (s / 2 - gI x)) by ring.
rewrite Rabs_Ropp, Rabs_right by lra.
apply Rmult_le_reg_r with (s / 2); [lra |].
replace (2 / s * exp (- x) * (s / 2)) with (exp (- x)) by (field; lra).
nra.
Qed.

Lemma gI_odd x : gI (- x) = - gI x.
Proof.
unfold gI.
assert (h := is_RInt_comp_opp (V := R_NormedModule) (fun t => exp (- (t * t))) 0 x (RInt (fun t => exp (- (t * t))) 0 (- x))).
rewrite Ropp_0 in h; specialize (h (RInt_ok _ 0 (- x) cont_g)).
assert (e : is_RInt (fun t => - exp (- (t * t))) 0 x (RInt (fun t => exp (- (t * t))) 0 (- x))).
{ revert h; apply is_RInt_ext; intros t _; unfold opp; simpl; do 3 f_equal; ring. }
assert (e2 := is_RInt_opp (V := R_NormedModule) _ 0 x _ (RInt_ok _ 0 x cont_g)).
rewrite <- (is_RInt_unique (V := R_CompleteNormedModule) _ _ _ _ e).
exact (is_RInt_unique (V := R_CompleteNormedModule) _ _ _ _ e2).
Qed.

(* distribution function of N(y, v) minus 1/2 *)
Definition Phi (v y x : R) : R := gI ((x - y) / sqrt (2 * v)) / sqrt PI.

Lemma Phi_derive (v y x : R) : 0 < v -> is_derive (Phi v y) x (phi v (x - y)).
Proof.
intros hv; unfold Phi.
assert (h1 : 0 < sqrt (2 * v)) by (apply sqrt_lt_R0; lra).
assert (h2 : 0 < sqrt PI) by (apply sqrt_lt_R0, PI_RGT_0).
eapply D_val.
- apply (D_div (fun x => gI ((x - y) / sqrt (2 * v))) (fun _ => sqrt PI)); [lra | | apply D_const].
  apply (D_comp gI (fun x => (x - y) / sqrt (2 * v))); [apply gI_derive |].
  auto_derive; [trivial | reflexivity].
- cbv beta; unfold phi.
  assert (e1 : sqrt (2 * PI * v) = sqrt (2 * v) * sqrt PI).
  { rewrite <- sqrt_mult; [f_equal; ring | lra | left; apply PI_RGT_0]. }
  assert (e2 : - ((x - y) / sqrt (2 * v) * ((x - y) / sqrt (2 * v))) = - (x - y) ^ 2 / (2 * v)).
  { rewrite <- (sqrt_sqrt (2 * v)) at 3 by lra; field; lra. }
  rewrite e1, e2; field; lra.
Qed.

Lemma cont_phi v y x : 0 < v -> continuous (fun x => phi v (x - y)) x.
Proof.
intros hv; apply cont_ex; eexists; apply D_unshift; now apply is_derive_phi_r.
Qed.

Lemma lin_p_infty (s y : R) : 0 < s ->
  filterlim (fun x => (x - y) / s) (Rbar_locally p_infty) (Rbar_locally p_infty).
Proof.
intros hs P [M hM]; exists (M * s + y); intros x hx; apply hM.
apply Rmult_lt_reg_r with s; [exact hs |]; unfold Rdiv; rewrite Rmult_assoc, Rinv_l by lra; lra.
Qed.

Lemma lin_m_infty (s y : R) : 0 < s ->
  filterlim (fun x => - ((x - y) / s)) (Rbar_locally m_infty) (Rbar_locally p_infty).
Proof.
intros hs P [M hM]; exists (- M * s + y); intros x hx; apply hM.
apply Rmult_lt_reg_r with s; [exact hs |]; unfold Rdiv.
replace (- ((x - y) * / s) * s) with (- (x - y)) by (field; lra); lra.
Qed.

Theorem IR_phi v y : 0 < v -> is_IR (fun x => phi v (x - y)) 1.
Proof.
intros hv.
assert (h1 : 0 < sqrt (2 * v)) by (apply sqrt_lt_R0; lra).
assert (h2 : 0 < sqrt PI) by (apply sqrt_lt_R0, PI_RGT_0).
replace 1 with (/ 2 - - / 2) by lra.
apply (primitive_IR (Phi v y)).
- intros x; now apply Phi_derive.
- intros x; now apply cont_phi.
- apply filterlim_ext with (fun x => scal (- / sqrt PI) (gI (- ((x - y) / sqrt (2 * v))))).
  { intros x; rewrite gI_odd; unfold Phi, scal; simpl; unfold mult; simpl; field; lra. }
  replace (- / 2) with (scal (- / sqrt PI) (sqrt PI / 2))
    by (unfold scal; simpl; unfold mult; simpl; field; lra).
  eapply filterlim_comp; [| apply (filterlim_scal_r (V := R_NormedModule))].
  eapply filterlim_comp; [now apply lin_m_infty | exact gI_limit].
- apply filterlim_ext with (fun x => scal (/ sqrt PI) (gI ((x - y) / sqrt (2 * v)))).
  { intros x; unfold Phi, scal; simpl; unfold mult; simpl; field; lra. }
  replace (/ 2) with (scal (/ sqrt PI) (sqrt PI / 2))
    by (unfold scal; simpl; unfold mult; simpl; field; lra).
  eapply filterlim_comp; [| apply (filterlim_scal_r (V := R_NormedModule))].
  eapply filterlim_comp; [now apply lin_p_infty | exact gI_limit].
Qed.
