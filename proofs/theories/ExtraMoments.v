(* ExtraMoments.v -- first moments of the score of a finite mixture of atoms on the line (EntropyRate), integrals
   over the whole line:  E[s^2] = - E[ds/dx],  E[x s] = -1,  E[x^2] = sum_i w_i y_i^2 + v;
   H_scale : the conditional entropy is invariant under x -> c x;  marginal_entropy : integral of p log p. *)
From Coq Require Import Reals Lra Lia List.
From Coquelicot Require Import Coquelicot.
From Infodyn Require Import Base Tilt Improper GaussInt Gaussian BinEntropy EntropyRate ScheduleEntropy.
Open Scope R_scope.

Lemma exp_limits (F : R -> R) C : (forall x, Rabs (F x) <= C * exp (- Rabs x)) ->
  filterlim F (Rbar_locally p_infty) (locally 0) /\ filterlim F (Rbar_locally m_infty) (locally 0).
Proof.
intros hb; assert (hC : 0 <= C).
{ assert (h := hb 0); rewrite Rabs_R0, Ropp_0, exp_0 in h; assert (k := Rabs_pos (F 0)); lra. }
split; apply filterlim_locally; intros eps; destruct (to0_exp C hC eps (cond_pos eps)) as [M hM].
- exists (Rmax M 0); intros x hx; assert (m1 := Rmax_l M 0); assert (m2 := Rmax_r M 0).
  unfold ball; simpl; unfold AbsRing_ball, abs, minus, plus, opp; simpl; rewrite Ropp_0, Rplus_0_r.
  apply Rle_lt_trans with (1 := hb x); apply hM; rewrite Rabs_right; lra.
- exists (- Rmax M 0); intros x hx; assert (m1 := Rmax_l M 0); assert (m2 := Rmax_r M 0).
  unfold ball; simpl; unfold AbsRing_ball, abs, minus, plus, opp; simpl; rewrite Ropp_0, Rplus_0_r.
  apply Rle_lt_trans with (1 := hb x); apply hM; rewrite Rabs_left; lra.
Qed.

Section Moments.
Context {I : Type}.
Variables (l : list I) (w y : I -> R) (v : R).
Hypothesis hl : l <> nil.
Hypothesis hw : forall i, In i l -> 0 < w i.
Hypothesis sw : Sl l w = 1.
Hypothesis hv : 0 < v.

Let P := p l w y v.
Let S := score l w y v.
Let dS x := var l w y v x / v ^ 2 - / v.

Lemma P_pos x : 0 < P x. Proof. now apply p_pos. Qed.

Lemma P_dx x : is_derive P x (P x * S x).
Proof.
assert (h := score_ok l w y hl hw v x hv); assert (hp := P_pos x).
apply is_derive_ext with (fun x => exp (ln (p l w y v x))).
- intros t; apply exp_ln; now apply p_pos.
- eapply D_val; [apply (D_comp exp); [apply is_derive_exp | exact h] |].
  rewrite exp_ln by exact hp; unfold P, S; ring.
Qed.

Lemma S_dx x : is_derive S x (dS x).
Proof. now apply score_slope. Qed.

Lemma S_cont x : continuous S x.
Proof. apply (cont_ex S); eexists; apply S_dx. Qed.
Lemma P_cont x : continuous P x.
Proof. apply (cont_ex P); eexists; apply P_dx. Qed.

Lemma m_bound x : Rabs (m l w y v x) <= Y1 l y.
Proof.
assert (hp := P_pos x); unfold m, Ex; fold (p l w y v x).
unfold Rdiv; rewrite Rabs_mult, (Rabs_right (/ _)) by (left; now apply Rinv_0_lt_compat, p_pos).
apply Rmult_le_reg_r with (p l w y v x); [exact hp |]; rewrite Rmult_assoc, Rinv_l, Rmult_1_r by (apply Rgt_not_eq; exact hp).
eapply Rle_trans; [apply Sl_abs |]; unfold p; rewrite <- Sl_scal; apply Sl_le; intros i hi.
assert (hf := f_pos l w y hw v x i hv hi); rewrite Rabs_mult, (Rabs_right (f w y v x i)) by lra.
rewrite Rmult_comm; apply Rmult_le_compat_r; [lra |].
apply (Sl_ge_term l (fun i => Rabs (y i))); [intros; apply Rabs_pos | exact hi].
Qed.

(* P |x|^n-type domination: P (Y + |x|) <= C exp(-|x|) *)
Lemma P_lin x (A Bc : R) : 0 <= A -> 0 <= Bc ->
  P x * (A + Bc * Rabs x) <= K0 l w y (v / 2) (2 * v) * (A + Bc) * exp (- Rabs x).
