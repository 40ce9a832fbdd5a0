(* claim: C2; scope: full; headline: component_marginal, score_Rd, fixed_points_Rd, fixed_points_above, fixed_points_below, jacobian_Rd, origin_stable, origin_unstable, branch_stable, ou_time *)
(* Two components +-mu of equal weight and covariance q I in R^d, X_t = alpha X_0 + sigma Z.
   Each component of X_t is normal with mean +-alpha mu and covariance v I, v = alpha^2 q + sigma^2
   (component_marginal, coordinate by coordinate).  With a = |mu|:
     the score of X_t vanishes at x exactly when x = (z/a) mu and z = alpha a tanh(alpha a z/v);
     if v >= alpha^2 a^2 the only root z is 0; if v < alpha^2 a^2 there are exactly three,
     0 and +-z*, with 0 < z* < alpha a;
     the Jacobian of the score at 0 is negative definite for v > alpha^2 a^2 and has the positive
     direction mu for v < alpha^2 a^2; at +-z* it is negative definite;
     in `ou` (alpha = e^{-t}, sigma^2 = 1 - e^{-2t}) v < alpha^2 a^2 is t < (1/2) log(1 + a^2 - q).
   Vectors are functions nat -> R of which the coordinates below d matter. *)
From Coq Require Import Reals Lra Lia List.
From Coquelicot Require Import Coquelicot.
From Infodyn Require Import Base Tilt TwoDelta Improper GaussInt Gaussian Pitchfork MixtureRd TwoDeltaEntropy
  ScheduleEntropy ExtraTools.
Open Scope R_scope.

(* ---- one coordinate of a component: N(m, q) scaled by alpha, smoothed by N(0, s2) ---- *)
Definition veff (alpha q s2 : R) : R := alpha ^ 2 * q + s2.

Lemma phi_neg v r : phi v (- r) = phi v r.
Proof. unfold phi; do 3 f_equal; ring. Qed.

Theorem component_marginal (alpha q s2 m x : R) : 0 < alpha -> 0 < q -> 0 < s2 ->
  is_IR (fun x0 => phi q (x0 - m) * phi s2 (x - alpha * x0)) (phi (veff alpha q s2) (x - alpha * m)).
