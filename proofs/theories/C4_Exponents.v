(* claim: C4; scope: full; headline: order_parameter, barrier, barrier_rate, susceptibility_above, susceptibility_below, critical_isotherm, isotherm_root *)
(* Mean-field exponents of the pitchfork of two atoms +-a (alpha = 1, v = sigma^2, v_c = a^2).
   xs(v) is the positive root of x = a tanh(a x/v) below v_c (it exists and is unique: C2).
     order_parameter      xs^2/(v_c - v) -> 3                                        (beta = 1/2)
     barrier              (log p(xs) - log p(0))/(v_c - v)^2 -> 3/(4 a^4)
     susceptibility_above chi = 1/|s'(0)|, chi (v - v_c) -> v_c^2 as v -> v_c from above   (gamma = 1)
     susceptibility_below chi = 1/|s'(xs)|, chi (v_c - v) -> v_c^2/2 from below      (amplitude ratio 2)
     critical_isotherm    at v = v_c a uniform field e > 0 added to the score is balanced at one x(e) > 0,
                          and x(e)/(3 a^4 e)^{1/3} -> 1 as e -> 0                    (delta = 3) *)
From Coq Require Import Reals Lra.
From Coquelicot Require Import Coquelicot.
From Infodyn Require Import Base TwoDelta Pitchfork ExtraTools.
Open Scope R_scope.

(* a branch of positive fixed points *)
Definition branch (a : R) (xs : R -> R) : Prop :=
  forall v, 0 < v < a ^ 2 -> 0 < xs v /\ a * tanh (a * xs v / v) = xs v.
(* height of log p at x over the origin: the barrier of -log p between x and -x *)
Definition barrier_height (a v x : R) : R := ln (p2 a v x) - ln (p2 a v 0).
Definition slope (a v x : R) : R := a ^ 2 / v ^ 2 * (1 - tanh (a * x / v) ^ 2) - / v.

Theorem order_parameter (a : R) (xs : R -> R) : 0 < a -> branch a xs ->
  filterlim (fun v => xs v ^ 2 / (a ^ 2 - v)) (at_left (a ^ 2)) (locally 3).
Proof. intros ha hx; now apply mean_field_exponent. Qed.

(* ---- log p(x) - log p(0) = log cosh(a x/v) - x^2/(2 v) ---- *)
Lemma barrier_form a v x : 0 < v -> barrier_height a v x = ln (cosh (a * x / v)) - x ^ 2 / (2 * v).
Proof.
intros hv; unfold barrier_height.
assert (e : forall x, ln (p2 a v x) =
  ln (cosh (a * x / v)) - x ^ 2 / (2 * v) + ln (exp (- a ^ 2 / (2 * v)) / sqrt (2 * PI * v))).
{ intros y.
  assert (hs := sqrt_lt_R0 _ (two_pi_v_pos v hv)).
  assert (hc : 0 < exp (- a ^ 2 / (2 * v)) / sqrt (2 * PI * v))
    by (apply Rdiv_lt_0_compat; [apply exp_pos | exact hs]).
  set (c := exp (- a ^ 2 / (2 * v)) / sqrt (2 * PI * v)) in *.
  assert (h1 := cosh_pos (a * y / v)); assert (h2 := exp_pos (- (y ^ 2 / (2 * v)))).
  transitivity (ln (cosh (a * y / v) * exp (- (y ^ 2 / (2 * v))) * c)).
  2: { clearbody c; assert (h3 := Rmult_lt_0_compat _ _ h1 h2).
       rewrite (ln_mult _ c h3 hc), (ln_mult _ _ h1 h2), ln_exp; ring. }
  f_equal; unfold p2; replace (y + a) with (y - - a) by ring; rewrite !phi_shift by exact hv.
  replace (- a * y / v) with (- (a * y / v)) by (field; lra).
  replace (- (y ^ 2 + (- a) ^ 2) / (2 * v)) with (- (y ^ 2 / (2 * v)) + - a ^ 2 / (2 * v)) by (field; lra).
  replace (- (y ^ 2 + a ^ 2) / (2 * v)) with (- (y ^ 2 / (2 * v)) + - a ^ 2 / (2 * v)) by (field; lra).
  rewrite exp_plus; unfold cosh, c; field; lra. }
