(* Pitchfork.v
   C. Fixed points of the posterior mean x = a tanh(a x/v) (zeros of the score):
      v >= a^2        : x = 0 is the only one;
      0 < v < a^2     : exactly three, 0 and +-x*, with 0 < x* < a.
      Stability: d(score)/dx at 0 has the sign of a^2 - v; at x* it is < 0.
   J. Mean-field exponent: x*(v)^2/(a^2 - v) -> 3 as v -> a^2 from below, with
      the explicit rate |x*^2/(a^2-v) - 3| <= 9 (a^2-v)/a^2 for a^2/2 <= v < a^2. *)
From Coq Require Import Reals Lra.
From Coquelicot Require Import Coquelicot.
From Infodyn Require Import Base TwoDelta.
Open Scope R_scope.

(* ---- a positive derivative from a zero value gives positivity ---- *)
Lemma pos_from_derivative (f df : R -> R) :
  (forall x, is_derive f x (df x)) -> (forall x, 0 < x -> 0 < df x) -> f 0 = 0 ->
  forall y, 0 < y -> 0 < f y.
Proof.
intros hd hp h0 y hy.
destruct (MVT_cor2 f df 0 y hy) as [c [e hc]].
{ intros c _; now apply is_derive_Reals. }
assert (0 < df c) by (apply hp; lra). nra.
Qed.

(* ---- three continued-fraction bounds for tanh (each derivative is y * previous) ---- *)
Lemma sinh_pos y : 0 < y -> 0 < sinh y.
Proof. intros h; rewrite <- sinh_0; now apply sinh_lt. Qed.

Lemma K1_pos y : 0 < y -> 0 < y * cosh y - sinh y.
Proof.
revert y.
apply (pos_from_derivative (fun y => y * cosh y - sinh y) (fun y => y * sinh y)).
- intros x; auto_derive; [trivial | ring].
- intros x hx; apply Rmult_lt_0_compat; [exact hx | now apply sinh_pos].
- rewrite sinh_0; ring.
Qed.

Lemma K2_pos y : 0 < y -> 0 < (3 + y ^ 2) * sinh y - 3 * y * cosh y.
Proof.
revert y.
apply (pos_from_derivative (fun y => (3 + y ^ 2) * sinh y - 3 * y * cosh y)
  (fun y => y * (y * cosh y - sinh y))).
- intros x; auto_derive; [trivial | ring].
- intros x hx; apply Rmult_lt_0_compat; [exact hx | now apply K1_pos].
- rewrite sinh_0; ring.
Qed.

Lemma K3_pos y : 0 < y -> 0 < y * (15 + y ^ 2) * cosh y - (15 + 6 * y ^ 2) * sinh y.
Proof.
revert y.
apply (pos_from_derivative (fun y => y * (15 + y ^ 2) * cosh y - (15 + 6 * y ^ 2) * sinh y)
  (fun y => y * ((3 + y ^ 2) * sinh y - 3 * y * cosh y))).
- intros x; auto_derive; [trivial | ring].
- intros x hx; apply Rmult_lt_0_compat; [exact hx | now apply K2_pos].
- rewrite sinh_0; ring.
Qed.

Lemma tanh_pos y : 0 < y -> 0 < tanh y.
Proof. intros h; apply Rdiv_lt_0_compat; [now apply sinh_pos | apply cosh_pos]. Qed.

Lemma tanh_lt_id y : 0 < y -> tanh y < y.
Proof.
intros h; assert (h1 := K1_pos y h); assert (hc := cosh_pos y).
unfold tanh; apply Rmult_lt_reg_r with (cosh y); [exact hc |].
unfold Rdiv; rewrite Rmult_assoc, Rinv_l by lra; lra.
Qed.

