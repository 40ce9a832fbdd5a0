(* claim: C3; scope: full; headline: marginal_curvature, reverse_curvature, flow_curvature, energies_agree, vp_reverse_critical, vp_flow_unstable, vp_flow_jacobian, vp_flow_critical *)
(* Two components +-a of equal weight and variance q, X_t = alpha X_0 + sigma Z, along the axis of the
   components; b = alpha a, v = alpha^2 q + sigma^2, score s(x) = (b tanh(b x/v) - x)/v.  Three energies,
   their forces (minus the gradients) and the slopes of the forces at x = 0:
     marginal      -log p                      s(x)                    b^2/v^2 - 1/v
     reverse SDE   f x^2/2 - g^2 log p         -f x + g^2 s(x)         -f + g^2 (b^2/v^2 - 1/v)
     flow          f x^2/2 - (g^2/2) log p     -f x + (g^2/2) s(x)     -f + (g^2/2) (b^2/v^2 - 1/v)
   With f = 0 the three vanish together, at v = b^2.  For VP (alpha^2 + sigma^2 = 1, f = -beta/2,
   g^2 = beta > 0): two atoms +-1 give the reverse SDE critical exactly at alpha^2 = sqrt 2 - 1; the flow's
   slope is (g^2/2) alpha^4/sigma^4, and (g^2/2) alpha^4 a^4/v^2 whenever a^2 + q = 1, positive; for
   a^2 + q < 1 it vanishes exactly at alpha^2 = (1-q-a^2)/(1-q)^2. *)
From Coq Require Import Reals Lra.
From Coquelicot Require Import Coquelicot.
From Infodyn Require Import Base TwoDelta.
Open Scope R_scope.

Definition slope0 (b v : R) : R := b ^ 2 / v ^ 2 - / v.
Definition reverse_energy (f g2 b v x : R) : R := f * x ^ 2 / 2 - g2 * ln (p2 b v x).
Definition flow_energy (f g2 b v x : R) : R := f * x ^ 2 / 2 - g2 / 2 * ln (p2 b v x).
Definition reverse_force (f g2 b v x : R) : R := - f * x + g2 * score2 b v x.
Definition flow_force (f g2 b v x : R) : R := - f * x + g2 / 2 * score2 b v x.

Section Energies.
Variables (f g2 b v : R).
Hypothesis hv : 0 < v.

Lemma score2_slope0 : is_derive (score2 b v) 0 (slope0 b v).
Proof.
eapply D_val; [now apply jacobian_two_delta |].
replace (b * 0 / v) with 0 by (field; lra); rewrite tanh_0; unfold slope0; field; lra.
Qed.

Theorem marginal_curvature :
  (forall x, is_derive (fun x => - ln (p2 b v x)) x (- score2 b v x)) /\
  is_derive (score2 b v) 0 (slope0 b v).
Proof.
split; [| exact score2_slope0].
intros x; apply D_opp; now apply score_two_delta.
Qed.

Theorem reverse_curvature :
  (forall x, is_derive (reverse_energy f g2 b v) x (- reverse_force f g2 b v x)) /\
  is_derive (reverse_force f g2 b v) 0 (- f + g2 * slope0 b v).
Proof.
split.
- intros x; unfold reverse_energy; eapply D_val.
  + apply D_minus; [| apply D_scal; now apply score_two_delta].
    auto_derive; [trivial | reflexivity].
  + unfold reverse_force, score2; field; lra.
- unfold reverse_force; apply D_plus; [auto_derive; [trivial | ring] |].
  apply D_scal, score2_slope0.
Qed.

Theorem flow_curvature :
  (forall x, is_derive (flow_energy f g2 b v) x (- flow_force f g2 b v x)) /\
  is_derive (flow_force f g2 b v) 0 (- f + g2 / 2 * slope0 b v).
Proof.
split.
- intros x; unfold flow_energy; eapply D_val.
  + apply D_minus; [| apply D_scal; now apply score_two_delta].
    auto_derive; [trivial | reflexivity].
  + unfold flow_force, score2; field; lra.
- unfold flow_force; apply D_plus; [auto_derive; [trivial | ring] |].
  apply D_scal, score2_slope0.
Qed.

Lemma slope0_zero : slope0 b v = 0 <-> v = b ^ 2.
Proof.
unfold slope0; replace (b ^ 2 / v ^ 2 - / v) with ((b ^ 2 - v) * / v ^ 2) by (field; lra).
assert (h : 0 < / v ^ 2) by (apply Rinv_0_lt_compat, pow_lt, hv).
split; [intros e; destruct (Rmult_integral _ _ e); lra | intros ->; ring].
Qed.

(* without drift the three criteria are one *)
Theorem energies_agree : 0 < g2 -> f = 0 ->
  (slope0 b v = 0 <-> v = b ^ 2) /\
  (- f + g2 * slope0 b v = 0 <-> v = b ^ 2) /\
  (- f + g2 / 2 * slope0 b v = 0 <-> v = b ^ 2).
Proof. intros hg ->; rewrite <- slope0_zero; repeat split; intros h; nra. Qed.
End Energies.

(* ---- VP: alpha^2 = A, sigma^2 = 1 - A, f = - beta/2, g^2 = beta ---- *)
Theorem vp_reverse_critical (beta alpha : R) : 0 < beta -> 0 < alpha ^ 2 < 1 ->
  (- (- beta / 2) + beta * slope0 (alpha * 1) (1 - alpha ^ 2) = 0 <-> alpha ^ 2 = sqrt 2 - 1).
