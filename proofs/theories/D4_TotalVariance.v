(* claim: D4; scope: 1-D, finite atoms; headline: surprisal_mean, surprisal_square, total_variance, gaussian_information_variance *)
(* On the line, finitely many atoms with weights w_i > 0 of sum 1, v = sigma^2 (alpha = 1; the label is the atom).
   iota = -log pi_Y(X_t), h its posterior mean at a point (the posterior entropy); every mean is an integral over
   the whole line.
     surprisal_mean   : E iota = E h = H;
     surprisal_square : E iota^2 = integral of p sum_i pi_i (log pi_i)^2, which exists;
     total_variance   : Var iota = E[Var(iota given X_t)] + Var h(X_t), with
                        Var(iota given X_t = x) = sum_i pi_i (log pi_i)^2 - h^2 the varentropy of the posterior;
     gaussian_information_variance : for a normal posterior density phi_r the information -log phi_r has variance
                        1/2 whatever r, while the posterior entropy is constant (Gaussian.posterior_entropy). *)
From Coq Require Import Reals Lra Lia List.
From Coquelicot Require Import Coquelicot.
From Infodyn Require Import Base Tilt Improper GaussInt Gaussian BinEntropy EntropyRate TwoDeltaBounds.
Open Scope R_scope.

Section D4.
Context {I : Type}.
Variables (l : list I) (w y : I -> R).
Hypothesis hl : l <> nil.
Hypothesis hw : forall i, In i l -> 0 < w i.

Definition pi_at (v x : R) (i : I) : R := f w y v x i / p l w y v x.
Definition iota (v x : R) (i : I) : R := - ln (pi_at v x i).
(* posterior mean and variance of the surprisal at a point *)
Definition h_at (v x : R) : R := Sl l (fun i => pi_at v x i * iota v x i).
Definition second_at (v x : R) : R := Sl l (fun i => pi_at v x i * iota v x i ^ 2).
Definition varentropy (v x : R) : R := second_at v x - h_at v x ^ 2.

Lemma pi_range v x i : 0 < v -> In i l -> 0 < pi_at v x i <= 1.
Proof.
intros hv hi; assert (hp := p_pos l w y hl hw v x hv); assert (hf := f_pos l w y hw v x i hv hi).
unfold pi_at; split; [now apply Rdiv_lt_0_compat |].
apply Rmult_le_reg_r with (p l w y v x); [exact hp |].
unfold Rdiv; rewrite Rmult_assoc, Rinv_l, Rmult_1_r, Rmult_1_l by lra.
apply (Sl_ge_term l (f w y v x)); [intros; left; now apply f_pos with (l := l) | exact hi].
Qed.

(* q (ln q)^2 <= 1 on (0, 1] *)
Lemma qln2 q : 0 < q <= 1 -> 0 <= q * (- ln q) ^ 2 <= 1.
Proof.
intros hq; split; [apply Rmult_le_pos; [lra | apply pow2_ge_0] |].
set (z := - ln q); assert (hz : 0 <= z).
{ unfold z; destruct (proj2 hq) as [k | ->]; [| rewrite ln_1; lra].
  assert (h := ln_increasing q 1 (proj1 hq) k); rewrite ln_1 in h; lra. }
assert (eq : q = exp (- z)) by (unfold z; rewrite Ropp_involutive, exp_ln; lra).
assert (h := exp_ineq1_le (z / 2)).
assert (e2 : exp z = exp (z / 2) * exp (z / 2)) by (rewrite <- exp_plus; f_equal; field).
assert (h3 : (1 + z / 4) * (1 + z / 4) * ((1 + z / 4) * (1 + z / 4)) <= exp z).
{ assert (k := exp_ineq1_le (z / 4)).
  assert (e4 : exp z = exp (z / 4) * exp (z / 4) * (exp (z / 4) * exp (z / 4)))
    by (rewrite <- !exp_plus; f_equal; field).
  rewrite e4; assert ((1 + z / 4) * (1 + z / 4) <= exp (z / 4) * exp (z / 4)) by (apply Rmult_le_compat; lra).
  apply Rmult_le_compat; try lra; nra. }