rewrite (e x), (e 0); replace (a * 0 / v) with 0 by (field; lra).
rewrite cosh_0, ln_1; unfold Rdiv; ring.
Qed.

(* F(y) = log cosh y - y tanh y / 2, between y^4/12 -+ y^6/10 *)
Lemma F_bounds y : 0 < y -> y <= 1 ->
  Rabs (ln (cosh y) - y * tanh y / 2 - y ^ 4 / 12) <= y ^ 6 / 10.
Proof.
intros hy hy1.
assert (D : forall c z, is_derive (fun y => ln (cosh y) - y * tanh y / 2 - y ^ 4 / 12 + c * y ^ 6 / 10) z
  (/ 2 * (tanh z - z * (1 - tanh z ^ 2)) - z ^ 3 / 3 + c * 6 * z ^ 5 / 10)).
{ intros c z; assert (h := cosh_pos z); auto_derive; [lra |].
  change (sinh z * / cosh z) with (tanh z); unfold tanh; field; lra. }
assert (B : forall z, 0 < z -> z <= 1 ->
  Rabs (/ 2 * (tanh z - z * (1 - tanh z ^ 2)) - z ^ 3 / 3) <= 6 * z ^ 5 / 10).
{ intros z hz hz1; assert (l := tanh_gt_pade z hz); assert (u := tanh_lt_pade z hz).
  assert (u1 := tanh_lt_id z hz); assert (t0 := tanh_pos z hz); set (t := tanh z) in *.
  assert (l1 : z - z ^ 3 / 3 <= t).
  { apply Rmult_le_reg_l with (3 + z ^ 2); [nra |].
    assert (0 < z ^ 5) by now apply pow_lt.
    replace ((3 + z ^ 2) * (z - z ^ 3 / 3)) with (3 * z - z ^ 5 / 3) by (simpl; field); lra. }
  assert (u2 : t <= z - z ^ 3 / 3 + 2 * z ^ 5 / 15).
  { apply Rmult_le_reg_l with (15 + 6 * z ^ 2); [nra |].
    assert (0 < z ^ 7) by now apply pow_lt.
    replace ((15 + 6 * z ^ 2) * (z - z ^ 3 / 3 + 2 * z ^ 5 / 15))
      with (z * (15 + z ^ 2) + 12 * z ^ 7 / 15) by (simpl; field); lra. }
  assert (p3 : 0 < z ^ 3) by now apply pow_lt.
  assert (p5 : 0 < z ^ 5) by now apply pow_lt.
  assert (hz2 : z ^ 2 <= 1) by nra.
  assert (t2u : t ^ 2 <= z ^ 2 - 2 * z ^ 4 / 3 + 17 * z ^ 6 / 45 + z ^ 6 / 45).
  { assert (q : 0 <= z - z ^ 3 / 3 + 2 * z ^ 5 / 15) by lra.
    assert (t ^ 2 <= (z - z ^ 3 / 3 + 2 * z ^ 5 / 15) ^ 2) by nra.
    replace ((z - z ^ 3 / 3 + 2 * z ^ 5 / 15) ^ 2)
      with (z ^ 2 - 2 * z ^ 4 / 3 + 17 * z ^ 6 / 45 - 4 * z ^ 8 / 45 + 4 * z ^ 10 / 225) in H
      by (simpl; field).
    assert (0 < z ^ 8) by now apply pow_lt.
    assert (z ^ 10 <= z ^ 8) by (replace (z ^ 10) with (z ^ 8 * z ^ 2) by ring; nra).
    assert (0 < z ^ 6) by now apply pow_lt. lra. }
  assert (t2l : z ^ 2 - 2 * z ^ 4 / 3 <= t ^ 2).
  { assert (q : 0 <= z - z ^ 3 / 3) by nra.
    assert ((z - z ^ 3 / 3) ^ 2 <= t ^ 2) by nra.
    replace ((z - z ^ 3 / 3) ^ 2) with (z ^ 2 - 2 * z ^ 4 / 3 + z ^ 6 / 9) in H by (simpl; field).
    assert (0 < z ^ 6) by now apply pow_lt. lra. }
  assert (m1 : z * t ^ 2 <= z * (z ^ 2 - 2 * z ^ 4 / 3 + 17 * z ^ 6 / 45 + z ^ 6 / 45))
    by (apply Rmult_le_compat_l; lra).
  assert (m2 : z * (z ^ 2 - 2 * z ^ 4 / 3) <= z * t ^ 2) by (apply Rmult_le_compat_l; lra).
  assert (z ^ 7 <= z ^ 5) by (replace (z ^ 7) with (z ^ 5 * z ^ 2) by ring; nra).
  apply Rabs_le; split; nra. }