Proof.
intros hA hB; assert (hc : 0 < v / 2) by lra.
assert (dm := p_dom l w y hw (v / 2) (2 * v) hc v x ltac:(lra)); fold (P x) in dm.
rewrite exp_m2 in dm; destruct (exp_m_le1 x) as [[e0 e1] e2]; assert (hx := Rabs_pos x).
assert (hk := K0_nonneg l w y hw (v / 2) (2 * v) hc); set (K := K0 l w y (v / 2) (2 * v)) in *.
set (e := exp (- Rabs x)) in *.
apply Rle_trans with (K * (e * e) * (A + Bc * Rabs x)).
- apply Rmult_le_compat_r; [| exact dm]; assert (0 <= Bc * Rabs x) by (now apply Rmult_le_pos); lra.
- replace (K * (e * e) * (A + Bc * Rabs x)) with (K * e * (A * e + Bc * (Rabs x * e))) by ring.
  replace (K * (A + Bc) * e) with (K * e * (A * 1 + Bc * 1)) by ring.
  apply Rmult_le_compat_l; [apply Rmult_le_pos; lra |].
  apply Rplus_le_compat; apply Rmult_le_compat_l; lra.
Qed.

Lemma S_bound x : Rabs (S x) <= (Y1 l y + Rabs x) / v.
Proof.
unfold S, score; unfold Rdiv; rewrite Rabs_mult, (Rabs_right (/ v)) by (left; now apply Rinv_0_lt_compat).
apply Rmult_le_compat_r; [left; now apply Rinv_0_lt_compat |].
assert (h := m_bound x); eapply Rle_trans; [apply Rabs_triang |]; rewrite Rabs_Ropp; lra.
Qed.

Theorem fisher_is_minus_divergence :
  is_IR (fun x => P x * S x ^ 2) (/ v - mmse l w y v / v ^ 2).
Proof.
assert (D : forall x, is_derive (fun x => P x * S x) x (P x * S x ^ 2 + P x * dS x)).
{ intros x; eapply D_val; [apply D_mult; [apply P_dx | apply S_dx] | cbv beta; ring]. }
assert (b : forall x, Rabs (P x * S x) <= K0 l w y (v / 2) (2 * v) * (Y1 l y / v + / v) * exp (- Rabs x)).
{ intros x; rewrite Rabs_mult, (Rabs_right (P x)) by (left; apply P_pos).
  assert (hi : 0 < / v) by now apply Rinv_0_lt_compat.
  eapply Rle_trans; [| apply P_lin; [| lra]].
  - apply Rmult_le_compat_l; [left; apply P_pos |]; assert (h := S_bound x).
    replace (Y1 l y / v + / v * Rabs x) with ((Y1 l y + Rabs x) / v) by (field; lra); exact h.
  - unfold Rdiv; apply Rmult_le_pos; [apply Y1_nonneg | lra]. }
destruct (exp_limits _ _ b) as [l1 l2].
assert (cd : forall x, continuous dS x).
{ intros x; apply continuous_ext with (fun x => W l w y v x * / P x * / v ^ 2 - / v).
  - intros z; assert (hp := P_pos z); unfold W, dS; fold (P z); req; field; split; lra.
  - apply (continuous_minus (V := R_NormedModule) (fun x => W l w y v x * / P x * / v ^ 2) (fun _ => / v)); [| apply continuous_const].
    apply (continuous_mult (fun x => W l w y v x * / P x) (fun _ => / v ^ 2)); [| apply continuous_const].
    apply (continuous_mult (W l w y v) (fun x => / P x)); [now apply W_cont |].
    apply (continuous_comp P Rinv); [apply P_cont |].
    assert (hp := P_pos x); apply (cont_ex Rinv); auto_derive; lra. }
assert (hc : forall x, continuous (fun x => P x * S x ^ 2 + P x * dS x) x).
{ intros x; apply continuous_ext with (fun x => P x * (S x * S x + dS x)); [intros; req; ring |].
  apply (continuous_mult P (fun x => S x * S x + dS x)); [apply P_cont |].
  apply (continuous_plus (V := R_NormedModule) (fun x => S x * S x) dS); [| apply cd].
  apply (continuous_mult S S); apply S_cont. }
assert (i := primitive_IR _ _ 0 0 D hc l2 l1).
assert (j := expected_divergence l w y hl hw sw v hv).
assert (k := is_IR_minus _ _ _ _ i j).
replace (/ v - mmse l w y v / v ^ 2) with (0 - 0 - (mmse l w y v / v ^ 2 - / v)) by ring.
refine (is_IR_ext _ _ _ _ k); intros x; cbv beta.
rewrite (is_derive_unique _ _ _ (score_slope l w y hl hw v x hv)); unfold P, S, dS; ring.
Qed.