assert (h4 : z ^ 2 <= exp z).
{ apply Rle_trans with (2 := h3).
  replace ((1 + z / 4) * (1 + z / 4) * ((1 + z / 4) * (1 + z / 4))) with (((1 + z / 4) ^ 2) ^ 2) by ring.
  assert (z <= (1 + z / 4) ^ 2) by (assert (k := pow2_ge_0 (z / 4 - 1)); nra).
  apply pow_incr; lra. }
rewrite eq; assert (e : exp z * exp (- z) = 1) by (rewrite <- exp_plus, Rplus_opp_r; apply exp_0).
assert (k := exp_pos (- z)); nra.
Qed.

Lemma h_u v x : 0 < v -> p l w y v x * h_at v x = u l w y v x.
Proof.
intros hv; assert (hp := p_pos l w y hl hw v x hv); unfold h_at, u; rewrite <- Sl_scal; apply Sl_ext.
intros i hi; unfold iota, pi_at, lq; field; lra.
Qed.

Lemma h_bounds v x : 0 < v -> 0 <= h_at v x <= NN l.
Proof.
intros hv; unfold h_at, NN; split.
- apply Sl_nonneg; intros i hi; destruct (pi_range v x i hv hi) as [a b]; unfold iota.
  assert (k := eta_nonneg (pi_at v x i) ltac:(lra)); unfold eta in k; lra.
- apply Sl_le; intros i hi; destruct (pi_range v x i hv hi) as [a b]; unfold iota.
  assert (k := eta_le_1 (pi_at v x i) ltac:(lra)); unfold eta in k; lra.
Qed.

Lemma second_bounds v x : 0 < v -> 0 <= second_at v x <= NN l.
Proof.
intros hv; unfold second_at, NN; split.
- apply Sl_nonneg; intros i hi; exact (proj1 (qln2 _ (pi_range v x i hv hi))).
- apply Sl_le; intros i hi; exact (proj2 (qln2 _ (pi_range v x i hv hi))).
Qed.

Lemma h_cont v x : 0 < v -> continuous (h_at v) x.
Proof.
intros hv; apply continuous_ext with (fun x => u l w y v x * / p l w y v x).
{ intros z; rewrite <- h_u by exact hv; assert (hp := p_pos l w y hl hw v z hv); req; field; lra. }
apply (continuous_mult (u l w y v) (fun x => / p l w y v x)); [now apply u_cont |].
assert (hp := p_pos l w y hl hw v x hv); apply (c2_slice (fun v x => / p l w y v x)).
apply continuity_2d_pt_inv; [apply p_c2; assumption | lra].
Qed.

Lemma second_cont v x : 0 < v -> continuous (second_at v) x.
Proof.
intros hv; apply (c2_slice (fun v x => second_at v x)); unfold second_at.
apply (c2_Sl l (fun i v x => pi_at v x i * iota v x i ^ 2)); intros i hi; unfold pi_at, iota.
assert (hp := p_pos l w y hl hw v x hv).
apply continuity_2d_pt_mult.
- apply c2_div; [lra | apply f_c2; exact hv | apply p_c2; assumption].
- apply c2_pow2, continuity_2d_pt_opp; exact (lq_c2 l w y hl hw v x i hv hi).
Qed.

Lemma p_cont v x : 0 < v -> continuous (p l w y v) x.
Proof. intros hv; apply c2_slice, p_c2; assumption. Qed.

(* p times a bounded continuous function is integrable *)
Lemma p_bounded_IR v (F : R -> R) M : 0 < v -> (forall x, continuous F x) -> (forall x, 0 <= F x <= M) ->
  is_IR (fun x => p l w y v x * F x) (IR (fun x => p l w y v x * F x)).