apply Rabs_le; split.
- assert (D0 := D 1).
  destruct (mvt _ _ 0 y hy (fun z _ => D0 z)) as [c [hc ec]]; cbv beta in ec.
  rewrite cosh_0, ln_1, tanh_0 in ec.
  assert (b := B c ltac:(lra) ltac:(lra)); apply Rabs_le_between in b.
  assert (p6 : 0 < y ^ 6) by now apply pow_lt.
  assert (0 <= (/ 2 * (tanh c - c * (1 - tanh c ^ 2)) - c ^ 3 / 3 + 1 * 6 * c ^ 5 / 10) * (y - 0))
    by (apply Rmult_le_pos; lra).
  lra.
- assert (D0 := D (-1)).
  destruct (mvt _ _ 0 y hy (fun z _ => D0 z)) as [c [hc ec]]; cbv beta in ec.
  rewrite cosh_0, ln_1, tanh_0 in ec.
  assert (b := B c ltac:(lra) ltac:(lra)); apply Rabs_le_between in b.
  assert (0 <= - (/ 2 * (tanh c - c * (1 - tanh c ^ 2)) - c ^ 3 / 3 + -1 * 6 * c ^ 5 / 10) * (y - 0))
    by (apply Rmult_le_pos; lra).
  lra.
Qed.

(* explicit rate for the barrier *)
Theorem barrier_rate a v x : 0 < a -> 0 < v -> 0 < x -> a * tanh (a * x / v) = x ->
  9 / 10 * a ^ 2 <= v -> v < a ^ 2 ->
  Rabs (barrier_height a v x / (a ^ 2 - v) ^ 2 - 3 / (4 * a ^ 4)) <= 110 / a ^ 6 * (a ^ 2 - v).
Proof.
intros ha hv hx ex h1 h2.
assert (ha2 : 0 < a ^ 2) by now apply pow_lt.
assert (hy := arg_pos a v ha hv x hx); set (y := a * x / v) in *.
assert (l := tanh_gt_pade y hy); assert (u := tanh_lt_pade y hy); assert (u1 := tanh_lt_id y hy).
assert (t0 := tanh_pos y hy); assert (ext : a * tanh y = x) by exact ex.
set (t := tanh y) in *.
set (d := (a ^ 2 - v) / a ^ 2).
assert (ev : v * y = a ^ 2 * t) by (unfold y; replace (v * (a * x / v)) with (a * x) by (field; lra);
  rewrite <- ext; ring).
assert (et : t = y * (1 - d)).
{ unfold d; replace t with (a ^ 2 * t / a ^ 2) by (field; lra); rewrite <- ev; field; lra. }
assert (hd : 0 < d) by (unfold d; apply Rdiv_lt_0_compat; lra).
assert (hd2 : d <= / 10).
{ unfold d; apply Rmult_le_reg_r with (a ^ 2); [lra |].
  unfold Rdiv; rewrite Rmult_assoc, Rinv_l by lra; lra. }
