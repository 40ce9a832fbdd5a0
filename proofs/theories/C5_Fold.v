(* claim: C5; scope: full; headline: robertson_fryer, one_or_two, fold_point, tracked_branch *)
(* Two components N(+a, v) and N(-a, v) with weights w and 1-w, 0 < w < 1, a > 0, d = a/sqrt v (along the
   axis of the components).  With G(d) = 2 d sqrt(d^2-1) - 2 arccosh d (Robertson & Fryer 1969):
     robertson_fryer : the density has exactly two modes (strict local maxima)
                       if and only if  d > 1 and |log(w/(1-w))| < G(d);
     one_or_two      : otherwise it does not have two;
     fold_point      : for d > 1 and log(w/(1-w)) = G(d) the score and its slope vanish together at
                       x = -a sqrt(d^2-1)/d, the place where the new mode is born (saddle-node);
     tracked_branch  : at every zero of the score on the side of the heavier component beyond the fold
                       (a x/v + (1/2) log(w/(1-w)) > arccosh d) the slope of the score is negative: no
                       eigenvalue crosses zero there. *)
From Coq Require Import Reals Lra.
From Coquelicot Require Import Coquelicot.
From Infodyn Require Import Base Pitchfork ExtraTools.
Open Scope R_scope.

Definition arccosh (d : R) : R := ln (d + sqrt (d ^ 2 - 1)).
Definition G (d : R) : R := 2 * d * sqrt (d ^ 2 - 1) - 2 * arccosh d.
Definition pw (w a v x : R) : R := w * phi v (x - a) + (1 - w) * phi v (x + a).
Definition score_w (w a v x : R) : R := (a * tanh (a * x / v + / 2 * ln (w / (1 - w))) - x) / v.
Definition slope_w (w a v x : R) : R :=
  a ^ 2 / v ^ 2 * (1 - tanh (a * x / v + / 2 * ln (w / (1 - w))) ^ 2) - / v.
Definition two_modes (f : R -> R) : Prop :=
  exists x1 x2, x1 < x2 /\ forall x, is_mode f x <-> (x = x1 \/ x = x2).

(* ---- arccosh ---- *)
Lemma arccosh_spec d : 1 < d ->
  0 < arccosh d /\ cosh (arccosh d) = d /\ sinh (arccosh d) = sqrt (d ^ 2 - 1).
Proof.
intros hd; unfold arccosh; set (s := sqrt (d ^ 2 - 1)).
assert (hs : 0 < s) by (apply sqrt_lt_R0; nra).
assert (s2 : s * s = d ^ 2 - 1) by (apply sqrt_sqrt; nra).
assert (e : / (d + s) = d - s).
{ apply Rmult_eq_reg_l with (d + s); [| lra]; rewrite Rinv_r by lra; ring_simplify; nra. }
split; [| split].
- rewrite <- ln_1; apply ln_increasing; lra.
- unfold cosh; rewrite exp_Ropp, exp_ln by lra; rewrite e; field.
- unfold sinh; rewrite exp_Ropp, exp_ln by lra; rewrite e; field.
Qed.

Section Fold.
Variables (w a v : R).
Hypothesis hw : 0 < w < 1.
Hypothesis ha : 0 < a.
Hypothesis hv : 0 < v.
Let lam := / 2 * ln (w / (1 - w)).
Let D := a ^ 2 / v.

Lemma pw_pos x : 0 < pw w a v x.
Proof.
assert (h1 := phi_pos v (x - a) hv); assert (h2 := phi_pos v (x + a) hv); unfold pw.
assert (0 < w * phi v (x - a)) by (apply Rmult_lt_0_compat; lra).
assert (0 < (1 - w) * phi v (x + a)) by (apply Rmult_lt_0_compat; lra); lra.
Qed.

(* the score of the density *)
Lemma score_w_ok x : is_derive (fun x => ln (pw w a v x)) x (score_w w a v x).
Proof.
assert (hp := pw_pos x); eapply D_val.
- apply D_ln; [exact hp |]; unfold pw.
  apply D_plus; apply D_scal; [apply D_unshift | apply D_shift]; now apply is_derive_phi_r.