Lemma tanh_gt_pade y : 0 < y -> 3 * y < (3 + y ^ 2) * tanh y.
Proof.
intros h; assert (h1 := K2_pos y h); assert (hc := cosh_pos y).
unfold tanh; apply Rmult_lt_reg_r with (cosh y); [exact hc |].
replace ((3 + y ^ 2) * (sinh y / cosh y) * cosh y) with ((3 + y ^ 2) * sinh y) by (field; lra).
lra.
Qed.

Lemma tanh_lt_pade y : 0 < y -> (15 + 6 * y ^ 2) * tanh y < y * (15 + y ^ 2).
Proof.
intros h; assert (h1 := K3_pos y h); assert (hc := cosh_pos y).
unfold tanh; apply Rmult_lt_reg_r with (cosh y); [exact hc |].
replace ((15 + 6 * y ^ 2) * (sinh y / cosh y) * cosh y) with ((15 + 6 * y ^ 2) * sinh y)
  by (field; lra).
lra.
Qed.

Lemma tanh_increasing x y : x < y -> tanh x < tanh y.
Proof.
intros h.
destruct (MVT_cor2 tanh (fun x => 1 - tanh x ^ 2) x y h) as [c [e hc]].
{ intros c _; apply is_derive_Reals, is_derive_tanh. }
assert (h1 := one_minus_tanh2_pos c); nra.
Qed.

(* ---- C ---- *)
Definition fixpt (a v x : R) : Prop := a * tanh (a * x / v) = x.
(* fixed points are the zeros of the score *)
Lemma fixpt_score a v x : 0 < v -> (fixpt a v x <-> score2 a v x = 0).
Proof.
intros hv; unfold fixpt, score2; split; intros h.
- rewrite h; field; lra.
- assert (e : a * tanh (a * x / v) - x = (a * tanh (a * x / v) - x) / v * v) by (field; lra).
  rewrite h in e; lra.
Qed.

Lemma fixpt_opp a v x : fixpt a v x -> fixpt a v (- x).
Proof.
unfold fixpt; intros h.
replace (a * - x / v) with (- (a * x / v)) by (unfold Rdiv; ring).
rewrite tanh_opp; lra.
Qed.

Lemma fixpt_0 a v : fixpt a v 0.
Proof. unfold fixpt, Rdiv; rewrite Rmult_0_r, Rmult_0_l, tanh_0; ring. Qed.

Section Fork.
Variables a v : R.
Hypothesis ha : 0 < a.
Hypothesis hv : 0 < v.

Lemma arg_pos x : 0 < x -> 0 < a * x / v.
Proof. intros; apply Rdiv_lt_0_compat; [now apply Rmult_lt_0_compat | exact hv]. Qed.

Theorem pitchfork_above : a ^ 2 <= v -> forall x, fixpt a v x <-> x = 0.
Proof.
intros h.
assert (P : forall x, 0 < x -> ~ fixpt a v x).
{ intros x hx e; unfold fixpt in e.
  assert (h1 := tanh_lt_id _ (arg_pos x hx)).
  assert (h2 : a * tanh (a * x / v) < a * (a * x / v)) by (apply Rmult_lt_compat_l; lra).
  replace (a * (a * x / v)) with (a ^ 2 / v * x) in h2 by (field; lra).
  assert (h3 : a ^ 2 / v <= 1) by (apply Rmult_le_reg_r with v; [lra |];
    unfold Rdiv; rewrite Rmult_assoc, Rinv_l by lra; lra).
  nra. }
intros x; split; [| intros ->; apply fixpt_0].
intros e; destruct (Rtotal_order x 0) as [l | [l | l]]; [| exact l |].
- exfalso; apply (P (- x)); [lra | now apply fixpt_opp].
- exfalso; now apply (P x).
Qed.

(* the drift g(x) = a tanh(ax/v) - x and its derivative *)
Let g x := a * tanh (a * x / v) - x.
Let dg x := a ^ 2 / v * (1 - tanh (a * x / v) ^ 2) - 1.