assert (d1 : d * (3 + y ^ 2) < y ^ 2).
{ rewrite et in l; apply Rmult_lt_reg_r with y; [exact hy | nra]. }
assert (d2 : 5 * y ^ 2 < d * (15 + 6 * y ^ 2)).
{ rewrite et in u; apply Rmult_lt_reg_r with y; [exact hy | nra]. }
assert (hyd : y ^ 2 <= 4 * d) by nra.
assert (hy1 : y <= 1) by nra.
assert (eb : barrier_height a v x = ln (cosh y) - y * t / 2).
{ rewrite barrier_form by exact hv; fold y.
  assert (e1 : x ^ 2 / (2 * v) = y * t / 2).
  { transitivity (x * (a * t) / (2 * v)); [rewrite ext; field; lra | unfold y; field; lra]. }
  rewrite e1; reflexivity. }
assert (hF := F_bounds y hy hy1); fold t in hF; rewrite <- eb in hF.
(* y^2 = 3 d + O(d^2) *)
set (Y := y ^ 2) in *.
assert (hY : 0 < Y) by now apply pow_lt.
replace (y ^ 4) with (Y ^ 2) in hF by (unfold Y; ring).
replace (y ^ 6) with (Y ^ 3) in hF by (unfold Y; ring).
assert (y1 : 3 * d <= Y) by nra.
assert (y2 : Y <= 3 * d + 6 * d ^ 2) by nra.
set (B := barrier_height a v x) in *; apply Rabs_le_between in hF.
assert (Y3 : Y ^ 3 <= 64 * d ^ 3).
{ replace (64 * d ^ 3) with ((4 * d) ^ 3) by ring; apply pow_incr; lra. }
assert (Y2u : Y ^ 2 <= 9 * d ^ 2 + 40 * d ^ 3).
{ assert (Y ^ 2 <= (3 * d + 6 * d ^ 2) ^ 2) by (apply pow_incr; lra).
  assert (0 < d ^ 3) by now apply pow_lt. nra. }
assert (Y2l : 9 * d ^ 2 <= Y ^ 2) by nra.
assert (key : Rabs (B - 3 / 4 * d ^ 2) <= 110 * d ^ 3).
{ assert (0 < d ^ 3) by now apply pow_lt. apply Rabs_le; split; lra. }
assert (ed : a ^ 2 - v = a ^ 2 * d) by (unfold d; field; lra).
rewrite ed.
replace (B / (a ^ 2 * d) ^ 2 - 3 / (4 * a ^ 4)) with ((B - 3 / 4 * d ^ 2) * / (a ^ 4 * d ^ 2))
  by (field; lra).
assert (hi : 0 < a ^ 4 * d ^ 2) by (apply Rmult_lt_0_compat; now apply pow_lt).
rewrite Rabs_mult, (Rabs_right (/ _)) by (left; now apply Rinv_0_lt_compat).
apply Rmult_le_reg_r with (a ^ 4 * d ^ 2); [exact hi |].
rewrite Rmult_assoc, Rinv_l, Rmult_1_r by lra.
replace (110 / a ^ 6 * (a ^ 2 * d) * (a ^ 4 * d ^ 2)) with (110 * d ^ 3) by (field; lra).
exact key.
Qed.

Theorem barrier (a : R) (xs : R -> R) : 0 < a -> branch a xs ->
  filterlim (fun v => barrier_height a v (xs v) / (a ^ 2 - v) ^ 2) (at_left (a ^ 2))
    (locally (3 / (4 * a ^ 4))).
Proof.
intros ha hx; assert (ha2 : 0 < a ^ 2) by now apply pow_lt.
apply (limit_rate_left _ _ _ (110 / a ^ 6) (/ 10 * a ^ 2)); [lra | |].
- left; apply Rdiv_lt_0_compat; [lra | now apply pow_lt].
- intros v hv; destruct (hx v ltac:(lra)) as [h1 h2].
  apply barrier_rate; try assumption; lra.
Qed.