Lemma first_moment (c : R) : is_IR (fun x => (x - c) * phi v (x - c)) 0.
Proof.
assert (D : forall x, is_derive (fun x => - v * phi v (x - c)) x ((x - c) * phi v (x - c))).
{ intros x; eapply D_val; [apply D_scal, D_unshift; now apply is_derive_phi_r | cbv beta; field; lra]. }
assert (b : exists C, forall x, Rabs (- v * phi v (x - c)) <= C * exp (- Rabs x)).
{ exists (v * (exp (2 * (2 * v) + 2 * Rabs c) / sqrt (2 * PI * (v / 2)))); intros x.
  assert (d := phi_dom (v / 2) (2 * v) ltac:(lra) v x c ltac:(lra)).
  assert (hp := phi_pos v (x - c) hv); rewrite Rabs_mult, Rabs_Ropp, !Rabs_right by lra.
  rewrite exp_m2 in d; destruct (exp_m_le1 x) as [[e0 e1] _].
  set (Q := exp (2 * (2 * v) + 2 * Rabs c) / sqrt (2 * PI * (v / 2))) in *.
  assert (hQ : 0 < Q).
  { apply Rdiv_lt_0_compat; [apply exp_pos | apply sqrt_lt_R0, two_pi_v_pos; lra]. }
  rewrite Rmult_assoc; apply Rmult_le_compat_l; [lra |].
  apply Rle_trans with (1 := d); apply Rmult_le_compat_l; [lra |].
  rewrite <- (Rmult_1_r (exp (- Rabs x))) at 3; apply Rmult_le_compat_l; lra. }
destruct b as [C hC]; destruct (exp_limits _ _ hC) as [l1 l2].
rewrite <- (Rminus_0_r 0); apply (primitive_IR (fun x => - v * phi v (x - c))); [exact D | | exact l2 | exact l1].
intros x; apply (continuous_mult (fun x => x - c) (fun x => phi v (x - c))); [| now apply cont_phi].
apply (cont_ex (fun x => x - c)); auto_derive; trivial.
Qed.

Lemma sum_IR (g : I -> R -> R) (r : I -> R) : (forall i, In i l -> is_IR (g i) (r i)) ->
  is_IR (fun x => Sl l (fun i => g i x)) (Sl l r).
Proof.
assert (e : forall k, (forall i, In i k -> is_IR (g i) (r i)) -> is_IR (fun x => Sl k (fun i => g i x)) (Sl k r)).
{ induction k as [| i k IH]; intros hk.
  - apply (is_IR_ext (fun x => 0 * phi v (x - 0)) _ 0); [intros; simpl; ring |].
    assert (h := is_IR_scal 0 _ 1 (IR_phi v 0 hv)); now rewrite Rmult_0_l in h.
  - exact (is_IR_plus _ _ _ _ (hk i (or_introl eq_refl)) (IH (fun j hj => hk j (or_intror hj)))). }
exact (e l).
Qed.

Definition second_moment0 : R := Sl l (fun i => w i * y i ^ 2).

Theorem position_square : is_IR (fun x => P x * x ^ 2) (second_moment0 + v).
Proof.
assert (ii : forall i, In i l -> is_IR (fun x => f w y v x i * x ^ 2) (w i * (v + y i ^ 2))).
{ intros i _.
  assert (k := is_IR_scal (w i) _ _ (is_IR_plus _ _ _ _ (IR_second_moment v (y i) hv)
    (is_IR_plus _ _ _ _ (is_IR_scal (2 * y i) _ _ (first_moment (y i))) (is_IR_scal (y i ^ 2) _ _ (IR_phi v (y i) hv))))).
  replace (w i * (v + y i ^ 2)) with (w i * (v + (2 * y i * 0 + y i ^ 2 * 1))) by ring.
  refine (is_IR_ext _ _ _ _ k); intros x; unfold f; ring. }
replace (second_moment0 + v) with (Sl l (fun i => w i * (v + y i ^ 2))).
- refine (is_IR_ext _ _ _ _ (sum_IR _ _ ii)); intros x; unfold P, p; now rewrite Sl_scal_r.
- unfold second_moment0; rewrite (Sl_ext l _ (fun i => v * w i + w i * y i ^ 2)) by (intros; ring).
  rewrite Sl_plus, Sl_scal, sw; ring.
Qed.

Theorem position_score : is_IR (fun x => P x * (x * S x)) (- 1).
Proof.
assert (D : forall x, is_derive (fun x => x * P x) x (P x + P x * (x * S x))).
{ intros x; eapply D_val; [apply D_mult; [apply D_id | apply P_dx] | cbv beta; ring]. }
assert (b : forall x, Rabs (x * P x) <= K0 l w y (v / 2) (2 * v) * (0 + 1) * exp (- Rabs x)).
{ intros x; rewrite Rabs_mult, (Rabs_right (P x)) by (left; apply P_pos).
  assert (h := P_lin x 0 1 ltac:(lra) ltac:(lra)); lra. }