Proof.
intros ha hq hs; unfold veff.
assert (hs' : 0 < s2 / alpha ^ 2) by (apply Rdiv_lt_0_compat; [exact hs | now apply pow_lt]).
set (w := s2 / alpha ^ 2) in *; set (z := x / alpha - m).
assert (hr : 0 < q * w / (q + w)) by (apply Rdiv_lt_0_compat; [now apply Rmult_lt_0_compat | lra]).
assert (h := is_IR_scal (phi (q + w) z / alpha) _ _ (IR_phi (q * w / (q + w)) (m + q * z / (q + w)) hr)).
replace (phi (alpha ^ 2 * q + s2) (x - alpha * m)) with (phi (q + w) z / alpha * 1).
- refine (is_IR_ext _ _ _ _ h); intros x0; cbv beta.
  assert (e := bayes_gauss q w z (x0 - m) hq hs').
  replace (z - (x0 - m)) with (x / alpha - x0) in e by (unfold z; ring).
  replace (x - alpha * x0) with (alpha * (x / alpha - x0)) by (field; lra).
  replace s2 with (alpha ^ 2 * w) by (unfold w; field; lra).
  rewrite (phi_scale alpha w _ ha hs').
  replace (x0 - (m + q * z / (q + w))) with (x0 - m - q * z / (q + w)) by ring.
  transitivity (phi q (x0 - m) * phi w (x / alpha - x0) / alpha); [rewrite e; field; lra | field; lra].
- replace (alpha ^ 2 * q + s2) with (alpha ^ 2 * (q + w)) by (unfold w; field; lra).
  replace (x - alpha * m) with (alpha * z) by (unfold z; field; lra).
  rewrite phi_scale by lra; field; lra.
Qed.

(* ---- the two components in R^d ---- *)
Section Rd.
Variables (d : nat) (m : vec) (v : R).
Hypothesis hv : 0 < v.

Definition pm (m : vec) (b : bool) : vec := fun k => if b then m k else - m k.
Definition score_pm (d : nat) (m : vec) (v : R) (x : vec) : vec := score d l2 w2 (pm m) v x.
Definition norm (m : vec) : R := sqrt (dot d m m).

Lemma norm_sq : norm m ^ 2 = dot d m m.
Proof. unfold norm; rewrite <- Rsqr_pow2; apply Rsqr_sqrt, dot_nonneg. Qed.

Lemma phid_pm x b :
  phid d v (vsub x (pm m b)) =
  exp (- (dot d x x + dot d m m) / (2 * v)) / sqrt (2 * PI * v) ^ d
  * exp ((if b then 1 else -1) * (dot d m x / v)).
Proof.
unfold phid.
assert (e : dot d (vsub x (pm m b)) (vsub x (pm m b))
  = dot d x x - 2 * (if b then 1 else -1) * dot d x m + dot d m m).
{ transitivity (1 ^ 2 * dot d x x - 2 * 1 * (if b then 1 else -1) * dot d x m
    + (if b then 1 else -1) ^ 2 * dot d m m); [| destruct b; ring].
  rewrite <- dot_comb; unfold dot, vsub, pm; apply Sl_ext; intros; destruct b; ring. }
rewrite e, (dot_sym d x m).
replace (- (dot d x x - 2 * (if b then 1 else -1) * dot d m x + dot d m m) / (2 * v))
  with (- (dot d x x + dot d m m) / (2 * v) + (if b then 1 else -1) * (dot d m x / v))
  by (destruct b; field; lra).
rewrite exp_plus; unfold Rdiv; ring.
Qed.

Theorem score_Rd x k : score_pm d m v x k = (tanh (dot d m x / v) * m k - x k) / v.
Proof.
unfold score_pm, score, mean, E, Ex, fi, l2, w2; cbn [Sl].
rewrite !phid_pm; unfold pm.
set (c := exp (- (dot d x x + dot d m m) / (2 * v)) / sqrt (2 * PI * v) ^ d).
assert (hc : 0 < c).
{ apply Rdiv_lt_0_compat; [apply exp_pos | now apply pow_lt, sqrt_lt_R0, two_pi_v_pos]. }
unfold tanh, sinh, cosh; set (z := dot d m x / v).
replace (1 * z) with z by ring; replace (-1 * z) with (- z) by ring.
assert (h1 := exp_pos z); assert (h2 := exp_pos (- z)).
field; repeat split; try lra.
assert (0 < c * exp z) by nra; assert (0 < c * exp (- z)) by nra; lra.
Qed.

(* the zeros of the score lie on the line of m, at the roots of z = a tanh(a z/v), a = |m| *)
Theorem fixed_points_Rd x : 0 < dot d m m ->
  ((forall k, (k < d)%nat -> score_pm d m v x k = 0) <->
   exists z, fixpt (norm m) v z /\ forall k, (k < d)%nat -> x k = z / norm m * m k).
Proof.
intros hm; assert (ha : 0 < norm m) by (now apply sqrt_lt_R0); assert (ha2 := norm_sq).
split.
- intros h.
  assert (e : forall k, (k < d)%nat -> x k = tanh (dot d m x / v) * m k).
  { intros k hk; assert (e := h k hk); rewrite score_Rd in e.
    assert (e' : (tanh (dot d m x / v) * m k - x k) / v * v = tanh (dot d m x / v) * m k - x k)
      by (field; lra).
    rewrite e in e'; lra. }
  assert (e1 : dot d m x = tanh (dot d m x / v) * norm m ^ 2).
  { set (T := tanh (dot d m x / v)) in *.
    rewrite (dot_sym d m x), (dot_ext d x (fun k => T * m k) m e), dot_scal_l, ha2; reflexivity. }
  exists (norm m * tanh (dot d m x / v)); split.
  + unfold fixpt; do 2 f_equal; rewrite e1 at 2; unfold Rdiv; ring.
  + intros k hk; rewrite (e k hk) at 1; field; lra.
- intros [z [hz hx]] k hk; rewrite score_Rd.
  assert (e1 : dot d m x = norm m * z).
  { rewrite (dot_sym d m x), (dot_ext d x (fun k => z / norm m * m k) m hx), dot_scal_l, <- ha2.
    field; lra. }
  rewrite e1, (hx k hk); unfold fixpt in hz; rewrite <- hz at 2; field; lra.
Qed.

(* the Jacobian of the score *)
Definition jac_pm (d : nat) (m : vec) (v : R) (x u : vec) : vec := fun k =>
  (m k * dot d m u * (1 - tanh (dot d m x / v) ^ 2) / v - u k) / v.

Theorem jacobian_Rd x u k : is_dir (fun x => score_pm d m v x k) x u (jac_pm d m v x u k).
Proof.
unfold is_dir.
apply is_derive_ext with
  (fun t => (tanh (dot d m (fun j => x j + t * u j) / v) * m k - (x k + t * u k)) / v).
{ intros t; symmetry; apply score_Rd. }
assert (h := dot_line_lin d m x u); unfold is_dir in h.
assert (h1 : is_derive (fun t => tanh (dot d m (fun j => x j + t * u j) / v)) 0
  (dot d m u / v * (1 - tanh (dot d m x / v) ^ 2))).
{ eapply D_val.
  - apply (D_comp tanh (fun t => dot d m (fun j => x j + t * u j) / v)); [apply is_derive_tanh |].
    apply (D_div _ (fun _ => v)); [lra | exact h | apply D_const].
  - cbv beta; rewrite line_0; field; lra. }
eapply D_val.
- apply (D_div _ (fun _ => v)); [lra | | apply D_const].
  apply D_minus; [apply D_mult; [exact h1 | apply D_const] |].
  apply D_plus; [apply D_const |]; apply D_mult; [apply D_id | apply D_const].
- cbv beta; rewrite line_0; unfold jac_pm; field; lra.
Qed.

Lemma jac_form x u :
  dot d (jac_pm d m v x u) u = (dot d m u ^ 2 * (1 - tanh (dot d m x / v) ^ 2) / v - dot d u u) / v.
Proof.
rewrite (dot_ext d _ (fun k => / v * (dot d m u * (1 - tanh (dot d m x / v) ^ 2) / v * m k - 1 * u k)) u)
  by (intros; unfold jac_pm; field; lra).
rewrite dot_scal_l.
assert (e : forall c, dot d (fun k => c * m k - 1 * u k) u = c * dot d m u - dot d u u).
{ intros c; unfold dot; induction (seq 0 d) as [| j s IH]; simpl in *; [ring | rewrite IH; ring]. }
rewrite e; field; lra.
Qed.

Lemma form_neg x u S : S = 1 - tanh (dot d m x / v) ^ 2 -> 0 < S -> norm m ^ 2 * S < v ->
  0 < dot d u u -> dot d (jac_pm d m v x u) u < 0.
Proof.
intros eS hS h hu; rewrite jac_form, <- eS; assert (cs := cauchy_schwarz d m u).
rewrite norm_sq in h.
assert (h1 : dot d m u ^ 2 * S <= dot d m m * dot d u u * S) by (apply Rmult_le_compat_r; lra).
assert (h2 : dot d m m * S * dot d u u < v * dot d u u) by (apply Rmult_lt_compat_r; lra).
apply Rmult_lt_reg_r with (v ^ 2); [now apply pow_lt |].
replace ((dot d m u ^ 2 * S / v - dot d u u) / v * v ^ 2) with (dot d m u ^ 2 * S - v * dot d u u)
  by (field; lra).
lra.
Qed.

(* above the critical noise the origin is stable in every direction *)
Theorem origin_stable u : norm m ^ 2 < v -> 0 < dot d u u ->
  dot d (jac_pm d m v (fun _ => 0) u) u < 0.
Proof.
intros h hu.
assert (e : dot d m (fun _ => 0) / v = 0).
{ unfold dot; rewrite (Sl_ext _ _ (fun _ => 0)) by (intros; ring); rewrite Sl_0; field; lra. }
apply (form_neg _ u 1); try lra; rewrite e, tanh_0; ring.
Qed.

(* below it the direction of m is unstable *)
Theorem origin_unstable : v < norm m ^ 2 -> 0 < dot d (jac_pm d m v (fun _ => 0) m) m.
Proof.
intros h; rewrite jac_form.
assert (e : dot d m (fun _ => 0) / v = 0).
{ unfold dot; rewrite (Sl_ext _ _ (fun _ => 0)) by (intros; ring); rewrite Sl_0; field; lra. }
rewrite e, tanh_0, <- norm_sq; set (A := norm m ^ 2) in *.
replace ((A ^ 2 * (1 - 0 ^ 2) / v - A) / v) with (A * (A - v) * / v ^ 2) by (field; lra).
apply Rmult_lt_0_compat; [apply Rmult_lt_0_compat; lra | now apply Rinv_0_lt_compat, pow_lt].
Qed.

(* the nonzero fixed points are stable in every direction *)
Theorem branch_stable z u : 0 < norm m -> z <> 0 -> fixpt (norm m) v z -> 0 < dot d u u ->
  dot d (jac_pm d m v (fun k => z / norm m * m k) u) u < 0.
Proof.
intros ha hz ez hu.
set (T := tanh (norm m * z / v)).
assert (e : dot d m (fun k => z / norm m * m k) / v = norm m * z / v).
{ rewrite dot_sym, dot_scal_l, <- norm_sq; field; lra. }
assert (hT := one_minus_tanh2_pos (norm m * z / v)).
assert (key : forall y, 0 < y -> fixpt (norm m) v y -> norm m ^ 2 * (1 - tanh (norm m * y / v) ^ 2) < v).
{ intros y hy ey; assert (h := slope_at_root (norm m) v ha hv y hy ey).
  rewrite (is_derive_unique _ _ _ (jacobian_two_delta (norm m) v hv y)) in h.
  set (S := 1 - tanh (norm m * y / v) ^ 2) in *.
  apply Rmult_lt_reg_r with (/ v ^ 2); [now apply Rinv_0_lt_compat, pow_lt |].
  replace (v * / v ^ 2) with (/ v) by (field; lra).
  replace (norm m ^ 2 * S * / v ^ 2) with (norm m ^ 2 / v ^ 2 * S) by (field; lra); lra. }
apply (form_neg _ u (1 - T ^ 2)).
- unfold T; now rewrite e.
- exact hT.
- destruct (Rdichotomy _ _ hz) as [h | h].
  + assert (k := key (- z) ltac:(lra) (fixpt_opp _ _ _ ez)).
    replace (norm m * - z / v) with (- (norm m * z / v)) in k by (field; lra).
    rewrite tanh_opp in k; unfold T; nra.
  + exact (key z h ez).
- exact hu.
Qed.
End Rd.

(* ---- the roots themselves, b = alpha a ---- *)
Theorem fixed_points_above (alpha a v : R) : 0 < alpha * a -> 0 < v -> alpha ^ 2 * a ^ 2 <= v ->
  forall x, alpha * a * tanh (alpha * a * x / v) = x <-> x = 0.
Proof. intros ha hv h; apply (pitchfork_above (alpha * a) v ha hv); nra. Qed.

Theorem fixed_points_below (alpha a v : R) : 0 < alpha * a -> 0 < v -> v < alpha ^ 2 * a ^ 2 ->
  exists xs, 0 < xs < alpha * a /\
    forall x, alpha * a * tanh (alpha * a * x / v) = x <-> (x = 0 \/ x = xs \/ x = - xs).
Proof. intros ha hv h; apply (pitchfork_below (alpha * a) v ha hv); nra. Qed.

(* ---- the time of the pitchfork in `ou` ---- *)
Theorem ou_time (a q t : R) : 0 <= q -> q < a ^ 2 ->
  let alpha := exp (- t) in let s2 := 1 - exp (- 2 * t) in
  (veff alpha q s2 < alpha ^ 2 * a ^ 2 <-> t < / 2 * ln (1 + a ^ 2 - q)) /\
  (veff alpha q s2 = alpha ^ 2 * a ^ 2 <-> t = / 2 * ln (1 + a ^ 2 - q)).
Proof.
intros hq h; cbv zeta; unfold veff.
assert (e2 : exp (- t) ^ 2 = exp (- 2 * t)).
{ replace (- 2 * t) with (- t + - t) by ring; rewrite exp_plus; ring. }
rewrite e2; set (E := exp (- 2 * t)); assert (hE : 0 < E) by apply exp_pos.
assert (eE : E * exp (2 * t) = 1).
{ unfold E; rewrite <- exp_plus; replace (- 2 * t + 2 * t) with 0 by ring; apply exp_0. }
set (F := exp (2 * t)) in *; assert (hF : 0 < F) by apply exp_pos.
assert (hl : F = 1 + a ^ 2 - q <-> t = / 2 * ln (1 + a ^ 2 - q)).
{ split; intros e; [rewrite <- e; unfold F; rewrite ln_exp; lra |].
  unfold F; rewrite e; replace (2 * (/ 2 * ln (1 + a ^ 2 - q))) with (ln (1 + a ^ 2 - q)) by field.
  apply exp_ln; lra. }
assert (hl' : F < 1 + a ^ 2 - q <-> t < / 2 * ln (1 + a ^ 2 - q)).
{ split; intros e.
  - apply ln_increasing in e; [| exact hF]; unfold F in e; rewrite ln_exp in e; lra.
  - unfold F; rewrite <- (exp_ln (1 + a ^ 2 - q)) by lra; apply exp_increasing; lra. }
rewrite <- hl, <- hl'; split; split; intros k; nra.
Qed.