(* ---- susceptibility ---- *)
Theorem susceptibility_above (a : R) : 0 < a ->
  filterlim (fun v => / Rabs (slope a v 0) * (v - a ^ 2)) (at_right (a ^ 2)) (locally ((a ^ 2) ^ 2)).
Proof.
intros ha; assert (ha2 : 0 < a ^ 2) by now apply pow_lt.
apply (limit_rate_right _ _ _ (3 * a ^ 2) (a ^ 2)); [lra | lra |].
intros v hv.
assert (e : slope a v 0 = (a ^ 2 - v) * / v ^ 2).
{ unfold slope; replace (a * 0 / v) with 0 by (field; lra); rewrite tanh_0; field; lra. }
assert (h2 : 0 < / v ^ 2) by (apply Rinv_0_lt_compat, pow_lt; lra).
assert (h3 : 0 < (v - a ^ 2) * / v ^ 2) by (apply Rmult_lt_0_compat; lra).
rewrite e, (Rabs_left ((a ^ 2 - v) * / v ^ 2)) by lra.
replace (/ - ((a ^ 2 - v) * / v ^ 2) * (v - a ^ 2)) with (v ^ 2) by (field; lra).
set (A := a ^ 2) in *; clearbody A.
replace (v ^ 2 - A ^ 2) with ((v + A) * (v - A)) by ring.
rewrite Rabs_right by (apply Rle_ge, Rmult_le_pos; lra).
apply Rmult_le_compat_r; lra.
Qed.

Lemma slope_branch a v x : 0 < v -> 0 < a -> a * tanh (a * x / v) = x ->
  slope a v x = ((a ^ 2 - v) - x ^ 2) / v ^ 2.
Proof.
intros hv ha ex; unfold slope.
replace (x ^ 2) with ((a * tanh (a * x / v)) ^ 2) by (now rewrite ex); field; lra.
Qed.

Theorem susceptibility_below (a : R) (xs : R -> R) : 0 < a -> branch a xs ->
  filterlim (fun v => / Rabs (slope a v (xs v)) * (a ^ 2 - v)) (at_left (a ^ 2))
    (locally ((a ^ 2) ^ 2 / 2)).
Proof.
intros ha hx; assert (ha2 : 0 < a ^ 2) by now apply pow_lt.
apply (limit_rate_left _ _ _ (10 * a ^ 2) (/ 20 * a ^ 2)); [lra | nra |].
intros v hv; destruct (hx v ltac:(lra)) as [h1 h2].
assert (hv0 : 0 < v) by lra.
assert (hr := square_root_law a v ha hv0 (xs v) h1 h2 ltac:(lra) ltac:(lra)).
rewrite (slope_branch a v (xs v) hv0 ha h2).
set (r := xs v ^ 2 / (a ^ 2 - v)) in *; set (d := (a ^ 2 - v) / a ^ 2) in *.
assert (ed : a ^ 2 - v = a ^ 2 * d) by (unfold d; field; lra).
assert (hd : 0 < d) by (unfold d; apply Rdiv_lt_0_compat; lra).
assert (hd2 : d < / 20).
{ apply Rmult_lt_reg_l with (a ^ 2); [exact ha2 |]; rewrite <- ed; lra. }
assert (exs : xs v ^ 2 = r * (a ^ 2 - v)) by (unfold r; field; lra).
rewrite exs; apply Rabs_le_between in hr.
assert (h2v : 0 < / v ^ 2) by (apply Rinv_0_lt_compat, pow_lt; lra).
assert (hs : (a ^ 2 - v - r * (a ^ 2 - v)) / v ^ 2 < 0).
{ unfold Rdiv; assert (h3 : 0 < (r - 1) * (a ^ 2 - v)) by (apply Rmult_lt_0_compat; lra); nra. }
rewrite (Rabs_left _ hs).
set (D := a ^ 2 - v) in *; assert (hD : 0 < D) by (unfold D; lra).
replace (- ((D - r * D) / v ^ 2)) with ((r - 1) * D / v ^ 2) by (field; lra).
replace (/ ((r - 1) * D / v ^ 2) * D) with (v ^ 2 / (r - 1)) by (field; repeat split; lra).
assert (ev : v = a ^ 2 * (1 - d)) by (unfold d, D; field; lra).
rewrite ed, ev; set (A := a ^ 2) in *.
replace ((A * (1 - d)) ^ 2 / (r - 1) - A ^ 2 / 2)
  with (A ^ 2 * (2 * (1 - d) ^ 2 - (r - 1)) * / (2 * (r - 1))) by (field; lra).
