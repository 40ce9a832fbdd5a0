(* TwoDeltaEntropy.v -- K for the symmetric two-point law X_0 = +-a.
   two_delta_entropy_rate : with H2 a v = integral over R of p(x) h(q(x)) dx, h the binary
     entropy and q = (1 + tanh(a x/v))/2,
       dH2/dv = (1/2) (1/v + integral over R of p(x) ds/dx dx),
       ds/dx = (a^2/v^2)(1 - tanh^2(a x/v)) - 1/v.
   two_delta_immse : dH2/dv = mmse/(2 v^2), mmse = integral of p a^2 (1 - tanh^2).
   Truncation lemmas H2_trunc, mmse2_trunc reduce both to integrals over [-A,A] with an
   explicit exponentially small error (used for the certified numbers). *)
From Coq Require Import Reals Lra Lia List.
From Coquelicot Require Import Coquelicot.
From Infodyn Require Import Base Tilt Improper GaussInt BinEntropy TwoDelta EntropyRate.
Import ListNotations.
Open Scope R_scope.

Definition l2 : list bool := [true; false].
Definition w2 (_ : bool) : R := / 2.
Definition y2 (a : R) (b : bool) : R := if b then a else - a.

Lemma l2_ne : l2 <> nil. Proof. discriminate. Qed.
Lemma w2_pos i : In i l2 -> 0 < w2 i. Proof. intros _; unfold w2; lra. Qed.
Lemma w2_sum : Sl l2 w2 = 1. Proof. simpl; unfold w2; lra. Qed.

Definition H2 (a v : R) : R := IR (fun x => p2 a v x * h2 (q2 a v x)).
Definition mmse2 (a v : R) : R := IR (fun x => p2 a v x * (a ^ 2 * (1 - tanh (a * x / v) ^ 2))).

Lemma p_p2 a v x : p l2 w2 (y2 a) v x = p2 a v x.
Proof.
unfold p, p2, f; simpl; unfold w2; replace (x - - a) with (x + a) by ring; ring.
Qed.

Lemma var_var2 a v x : 0 < v -> var l2 w2 (y2 a) v x = a ^ 2 * (1 - tanh (a * x / v) ^ 2).
Proof.
intros hv; rewrite <- var2_tanh by exact hv.
assert (hp := p2_pos a v hv x).
unfold var; rewrite Var_centred.
2: { change (Sl l2 (f w2 (y2 a) v x)) with (p l2 w2 (y2 a) v x); rewrite p_p2; lra. }
unfold Ex; change (Sl l2 (f w2 (y2 a) v x)) with (p l2 w2 (y2 a) v x); rewrite p_p2.
unfold var2, mean2, q2, f; simpl; unfold w2; replace (x - - a) with (x + a) by ring.
unfold p2 in *; field; lra.
Qed.

Lemma u_h2 a v x : 0 < v -> u l2 w2 (y2 a) v x = p2 a v x * h2 (q2 a v x).
Proof.
intros hv; assert (hp := p2_pos a v hv x).
unfold u, lq; rewrite p_p2; unfold f; simpl; unfold w2; replace (x - - a) with (x + a) by ring.
unfold h2, eta.
replace (1 - q2 a v x) with (/ 2 * phi v (x + a) / p2 a v x)
  by (unfold q2; unfold p2 in *; field; lra).
unfold q2; field; lra.
Qed.

Lemma IR_ext f g : (forall x, f x = g x) -> (exists r, is_IR f r) -> IR f = IR g.
Proof.
intros h [r hr]; rewrite (IR_unique _ _ hr); symmetry; apply IR_unique.
exact (is_IR_ext f g r h hr).
Qed.

Lemma H_H2 a v : 0 < v -> H l2 w2 (y2 a) v = H2 a v.
Proof.
intros hv; apply IR_ext; [intros x; now apply u_h2 |].
eexists; exact (H_exists l2 w2 (y2 a) l2_ne w2_pos v hv).
Qed.