destruct (exp_limits _ _ b) as [l1 l2].
assert (hc : forall x, continuous (fun x => P x + P x * (x * S x)) x).
{ intros x; apply (continuous_plus (V := R_NormedModule) P (fun x => P x * (x * S x))); [apply P_cont |].
  apply (continuous_mult P (fun x => x * S x)); [apply P_cont |].
  apply (continuous_mult (fun x => x) S); [apply continuous_id | apply S_cont]. }
assert (i := primitive_IR _ _ 0 0 D hc l2 l1).
assert (k := is_IR_minus _ _ _ _ i (p_mass l w y sw v hv)).
replace (- 1) with (0 - 0 - 1) by ring; refine (is_IR_ext _ _ _ _ k); intros x; unfold P; ring.
Qed.

(* integral of p log p *)
Definition neg_prior : R := Sl l (fun i => w i * ln (w i)).
Theorem marginal_entropy :
  is_IR (fun x => P x * ln (P x)) (H l w y v + neg_prior - / 2 * ln (2 * PI * exp 1 * v)).
Proof.
assert (ii : forall i, In i l -> is_IR (fun x => f w y v x i * ln (f w y v x i))
  (w i * ln (w i) - w i * (/ 2 * ln (2 * PI * exp 1 * v)))).
{ intros i hi; assert (hwi := hw i hi).
  assert (k := is_IR_minus _ _ _ _ (is_IR_scal (w i * ln (w i)) _ _ (IR_phi v (y i) hv))
    (is_IR_scal (w i) _ _ (gauss_entropy v (y i) hv))).
  rewrite Rmult_1_r in k; refine (is_IR_ext _ _ _ _ k); intros x; unfold f.
  rewrite ln_mult by (try assumption; now apply phi_pos); ring. }
assert (k := is_IR_plus _ _ _ _ (H_exists l w y hl hw v hv) (sum_IR _ _ ii)).
replace (H l w y v + neg_prior - / 2 * ln (2 * PI * exp 1 * v)) with
  (H l w y v + Sl l (fun i => w i * ln (w i) - w i * (/ 2 * ln (2 * PI * exp 1 * v)))).
- refine (is_IR_ext _ _ _ _ k); intros x; unfold u, lq; rewrite <- Sl_plus; unfold P.
  assert (hp := P_pos x); unfold P in hp.
  unfold p at 2; rewrite <- Sl_scal_r.
  assert (e : forall i, In i l -> - 1 * f w y v x i * ln (f w y v x i / p l w y v x) + f w y v x i * ln (f w y v x i)
    = f w y v x i * ln (p l w y v x)).
  { intros i hi; assert (hf := f_pos l w y hw v x i hv hi); rewrite ln_div by assumption; ring. }
  apply Sl_ext; exact e.
- rewrite Sl_minus, Sl_scal_r, sw; unfold neg_prior; ring.
Qed.
End Moments.

Theorem H_scale {I} (l : list I) (w y : I -> R) (c v : R) : l <> nil -> (forall i, In i l -> 0 < w i) ->
  0 < c -> 0 < v -> H l w (fun i => c * y i) (c ^ 2 * v) = H l w y v.
Proof.
intros hl hw hc hv; assert (hv' : 0 < c ^ 2 * v) by (apply Rmult_lt_0_compat; [now apply pow_lt | exact hv]).
symmetry; apply IR_unique.
refine (is_IR_ext _ _ _ _ (IR_dilate _ c _ hc (H_exists l w (fun i => c * y i) hl hw (c ^ 2 * v) hv'))).
intros x; cbv beta; unfold u; rewrite <- Sl_scal.
assert (ef : forall i, f w (fun i => c * y i) (c ^ 2 * v) (c * x) i = / c * f w y v x i).
{ intros i; unfold f; replace (c * x - c * y i) with (c * (x - y i)) by ring; rewrite phi_scale by assumption; field; lra. }
assert (ep : p l w (fun i => c * y i) (c ^ 2 * v) (c * x) = / c * p l w y v x).
{ unfold p; rewrite <- Sl_scal; apply Sl_ext; intros; apply ef. }
apply Sl_ext; intros i hi; unfold lq; rewrite ef, ep; assert (hp := p_pos l w y hl hw v x hv).
replace (/ c * f w y v x i / (/ c * p l w y v x)) with (f w y v x i / p l w y v x) by (field; split; lra).
field; lra.
Qed.