Lemma is_derive_g x : is_derive g x (dg x).
Proof. unfold g, dg; auto_derive; [trivial |]; unfold Rdiv; simpl; ring. Qed.

Lemma dg_decr x y : 0 <= x -> x < y -> dg y < dg x.
Proof.
intros hx hy; unfold dg.
assert (h1 : a * x / v < a * y / v).
{ apply Rmult_lt_compat_r; [now apply Rinv_0_lt_compat | now apply Rmult_lt_compat_l]. }
assert (h2 := tanh_increasing _ _ h1).
assert (h3 : 0 <= tanh (a * x / v)).
{ destruct hx as [hx | <-].
  - now left; apply tanh_pos, arg_pos.
  - right; unfold Rdiv; rewrite Rmult_0_r, Rmult_0_l; symmetry; apply tanh_0. }
assert (h4 : 0 < a ^ 2 / v) by (apply Rdiv_lt_0_compat; [now apply pow_lt | exact hv]).
assert (tanh (a * x / v) ^ 2 < tanh (a * y / v) ^ 2) by nra.
nra.
Qed.

Lemma rolle x y : x < y -> g x = 0 -> g y = 0 -> exists c, x < c < y /\ dg c = 0.
Proof.
intros h hx hy.
destruct (MVT_cor2 g dg x y h) as [c [e hc]].
{ intros c _; apply is_derive_Reals, is_derive_g. }
exists c; split; [exact hc |].
rewrite hx, hy in e. assert (h1 : y - x <> 0) by lra.
apply Rmult_eq_reg_r with (y - x); [lra | exact h1].
Qed.

Lemma g_0 : g 0 = 0.
Proof. unfold g; assert (h := fixpt_0 a v); unfold fixpt in h; lra. Qed.

Lemma positive_root_unique x y : 0 < x -> 0 < y -> fixpt a v x -> fixpt a v y -> x = y.
Proof.
assert (Q : forall x y, 0 < x -> x < y -> fixpt a v x -> fixpt a v y -> False).
{ intros x0 y0 hx hy ex ey; unfold fixpt in *.
  destruct (rolle 0 x0 hx g_0) as [c [hc ec]]; [unfold g; lra |].
  destruct (rolle x0 y0 hy) as [d [hd ed]]; [unfold g; lra | unfold g; lra |].
  assert (h := dg_decr c d ltac:(lra) ltac:(lra)); lra. }
intros hx hy ex ey; destruct (Rtotal_order x y) as [l | [l | l]]; [| exact l |];
  exfalso; eauto.
Qed.

Lemma positive_root_exists : v < a ^ 2 -> exists x, 0 < x < a /\ fixpt a v x.
Proof.
intros h.
(* at y = a d / v with y^2 < 3 (a^2/v - 1) the Pade bound makes g positive *)
set (m := 3 * (a ^ 2 - v) / a ^ 2).
assert (ha2 : 0 < a ^ 2) by (now apply pow_lt).
assert (hm : 0 < m) by (unfold m; apply Rdiv_lt_0_compat; lra).
assert (hm3 : m < 3).
{ unfold m; apply Rmult_lt_reg_r with (a ^ 2); [lra |].
  unfold Rdiv; rewrite Rmult_assoc, Rinv_l by lra; lra. }
set (y := m / 3).
assert (hy : 0 < y < 1) by (unfold y; lra).
set (d := v * y / a).
assert (hd : 0 < d) by (unfold d; apply Rdiv_lt_0_compat; nra).
assert (ey : a * d / v = y) by (unfold d; field; lra).
assert (ev : v = a ^ 2 * (1 - y)) by (unfold y, m; field; lra).
assert (gd : 0 < g d).
{ unfold g; rewrite ey.
  assert (hp := tanh_gt_pade y ltac:(lra)).
  unfold d; rewrite ev.
  replace (a ^ 2 * (1 - y) * y / a) with (a * ((1 - y) * y)) by (field; lra).
  assert ((1 - y) * y < tanh y) by nra.
  nra. }