Lemma mmse_mmse2 a v : 0 < v -> mmse l2 w2 (y2 a) v = mmse2 a v.
Proof.
intros hv; apply IR_ext.
- intros x; unfold W; now rewrite p_p2, var_var2.
- eexists; exact (mmse_exists l2 w2 (y2 a) l2_ne w2_pos v hv).
Qed.

Lemma H2_exists a v : 0 < v -> is_IR (fun x => p2 a v x * h2 (q2 a v x)) (H2 a v).
Proof.
intros hv; rewrite <- H_H2 by exact hv.
refine (is_IR_ext _ _ _ _ (H_exists l2 w2 (y2 a) l2_ne w2_pos v hv)).
intros x; now apply u_h2.
Qed.

Lemma mmse2_exists a v : 0 < v ->
  is_IR (fun x => p2 a v x * (a ^ 2 * (1 - tanh (a * x / v) ^ 2))) (mmse2 a v).
Proof.
intros hv; rewrite <- mmse_mmse2 by exact hv.
refine (is_IR_ext _ _ _ _ (mmse_exists l2 w2 (y2 a) l2_ne w2_pos v hv)).
intros x; unfold W; now rewrite p_p2, var_var2.
Qed.

Theorem two_delta_immse a v : 0 < v -> is_derive (H2 a) v (mmse2 a v / (2 * v ^ 2)).
Proof.
intros hv; apply (is_derive_ext_loc (H l2 w2 (y2 a))).
- exists (mkposreal v hv); intros z hz; apply H_H2.
  unfold ball in hz; simpl in hz; unfold AbsRing_ball, abs, minus, plus, opp in hz; simpl in hz.
  apply Rabs_def2 in hz; lra.
- rewrite <- mmse_mmse2 by exact hv.
  exact (entropy_rate l2 w2 (y2 a) l2_ne w2_pos v hv).
Qed.

Theorem two_delta_expected_divergence a v : 0 < v ->
  is_IR (fun x => p2 a v x * (a ^ 2 / v ^ 2 * (1 - tanh (a * x / v) ^ 2) - / v))
        (mmse2 a v / v ^ 2 - / v).
Proof.
intros hv; rewrite <- mmse_mmse2 by exact hv.
assert (h := expected_divergence l2 w2 (y2 a) l2_ne w2_pos w2_sum v hv).
refine (is_IR_ext _ _ _ _ h); intros x; cbv beta.
rewrite p_p2, (is_derive_unique _ _ _ (score_slope l2 w2 (y2 a) l2_ne w2_pos v x hv)), var_var2
  by exact hv.
field; lra.
Qed.

Theorem two_delta_entropy_rate a v : 0 < v ->
  is_derive (H2 a) v
    (/ 2 * (/ v + IR (fun x => p2 a v x * (a ^ 2 / v ^ 2 * (1 - tanh (a * x / v) ^ 2) - / v)))).
Proof.
intros hv; eapply D_val; [now apply two_delta_immse |].
rewrite (IR_unique _ _ (two_delta_expected_divergence a v hv)); field; lra.
Qed.

(* ---- reduction to [-A, A] for numerical enclosures ---- *)
Definition Kerr (a c d : R) : R := exp (2 * d + 2 * Rabs a) / sqrt (2 * PI * c).

Lemma K0_2 a c d : K0 l2 w2 (y2 a) c d = Kerr a c d.
Proof. unfold K0, Kerr; simpl; unfold w2; rewrite Rabs_Ropp; lra. Qed.

Lemma reflect_RInt (g : R -> R) A : (forall x, continuous g x) ->
  RInt (fun x => g (- x)) (- A) A = RInt g (- A) A.