- unfold score_w; fold lam; unfold pw in *.
  assert (e1 : forall b, phi v (x - b) = exp (- (x ^ 2 + b ^ 2) / (2 * v)) / sqrt (2 * PI * v) * exp (b * x / v)).
  { intros b; exact (TwoDelta.phi_shift v hv x b). }
  replace (x + a) with (x - - a) in * by ring; rewrite !e1 in *.
  replace (- a * x / v) with (- (a * x / v)) in * by (field; lra).
  replace ((- a) ^ 2) with (a ^ 2) in * by ring.
  set (c := exp (- (x ^ 2 + a ^ 2) / (2 * v)) / sqrt (2 * PI * v)) in *.
  assert (hc : 0 < c).
  { apply Rdiv_lt_0_compat; [apply exp_pos | now apply sqrt_lt_R0, two_pi_v_pos]. }
  set (z := a * x / v) in *.
  assert (t : tanh (z + lam) = (w * exp z - (1 - w) * exp (- z)) / (w * exp z + (1 - w) * exp (- z))).
  { unfold tanh, sinh, cosh.
    replace (exp (z + lam)) with (exp z * exp lam) by (now rewrite exp_plus).
    replace (exp (- (z + lam))) with (exp (- z) * / exp lam)
      by (rewrite <- exp_Ropp, <- exp_plus; f_equal; ring).
    assert (el : exp lam * exp lam = w / (1 - w)).
    { rewrite <- exp_plus; replace (lam + lam) with (ln (w / (1 - w))) by (unfold lam; field).
      apply exp_ln, Rdiv_lt_0_compat; lra. }
    assert (hL := exp_pos lam); set (L := exp lam) in *; clearbody L.
    assert (h1 := exp_pos z); assert (h2 := exp_pos (- z)).
    set (A := exp z) in *; set (B := exp (- z)) in *; clearbody A B.
    assert (ew : w = (1 - w) * (L * L)) by (rewrite el; field; lra).
    assert (q1 : 0 < A * (L * L) + B) by (assert (0 < A * (L * L)) by (apply Rmult_lt_0_compat; nra); lra).
    assert (q2 : w * A + (1 - w) * B = (1 - w) * (A * (L * L) + B)) by (rewrite ew at 1; ring).
    assert (q3 : w * A - (1 - w) * B = (1 - w) * (A * (L * L) - B)) by (rewrite ew at 1; ring).
    rewrite q2, q3; field; repeat split; lra. }
  rewrite t; assert (h1 := exp_pos z); assert (h2 := exp_pos (- z)).
  set (A := exp z) in *; set (B := exp (- z)) in *; clearbody A B c.
  assert (0 < w * A) by (apply Rmult_lt_0_compat; lra).
  assert (0 < (1 - w) * B) by (apply Rmult_lt_0_compat; lra).
  assert (0 < w * (c * A) + (1 - w) * (c * B)).
  { replace (w * (c * A) + (1 - w) * (c * B)) with (c * (w * A + (1 - w) * B)) by ring.
    apply Rmult_lt_0_compat; lra. }
  field; repeat split; lra.
Qed.

Lemma slope_w_ok x : is_derive (score_w w a v) x (slope_w w a v x).
Proof. unfold score_w, slope_w; auto_derive; [trivial |]; unfold Rdiv; simpl; field; lra. Qed.

(* ---- the variable u = a x/v + lam: score = g(u)/a with g(u) = D tanh u - u + lam ---- *)
Let g u := D * tanh u - u + lam.
Let xu u := v / a * u + - (v / a * lam).

Lemma kpos : 0 < v / a. Proof. now apply Rdiv_lt_0_compat. Qed.
Lemma Dpos : 0 < D. Proof. unfold D; apply Rdiv_lt_0_compat; [now apply pow_lt | exact hv]. Qed.

Lemma P_derive u : is_derive (fun u => ln (pw w a v (xu u))) u (v / a ^ 2 * g u).
Proof.
eapply D_val.
- apply (D_comp (fun x => ln (pw w a v x)) xu); [apply score_w_ok |].
  unfold xu; auto_derive; [trivial | reflexivity].
- unfold score_w; fold lam.
  assert (e0 : a * xu u / v + lam = u) by (unfold xu; field; repeat split; lra).
  rewrite e0.
  unfold g, D, xu; field; lra.
Qed.

Lemma mode_u u : is_mode (fun u => ln (pw w a v (xu u))) u <-> is_mode (pw w a v) (xu u).
Proof.
rewrite <- (mode_ln (pw w a v) (xu u) pw_pos).
exact (mode_affine (fun x => ln (pw w a v x)) (v / a) (- (v / a * lam)) u kpos).
Qed.

Let M u := is_mode (fun u => ln (pw w a v (xu u))) u.