assert (hir : 0 < / (2 * (r - 1)) <= / 3).
{ split; [apply Rinv_0_lt_compat; lra | apply Rinv_le_contravar; lra]. }
rewrite Rabs_mult, (Rabs_right (/ _)), Rabs_mult by lra.
rewrite (Rabs_right (A ^ 2)) by (left; now apply pow_lt).
assert (hb : Rabs (2 * (1 - d) ^ 2 - (r - 1)) <= 15 * d).
{ apply Rabs_le; split; nra. }
assert (hA2 : 0 < A ^ 2) by now apply pow_lt.
apply Rle_trans with (A ^ 2 * (15 * d) * / 3).
- apply Rmult_le_compat; try lra.
  + apply Rmult_le_pos; [lra | apply Rabs_pos].
  + apply Rmult_le_compat_l; lra.
- replace (10 * A * (A * d)) with (10 * A ^ 2 * d) by ring.
  assert (0 < A ^ 2 * d) by now apply Rmult_lt_0_compat.
  lra.
Qed.

(* ---- critical isotherm: at v = a^2 a uniform field e ---- *)
Theorem isotherm_root (a e : R) : 0 < a -> 0 < e ->
  exists x, 0 < x /\ score2 a (a ^ 2) x + e = 0 /\
    forall x', score2 a (a ^ 2) x' + e = 0 -> x' = x.
Proof.
intros ha he; assert (ha2 : 0 < a ^ 2) by now apply pow_lt.
assert (hc : forall x, continuous (fun x => score2 a (a ^ 2) x + e) x).
{ intros x; apply (ex_derive_continuous (fun x => score2 a (a ^ 2) x + e)); eexists.
  apply D_plus; [now apply jacobian_two_delta | apply D_const]. }
assert (h0 : 0 < score2 a (a ^ 2) 0 + e).
{ unfold score2; replace (a * 0 / a ^ 2) with 0 by (field; lra); rewrite tanh_0.
  replace ((a * 0 - 0) / a ^ 2) with 0 by (field; lra); lra. }
set (M := a + a ^ 2 * e).
assert (hae : 0 < a ^ 2 * e) by now apply Rmult_lt_0_compat.
assert (hM : score2 a (a ^ 2) M + e < 0).
{ unfold score2; assert (hb := tanh_bound (a * M / a ^ 2)).
  apply Rmult_lt_reg_r with (a ^ 2); [exact ha2 |].
  replace (((a * tanh (a * M / a ^ 2) - M) / a ^ 2 + e) * a ^ 2)
    with (a * tanh (a * M / a ^ 2) - M + a ^ 2 * e) by (field; lra).
  set (T := tanh (a * M / a ^ 2)) in *; clearbody T; unfold M; nra. }
