(* claim: D5; scope: algebraic core; headline: log_odds, log_odds_weights, innovation, innovation_covariance *)
(* Two symmetric atoms +-a, X_t = alpha X_0 + sigma Z, k = alpha^2 a^2/sigma^2, u = alpha a X_t/sigma^2.
     log_odds         : the posterior log-odds are log(pi/(1-pi)) = 2u;
     log_odds_weights : weights w, 1-w add log(w/(1-w));
     innovation       : on X_t = alpha a y + sigma z, y = +-1, u = y k + sqrt k z: mean y k, variance k;
     innovation_covariance : for s < t (so k_s > k_t) write X_s = alpha_s a y + sigma_s z_s and
       X_t = c X_s + sqrt r z, c = alpha_t/alpha_s, r = sigma_t^2 - c^2 sigma_s^2; then
       u_t - y k_t = (k_t/k_s)(u_s - y k_s) + (alpha_t a/sigma_t^2) sqrt r z, so the covariance of the two
       noises is (k_t/k_s) k_s = k_t = min(k_s, k_t), that of Brownian motion in the clock k, and
       (k_t/k_s)^2 k_s + (alpha_t a/sigma_t^2)^2 r = k_t.
   Not proved: that a Gaussian process with this mean and covariance is Y k + W_k as a law on paths. *)
From Coq Require Import Reals Lra.
From Coquelicot Require Import Coquelicot.
From Infodyn Require Import Base TwoDelta.
Open Scope R_scope.

Definition snr (alpha s2 a : R) : R := alpha ^ 2 * a ^ 2 / s2.
Definition u_of (alpha s2 a x : R) : R := alpha * a * x / s2.

Theorem log_odds (alpha s2 a x : R) : 0 < s2 ->
  ln (q2 (alpha * a) s2 x / (1 - q2 (alpha * a) s2 x)) = 2 * u_of alpha s2 a x.
Proof.
intros hs; rewrite q2_tanh by exact hs; fold (u_of alpha s2 a x); set (u := u_of alpha s2 a x).
assert (h1 := exp_pos u).
replace (/ 2 * (1 + tanh u) / (1 - / 2 * (1 + tanh u))) with (exp u * exp u).
- rewrite <- exp_plus, ln_exp; ring.
- unfold tanh, sinh, cosh; rewrite exp_Ropp; set (A := exp u) in *; clearbody A.
  field; repeat split; nra.
Qed.

Theorem log_odds_weights (w alpha s2 a x : R) : 0 < w < 1 -> 0 < s2 ->
  let f y pr := pr * phi s2 (x - y * alpha * a) in
  ln (f 1 w / f (-1) (1 - w)) = 2 * u_of alpha s2 a x + ln (w / (1 - w)).
Proof.
intros hw hs f; unfold f.
assert (e : phi s2 (x - 1 * alpha * a) = phi s2 (x - -1 * alpha * a) * exp (2 * u_of alpha s2 a x)).
{ unfold phi, u_of.
  replace (- (x - 1 * alpha * a) ^ 2 / (2 * s2))
    with (- (x - -1 * alpha * a) ^ 2 / (2 * s2) + 2 * (alpha * a * x / s2)) by (field; lra).
  rewrite exp_plus; unfold Rdiv; ring. }
assert (hp := phi_pos s2 (x - -1 * alpha * a) hs); rewrite e.
set (P := phi s2 (x - -1 * alpha * a)) in *; clearbody P.
assert (hE := exp_pos (2 * u_of alpha s2 a x)).
replace (w * (P * exp (2 * u_of alpha s2 a x)) / ((1 - w) * P))
  with (exp (2 * u_of alpha s2 a x) * (w / (1 - w))) by (field; lra).
assert (hw' : 0 < w / (1 - w)) by (apply Rdiv_lt_0_compat; lra).
rewrite (ln_mult _ _ hE hw'), ln_exp; reflexivity.
Qed.

Theorem innovation (alpha sigma a y z : R) : 0 < alpha -> 0 < sigma -> 0 < a ->
  u_of alpha (sigma ^ 2) a (alpha * a * y + sigma * z)
  = y * snr alpha (sigma ^ 2) a + sqrt (snr alpha (sigma ^ 2) a) * z.
Proof.
intros h1 h2 h3; unfold snr, u_of.
assert (e : sqrt (alpha ^ 2 * a ^ 2 / sigma ^ 2) = alpha * a / sigma).
{ replace (alpha ^ 2 * a ^ 2 / sigma ^ 2) with ((alpha * a / sigma) ^ 2) by (field; lra).
  apply sqrt_pow2; left; apply Rdiv_lt_0_compat; [now apply Rmult_lt_0_compat | exact h2]. }
rewrite e; field; lra.
Qed.

Theorem innovation_covariance (a_s s_s a_t s_t a y zs z : R) :
  0 < a_s -> 0 < a_t -> 0 < s_s -> 0 < s_t -> 0 < a -> (a_t / a_s) ^ 2 * s_s ^ 2 < s_t ^ 2 ->
  let c := a_t / a_s in let r := s_t ^ 2 - c ^ 2 * s_s ^ 2 in
  let ks := snr a_s (s_s ^ 2) a in let kt := snr a_t (s_t ^ 2) a in
  let xs := a_s * a * y + s_s * zs in let xt := c * xs + sqrt r * z in
  u_of a_t (s_t ^ 2) a xt - y * kt =
    kt / ks * (u_of a_s (s_s ^ 2) a xs - y * ks) + a_t * a / s_t ^ 2 * sqrt r * z /\
  kt / ks * ks = kt /\ kt < ks /\
  (kt / ks) ^ 2 * ks + (a_t * a / s_t ^ 2) ^ 2 * r = kt.
Proof.
intros h1 h2 h3 h4 h5 h6 c r ks kt xs xt.
assert (hks : 0 < ks).
{ apply Rdiv_lt_0_compat; [apply Rmult_lt_0_compat; now apply pow_lt | now apply pow_lt]. }
split; [| split; [field; lra | split]].
- unfold xt, xs, kt, ks, u_of, snr, c; generalize (sqrt r); intros R0; field; repeat split; lra.
- unfold kt, ks, snr; apply Rmult_lt_reg_r with (s_t ^ 2); [now apply pow_lt |].
  replace (a_t ^ 2 * a ^ 2 / s_t ^ 2 * s_t ^ 2) with (a_t ^ 2 * a ^ 2) by (field; lra).
  replace (a_t ^ 2 * a ^ 2) with (a_s ^ 2 * a ^ 2 / s_s ^ 2 * ((a_t / a_s) ^ 2 * s_s ^ 2)) by (field; lra).
  apply Rmult_lt_compat_l; [exact hks | exact h6].
- unfold r, kt, ks, snr, c; field; repeat split; lra.
Qed.