Lemma cpos : 0 < v / a ^ 2. Proof. apply Rdiv_lt_0_compat; [exact hv | now apply pow_lt]. Qed.

Lemma M_right u r : M u -> 0 < r -> exists y, u < y < u + r /\ g y < 0.
Proof.
intros hm hr; destruct (mode_right _ _ u r P_derive hm hr) as [y [hy ny]].
exists y; split; [exact hy |]; assert (h := cpos); nra.
Qed.
Lemma M_left u r : M u -> 0 < r -> exists y, u - r < y < u /\ 0 < g y.
Proof.
intros hm hr; destruct (mode_left _ _ u r P_derive hm hr) as [y [hy ny]].
exists y; split; [exact hy |]; assert (h := cpos).
apply Rmult_lt_reg_l with (v / a ^ 2); lra.
Qed.
Lemma M_sign u r : 0 < r -> (forall y, u - r < y < u -> 0 < g y) -> (forall y, u < y < u + r -> g y < 0) -> M u.
Proof.
intros hr h1 h2; apply (mode_of_sign _ _ u r hr P_derive); intros y hy; assert (h := cpos).
- apply Rmult_lt_0_compat; [exact h | now apply h1].
- assert (k := h2 y hy); nra.
Qed.

Lemma dg u : is_derive g u (D / cosh u ^ 2 - 1).
Proof.
unfold g; eapply D_val; [auto_derive; [trivial | reflexivity] |].
assert (e := one_minus_tanh2 u); unfold Rdiv; rewrite <- e; simpl; ring.
Qed.
Lemma g_cont u : continuous g u.
Proof. apply (ex_derive_continuous g u); eexists; apply dg. Qed.

(* two modes cannot share a stretch where g decreases *)
Lemma dec_unique u1 u2 : M u1 -> M u2 -> u1 < u2 ->
  (forall x y, u1 < x -> x < y -> y < u2 -> g y <= g x) -> False.
Proof.
intros m1 m2 h hd.
destruct (M_right u1 ((u2 - u1) / 2) m1 ltac:(lra)) as [y [hy ny]].
destruct (M_left u2 ((u2 - u1) / 2) m2 ltac:(lra)) as [z [hz nz]].
assert (k := hd y z ltac:(lra) ltac:(lra) ltac:(lra)); lra.
Qed.

Lemma cosh_incr x y : 0 <= x -> x < y -> cosh x < cosh y.
Proof.
intros hx h; destruct (mvt cosh sinh x y h) as [c [hc ec]].
- intros c _; auto_derive; [trivial | ring].
- assert (hs := sinh_pos c ltac:(lra)); nra.
Qed.
Lemma cosh_even x : cosh (- x) = cosh x.
Proof. unfold cosh; rewrite Ropp_involutive; lra. Qed.

Lemma g_dec_small : D <= 1 -> forall x y, x < y -> g y <= g x.
Proof.
intros hD x y h; destruct (mvt g _ x y h (fun c _ => dg c)) as [c [hc ec]].
assert (h1 := cosh_pos c); assert (h2 : 1 <= cosh c ^ 2).
{ assert (e := cosh2_sinh2 c); assert (0 <= sinh c ^ 2) by apply pow2_ge_0; lra. }
assert (D / cosh c ^ 2 <= 1).
{ apply Rmult_le_reg_r with (cosh c ^ 2); [lra |].
  unfold Rdiv; rewrite Rmult_assoc, Rinv_l by lra; lra. }
nra.
Qed.

Section Big.
Variable dd : R.
Hypothesis hd : 1 < dd.
Hypothesis hD : D = dd ^ 2.
Let c := arccosh dd.

Lemma c_pos : 0 < c. Proof. exact (proj1 (arccosh_spec dd hd)). Qed.

Lemma slope_out u : c < u \/ u < - c -> D / cosh u ^ 2 - 1 < 0.
Proof.
intros h; assert (hc := c_pos); destruct (arccosh_spec dd hd) as [_ [e _]]; fold c in e.
assert (k : dd < cosh u).
{ rewrite <- e; destruct h as [h | h]; [apply cosh_incr; lra |].
  rewrite <- (cosh_even u); apply cosh_incr; lra. }