Proof.
intros hc.
assert (h := RInt_ok g A (- A) hc).
assert (h1 := is_RInt_comp_opp (V := R_NormedModule) g (- A) A (RInt g A (- A))).
rewrite Ropp_involutive in h1; specialize (h1 h).
assert (h2 := is_RInt_opp (V := R_NormedModule) _ _ _ _ h1).
rewrite <- (opp_RInt_swap (V := R_CompleteNormedModule) g A (- A)) by (now apply ex_RInt_R).
apply (is_RInt_unique (V := R_CompleteNormedModule)).
revert h2; apply is_RInt_ext; intros x _; exact (Ropp_involutive (g (- x))).
Qed.

(* one-sided form of the entropy integrand *)
Definition uside (a v x : R) : R := phi v (x - a) * ln (1 + exp (- 2 * (a * x / v))).

Lemma uside_cont a v x : 0 < v -> continuous (uside a v) x.
Proof.
intros hv; apply (continuous_mult (fun x => phi v (x - a)) (fun x => ln (1 + exp (- 2 * (a * x / v))))).
- now apply cont_phi.
- assert (h := exp_pos (- 2 * (a * x / v))); apply cont_ex; auto_derive; lra.
Qed.

Lemma q2_logistic a v x : 0 < v -> q2 a v x = / (1 + exp (- 2 * (a * x / v))).
Proof.
intros hv; rewrite q2_tanh by exact hv; set (z := a * x / v); unfold tanh, sinh, cosh.
replace (- 2 * z) with (- z + - z) by ring; rewrite exp_plus, exp_Ropp.
assert (h := exp_pos z); set (E := exp z) in *; clearbody E; field; repeat split; nra.
Qed.

Lemma u_sides a v x : 0 < v ->
  p2 a v x * h2 (q2 a v x) = / 2 * (uside a v x + uside a v (- x)).