Proof.
intros hv hc hb; set (c := v / 2); set (d := 2 * v).
assert (hcd : c < v < d) by (unfold c, d; lra); assert (hc0 : 0 < c) by (unfold c; lra).
destruct (IR_dom (fun x => p l w y v x * F x) (M * K0 l w y c d)) as [r [hr _]].
- intros x; apply (continuous_mult (p l w y v) F); [now apply p_cont | apply hc].
- intros x; assert (b := hb x); assert (hp := p_pos l w y hl hw v x hv).
  assert (dm := p_dom l w y hw c d hc0 v x hcd); rewrite exp_m2 in dm; destruct (exp_m_le1 x) as [[e0 e1] _].
  assert (hk := K0_nonneg l w y hw c d hc0).
  rewrite Rabs_right by (apply Rle_ge, Rmult_le_pos; lra).
  apply Rle_trans with (K0 l w y c d * (exp (- Rabs x) * exp (- Rabs x)) * M).
  + apply Rmult_le_compat; lra.
  + replace (M * K0 l w y c d * exp (- Rabs x)) with (K0 l w y c d * (exp (- Rabs x) * 1) * M) by ring.
    apply Rmult_le_compat_r; [lra |]; apply Rmult_le_compat_l; [exact hk |].
    apply Rmult_le_compat_l; lra.
- rewrite (IR_unique _ _ hr); exact hr.
Qed.

(* means over the joint law of (i, X_t): sum_i f_i(x) iota_i(x)^n integrated over x *)
Definition E_iota (v : R) (n : nat) : R := IR (fun x => Sl l (fun i => f w y v x i * iota v x i ^ n)).
Definition Var_iota (v : R) : R := E_iota v 2 - E_iota v 1 ^ 2.
Definition E_h (v : R) : R := IR (fun x => p l w y v x * h_at v x).
Definition Var_h (v : R) : R := IR (fun x => p l w y v x * h_at v x ^ 2) - E_h v ^ 2.
Definition E_varentropy (v : R) : R := IR (fun x => p l w y v x * varentropy v x).

Lemma h2_cont v x : 0 < v -> continuous (fun x => h_at v x ^ 2) x.
Proof.
intros hv; apply continuous_ext with (fun x => h_at v x * h_at v x); [intros; req; ring |].
apply (continuous_mult (h_at v) (h_at v)); now apply h_cont.
Qed.
Lemma h2_bounds' v x : 0 < v -> 0 <= h_at v x ^ 2 <= NN l ^ 2.
Proof. intros hv; destruct (h_bounds v x hv); split; [apply pow2_ge_0 | apply pow_incr; lra]. Qed.

Theorem surprisal_mean v : 0 < v ->
  is_IR (fun x => Sl l (fun i => f w y v x i * iota v x i ^ 1)) (E_h v) /\ E_h v = H l w y v.
Proof.
intros hv; split.
- refine (is_IR_ext _ _ _ _ (p_bounded_IR v (h_at v) (NN l) hv (fun x => h_cont v x hv) (fun x => h_bounds v x hv))).
  intros x; assert (hp := p_pos l w y hl hw v x hv); unfold h_at; rewrite <- Sl_scal; apply Sl_ext; intros.
  unfold pi_at at 1; field; lra.
- unfold E_h; apply IR_unique; refine (is_IR_ext _ _ _ _ (H_exists l w y hl hw v hv)).
  intros x; symmetry; now apply h_u.
Qed.

Theorem surprisal_square v : 0 < v ->
  is_IR (fun x => Sl l (fun i => f w y v x i * iota v x i ^ 2)) (IR (fun x => p l w y v x * second_at v x)).
Proof.
intros hv.
refine (is_IR_ext _ _ _ _ (p_bounded_IR v (second_at v) (NN l) hv (fun x => second_cont v x hv)
  (fun x => second_bounds v x hv))).
intros x; assert (hp := p_pos l w y hl hw v x hv); unfold second_at; rewrite <- Sl_scal; apply Sl_ext; intros.
unfold pi_at at 1; field; lra.
Qed.