assert (dd ^ 2 < cosh u ^ 2) by nra.
assert (0 < / cosh u ^ 2) by (apply Rinv_0_lt_compat; nra).
assert (D * / cosh u ^ 2 < cosh u ^ 2 * / cosh u ^ 2) by (apply Rmult_lt_compat_r; lra).
rewrite Rinv_r in H1 by nra; unfold Rdiv; lra.
Qed.
Lemma slope_in u : - c < u < c -> 0 < D / cosh u ^ 2 - 1.
Proof.
intros h; assert (hc := c_pos); destruct (arccosh_spec dd hd) as [_ [e _]]; fold c in e.
assert (k : cosh u < dd).
{ rewrite <- e; destruct (Rle_lt_dec 0 u); [apply cosh_incr; lra |].
  rewrite <- (cosh_even u); apply cosh_incr; lra. }
assert (h1 := cosh_pos u); assert (cosh u ^ 2 < dd ^ 2) by nra.
assert (0 < / cosh u ^ 2) by (apply Rinv_0_lt_compat; nra).
assert (cosh u ^ 2 * / cosh u ^ 2 < D * / cosh u ^ 2) by (apply Rmult_lt_compat_r; lra).
rewrite Rinv_r in H1 by nra; unfold Rdiv; lra.
Qed.

Lemma g_right x y : c <= x -> x < y -> g y < g x.
Proof.
intros hx h; destruct (mvt g _ x y h (fun z _ => dg z)) as [z [hz ez]].
assert (k := slope_out z ltac:(left; lra)); nra.
Qed.
Lemma g_left x y : y <= - c -> x < y -> g y < g x.
Proof.
intros hx h; destruct (mvt g _ x y h (fun z _ => dg z)) as [z [hz ez]].
assert (k := slope_out z ltac:(right; lra)); nra.
Qed.
Lemma g_mid x y : - c <= x -> y <= c -> x < y -> g x < g y.
Proof.
intros hx hy h; destruct (mvt g _ x y h (fun z _ => dg z)) as [z [hz ez]].
assert (k := slope_in z ltac:(lra)); nra.
Qed.

Lemma g_c : g c = G dd / 2 + lam /\ g (- c) = lam - G dd / 2.
Proof.
destruct (arccosh_spec dd hd) as [_ [e1 e2]]; fold c in e1, e2.
assert (t : tanh c = sqrt (dd ^ 2 - 1) / dd) by (unfold tanh; now rewrite e1, e2).
unfold g, G; fold c; rewrite tanh_opp, t, hD; split; field; lra.
Qed.

Lemma g_far_right : exists y, c < y /\ g y < 0.
Proof.
assert (hc := c_pos); exists (c + D + Rabs lam + 1); assert (h := Rabs_pos lam); assert (hp := Dpos).
split; [lra |]; unfold g; assert (b := tanh_bound (c + D + Rabs lam + 1)).
assert (k := Rle_abs lam); nra.
Qed.
Lemma g_far_left : exists y, y < - c /\ 0 < g y.
Proof.
assert (hc := c_pos); exists (- (c + D + Rabs lam + 1)); assert (h := Rabs_pos lam); assert (hp := Dpos).
split; [lra |]; unfold g; assert (b := tanh_bound (- (c + D + Rabs lam + 1))).
assert (k := Rle_abs (- lam)); rewrite Rabs_Ropp in k; nra.
Qed.

(* |lam| < G/2: exactly two modes *)
Lemma two_if : - (G dd / 2) < lam < G dd / 2 ->
  exists u1 u2, u1 < u2 /\ forall u, M u <-> (u = u1 \/ u = u2).
Proof.
intros hl; assert (hc := c_pos); destruct g_c as [gp gm].
destruct g_far_left as [yl [hyl gl]]; destruct g_far_right as [yr [hyr gr]].
destruct (ivt_down g yl (- c) g_cont hyl gl ltac:(lra)) as [z1 [h1 e1]].
destruct (ivt_down g c yr g_cont hyr ltac:(lra) gr) as [z3 [h3 e3]].
assert (M1 : M z1).
{ apply (M_sign z1 (- c - z1)); [lra | |]; intros y hy.
  - assert (k := g_left y z1 ltac:(lra) ltac:(lra)); lra.
  - assert (k := g_left z1 y ltac:(lra) ltac:(lra)); lra. }
assert (M3 : M z3).
{ apply (M_sign z3 (z3 - c)); [lra | |]; intros y hy.
  - assert (k := g_right y z3 ltac:(lra) ltac:(lra)); lra.
  - assert (k := g_right z3 y ltac:(lra) ltac:(lra)); lra. }
