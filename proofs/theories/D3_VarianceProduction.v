(* claim: D3; scope: 1-D, finite atoms; headline: entropy_at_point, gradient_at_point, stretch_at_point, means_exist, square_exists, mean_entropy_production, variance_production, variance_production_reverse, squared_entropy_drift *)
(* On the line, finitely many atoms y_i with weights w_i > 0 of sum 1, `ve` (alpha = 1, v = sigma^2, g = 1, f = 0); h the
   posterior entropy of the atom at x, b = sum_i pi_i |s_i - s|^2 with s_i = (y_i - x)/v.
     entropy_at_point   : h = - sum_i pi_i log pi_i;
     gradient_at_point  : h' = - sum_i pi_i log pi_i (s_i - s), the derivative of h in x;
     stretch_at_point   : b = Var(X_0 given x)/v^2;
     mean_entropy_production : d/dv E h = (1/2) E b;
     means_exist, square_exists : the integrals over the whole line that are E h, E b, E|h'|^2, E[h b], E h^2 exist;
     variance_production: d/dv Var h = - ( E|h'|^2 - Cov(h, b) );
     variance_production_reverse : in reverse time tau = T - v, d/dtau Var h = E|h'|^2 - Cov(h, b).
     squared_entropy_drift : at every point of R^d, for any labels and any linear drift (hypotheses of D2), the generator
                          of the reverse process applied to h^2 is g^2 (|grad h|^2 - h b).
   Not proved: the integrated statement in R^d, for coarser labels, and in the time of a schedule other than v
   (the chain rule of Schedule.v). *)
From Coq Require Import Reals Lra Lia List.
From Coquelicot Require Import Coquelicot.
From Infodyn Require Import Base Tilt Improper GaussInt BinEntropy EntropyRate D4_TotalVariance ExtraMoments ExtraLine.
From Infodyn Require ExtraSquaredDrift.
Open Scope R_scope.

Section D3.
Context {I : Type}.
Variables (l : list I) (w y : I -> R).
Hypothesis hl : l <> nil.
Hypothesis hw : forall i, In i l -> 0 < w i.
Hypothesis sw : Sl l w = 1.

Definition ent (v x : R) : R := u l w y v x / p l w y v x.
Definition grad (v x : R) : R := (U1 l w y v x - u l w y v x * score l w y v x) / p l w y v x.
Definition stretch (v x : R) : R := var l w y v x / v ^ 2.
Definition E_of (v : R) (F : R -> R) : R := IR (fun x => p l w y v x * F x).
Definition Var_ent (v : R) : R := E_of v (fun x => ent v x ^ 2) - E_of v (ent v) ^ 2.

Theorem entropy_at_point v x : 0 < v ->
  ent v x = - Sl l (fun i => pi_at l w y v x i * ln (pi_at l w y v x i)).
Proof.
intros hv; assert (hp := p_pos l w y hl hw v x hv); unfold ent, u.
transitivity (-1 * Sl l (fun i => pi_at l w y v x i * ln (pi_at l w y v x i))); [| ring].
unfold Rdiv; rewrite <- Sl_scal_r, <- Sl_scal; apply Sl_ext; intros i _; unfold pi_at, lq; field; lra.
Qed.

Lemma grad_sum v x : 0 < v ->
  grad v x * p l w y v x = Sl l (fun i => (m l w y v x - y i) / v * (f w y v x i * lq l w y v x i)).
Proof.
intros hv; assert (hp := p_pos l w y hl hw v x hv).
replace (grad v x * p l w y v x) with (U1 l w y v x - score l w y v x * u l w y v x)
  by (unfold grad; field; lra).
unfold U1, u; rewrite <- Sl_scal, <- Sl_minus; apply Sl_ext; intros i _; unfold score; field; lra.
Qed.

Theorem gradient_at_point v x : 0 < v ->
  is_derive (ent v) x (grad v x) /\
  grad v x = - Sl l (fun i => pi_at l w y v x i * ln (pi_at l w y v x i)
    * ((y i - x) / v - score l w y v x)).
Proof.
intros hv; assert (hp := p_pos l w y hl hw v x hv); split.
- unfold ent; eapply D_val.
  + apply D_div; [apply Rgt_not_eq; exact hp | now apply u_dx | apply (P_dx l w y v hl hw hv)].
  + unfold grad; field; lra.
- apply Rmult_eq_reg_r with (p l w y v x); [| lra]; rewrite grad_sum by exact hv.
  transitivity (- p l w y v x * Sl l (fun i => pi_at l w y v x i * ln (pi_at l w y v x i)
    * ((y i - x) / v - score l w y v x))); [| ring].
  rewrite <- Sl_scal; apply Sl_ext; intros i _; unfold pi_at, lq, score; field; lra.
Qed.

Theorem stretch_at_point v x : 0 < v ->
  stretch v x = Sl l (fun i => pi_at l w y v x i * ((y i - x) / v - score l w y v x) ^ 2).
Proof.
intros hv; assert (hp := p_pos l w y hl hw v x hv).
unfold stretch, var; rewrite Var_centred by (apply Rgt_not_eq; exact hp); fold (m l w y v x).
unfold Ex; fold (p l w y v x); unfold Rdiv; rewrite <- !Sl_scal_r; apply Sl_ext; intros i _.
unfold pi_at, score; field; lra.
Qed.

(* ---- Q = p h^2 ---- *)
Let Q v x := u l w y v x ^ 2 / p l w y v x.
Let PV v x := Sl l (fun i => (/ 2 * ((x - y i) / v) ^ 2 - / 2 * / v) * f w y v x i).
Let Qv v x := 2 * u l w y v x * uv l w y v x / p l w y v x - (u l w y v x / p l w y v x) ^ 2 * PV v x.
Let Q1 v x := 2 * u l w y v x * U1 l w y v x / p l w y v x
  - (u l w y v x) ^ 2 / p l w y v x * score l w y v x.
Let G v x := p l w y v x * (grad v x ^ 2 - ent v x * stretch v x).

Lemma p_dv v x : 0 < v -> is_derive (fun v => p l w y v x) v (PV v x).
Proof.
intros hv; unfold p, PV.
apply (Sl_derive l (fun i v => f w y v x i)
  (fun i _ => (/ 2 * ((x - y i) / v) ^ 2 - / 2 * / v) * f w y v x i)); intros i _; now apply f_dv.
Qed.

Lemma PV_score v x : 0 < v ->
  PV v x = / 2 * p l w y v x * (score l w y v x ^ 2 + (var l w y v x / v ^ 2 - / v)).
Proof.
intros hv; assert (hp := p_pos l w y hl hw v x hv); unfold PV.
rewrite (Sl_ext l _ (fun i => (/ 2 * x ^ 2 / v ^ 2 - / 2 * / v) * f w y v x i
  + (- (x / v ^ 2) * (f w y v x i * y i) + / 2 / v ^ 2 * (f w y v x i * (y i * y i)))))
  by (intros; field; lra).
rewrite !Sl_plus, !Sl_scal; fold (p l w y v x).
unfold score, m, var, Cov, Ex; fold (p l w y v x); field; split; lra.
Qed.

Lemma Q_dv v x : 0 < v -> is_derive (fun v => Q v x) v (Qv v x).
Proof.
intros hv; assert (hp := p_pos l w y hl hw v x hv); unfold Q; eapply D_val.
- apply (D_div (fun v => u l w y v x ^ 2) (fun v => p l w y v x)); [lra | | now apply p_dv].
  apply (D_comp (fun z => z ^ 2) (fun v => u l w y v x)); [auto_derive; [trivial | reflexivity] | now apply u_dv].
- cbv beta; unfold Qv; field; lra.
Qed.

Lemma Q_dx v x : 0 < v -> is_derive (Q v) x (Q1 v x).
Proof.
intros hv; assert (hp := p_pos l w y hl hw v x hv); unfold Q; eapply D_val.
- apply (D_div (fun x => u l w y v x ^ 2) (p l w y v)); [lra | | apply (P_dx l w y v hl hw hv)].
  apply (D_comp (fun z => z ^ 2) (u l w y v)); [auto_derive; [trivial | reflexivity] | now apply u_dx].
- cbv beta; unfold Q1; field; lra.
Qed.

Lemma Q1_dx v x : 0 < v -> is_derive (Q1 v) x (2 * Qv v x + 2 * G v x).
Proof.
intros hv; assert (hp := p_pos l w y hl hw v x hv); unfold Q1; eapply D_val.
- apply D_minus.
  + apply (D_div (fun x => 2 * u l w y v x * U1 l w y v x) (p l w y v)); [lra | | apply (P_dx l w y v hl hw hv)].
    apply (D_mult (fun x => 2 * u l w y v x) (U1 l w y v)); [apply D_scal; now apply u_dx | now apply U1_dx].
  + apply (D_mult (fun x => u l w y v x ^ 2 / p l w y v x) (score l w y v)); [| now apply score_slope].
    exact (Q_dx v x hv).
- cbv beta; unfold Qv, G, Q1, grad, ent, stretch; rewrite PV_score by exact hv; unfold W.
  field; split; lra.
Qed.

Lemma Qv_c2 v x : 0 < v -> continuity_2d_pt Qv v x.
Proof.
intros hv; assert (hp := p_pos l w y hl hw v x hv); unfold Qv.
assert (cp := p_c2 l w y v x hv); assert (cu := u_c2 l w y hl hw v x hv).
assert (cuv := uv_c2 l w y hl hw v x hv).
apply continuity_2d_pt_minus.
- apply c2_div; [lra | | exact cp].
  apply continuity_2d_pt_mult; [apply continuity_2d_pt_mult; [apply continuity_2d_pt_const | exact cu] | exact cuv].
- apply continuity_2d_pt_mult; [apply c2_pow2, c2_div; [lra | exact cu | exact cp] |].
  unfold PV; apply (c2_Sl l (fun i v x => (/ 2 * ((x - y i) / v) ^ 2 - / 2 * / v) * f w y v x i)); intros i hi.
  apply continuity_2d_pt_mult; [| now apply f_c2].
  apply continuity_2d_pt_minus; (apply continuity_2d_pt_mult; [apply continuity_2d_pt_const |]).
  + apply c2_pow2, c2_div; [lra | | apply continuity_2d_pt_id1].
    apply continuity_2d_pt_minus; [apply continuity_2d_pt_id2 | apply continuity_2d_pt_const].
  + apply continuity_2d_pt_inv; [apply continuity_2d_pt_id1 | lra].
Qed.

Lemma ratio_cont v (F : R -> R) x : 0 < v -> (forall z, continuous F z) ->
  continuous (fun x => F x / p l w y v x) x.
Proof.
intros hv hF; assert (hp := p_pos l w y hl hw v x hv).
apply (continuous_mult F (fun x => / p l w y v x)); [apply hF |].
apply (continuous_comp (p l w y v) Rinv); [apply (P_cont l w y v hl hw hv) |].
apply (cont_ex Rinv); auto_derive; lra.
Qed.

Lemma ent_cont v x : 0 < v -> continuous (ent v) x.
Proof. intros hv; apply ratio_cont; [exact hv |]; intros; now apply u_cont. Qed.

Lemma grad_cont v x : 0 < v -> continuous (grad v) x.
Proof.
intros hv; apply ratio_cont; [exact hv |]; intros z.
apply (continuous_minus (V := R_NormedModule) (U1 l w y v) (fun x => u l w y v x * score l w y v x)).
- apply (cont_ex (U1 l w y v)); eexists; now apply U1_dx.
- apply (continuous_mult (u l w y v) (score l w y v)); [now apply u_cont | apply (S_cont l w y v hl hw hv)].
Qed.

Lemma stretch_cont v x : 0 < v -> continuous (stretch v) x.
Proof.
intros hv; apply continuous_ext with (fun x => W l w y v x / p l w y v x * / v ^ 2).
- intros z; assert (hp := p_pos l w y hl hw v z hv); unfold W, stretch; req; field; split; lra.
- apply (continuous_mult (fun x => W l w y v x / p l w y v x) (fun _ => / v ^ 2)); [| apply continuous_const].
  apply ratio_cont; [exact hv | intros; now apply W_cont].
Qed.

Lemma sq_cont (F : R -> R) x : continuous F x -> continuous (fun x => F x ^ 2) x.
Proof.
intros h; apply continuous_ext with (fun x => F x * F x); [intros; req; ring |].
now apply (continuous_mult F F).
Qed.

(* ---- bounds for c < v < d ---- *)
Section Bounds.
Variables c d : R.
Hypothesis hc : 0 < c.

Lemma ent_bound v x : c < v < d -> 0 <= ent v x <= NN l.
Proof.
intros hv; assert (hv0 : 0 < v) by lra; assert (hp := p_pos l w y hl hw v x hv0).
assert (e : ent v x = h_at l w y v x).
{ unfold ent; rewrite <- h_u by assumption; field; lra. }
rewrite e; now apply h_bounds.
Qed.

Lemma grad_bound v x : c < v < d -> Rabs (grad v x) <= NN l * (2 * Y1 l y / c).
Proof.
intros hv; assert (hv0 : 0 < v) by lra; assert (hp := p_pos l w y hl hw v x hv0).
apply Rmult_le_reg_r with (p l w y v x); [exact hp |].
rewrite <- (Rabs_right (p l w y v x)) at 1 by lra; rewrite <- Rabs_mult, grad_sum by exact hv0.
eapply Rle_trans; [apply Sl_abs |].
apply Rle_trans with (Sl l (fun _ => 1 * (2 * Y1 l y / c * p l w y v x))).
- apply Sl_le; intros i hi; rewrite Rabs_mult, Rmult_1_l.
  apply Rmult_le_compat; try apply Rabs_pos; [| now apply (flq_bound l w y hl hw)].
  unfold Rdiv; rewrite Rabs_mult; apply Rmult_le_compat; try apply Rabs_pos.
  + assert (h1 := m_bound l w y v hl hw hv0 x).
    assert (h2 : Rabs (y i) <= Y1 l y).
    { apply (Sl_ge_term l (fun i => Rabs (y i))); [intros; apply Rabs_pos | exact hi]. }
    eapply Rle_trans; [apply Rabs_triang |]; rewrite Rabs_Ropp; lra.
  + rewrite Rabs_right by (left; now apply Rinv_0_lt_compat); apply Rinv_le_contravar; lra.
- rewrite Sl_scal_r; unfold NN; apply Req_le; ring.
Qed.

Lemma stretch_bound v x : c < v < d -> 0 <= p l w y v x * stretch v x <= Y2 l y * K0 l w y c d / c ^ 2 * exp (- Rabs x).
Proof.
intros hv; assert (k := W_dom l w y hl hw c d hc v x hv).
assert (e : p l w y v x * stretch v x = W l w y v x * / v ^ 2) by (unfold stretch, W; field; lra).
assert (h2 : 0 < v ^ 2) by (apply pow_lt; lra); assert (h3 : 0 < c ^ 2) by now apply pow_lt.
assert (h4 : 0 < / v ^ 2 <= / c ^ 2).
{ split; [now apply Rinv_0_lt_compat | apply Rinv_le_contravar; [exact h3 | apply pow_incr; lra]]. }
rewrite e; split; [apply Rmult_le_pos; lra |].
replace (Y2 l y * K0 l w y c d / c ^ 2 * exp (- Rabs x)) with (Y2 l y * K0 l w y c d * exp (- Rabs x) * / c ^ 2)
  by (field; lra).
apply Rmult_le_compat; lra.
Qed.

Lemma p_bound v x : c < v < d -> p l w y v x <= K0 l w y c d * exp (- Rabs x).
Proof.
intros hv; assert (k := p_dom l w y hw c d hc v x hv); rewrite exp_m2 in k.
destruct (exp_m_le1 x) as [[e0 e1] _]; assert (hk := K0_nonneg l w y hw c d hc).
apply Rle_trans with (1 := k); apply Rmult_le_compat_l; [exact hk |].
rewrite <- (Rmult_1_r (exp (- Rabs x))) at 3; apply Rmult_le_compat_l; lra.
Qed.

Lemma Q_bound v x : c < v < d -> Rabs (Q v x) <= NN l ^ 2 * K0 l w y c d * exp (- Rabs x).
Proof.
intros hv; assert (hp := p_pos l w y hl hw v x ltac:(lra)).
replace (Q v x) with (ent v x ^ 2 * p l w y v x) by (unfold Q, ent; field; lra).
rewrite Rabs_right by (apply Rle_ge, Rmult_le_pos; [apply pow2_ge_0 | lra]).
rewrite Rmult_assoc; apply Rmult_le_compat; [apply pow2_ge_0 | lra | | now apply p_bound].
assert (b := ent_bound v x hv); apply pow_incr; lra.
Qed.

Lemma G_bound v x : c < v < d -> Rabs (G v x) <=
  ((NN l * (2 * Y1 l y / c)) ^ 2 * K0 l w y c d + NN l * (Y2 l y * K0 l w y c d / c ^ 2)) * exp (- Rabs x).
Proof.
intros hv; assert (hp := p_pos l w y hl hw v x ltac:(lra)).
replace (G v x) with (grad v x ^ 2 * p l w y v x + - (ent v x * (p l w y v x * stretch v x)))
  by (unfold G; ring).
eapply Rle_trans; [apply Rabs_triang |]; rewrite Rabs_Ropp, Rmult_plus_distr_r.
apply Rplus_le_compat.
- rewrite Rabs_right by (apply Rle_ge, Rmult_le_pos; [apply pow2_ge_0 | lra]).
  rewrite Rmult_assoc; apply Rmult_le_compat; [apply pow2_ge_0 | lra | | now apply p_bound].
  assert (b := grad_bound v x hv); rewrite <- (pow2_abs (grad v x)); apply pow_incr; split; [apply Rabs_pos | exact b].
- assert (b := ent_bound v x hv); assert (s := stretch_bound v x hv).
  rewrite Rabs_right by (apply Rle_ge, Rmult_le_pos; lra).
  rewrite Rmult_assoc; apply Rmult_le_compat; lra.
Qed.

Lemma Q1_bound v x : c < v < d -> Rabs (Q1 v x) <=
  (2 * NN l * (NN l * (2 * Y1 l y / c) * K0 l w y c d) + NN l ^ 2 * (K0 l w y c d * (Y1 l y + 1) / c)) * exp (- Rabs x).
Proof.
intros hv; assert (hv0 : 0 < v) by lra; assert (hp := p_pos l w y hl hw v x hv0).
assert (hk := K0_nonneg l w y hw c d hc); assert (hY := Y1_nonneg l y); assert (hN := NN_nonneg l).
(* Q1 = 2 h h' p + h^2 p s *)
replace (Q1 v x) with (2 * ent v x * (grad v x * p l w y v x) + ent v x ^ 2 * (p l w y v x * score l w y v x))
  by (unfold Q1, ent, grad; field; lra).
assert (be := ent_bound v x hv); assert (bg := grad_bound v x hv); assert (bp := p_bound v x hv).
assert (bs : p l w y v x * Rabs (score l w y v x) <= K0 l w y c d * (Y1 l y + 1) / c * exp (- Rabs x)).
{ assert (s := S_bound l w y v hl hw hv0 x).
  assert (k := p_dom l w y hw c d hc v x hv); rewrite exp_m2 in k; destruct (exp_m_le1 x) as [[e0 e1] e2].
  assert (hx := Rabs_pos x); set (e := exp (- Rabs x)) in *.
  apply Rle_trans with (K0 l w y c d * (e * e) * ((Y1 l y + Rabs x) * / c)).
  - apply Rmult_le_compat; [lra | apply Rabs_pos | exact k |].
    eapply Rle_trans; [exact s |]; unfold Rdiv; apply Rmult_le_compat_l; [lra |].
    apply Rinv_le_contravar; lra.
  - assert (hi : 0 < / c) by now apply Rinv_0_lt_compat.
    replace (K0 l w y c d * (e * e) * ((Y1 l y + Rabs x) * / c))
      with (K0 l w y c d * / c * e * (Y1 l y * e + Rabs x * e)) by ring.
    replace (K0 l w y c d * (Y1 l y + 1) / c * e) with (K0 l w y c d * / c * e * (Y1 l y * 1 + 1)) by (field; lra).
    apply Rmult_le_compat_l; [repeat apply Rmult_le_pos; lra |].
    apply Rplus_le_compat; [apply Rmult_le_compat_l; lra | exact e2]. }
eapply Rle_trans; [apply Rabs_triang |]; rewrite Rmult_plus_distr_r; apply Rplus_le_compat.
- rewrite !Rabs_mult, (Rabs_right 2), (Rabs_right (ent v x)), (Rabs_right (p l w y v x)) by lra.
  rewrite (Rmult_assoc (2 * NN l)), (Rmult_assoc (NN l * (2 * Y1 l y / c))).
  apply Rmult_le_compat; [lra | apply Rmult_le_pos; [apply Rabs_pos | lra] | lra |].
  apply Rmult_le_compat; [apply Rabs_pos | lra | exact bg | exact bp].
- rewrite Rabs_mult, (Rabs_right (ent v x ^ 2)) by (apply Rle_ge, pow2_ge_0).
  rewrite Rabs_mult, (Rabs_right (p l w y v x)) by lra; rewrite Rmult_assoc.
  apply Rmult_le_compat; [apply pow2_ge_0 | apply Rmult_le_pos; [lra | apply Rabs_pos] | | exact bs].
  apply pow_incr; lra.
Qed.
End Bounds.

(* the means that enter *)
Theorem means_exist v : 0 < v ->
  is_IR (fun x => p l w y v x * ent v x) (E_of v (ent v)) /\ E_of v (ent v) = H l w y v /\
  is_IR (fun x => p l w y v x * stretch v x) (E_of v (stretch v)) /\ E_of v (stretch v) = mmse l w y v / v ^ 2 /\
  is_IR (fun x => p l w y v x * grad v x ^ 2) (E_of v (fun x => grad v x ^ 2)) /\
  is_IR (fun x => p l w y v x * (ent v x * stretch v x)) (E_of v (fun x => ent v x * stretch v x)).
Proof.
intros hv; set (c := v / 2); set (d := 2 * v).
assert (hcd : c < v < d) by (unfold c, d; lra); assert (hc : 0 < c) by (unfold c; lra).
assert (i1 : is_IR (fun x => p l w y v x * ent v x) (H l w y v)).
{ refine (is_IR_ext _ _ _ _ (H_exists l w y hl hw v hv)); intros x; assert (hp := p_pos l w y hl hw v x hv).
  unfold ent; field; lra. }
assert (i2 : is_IR (fun x => p l w y v x * stretch v x) (mmse l w y v / v ^ 2)).
{ replace (mmse l w y v / v ^ 2) with (/ v ^ 2 * mmse l w y v) by (unfold Rdiv; ring).
  refine (is_IR_ext _ _ _ _ (is_IR_scal (/ v ^ 2) _ _ (mmse_exists l w y hl hw v hv))); intros x.
  unfold W, stretch; field; lra. }
assert (i3 := p_bounded_IR l w y hl hw v (fun x => grad v x ^ 2) ((NN l * (2 * Y1 l y / c)) ^ 2) hv
  (fun x => sq_cont _ _ (grad_cont v x hv))).
assert (b3 : forall x, 0 <= grad v x ^ 2 <= (NN l * (2 * Y1 l y / c)) ^ 2).
{ intros x; split; [apply pow2_ge_0 |]; rewrite <- (pow2_abs (grad v x)); apply pow_incr.
  split; [apply Rabs_pos | exact (grad_bound c d hc v x hcd)]. }
specialize (i3 b3).
assert (i4 : is_IR (fun x => p l w y v x * (ent v x * stretch v x)) (E_of v (fun x => ent v x * stretch v x))).
{ destruct (IR_dom (fun x => p l w y v x * (ent v x * stretch v x)) (NN l * (Y2 l y * K0 l w y c d / c ^ 2))) as [r [hr _]].
  - intros x; apply (continuous_mult (p l w y v) (fun x => ent v x * stretch v x)); [apply (P_cont l w y v hl hw hv) |].
    apply (continuous_mult (ent v) (stretch v)); [now apply ent_cont | now apply stretch_cont].
  - intros x; assert (b := ent_bound c d hc v x hcd); assert (s := stretch_bound c d hc v x hcd).
    replace (p l w y v x * (ent v x * stretch v x)) with (ent v x * (p l w y v x * stretch v x)) by ring.
    rewrite Rabs_right by (apply Rle_ge, Rmult_le_pos; lra).
    rewrite Rmult_assoc; apply Rmult_le_compat; lra.
  - unfold E_of; rewrite (IR_unique _ _ hr); exact hr. }
unfold E_of in *; rewrite (IR_unique _ _ i1), (IR_unique _ _ i2).
repeat (split; [first [exact i1 | exact i2 | exact i3 | reflexivity] |]); exact i4.
Qed.

Theorem square_exists v : 0 < v ->
  is_IR (fun x => p l w y v x * ent v x ^ 2) (E_of v (fun x => ent v x ^ 2)).
Proof.
intros hv; apply (p_bounded_IR l w y hl hw v (fun x => ent v x ^ 2) (NN l ^ 2) hv).
- intros x; apply sq_cont; now apply ent_cont.
- intros x; assert (b := ent_bound (v / 2) (2 * v) ltac:(lra) v x ltac:(lra)).
  split; [apply pow2_ge_0 | apply pow_incr; lra].
Qed.

Theorem mean_entropy_production v : 0 < v ->
  is_derive (fun z => E_of z (ent z)) v (/ 2 * E_of v (stretch v)).
Proof.
intros hv; destruct (means_exist v hv) as [_ [_ [_ [e2 _]]]].
apply (is_derive_ext_loc (H l w y)).
- exists (mkposreal v hv); intros z hz; unfold ball in hz; simpl in hz;
    unfold AbsRing_ball, abs, minus, plus, opp in hz; simpl in hz; apply Rabs_def2 in hz.
  destruct (means_exist z ltac:(lra)) as [_ [e _]]; symmetry; exact e.
- rewrite e2; eapply D_val; [exact (entropy_rate l w y hl hw v hv) | field; lra].
Qed.

Theorem variance_production v : 0 < v ->
  is_derive Var_ent v
    (- (E_of v (fun x => grad v x ^ 2)
        - (E_of v (fun x => ent v x * stretch v x) - E_of v (ent v) * E_of v (stretch v)))).
Proof.
intros hv; set (c := v / 2); set (d := 2 * v).
assert (hcd : c < v < d) by (unfold c, d; lra); assert (hc : 0 < c) by (unfold c; lra).
destruct (means_exist v hv) as [_ [_ [_ [_ [i3 i4]]]]].
assert (pos : forall z, c < z < d -> 0 < z) by (intros; lra).
assert (cG : forall z x, c < z < d -> continuous (G z) x).
{ intros z x hz; assert (hz0 := pos z hz).
  apply (continuous_mult (p l w y z) (fun x => grad z x ^ 2 - ent z x * stretch z x)); [apply (P_cont l w y z hl hw hz0) |].
  apply (continuous_minus (V := R_NormedModule) (fun x => grad z x ^ 2) (fun x => ent z x * stretch z x)).
  - apply sq_cont; now apply grad_cont.
  - apply (continuous_mult (ent z) (stretch z)); [now apply ent_cont | now apply stretch_cont]. }
destruct (line_balance Q Qv Q1 G c d _ _ _
  (fun z x hz => Q_dv z x (pos z hz)) (fun z x hz => Q_dx z x (pos z hz)) (fun z x hz => Q1_dx z x (pos z hz))
  (fun z x hz => Qv_c2 z x (pos z hz)) cG
  (fun z x hz => Q_bound c d hc z x hz) (fun z x hz => Q1_bound c d hc z x hz)
  (fun z x hz => G_bound c d hc z x hz) v hcd) as [_ [_ dQ]].
assert (eG : IR (G v) = E_of v (fun x => grad v x ^ 2) - E_of v (fun x => ent v x * stretch v x)).
{ apply IR_unique; refine (is_IR_ext _ _ _ _ (is_IR_minus _ _ _ _ i3 i4)); intros x; unfold G; ring. }
rewrite eG in dQ.
assert (dE := mean_entropy_production v hv).
unfold Var_ent; eapply D_val.
- apply D_minus.
  + apply (is_derive_ext_loc (fun z => IR (Q z))); [| exact dQ].
    exists (mkposreal v hv); intros z hz; unfold ball in hz; simpl in hz;
      unfold AbsRing_ball, abs, minus, plus, opp in hz; simpl in hz; apply Rabs_def2 in hz.
    assert (hz0 : 0 < z) by lra; unfold E_of; f_equal.
    apply FunctionalExtensionality.functional_extensionality; intros x.
    assert (hp := p_pos l w y hl hw z x hz0); unfold Q, ent; field; lra.
  + apply (D_comp (fun e => e ^ 2) (fun z => E_of z (ent z))); [auto_derive; [trivial | reflexivity] | exact dE].
- cbv beta; field.
Qed.

Corollary variance_production_reverse T tau : tau < T ->
  is_derive (fun tau => Var_ent (T - tau)) tau
    (E_of (T - tau) (fun x => grad (T - tau) x ^ 2)
     - (E_of (T - tau) (fun x => ent (T - tau) x * stretch (T - tau) x)
        - E_of (T - tau) (ent (T - tau)) * E_of (T - tau) (stretch (T - tau)))).
Proof.
intros h; assert (hv : 0 < T - tau) by lra; eapply D_val.
- apply (D_comp Var_ent (fun tau => T - tau)); [exact (variance_production (T - tau) hv) |].
  apply D_minus; [apply D_const | apply D_id].
- ring.
Qed.
End D3.

(* the identity at a point, in R^d *)
Definition squared_entropy_drift := @ExtraSquaredDrift.squared_entropy_drift.