Theorem total_variance v : 0 < v -> Var_iota v = E_varentropy v + Var_h v.
Proof.
intros hv.
assert (i1 := p_bounded_IR v (second_at v) (NN l) hv (fun x => second_cont v x hv) (fun x => second_bounds v x hv)).
assert (i2 := p_bounded_IR v (fun x => h_at v x ^ 2) (NN l ^ 2) hv (fun x => h2_cont v x hv)
  (fun x => h2_bounds' v x hv)).
assert (e1 : E_varentropy v = IR (fun x => p l w y v x * second_at v x) - IR (fun x => p l w y v x * h_at v x ^ 2)).
{ apply IR_unique; refine (is_IR_ext _ _ _ _ (is_IR_minus _ _ _ _ i1 i2)); intros x; unfold varentropy; ring. }
unfold Var_iota, Var_h, E_iota; rewrite e1, (IR_unique _ _ (surprisal_square v hv)).
rewrite (IR_unique _ _ (proj1 (surprisal_mean v hv))); ring.
Qed.
End D4.

(* ---- the normal law: the information -log phi_r has variance 1/2 ---- *)
Lemma z4_small r : 0 < r -> filterlim (fun z => z ^ 3 * phi r z) (Rbar_locally p_infty) (locally 0) /\
  filterlim (fun z => z ^ 3 * phi r z) (Rbar_locally m_infty) (locally 0).
Proof.
intros hr.
assert (b : forall eps, 0 < eps -> exists M, forall z, M <= Rabs z -> Rabs (z ^ 3 * phi r z) < eps).
{ intros eps he.
  (* z^2 exp(-z^2/(4r)) <= 4 r, and z phi_{2r}(z) -> 0 *)
  set (c := 4 * r * sqrt 2).
  assert (s2 : 0 < sqrt 2) by (apply sqrt_lt_R0; lra).
  assert (hc : 0 < c) by (unfold c; apply Rmult_lt_0_compat; lra).
  destruct (rphi_small (2 * r) (eps / c) ltac:(lra) ltac:(now apply Rdiv_lt_0_compat)) as [M hM].
  exists M; intros z hz; specialize (hM z hz).
  set (E := exp (- (z ^ 2 / (4 * r)))).
  assert (hE : 0 < E) by apply exp_pos.
  assert (e : phi r z = sqrt 2 * (E * phi (2 * r) z)).
  { unfold phi, E; replace (2 * PI * (2 * r)) with (2 * (2 * PI * r)) by ring.
    assert (hq := two_pi_v_pos r hr); assert (hs := sqrt_lt_R0 _ hq).
    rewrite (sqrt_mult 2 (2 * PI * r)) by lra.
    replace (- z ^ 2 / (2 * r)) with (- (z ^ 2 / (4 * r)) + - z ^ 2 / (2 * (2 * r))) by (field; lra).
    rewrite exp_plus; field; split; lra. }
  assert (q : z ^ 2 * E <= 4 * r).
  { assert (k := exp_ineq1_le (z ^ 2 / (4 * r))).
    assert (ee : exp (z ^ 2 / (4 * r)) * E = 1) by (unfold E; rewrite <- exp_plus, Rplus_opp_r; apply exp_0).
    assert (k2 : z ^ 2 = 4 * r * (z ^ 2 / (4 * r))) by (field; lra).
    set (q := z ^ 2 / (4 * r)) in *; rewrite k2.
    assert (q * E <= exp q * E) by (apply Rmult_le_compat_r; lra).
    assert (4 * r * (q * E) <= 4 * r * 1) by (apply Rmult_le_compat_l; lra). lra. }
  replace (z ^ 3 * phi r z) with (z ^ 2 * E * sqrt 2 * (z * phi (2 * r) z)) by (rewrite e; ring).
  rewrite Rabs_mult.
  assert (h0 : 0 <= z ^ 2 * E * sqrt 2).
  { apply Rmult_le_pos; [apply Rmult_le_pos; [apply pow2_ge_0 | lra] | lra]. }
  rewrite (Rabs_right (z ^ 2 * E * sqrt 2)) by lra.
  assert (h1 : z ^ 2 * E * sqrt 2 <= c) by (unfold c; apply Rmult_le_compat_r; lra).
  apply Rle_lt_trans with (c * Rabs (z * phi (2 * r) z)); [apply Rmult_le_compat_r; [apply Rabs_pos | exact h1] |].
  replace eps with (c * (eps / c)) by (field; lra); apply Rmult_lt_compat_l; assumption. }
split; apply filterlim_locally; intros eps; destruct (b eps (cond_pos eps)) as [M hM].
- exists (Rmax M 0); intros z hz; assert (m1 := Rmax_l M 0); assert (m2 := Rmax_r M 0).
  unfold ball; simpl; unfold AbsRing_ball, abs, minus, plus, opp; simpl; rewrite Ropp_0, Rplus_0_r.
  apply (hM z); rewrite Rabs_right; lra.
- exists (- Rmax M 0); intros z hz; assert (m1 := Rmax_l M 0); assert (m2 := Rmax_r M 0).
  unfold ball; simpl; unfold AbsRing_ball, abs, minus, plus, opp; simpl; rewrite Ropp_0, Rplus_0_r.
  apply (hM z); rewrite Rabs_left; lra.
Qed.

Lemma fourth_moment r : 0 < r -> is_IR (fun z => z ^ 4 * phi r z) (3 * r ^ 2).
Proof.
intros hr; destruct (z4_small r hr) as [l1 l2].
assert (D : forall z, is_derive (fun z => z ^ 3 * phi r z) z (3 * z ^ 2 * phi r z - z ^ 4 / r * phi r z)).
{ intros z; eapply D_val.
  - apply (D_mult (fun z => z ^ 3) (phi r)); [auto_derive; [trivial | reflexivity] | now apply is_derive_phi_r].
  - cbv beta; field; lra. }
assert (cphi : forall z, continuous (phi r) z).
{ intros z; apply (cont_ex (phi r)); eexists; now apply is_derive_phi_r. }
assert (i := primitive_IR _ (fun z => 3 * z ^ 2 * phi r z - z ^ 4 / r * phi r z) 0 0 D).
assert (hc : forall z, continuous (fun z => 3 * z ^ 2 * phi r z - z ^ 4 / r * phi r z) z).
{ intros z; apply continuous_ext with (fun z => (3 * z ^ 2 - z ^ 4 / r) * phi r z); [intros; req; ring |].
  apply (continuous_mult (fun z => 3 * z ^ 2 - z ^ 4 / r) (phi r)); [| apply cphi].
  apply (cont_ex (fun z => 3 * z ^ 2 - z ^ 4 / r)); auto_derive; lra. }
specialize (i hc l2 l1).
assert (m2 := IR_second_moment r 0 hr).
assert (j := is_IR_minus _ _ _ _ (is_IR_scal (3 * r) _ _ m2) (is_IR_scal r _ _ i)).
replace (3 * r ^ 2) with (3 * r * r - r * (0 - 0)) by ring.
refine (is_IR_ext _ _ _ _ j); intros z; cbv beta; rewrite !Rminus_0_r; field; lra.
Qed.

Definition info (r z : R) : R := - ln (phi r z).
Theorem gaussian_information_variance r : 0 < r ->
  exists m1 m2, is_IR (fun z => phi r z * info r z) m1 /\ is_IR (fun z => phi r z * info r z ^ 2) m2 /\
    m2 - m1 ^ 2 = / 2.
Proof.
intros hr; set (c := / 2 * ln (2 * PI * r)).
assert (hq := two_pi_v_pos r hr); assert (hs := sqrt_lt_R0 _ hq).
assert (e : forall z, info r z = z ^ 2 / (2 * r) + c).
{ intros z; unfold info, phi; rewrite ln_div by (try apply exp_pos; exact hs); rewrite ln_exp.
  assert (el : ln (sqrt (2 * PI * r)) = c).
  { unfold c; rewrite <- (sqrt_sqrt (2 * PI * r)) at 2 by lra; rewrite ln_mult by exact hs; field. }
  rewrite el; field; lra. }
assert (i0 := IR_phi r 0 hr); assert (i2 := IR_second_moment r 0 hr); assert (i4 := fourth_moment r hr).
exists (/ (2 * r) * r + c * 1), (/ (4 * r ^ 2) * (3 * r ^ 2) + (c / r * r + c ^ 2 * 1)); split; [| split].
- refine (is_IR_ext _ _ _ _ (is_IR_plus _ _ _ _ (is_IR_scal (/ (2 * r)) _ _ i2) (is_IR_scal c _ _ i0))).
  intros z; cbv beta; rewrite e, Rminus_0_r; field; lra.
- refine (is_IR_ext _ _ _ _ (is_IR_plus _ _ _ _ (is_IR_scal (/ (4 * r ^ 2)) _ _ i4)
    (is_IR_plus _ _ _ _ (is_IR_scal (c / r) _ _ i2) (is_IR_scal (c ^ 2) _ _ i0)))).
  intros z; cbv beta; rewrite e, Rminus_0_r; field; lra.
- field; lra.
Qed.