exists z1, z3; split; [lra |]; intros u; split; [| intros [-> | ->]; assumption].
intros hm; destruct (Rle_lt_dec u (- c)) as [k1 | k1]; [left | destruct (Rle_lt_dec c u) as [k2 | k2]; [right |]].
- destruct (Rtotal_order u z1) as [o | [o | o]]; [exfalso | exact o | exfalso].
  + apply (dec_unique u z1 hm M1 o); intros; left; apply g_left; lra.
  + apply (dec_unique z1 u M1 hm o); intros; left; apply g_left; lra.
- destruct (Rtotal_order u z3) as [o | [o | o]]; [exfalso | exact o | exfalso].
  + apply (dec_unique u z3 hm M3 o); intros; left; apply g_right; lra.
  + apply (dec_unique z3 u M3 hm o); intros; left; apply g_right; lra.
- exfalso.
  destruct (M_right u (c - u) hm ltac:(lra)) as [y [hy ny]].
  destruct (M_left u (u + c) hm ltac:(lra)) as [z [hz nz]].
  assert (k := g_mid z y ltac:(lra) ltac:(lra) ltac:(lra)); lra.
Qed.

(* |lam| >= G/2: two modes cannot coexist *)
Lemma not_two u1 u2 : G dd / 2 <= lam \/ lam <= - (G dd / 2) -> M u1 -> M u2 -> u1 < u2 -> False.
Proof.
intros hl m1 m2 h; assert (hc := c_pos); destruct g_c as [gp gm]; destruct hl as [hl | hl].
- (* g >= 0 left of c: modes lie at or beyond c *)
  assert (hg : forall y, y <= c -> 0 <= g y).
  { intros y hy; destruct (Rle_lt_dec y (- c)) as [k | k].
    - destruct k as [k | ->]; [assert (q := g_left y (- c) ltac:(lra) k); lra | lra].
    - assert (q := g_mid (- c) y ltac:(lra) hy k); lra. }
  assert (hb : c <= u1).
  { apply Rnot_lt_le; intros k; destruct (M_right u1 (c - u1) m1 ltac:(lra)) as [y [hy ny]].
    assert (q := hg y ltac:(lra)); lra. }
  apply (dec_unique u1 u2 m1 m2 h); intros; left; apply g_right; lra.
- assert (hg : forall y, - c <= y -> g y <= 0).
  { intros y hy; destruct (Rle_lt_dec c y) as [k | k].
    - destruct k as [k | <-]; [| ].
      + assert (G0 : g c <= 0) by lra. assert (q := g_right c y ltac:(lra) k); lra.
      + lra.
    - assert (q := g_mid y c hy ltac:(lra) k); lra. }
  assert (hb : u2 <= - c).
  { apply Rnot_lt_le; intros k; destruct (M_left u2 (u2 + c) m2 ltac:(lra)) as [y [hy ny]].
    assert (q := hg y ltac:(lra)); lra. }
  apply (dec_unique u1 u2 m1 m2 h); intros; left; apply g_left; lra.
Qed.
End Big.

Let d := a / sqrt v.
Lemma d_sq : D = d ^ 2.
Proof.
unfold D, d; assert (h := sqrt_lt_R0 v hv); rewrite <- (sqrt_sqrt v) at 1 by lra; field; lra.
Qed.
Lemma d_pos : 0 < d. Proof. apply Rdiv_lt_0_compat; [exact ha | now apply sqrt_lt_R0]. Qed.

Lemma x_u x : xu (a / v * x + lam) = x. Proof. unfold xu; field; lra. Qed.

Lemma two_iff_u : two_modes (pw w a v) <->
  exists u1 u2, u1 < u2 /\ forall u, M u <-> (u = u1 \/ u = u2).