Proof.
intros hv; assert (hp := p2_pos a v hv x).
set (e := exp (- 2 * (a * x / v))); assert (he : 0 < e) by apply exp_pos.
assert (e' : exp (- 2 * (a * - x / v)) = / e).
{ unfold e; rewrite <- exp_Ropp; f_equal; field; lra. }
assert (q : q2 a v x = / (1 + e)) by now apply q2_logistic.
assert (q' : 1 - q2 a v x = / (1 + / e)) by (rewrite q; field; lra).
assert (r : p2 a v x * q2 a v x = / 2 * phi v (x - a)) by (unfold q2; field; lra).
assert (r' : p2 a v x * (1 - q2 a v x) = / 2 * phi v (- x - a)).
{ assert (ev : phi v (- x - a) = phi v (x + a)) by (unfold phi; do 3 f_equal; ring).
  rewrite ev; unfold q2; unfold p2 in *; field; lra. }
unfold h2, eta.
replace (p2 a v x * (- (q2 a v x * ln (q2 a v x)) + - ((1 - q2 a v x) * ln (1 - q2 a v x))))
  with (p2 a v x * q2 a v x * - ln (q2 a v x) + p2 a v x * (1 - q2 a v x) * - ln (1 - q2 a v x))
  by ring.
rewrite r, r', q', q.
assert (hie := Rinv_0_lt_compat _ he).
rewrite !ln_Rinv by lra; unfold uside; rewrite e'; fold e; ring.
Qed.

Theorem H2_trunc a v c d A : 0 < c -> c < v < d -> 0 <= A ->
  Rabs (RInt (uside a v) (- A) A - H2 a v) <= 4 * Kerr a c d * exp (- A).
Proof.
intros hc hv hA; assert (hv0 : 0 < v) by lra.
destruct (u_IR l2 w2 (y2 a) l2_ne w2_pos c d hc v hv) as [_ h]; specialize (h A hA).
change (IR (u l2 w2 (y2 a) v)) with (H l2 w2 (y2 a) v) in h; rewrite H_H2, K0_2 in h by exact hv0.
replace (2 * (NN l2 * Kerr a c d)) with (4 * Kerr a c d) in h by (unfold NN; simpl; ring).
replace (RInt (uside a v) (- A) A) with (RInt (u l2 w2 (y2 a) v) (- A) A); [exact h |].
apply (is_RInt_unique (V := R_CompleteNormedModule)).
assert (i1 := RInt_ok (uside a v) (- A) A (fun x => uside_cont a v x hv0)).
assert (c2 : forall x, continuous (fun x => uside a v (- x)) x).
{ intros x; apply (continuous_comp Ropp (uside a v)); [| now apply uside_cont].
  apply (continuous_opp (fun x : R => x)), continuous_id. }
assert (i2 := RInt_ok (fun x => uside a v (- x)) (- A) A c2).
assert (e2 := reflect_RInt (uside a v) A (fun x => uside_cont a v x hv0)).
assert (i3 := is_RInt_scal (V := R_NormedModule) _ _ _ (/ 2) _
  (is_RInt_plus (V := R_NormedModule) _ _ _ _ _ _ i1 i2)).
rewrite e2 in i3.
replace (RInt (uside a v) (- A) A) with
  (scal (/ 2) (plus (RInt (uside a v) (- A) A) (RInt (uside a v) (- A) A))).
- revert i3; apply is_RInt_ext; intros x _.
  rewrite u_h2, u_sides by exact hv0; reflexivity.
- unfold scal, plus; simpl; unfold mult; simpl; req; field.
Qed.

(* p a^2 (1 - tanh^2) = a^2 (common Gaussian factor) * 2/(e^z + e^-z), z = a x/v *)
Definition wker (a v x : R) : R :=
  exp (- (x ^ 2 + a ^ 2) / (2 * v)) / sqrt (2 * PI * v) * (2 / (exp (a * x / v) + exp (- (a * x / v)))).

Lemma wker_ok a v x : 0 < v ->
  p2 a v x * (a ^ 2 * (1 - tanh (a * x / v) ^ 2)) = a ^ 2 * wker a v x.
Proof.
intros hv; unfold p2, wker.
replace (x + a) with (x - - a) by ring; rewrite !phi_shift by exact hv.
replace (- a * x / v) with (- (a * x / v)) by (field; lra).
replace ((- a) ^ 2) with (a ^ 2) by ring.
rewrite one_minus_tanh2; unfold cosh.
set (z := a * x / v); assert (h1 := exp_pos z); assert (h2 := exp_pos (- z)).
assert (hs : 0 < sqrt (2 * PI * v)) by now apply sqrt_lt_R0, two_pi_v_pos.
field; split; lra.
Qed.

Theorem mmse2_trunc a v c d A : 0 < c -> c < v < d -> 0 <= A ->
  Rabs (a ^ 2 * RInt (wker a v) (- A) A - mmse2 a v) <= 4 * a ^ 2 * Kerr a c d * exp (- A).
Proof.
intros hc hv hA; assert (hv0 : 0 < v) by lra.
destruct (W_IR l2 w2 (y2 a) l2_ne w2_pos c d hc v hv) as [_ h]; specialize (h A hA).
change (IR (W l2 w2 (y2 a) v)) with (mmse l2 w2 (y2 a) v) in h.
rewrite mmse_mmse2, K0_2 in h by exact hv0.
replace (2 * (Y2 l2 (y2 a) * Kerr a c d)) with (4 * a ^ 2 * Kerr a c d) in h
  by (unfold Y2; simpl; ring).
replace (a ^ 2 * RInt (wker a v) (- A) A) with (RInt (W l2 w2 (y2 a) v) (- A) A); [exact h |].
apply (is_RInt_unique (V := R_CompleteNormedModule)).
assert (cw : forall x, continuous (wker a v) x).
{ intros x; assert (k1 := exp_pos (a * x / v)); assert (k2 := exp_pos (- (a * x / v))).
  apply cont_ex; unfold wker; auto_derive; lra. }
assert (i1 := is_RInt_scal (V := R_NormedModule) _ _ _ (a ^ 2) _ (RInt_ok (wker a v) (- A) A cw)).
revert i1; apply is_RInt_ext; intros x _.
unfold W; rewrite p_p2, var_var2, wker_ok by exact hv0; reflexivity.
Qed.