destruct (ivt_down _ 0 M hc ltac:(unfold M; lra) h0 hM) as [x [hx ex]].
exists x; split; [lra | split; [exact ex |]].
(* strict decrease *)
assert (dec : forall x y, x < y -> 0 < y -> 0 <= x ->
  score2 a (a ^ 2) y < score2 a (a ^ 2) x).
{ intros z y hzy hy0 hz.
  destruct (mvt (score2 a (a ^ 2)) _ z y hzy (fun c _ => jacobian_two_delta a (a ^ 2) ha2 c))
    as [c [hc' ec]].
  assert (hcp : 0 < c) by lra.
  assert (ht := tanh_pos _ (arg_pos a (a ^ 2) ha ha2 c hcp)).
  replace (a ^ 2 / (a ^ 2) ^ 2 * (1 - tanh (a * c / a ^ 2) ^ 2) - / a ^ 2)
    with (- (tanh (a * c / a ^ 2) ^ 2 * / a ^ 2)) in ec by (field; lra).
  assert (0 < tanh (a * c / a ^ 2) ^ 2 * / a ^ 2)
    by (apply Rmult_lt_0_compat; [now apply pow_lt | now apply Rinv_0_lt_compat]).
  set (X := tanh (a * c / a ^ 2) ^ 2 * / a ^ 2) in *; clearbody X.
  assert (0 < X * (y - z)) by (apply Rmult_lt_0_compat; lra); lra. }
intros x' ex'.
assert (hx' : 0 < x').
{ apply Rnot_le_lt; intros hn.
  assert (h : 0 <= score2 a (a ^ 2) x').
  { unfold score2; apply Rmult_le_pos; [| left; now apply Rinv_0_lt_compat].
    destruct hn as [hn | ->].
    - assert (hl := tanh_lt_id (a * - x' / a ^ 2) (arg_pos a (a ^ 2) ha ha2 (- x') ltac:(lra))).
      replace (a * - x' / a ^ 2) with (- (a * x' / a ^ 2)) in hl by (field; lra).
      rewrite tanh_opp in hl.
      assert (e1 : a * (a * x' / a ^ 2) = x') by (field; lra). nra.
    - replace (a * 0 / a ^ 2) with 0 by (field; lra); rewrite tanh_0; lra. }
  lra. }
destruct (Rtotal_order x x') as [h | [h | h]]; [| now symmetry |].
- assert (k := dec x x' h hx' (Rlt_le _ _ (proj1 hx))); lra.
- assert (k := dec x' x h (proj1 hx) (Rlt_le _ _ hx')); lra.
Qed.

(* x^3/(3 a^4 e) -> 1, with a rate *)
Lemma isotherm_cubic a e x : 0 < a -> 0 < e -> 0 < x -> score2 a (a ^ 2) x + e = 0 ->
  forall eta, 0 < eta < 1 -> a * e < 5 * eta ^ 3 / 21 ->
  1 <= x ^ 3 / (3 * a ^ 4 * e) <= 1 + eta ^ 2.
Proof.
intros ha he hx ex eta heta hs; assert (ha2 : 0 < a ^ 2) by now apply pow_lt.
set (y := x / a); assert (hy : 0 < y) by now apply Rdiv_lt_0_compat.
assert (exy : x = a * y) by (unfold y; field; lra).
assert (ae : a * e = y - tanh y).
{ unfold score2 in ex; replace (a * x / a ^ 2) with y in ex by (unfold y; field; lra).
  rewrite exy in ex.
  assert (e1 : ((a * tanh y - a * y) / a ^ 2 + e) * a = tanh y - y + a * e) by (field; lra).
  rewrite ex in e1; lra. }
assert (l := tanh_gt_pade y hy); assert (u := tanh_lt_pade y hy); set (t := tanh y) in *.
(* 5 y^3 < (15 + 6 y^2) a e  and (3 + y^2) a e < y^3 *)
assert (b1 : 5 * y ^ 3 < (15 + 6 * y ^ 2) * (a * e)) by (rewrite ae; nra).
assert (b2 : (3 + y ^ 2) * (a * e) < y ^ 3) by (rewrite ae; nra).
assert (hae : 0 < a * e) by now apply Rmult_lt_0_compat.
assert (heta3 : 0 < eta ^ 3 < 1).
{ split; [apply pow_lt; lra |]; assert (eta ^ 2 < 1) by nra; nra. }
assert (hy1 : y < 1).
{ apply Rnot_le_lt; intros hn.
  assert (15 + 6 * y ^ 2 <= 21 * y ^ 2) by nra.
  assert (5 * y ^ 3 < 21 * y ^ 2 * (a * e)) by nra.
  assert (5 * y < 21 * (a * e)).
  { apply Rmult_lt_reg_l with (y ^ 2); [now apply pow_lt |]; nra. }
  lra. }
assert (hyeta : y < eta).
{ apply Rnot_le_lt; intros hn.
  assert (eta ^ 3 <= y ^ 3) by (apply pow_incr; lra).
  assert ((15 + 6 * y ^ 2) * (a * e) <= 21 * (a * e)) by (apply Rmult_le_compat_r; nra).
  lra. }
rewrite exy; replace ((a * y) ^ 3 / (3 * a ^ 4 * e)) with (y ^ 3 / (3 * (a * e))) by (field; lra).
assert (h3 : 0 < 3 * (a * e)) by lra.
split; apply Rmult_le_reg_r with (3 * (a * e)); try exact h3;
  replace (y ^ 3 / (3 * (a * e)) * (3 * (a * e))) with (y ^ 3) by (field; lra).
- nra.
- assert (y ^ 2 <= eta ^ 2) by (apply pow_incr; lra).
  assert (5 * y ^ 3 <= 5 * (3 * (a * e)) * (1 + 2 / 5 * y ^ 2)) by nra.
  nra.
Qed.

Theorem critical_isotherm (a : R) (x : R -> R) : 0 < a ->
  (forall e, 0 < e -> 0 < x e /\ score2 a (a ^ 2) (x e) + e = 0) ->
  filterlim (fun e => x e / Rpower (3 * a ^ 4 * e) (/ 3)) (at_right 0) (locally 1).
Proof.
intros ha hx; apply filterlim_locally; intros eps; assert (hp := cond_pos eps).
set (eta := Rmin (/ 2) eps).
assert (m1 := Rmin_l (/ 2) eps); assert (m2 := Rmin_r (/ 2) eps); fold eta in m1, m2.
assert (heta : 0 < eta) by (apply Rmin_pos; lra).
set (r := 5 * eta ^ 3 / 21 / a).
assert (hr : 0 < r).
{ apply Rdiv_lt_0_compat; [| exact ha]; assert (h := pow_lt eta 3 heta); lra. }
exists (mkposreal r hr); intros e hb he.
unfold ball in hb; simpl in hb; unfold AbsRing_ball, abs, minus, plus, opp in hb; simpl in hb.
apply Rabs_def2 in hb.
destruct (hx e he) as [h1 h2].
assert (hs : a * e < 5 * eta ^ 3 / 21).
{ replace (5 * eta ^ 3 / 21) with (a * r) by (unfold r; field; lra); apply Rmult_lt_compat_l; lra. }
assert (b := isotherm_cubic a e (x e) ha he h1 h2 eta ltac:(lra) hs).
assert (h3 : 0 < 3 * a ^ 4 * e).
{ apply Rmult_lt_0_compat; [| exact he]; assert (h := pow_lt a 4 ha); lra. }
set (q := x e / Rpower (3 * a ^ 4 * e) (/ 3)).
assert (hR : 0 < Rpower (3 * a ^ 4 * e) (/ 3)) by apply exp_pos.
assert (hq : 0 < q) by now apply Rdiv_lt_0_compat.
assert (eq : q ^ 3 = x e ^ 3 / (3 * a ^ 4 * e)).
{ assert (e3 : Rpower (3 * a ^ 4 * e) (/ 3) ^ 3 = 3 * a ^ 4 * e).
  { rewrite <- Rpower_pow by exact hR; rewrite Rpower_mult.
    replace (/ 3 * INR 3) with 1 by (simpl; field); now apply Rpower_1. }
  unfold q; set (R0 := Rpower (3 * a ^ 4 * e) (/ 3)) in *; clearbody R0; rewrite <- e3; field; lra. }
rewrite <- eq in b.
unfold ball; simpl; unfold AbsRing_ball, abs, minus, plus, opp; simpl.
apply Rabs_def1; [| nra].
assert (q ^ 3 <= 1 + eta ^ 2) by apply b.
assert (q <= 1 + eta ^ 2 / 3 \/ 1 + eta ^ 2 / 3 < q) as [k | k] by lra; nra.
Qed.