Proof.
assert (hk := kpos); assert (hk' : 0 < a / v) by now apply Rdiv_lt_0_compat.
split; intros [x1 [x2 [h hx]]].
- exists (a / v * x1 + lam), (a / v * x2 + lam); split; [nra |]; intros u.
  unfold M; rewrite mode_u, hx; unfold xu; split; intros [e | e].
  + left; rewrite <- e; field; lra.
  + right; rewrite <- e; field; lra.
  + left; rewrite e; field; lra.
  + right; rewrite e; field; lra.
- exists (xu x1), (xu x2); split; [unfold xu; nra |]; intros x.
  rewrite <- (x_u x) at 1; rewrite <- mode_u; fold (M (a / v * x + lam)); rewrite hx; split; intros [e | e].
  + left; rewrite <- e; symmetry; apply x_u.
  + right; rewrite <- e; symmetry; apply x_u.
  + left; rewrite e; unfold xu; field; lra.
  + right; rewrite e; unfold xu; field; lra.
Qed.

Theorem one_or_two x1 x2 : is_mode (pw w a v) x1 -> is_mode (pw w a v) x2 -> x1 <> x2 ->
  1 < d /\ Rabs (ln (w / (1 - w))) < G d.
Proof.
assert (W : forall y1 y2, is_mode (pw w a v) y1 -> is_mode (pw w a v) y2 -> y1 < y2 ->
  1 < d /\ Rabs (ln (w / (1 - w))) < G d).
{ intros y1 y2 m1 m2 h.
  rewrite <- (x_u y1) in m1; rewrite <- (x_u y2) in m2; apply mode_u in m1; apply mode_u in m2.
  assert (hk' : 0 < a / v) by now apply Rdiv_lt_0_compat.
  assert (h' : a / v * y1 + lam < a / v * y2 + lam) by nra.
  assert (hd0 := d_pos); assert (e := d_sq).
  assert (h1 : 1 < d).
  { apply Rnot_le_lt; intros k; apply (dec_unique _ _ m1 m2 h').
    intros x y _ hxy _; apply g_dec_small; [rewrite e; nra | exact hxy]. }
  split; [exact h1 |]; apply Rnot_le_lt; intros k.
  apply (not_two d h1 e _ _) with (2 := m1) (3 := m2); [| exact h'].
  replace (ln (w / (1 - w))) with (2 * lam) in k by (unfold lam; field).
  unfold Rabs in k; destruct (Rcase_abs (2 * lam)); [right | left]; lra. }
intros m1 m2 hn; destruct (Rtotal_order x1 x2) as [o | [o | o]]; [| contradiction |]; eauto.
Qed.

Theorem robertson_fryer : two_modes (pw w a v) <-> (1 < d /\ Rabs (ln (w / (1 - w))) < G d).
Proof.
split.
- intros [x1 [x2 [h hx]]]; apply (one_or_two x1 x2); [apply hx; now left | apply hx; now right | lra].
- intros [h1 h2]; apply two_iff_u; apply (two_if d h1 d_sq).
  replace (ln (w / (1 - w))) with (2 * lam) in h2 by (unfold lam; field).
  apply Rabs_def2 in h2; lra.
Qed.

(* on the fold the score and its slope vanish together *)
Theorem fold_point : 1 < d -> ln (w / (1 - w)) = G d ->
  let x := - (a * sqrt (d ^ 2 - 1) / d) in score_w w a v x = 0 /\ slope_w w a v x = 0.
Proof.
intros h1 h2 x; destruct (arccosh_spec d h1) as [hc [e1 e2]]; assert (e := d_sq).
assert (el : lam = d * sqrt (d ^ 2 - 1) - arccosh d) by (unfold lam; rewrite h2; unfold G; field).
assert (ev : v = a ^ 2 / d ^ 2) by (rewrite <- e; unfold D; field; split; [lra | apply Rgt_not_eq; lra]).
assert (arg : a * x / v + lam = - arccosh d).
{ rewrite el; unfold x; rewrite ev; field; lra. }
unfold score_w, slope_w; fold lam; rewrite arg, tanh_opp.
assert (t : tanh (arccosh d) = sqrt (d ^ 2 - 1) / d) by (unfold tanh; now rewrite e1, e2).
assert (s2 : sqrt (d ^ 2 - 1) * sqrt (d ^ 2 - 1) = d ^ 2 - 1) by (apply sqrt_sqrt; nra).
rewrite t; unfold x; split; [field; lra |].
rewrite ev.
replace (1 - (- (sqrt (d ^ 2 - 1) / d)) ^ 2) with ((d ^ 2 - sqrt (d ^ 2 - 1) * sqrt (d ^ 2 - 1)) / d ^ 2)
  by (field; lra).
rewrite s2; field; lra.
Qed.

(* the tracked branch stays stable *)
Theorem tracked_branch x : 1 < d -> arccosh d < a * x / v + / 2 * ln (w / (1 - w)) ->
  slope_w w a v x < 0.
Proof.
intros h1 h2; assert (k := slope_out d h1 d_sq _ (or_introl h2)).
unfold slope_w; rewrite one_minus_tanh2; set (C := cosh _ ^ 2) in *.
replace (a ^ 2 / v ^ 2 * / C - / v) with (/ v * (D / C - 1)).
- assert (hi := Rinv_0_lt_compat v hv); nra.
- assert (hC : 0 < C) by (apply pow_lt, cosh_pos); unfold D; field; lra.
Qed.
End Fold.
