(* claim: E3; scope: full; headline: free_energy_is_log_density, free_energy_slope, free_energy_curvature, stationary_points, minima_above, minima_below *)
(* Two symmetric components +-a of equal weight; b = alpha a, v the variance of a component of X_t, k = b^2/v.
     free_energy_is_log_density : F(m) = k m^2/2 - log cosh(k m) equals -log p_t(b m) up to a constant;
     free_energy_slope          : F'(m) = k (m - tanh(k m));
     free_energy_curvature      : F''(m) = -b^2 s'(b m), s' the slope of the score;
     stationary_points          : F'(m) = 0 iff m = tanh(k m) (Curie-Weiss at inverse temperature k) iff b m is a
                                  fixed point of C2;
     minima_above               : for k <= 1 the only stationary point is 0, and F(m) > F(0) elsewhere;
     minima_below               : for k > 1 the stationary points are 0 and +-m_s; 0 is a strict local maximum of F
                                  with F'' < 0, and +-m_s are strict local minima with F'' > 0, where the
                                  score is stable. *)
From Coq Require Import Reals Lra.
From Coquelicot Require Import Coquelicot.
From Infodyn Require Import Base TwoDelta Pitchfork ExtraTools C4_Exponents.
Open Scope R_scope.

Definition F (k m : R) : R := k * m ^ 2 / 2 - ln (cosh (k * m)).
Definition F1 (k m : R) : R := k * (m - tanh (k * m)).
Definition F2 (k m : R) : R := k * (1 - k * (1 - tanh (k * m) ^ 2)).

Theorem free_energy_is_log_density (b v m : R) : 0 < v ->
  F (b ^ 2 / v) m = - ln (p2 b v (b * m)) + ln (p2 b v 0).
Proof.
intros hv; assert (h := barrier_form b v (b * m) hv); unfold barrier_height in h; unfold F.
replace (b ^ 2 / v * m) with (b * (b * m) / v) by (field; lra).
replace (b ^ 2 / v * m ^ 2 / 2) with ((b * m) ^ 2 / (2 * v)) by (field; lra); lra.
Qed.

Theorem free_energy_slope k m : is_derive (F k) m (F1 k m) /\ is_derive (F1 k) m (F2 k m).
Proof.
split; unfold F, F1, F2.
- assert (h := cosh_pos (k * m)); auto_derive; [lra |]; unfold tanh; field; lra.
- auto_derive; [trivial | simpl; ring].
Qed.

Theorem free_energy_curvature b v m : 0 < v ->
  F2 (b ^ 2 / v) m = - b ^ 2 * Derive (score2 b v) (b * m).
Proof.
intros hv; rewrite (is_derive_unique _ _ _ (jacobian_two_delta b v hv (b * m))); unfold F2.
replace (b ^ 2 / v * m) with (b * (b * m) / v) by (field; lra); field; lra.
Qed.

Theorem stationary_points b v m : 0 < b -> 0 < v ->
  (F1 (b ^ 2 / v) m = 0 <-> m = tanh (b ^ 2 / v * m)) /\
  (m = tanh (b ^ 2 / v * m) <-> b * tanh (b * (b * m) / v) = b * m).
Proof.
intros hb hv; assert (hk : 0 < b ^ 2 / v) by (apply Rdiv_lt_0_compat; [now apply pow_lt | exact hv]).
replace (b * (b * m) / v) with (b ^ 2 / v * m) by (field; lra).
set (k := b ^ 2 / v) in *; unfold F1; repeat split; intros h.
- destruct (Rmult_integral _ _ h); lra.
- rewrite <- h; ring.
- now rewrite <- h.
- apply Rmult_eq_reg_l with b; [now symmetry | lra].
Qed.

Lemma F_even k m : F k (- m) = F k m.
Proof.
unfold F; replace (k * - m) with (- (k * m)) by ring.
unfold cosh; rewrite Ropp_involutive, (Rplus_comm (exp (- _))); unfold Rdiv; ring.
Qed.

Lemma F0 k : F k 0 = 0.
Proof. unfold F; rewrite Rmult_0_r, cosh_0, ln_1; unfold Rdiv; ring. Qed.

Theorem minima_above k : 0 < k <= 1 ->
  (forall m, F1 k m = 0 <-> m = 0) /\ (forall m, m <> 0 -> F k 0 < F k m).
Proof.
intros hk.
assert (pos : forall m, 0 < m -> 0 < F1 k m).
{ intros m hm; unfold F1; assert (h := tanh_lt_id (k * m) ltac:(now apply Rmult_lt_0_compat)).
  apply Rmult_lt_0_compat; nra. }
assert (neg : forall m, F1 k (- m) = - F1 k m).
{ intros m; unfold F1; replace (k * - m) with (- (k * m)) by ring; rewrite tanh_opp; ring. }
assert (up : forall m, 0 < m -> F k 0 < F k m).
{ intros m hm; destruct (mvt (F k) (F1 k) 0 m hm) as [c [hc ec]].
  - intros x _; apply free_energy_slope.
  - assert (h := pos c ltac:(lra)); nra. }
split.
- intros m; split; [| intros ->; unfold F1; rewrite Rmult_0_r, tanh_0; ring].
  intros h; destruct (Rtotal_order m 0) as [o | [o | o]]; [exfalso | exact o | exfalso].
  + assert (h1 := pos (- m) ltac:(lra)); rewrite neg in h1; lra.
  + assert (h1 := pos m o); lra.
- intros m hm; destruct (Rdichotomy _ _ hm) as [o | o]; [| now apply up].
  rewrite <- (F_even k m); apply up; lra.
Qed.