assert (hda : d < a).
{ unfold d; rewrite ev; replace (a ^ 2 * (1 - y) * y / a) with (a * ((1 - y) * y)) by (field; lra).
  nra. }
assert (ga : g a < 0).
{ unfold g; assert (hb := tanh_bound (a * a / v)); nra. }
destruct (IVT_cor g d a) as [z [hz ez]].
- apply derivable_continuous; intros t.
  exists (dg t); apply is_derive_Reals, is_derive_g.
- lra.
- nra.
- assert (z <> a) by (intros ->; lra).
  exists z; split; [lra | unfold fixpt; unfold g in ez; lra].
Qed.

Theorem pitchfork_below : v < a ^ 2 ->
  exists xs, 0 < xs < a /\ forall x, fixpt a v x <-> (x = 0 \/ x = xs \/ x = - xs).
Proof.
intros h; destruct (positive_root_exists h) as [xs [hx ex]].
exists xs; split; [exact hx |]; intros x; split.
- intros e; destruct (Rtotal_order x 0) as [l | [l | l]].
  + right; right.
    assert (- x = xs) by (apply positive_root_unique; try lra; try assumption; now apply fixpt_opp).
    lra.
  + now left.
  + right; left; apply positive_root_unique; try lra; assumption.
- intros [-> | [-> | ->]]; [apply fixpt_0 | exact ex | now apply fixpt_opp].
Qed.

(* stability *)
Theorem slope_at_zero : is_derive (score2 a v) 0 ((a ^ 2 - v) / v ^ 2).
Proof.
eapply D_val; [now apply jacobian_two_delta |].
replace (a * 0 / v) with 0 by (field; lra); rewrite tanh_0; field; lra.
Qed.

Corollary sign_at_zero :
  (0 < Derive (score2 a v) 0 <-> v < a ^ 2) /\
  (Derive (score2 a v) 0 = 0 <-> v = a ^ 2) /\
  (Derive (score2 a v) 0 < 0 <-> a ^ 2 < v).
Proof.
rewrite (is_derive_unique _ _ _ slope_at_zero).
assert (h2 : 0 < / v ^ 2) by (apply Rinv_0_lt_compat, pow_lt, hv).
unfold Rdiv; repeat split; intros h; nra.
Qed.

Theorem slope_at_root x : 0 < x -> fixpt a v x -> Derive (score2 a v) x < 0.
Proof.
intros hx ex.
rewrite (is_derive_unique _ _ _ (jacobian_two_delta a v hv x)).
destruct (rolle 0 x hx g_0) as [c [hc ec]]; [unfold fixpt in ex; unfold g; lra |].
assert (h := dg_decr c x ltac:(lra) ltac:(lra)).
replace (a ^ 2 / v ^ 2 * (1 - tanh (a * x / v) ^ 2) - / v) with (dg x * / v)
  by (unfold dg; field; lra).
assert (h2 : 0 < / v) by now apply Rinv_0_lt_compat.
nra.
Qed.

(* ---- J: quantitative square-root law ---- *)
Theorem square_root_law x : 0 < x -> fixpt a v x -> a ^ 2 / 2 <= v -> v < a ^ 2 ->
  Rabs (x ^ 2 / (a ^ 2 - v) - 3) <= 9 * ((a ^ 2 - v) / a ^ 2).