Proof.
intros hb hA; unfold slope0; replace ((alpha * 1) ^ 2) with (alpha ^ 2) by ring.
set (A := alpha ^ 2) in *; clearbody A.
replace (- (- beta / 2) + beta * (A / (1 - A) ^ 2 - / (1 - A)))
  with (beta / (2 * (1 - A) ^ 2) * (A ^ 2 + 2 * A - 1)) by (field; lra).
assert (h : 0 < beta / (2 * (1 - A) ^ 2)).
{ apply Rdiv_lt_0_compat; [exact hb |]; assert (hh := pow_lt (1 - A) 2 ltac:(lra)); lra. }
assert (s2 : sqrt 2 * sqrt 2 = 2) by (apply sqrt_sqrt; lra).
assert (s0 : 0 <= sqrt 2) by apply sqrt_pos.
split.
- intros e; destruct (Rmult_integral _ _ e) as [z | z]; [lra |].
  assert ((A + 1 - sqrt 2) * (A + 1 + sqrt 2) = 0) by (ring_simplify; nra).
  assert (A + 1 + sqrt 2 <> 0) by lra.
  destruct (Rmult_integral _ _ H); lra.
- intros ->; replace ((sqrt 2 - 1) ^ 2 + 2 * (sqrt 2 - 1) - 1) with (sqrt 2 * sqrt 2 - 2) by ring.
  rewrite s2; ring.
Qed.

(* the flow's slope at the origin: two atoms +-1, and any a^2 + q = 1 *)
Theorem vp_flow_jacobian (beta alpha a q : R) : 0 < beta -> 0 < alpha ^ 2 < 1 -> 0 <= q -> a ^ 2 + q = 1 ->
  let v := alpha ^ 2 * q + (1 - alpha ^ 2) in
  - (- beta / 2) + beta / 2 * slope0 (alpha * a) v = beta / 2 * (alpha ^ 4 * a ^ 4 / v ^ 2).
Proof.
intros hb hA hq e v; unfold slope0; assert (hv : 0 < v) by (unfold v; nra).
replace ((alpha * a) ^ 2) with (alpha ^ 2 * a ^ 2) by ring.
replace (alpha ^ 4 * a ^ 4) with ((alpha ^ 2 * a ^ 2) ^ 2) by ring.
assert (e2 : v = 1 - alpha ^ 2 * a ^ 2) by (unfold v; replace q with (1 - a ^ 2) by lra; ring).
rewrite e2 in *; field; lra.
Qed.

Theorem vp_flow_unstable (beta alpha : R) : 0 < beta -> 0 < alpha ^ 2 < 1 ->
  - (- beta / 2) + beta / 2 * slope0 (alpha * 1) (1 - alpha ^ 2)
    = beta / 2 * (alpha ^ 4 / (1 - alpha ^ 2) ^ 2) /\
  0 < beta / 2 * (alpha ^ 4 / (1 - alpha ^ 2) ^ 2).
Proof.
intros hb hA; split.
- assert (h := vp_flow_jacobian beta alpha 1 0 hb hA (Rle_refl 0) ltac:(ring)); cbv zeta in h.
  replace (alpha ^ 2 * 0 + (1 - alpha ^ 2)) with (1 - alpha ^ 2) in h by ring.
  rewrite h; unfold Rdiv; ring.
- apply Rmult_lt_0_compat; [lra |]; apply Rdiv_lt_0_compat; [| apply pow_lt; lra].
  replace (alpha ^ 4) with ((alpha ^ 2) ^ 2) by ring; apply pow_lt; lra.
Qed.

(* smaller total variance: one finite critical time of the flow *)
Theorem vp_flow_critical (beta alpha a q : R) : 0 < beta -> 0 < alpha ^ 2 < 1 -> 0 <= q ->
  0 < a ^ 2 -> a ^ 2 + q < 1 ->
  let v := alpha ^ 2 * q + (1 - alpha ^ 2) in
  (- (- beta / 2) + beta / 2 * slope0 (alpha * a) v = 0 <->
   alpha ^ 2 = (1 - q - a ^ 2) / (1 - q) ^ 2).
Proof.
intros hb hA hq ha haq v; unfold slope0; assert (hv : 0 < v) by (unfold v; nra).
assert (hq1 : 0 < 1 - q) by lra.
assert (ev : v = 1 - alpha ^ 2 * (1 - q)) by (unfold v; ring).
replace ((alpha * a) ^ 2) with (alpha ^ 2 * a ^ 2) by ring.
set (A := alpha ^ 2) in *; clearbody A.
assert (ex : - (- beta / 2) + beta / 2 * (A * a ^ 2 / v ^ 2 - / v)
   = beta * A / (2 * v ^ 2) * (A * (1 - q) ^ 2 - (1 - q - a ^ 2))).
{ transitivity (beta / (2 * v ^ 2) * (v ^ 2 + A * a ^ 2 - v)); [field; lra |].
  transitivity (beta / (2 * v ^ 2) * (A * (A * (1 - q) ^ 2 - (1 - q - a ^ 2)))); [| field; lra].
  f_equal; rewrite ev; ring. }
rewrite ex; assert (h : 0 < beta * A / (2 * v ^ 2)).
{ apply Rdiv_lt_0_compat; [nra |]; assert (hh := pow_lt v 2 hv); lra. }
split.
- intros e; destruct (Rmult_integral _ _ e) as [z | z]; [lra |].
  replace (1 - q - a ^ 2) with (A * (1 - q) ^ 2) by lra; field; lra.
- intros ->; replace ((1 - q - a ^ 2) / (1 - q) ^ 2 * (1 - q) ^ 2) with (1 - q - a ^ 2) by (field; lra).
  ring.
Qed.