(* strict local minimum: a mode of the opposite *)
Definition is_strict_min (f : R -> R) (x : R) : Prop := is_mode (fun y => - f y) x.

(* a zero of a differentiable function with a continuous derivative of known sign is crossed *)
Lemma second_order (f f1 f2 : R -> R) x : (forall y, is_derive f y (f1 y)) ->
  (forall y, is_derive f1 y (f2 y)) -> (forall y, continuous f2 y) -> f1 x = 0 -> f2 x < 0 -> is_mode f x.
Proof.
intros h1 h2 hc hz hn; assert (c := hc x).
assert (hn' : 0 < - f2 x) by lra.
apply filterlim_locally with (eps := mkposreal _ hn') in c; destruct c as [del hdel].
assert (hneg : forall y, Rabs (y - x) < del -> f2 y < 0).
{ intros y hy; specialize (hdel y hy); unfold ball in hdel; simpl in hdel;
    unfold AbsRing_ball, abs, minus, plus, opp in hdel; simpl in hdel; apply Rabs_def2 in hdel; lra. }
apply (mode_of_sign f f1 x del (cond_pos del) h1); intros y hy.
- destruct (mvt f1 f2 y x ltac:(lra) (fun z _ => h2 z)) as [z [hz' ez]].
  assert (k := hneg z ltac:(rewrite Rabs_left; lra)); nra.
- destruct (mvt f1 f2 x y ltac:(lra) (fun z _ => h2 z)) as [z [hz' ez]].
  assert (k := hneg z ltac:(rewrite Rabs_right; lra)); nra.
Qed.

Lemma F2_cont k m : continuous (F2 k) m.
Proof. apply (ex_derive_continuous (F2 k)); unfold F2; auto_derive; trivial. Qed.

Theorem minima_below b v : 0 < b -> 0 < v -> 1 < b ^ 2 / v -> let k := b ^ 2 / v in
  exists ms, 0 < ms < 1 /\ (forall m, F1 k m = 0 <-> (m = 0 \/ m = ms \/ m = - ms)) /\
    F2 k 0 < 0 /\ is_mode (F k) 0 /\
    (forall m, m = ms \/ m = - ms ->
       0 < F2 k m /\ is_strict_min (F k) m /\ Derive (score2 b v) (b * m) < 0).
Proof.
intros hb hv hk k.
assert (h : v < b ^ 2).
{ apply Rmult_lt_compat_r with (r := v) in hk; [| exact hv].
  unfold Rdiv in hk; rewrite Rmult_assoc, Rinv_l in hk; lra. }
destruct (pitchfork_below b v hb hv h) as [xs [hxs hfix]].
assert (st : forall m, F1 k m = 0 <-> fixpt b v (b * m)).
{ intros m; destruct (stationary_points b v m hb hv) as [e1 e2]; fold k in e1, e2.
  unfold fixpt; rewrite e1, e2; reflexivity. }
assert (exs : xs = b * (xs / b)) by (field; lra).
assert (hF2 : F2 k 0 < 0) by (unfold F2; rewrite Rmult_0_r, tanh_0; fold k in hk; nra).
assert (F10 : F1 k 0 = 0) by (unfold F1; rewrite Rmult_0_r, tanh_0; ring).
exists (xs / b); split; [| split; [| split; [exact hF2 | split]]].
- split; [now apply Rdiv_lt_0_compat |].
  apply Rmult_lt_reg_r with b; [exact hb |]; unfold Rdiv; rewrite Rmult_assoc, Rinv_l; lra.
- intros m; rewrite st, hfix; split.
  + intros [e | [e | e]]; [left | right; left | right; right]; apply Rmult_eq_reg_l with b; lra.
  + intros [-> | [-> | ->]]; [left; ring | right; left; lra | right; right; lra].
- apply (second_order (F k) (F1 k) (F2 k) 0); try exact F10; try exact hF2;
    try apply F2_cont; intros; apply free_energy_slope.
- assert (fx : fixpt b v xs) by (apply hfix; right; now left).
  assert (dneg : forall m, m = xs / b \/ m = - (xs / b) -> Derive (score2 b v) (b * m) < 0).
  { intros m [-> | ->].
    - rewrite <- exs; apply slope_at_root; tauto.
    - assert (k1 := slope_at_root b v hb hv xs (proj1 hxs) fx).
      rewrite (is_derive_unique _ _ _ (jacobian_two_delta b v hv xs)) in k1.
      rewrite (is_derive_unique _ _ _ (jacobian_two_delta b v hv (b * - (xs / b)))).
      replace (b * (b * - (xs / b)) / v) with (- (b * xs / v)) by (field; lra).
      rewrite tanh_opp; replace ((- tanh (b * xs / v)) ^ 2) with (tanh (b * xs / v) ^ 2) by ring; exact k1. }
  intros m hm; assert (dn := dneg m hm).
  assert (pos : 0 < F2 k m).
  { unfold k; rewrite free_energy_curvature by exact hv.
    assert (hb2 := pow_lt b 2 hb); set (s := Derive _ _) in *; clearbody s; nra. }
  split; [exact pos | split; [| exact dn]].
  assert (z : F1 k m = 0).
  { apply st, hfix; destruct hm as [-> | ->]; [right; left | right; right]; lra. }
  apply (second_order (fun y => - F k y) (fun y => - F1 k y) (fun y => - F2 k y) m).
  + intros y; apply D_opp; apply free_energy_slope.
  + intros y; apply D_opp; apply free_energy_slope.
  + intros y; apply (continuous_opp (F2 k) y), F2_cont.
  + lra.
  + lra.
Qed.