Proof.
intros hx ex h1 h2.
assert (ha2 : 0 < a ^ 2) by now apply pow_lt.
set (y := a * x / v); assert (hy : 0 < y) by now apply arg_pos.
unfold fixpt in ex; fold y in ex.
set (t := tanh y) in *.
assert (l := tanh_gt_pade y hy); assert (u := tanh_lt_pade y hy); assert (u1 := tanh_lt_id y hy).
assert (t0 := tanh_pos y hy); fold t in l, u, u1, t0.
(* d = 1 - t/y = (a^2 - v)/a^2 *)
set (d := (a ^ 2 - v) / a ^ 2).
assert (ev : v * y = a ^ 2 * t) by (unfold y; rewrite <- ex at 1; field_simplify; lra).
assert (et : t = y * (1 - d)).
{ unfold d; replace t with (a ^ 2 * t / a ^ 2) by (field; lra).
  rewrite <- ev; field; lra. }
assert (hd : 0 < d) by (unfold d; apply Rdiv_lt_0_compat; lra).
assert (hd2 : d <= / 2).
{ unfold d; apply Rmult_le_reg_r with (a ^ 2); [lra |].
  unfold Rdiv; rewrite Rmult_assoc, Rinv_l by lra; lra. }
assert (d1 : d * (3 + y ^ 2) < y ^ 2).
{ rewrite et in l. apply Rmult_lt_reg_r with y; [exact hy |]. nra. }
assert (d2 : 5 * y ^ 2 < d * (15 + 6 * y ^ 2)).
{ rewrite et in u. apply Rmult_lt_reg_r with y; [exact hy |]. nra. }
assert (hyd : y ^ 2 <= 15 / 2 * d) by nra.
replace (x ^ 2 / (a ^ 2 - v)) with (t ^ 2 / d)
  by (rewrite <- ex at 1; unfold d; field; lra).
assert (key : Rabs (t ^ 2 - 3 * d) <= 9 * d * d).
{ rewrite et; apply Rabs_le; split.
  - (* lower *) nra.
  - nra. }
replace (t ^ 2 / d - 3) with ((t ^ 2 - 3 * d) * / d) by (field; lra).
rewrite Rabs_mult, (Rabs_right (/ d)) by (left; now apply Rinv_0_lt_compat).
apply Rmult_le_reg_r with d; [exact hd |].
rewrite Rmult_assoc, Rinv_l by lra; lra.
Qed.

End Fork.

(* J: for any branch xs of positive fixed points, xs(v)^2/(a^2-v) -> 3 *)
Theorem mean_field_exponent (a : R) (xs : R -> R) : 0 < a ->
  (forall v, 0 < v < a ^ 2 -> 0 < xs v /\ fixpt a v (xs v)) ->
  filterlim (fun v => xs v ^ 2 / (a ^ 2 - v)) (at_left (a ^ 2)) (locally 3).
Proof.
intros ha hx.
assert (ha2 : 0 < a ^ 2) by now apply pow_lt.
apply filterlim_locally; intros eps.
assert (he := cond_pos eps).
set (del := Rmin (a ^ 2 / 2) (a ^ 2 * eps / 18)).
assert (hdel : 0 < del) by (unfold del; apply Rmin_pos; nra).
exists (mkposreal del hdel); intros v hb hlt.
unfold ball in hb; simpl in hb; unfold AbsRing_ball, abs, minus, plus, opp in hb; simpl in hb.
apply Rabs_def2 in hb.
assert (m1 := Rmin_l (a ^ 2 / 2) (a ^ 2 * eps / 18)).
assert (m2 := Rmin_r (a ^ 2 / 2) (a ^ 2 * eps / 18)).
fold del in m1, m2; simpl in *.
destruct (hx v) as [x0 ex]; [simpl; lra |].
assert (hv : 0 < v) by lra.
assert (key := square_root_law a v ha hv (xs v) x0 ex).
simpl in key; specialize (key ltac:(lra) ltac:(lra)).
unfold ball; simpl; unfold AbsRing_ball, abs, minus, plus, opp; simpl.
apply Rle_lt_trans with (1 := key).
apply Rmult_lt_reg_r with (a * (a * 1)); [lra |].
unfold Rdiv; rewrite Rmult_assoc, (Rmult_assoc _ (/ _)), Rinv_l by lra.
nra.
Qed.
