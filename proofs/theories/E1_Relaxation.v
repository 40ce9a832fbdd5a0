(* claim: E1; scope: 1-D, finite atoms; headline: kl_exists, dissipation *)
(* On the line, finitely many atoms y_i with weights w_i > 0 of sum 1, X_t = alpha X_0 + sigma Z, VP:
   alpha' = -(g2/2) alpha, (sigma^2)' = - g2 sigma^2 + g2 (so f = -g2/2 and N(0, 1) is stationary), g2 = g^2.
     kl_exists   : KL(p_t, N(0,1)) = integral over the line of p_t log(p_t/phi_1) exists;
     dissipation : d/dt KL(p_t, N(0,1)) = -(g^2/2) E|s + x|^2, both sides integrals over the whole line.
   Not proved: KL(t) <= (alpha(t)/alpha(s))^2 KL(s) (the logarithmic Sobolev inequality), R^d. *)
From Coq Require Import Reals Lra Lia List.
From Coquelicot Require Import Coquelicot.
From Infodyn Require Import Base Tilt Improper GaussInt BinEntropy EntropyRate Schedule ExtraMoments.
Open Scope R_scope.

Definition KL {I} (l : list I) (w y : I -> R) (v : R) : R :=
  IR (fun x => p l w y v x * ln (p l w y v x / phi 1 x)).

Theorem kl_exists {I} (l : list I) (w y : I -> R) (v : R) : l <> nil -> (forall i, In i l -> 0 < w i) ->
  Sl l w = 1 -> 0 < v ->
  is_IR (fun x => p l w y v x * ln (p l w y v x / phi 1 x)) (KL l w y v) /\
  KL l w y v = H l w y v + neg_prior l w - / 2 * ln (2 * PI * exp 1 * v)
    + / 2 * (second_moment0 l w y + v) + / 2 * ln (2 * PI).
Proof.
intros hl hw sw hv; assert (hpi := PI_RGT_0).
assert (i1 := marginal_entropy l w y v hl hw sw hv).
assert (i2 := position_square l w y v sw hv).
assert (i3 := p_mass l w y sw v hv).
assert (k := is_IR_plus _ _ _ _ (is_IR_plus _ _ _ _ i1 (is_IR_scal (/ 2) _ _ i2)) (is_IR_scal (/ 2 * ln (2 * PI)) _ _ i3)).
rewrite Rmult_1_r in k.
assert (k' : is_IR (fun x => p l w y v x * ln (p l w y v x / phi 1 x))
  (H l w y v + neg_prior l w - / 2 * ln (2 * PI * exp 1 * v) + / 2 * (second_moment0 l w y + v) + / 2 * ln (2 * PI))).
{ refine (is_IR_ext _ _ _ _ k); intros x; cbv beta.
  assert (hp := p_pos l w y hl hw v x hv); assert (h1 := phi_pos 1 x Rlt_0_1).
  rewrite ln_div by assumption.
  assert (e : ln (phi 1 x) = - (/ 2 * x ^ 2) - / 2 * ln (2 * PI)).
  { unfold phi; assert (hq := two_pi_v_pos 1 Rlt_0_1); assert (hs := sqrt_lt_R0 _ hq).
    rewrite ln_div by (try apply exp_pos; exact hs); rewrite ln_exp.
    assert (es : ln (sqrt (2 * PI * 1)) = / 2 * ln (2 * PI)).
    { rewrite Rmult_1_r in *; rewrite <- (sqrt_sqrt (2 * PI)) at 2 by lra; rewrite ln_mult by exact hs; field. }
    rewrite es; field. }
  rewrite e; ring. }
assert (u := IR_unique _ _ k'); fold (KL l w y v) in u; split; [rewrite u; exact k' | exact u].
Qed.

Theorem dissipation {I} (l : list I) (w y : I -> R) (alpha s2 : R -> R) (g t : R) :
  l <> nil -> (forall i, In i l -> 0 < w i) -> Sl l w = 1 ->
  is_derive alpha t (- (g ^ 2 / 2) * alpha t) ->
  is_derive s2 t (2 * - (g ^ 2 / 2) * s2 t + g ^ 2) ->
  0 < alpha t -> 0 < s2 t ->
  let Y t i := alpha t * y i in
  exists J, is_IR (fun x => p l w (Y t) (s2 t) x * (score l w (Y t) (s2 t) x + x) ^ 2) J /\
    is_derive (fun t => KL l w (Y t) (s2 t)) t (- (g ^ 2 / 2) * J).
Proof.
intros hl hw sw da ds a0 s0 Y; assert (hpi := PI_RGT_0); assert (he := exp_pos 1).
set (b := Y t); set (v := s2 t) in *.
assert (i1 := fisher_is_minus_divergence l w b v hl hw sw s0).
assert (i2 := position_score l w b v hl hw sw s0).
assert (i3 := position_square l w b v sw s0).
exists ((/ v - mmse l w b v / v ^ 2) + 2 * - 1 + (second_moment0 l w b + v)); split.
{ refine (is_IR_ext _ _ _ _ (is_IR_plus _ _ _ _ (is_IR_plus _ _ _ _ i1 (is_IR_scal 2 _ _ i2)) i3)); intros x; ring. }
assert (la : locally t (fun z => 0 < alpha z)).
{ apply (ex_derive_continuous alpha t); [eexists; exact da |]; now apply open_gt. }
assert (ls : locally t (fun z => 0 < s2 z)).
{ apply (ex_derive_continuous s2 t); [eexists; exact ds |]; now apply open_gt. }
apply (is_derive_ext_loc (fun z => H l w y (s2 z / alpha z ^ 2) + neg_prior l w - / 2 * ln (2 * PI * exp 1 * s2 z)
   + / 2 * (alpha z ^ 2 * second_moment0 l w y + s2 z) + / 2 * ln (2 * PI))).
{ apply (filter_imp (fun z => 0 < alpha z /\ 0 < s2 z)); [| now apply filter_and].
  intros z [h1 h2]; rewrite (proj2 (kl_exists l w (Y z) (s2 z) hl hw sw h2)).
  assert (hz : 0 < s2 z / alpha z ^ 2) by (apply Rdiv_lt_0_compat; [exact h2 | now apply pow_lt]).
  rewrite <- (H_scale l w y (alpha z) (s2 z / alpha z ^ 2) hl hw h1 hz).
  replace (alpha z ^ 2 * (s2 z / alpha z ^ 2)) with (s2 z) by (field; lra).
  assert (em : second_moment0 l w (Y z) = alpha z ^ 2 * second_moment0 l w y).
  { unfold second_moment0; rewrite <- Sl_scal; apply Sl_ext; intros; unfold Y; ring. }
  rewrite em; reflexivity. }
set (u := v / alpha t ^ 2).
assert (hu : 0 < u) by (apply Rdiv_lt_0_compat; [exact s0 | now apply pow_lt]).
assert (em : mmse l w b v = alpha t ^ 2 * mmse l w y u).
{ (* from the two expressions of the entropy rate *)
  assert (d1 : is_derive (fun r => H l w b (alpha t ^ 2 * r)) u (mmse l w y u / (2 * u ^ 2))).
  { apply (is_derive_ext_loc (H l w y)); [| exact (entropy_rate l w y hl hw u hu)].
    exists (mkposreal u hu); intros r hr; unfold ball in hr; simpl in hr;
      unfold AbsRing_ball, abs, minus, plus, opp in hr; simpl in hr; apply Rabs_def2 in hr.
    symmetry; apply (H_scale l w y (alpha t) r hl hw a0); lra. }
  assert (d2 : is_derive (fun r => H l w b (alpha t ^ 2 * r)) u (alpha t ^ 2 * (mmse l w b v / (2 * v ^ 2)))).
  { apply (D_comp (H l w b) (fun r => alpha t ^ 2 * r)).
    - replace (alpha t ^ 2 * u) with v by (unfold u; field; lra); exact (entropy_rate l w b hl hw v s0).
    - eapply D_val; [apply D_scal, D_id | ring]. }
  assert (e := is_derive_unique _ _ _ d1); rewrite (is_derive_unique _ _ _ d2) in e.
  unfold u in e |- *; set (m1 := mmse l w b v) in *; set (m2 := mmse l w y (v / alpha t ^ 2)) in *.
  assert (e2 : m2 / (2 * (v / alpha t ^ 2) ^ 2) = alpha t ^ 2 / (2 * v ^ 2) * (alpha t ^ 2 * m2)) by (field; lra).
  assert (e3 : alpha t ^ 2 * (m1 / (2 * v ^ 2)) = alpha t ^ 2 / (2 * v ^ 2) * m1) by (field; lra).
  rewrite e2, e3 in e; apply Rmult_eq_reg_l in e; [exact e |].
  apply Rgt_not_eq, Rdiv_lt_0_compat; [now apply pow_lt | assert (hh := pow_lt v 2 s0); lra]. }
assert (eb : second_moment0 l w b = alpha t ^ 2 * second_moment0 l w y).
{ unfold second_moment0; rewrite <- Sl_scal; apply Sl_ext; intros; unfold b, Y; ring. }
assert (harg : 0 < 2 * PI * exp 1 * v) by (apply Rmult_lt_0_compat; [apply Rmult_lt_0_compat; lra | exact s0]).
assert (dH : is_derive (fun z => H l w y (s2 z / alpha z ^ 2)) t (g ^ 2 / alpha t ^ 2 * (mmse l w y u / (2 * u ^ 2)))).
{ apply (D_comp (H l w y) (fun z => s2 z / alpha z ^ 2)); [exact (entropy_rate l w y hl hw u hu) |].
  apply (effective_variance_derivative alpha s2 (- (g ^ 2 / 2)) g t da ds); lra. }
assert (dL : is_derive (fun z => ln (2 * PI * exp 1 * s2 z)) t ((2 * - (g ^ 2 / 2) * v + g ^ 2) / v)).
{ eapply D_val; [apply (D_ln (fun z => 2 * PI * exp 1 * s2 z)); [exact harg | apply D_scal; exact ds] |].
  cbv beta; change (s2 t) with v; field; repeat split; lra. }
assert (dA : is_derive (fun z => alpha z ^ 2) t (2 * alpha t * (- (g ^ 2 / 2) * alpha t))).
{ eapply D_val; [apply (D_comp (fun z => z ^ 2) alpha); [| exact da] |].
  - auto_derive; [trivial | reflexivity].
  - cbv beta; ring. }
eapply D_val.
- apply D_plus; [| apply D_const].
  apply D_plus; [apply D_minus; [apply D_plus; [exact dH | apply D_const] | apply D_scal; exact dL] |].
  apply D_scal, D_plus; [apply D_mult; [exact dA | apply D_const] | exact ds].
- cbv beta; change (s2 t) with v; rewrite em, eb; unfold u.
  set (m2 := mmse l w y (v / alpha t ^ 2)); set (q := second_moment0 l w y); field; split; lra.
Qed.
