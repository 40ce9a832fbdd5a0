(* claim: C9; scope: algebraic core; headline: place_in_ou, window_in_ou, sharpens_in_ou, place_in_ve, no_sharpening, sharpens_in_log_sigma *)
(* Two components +-mu, |mu|^2 = D r^2, variance q.  A feature of the label (peak of Var h, of the rate, a level of
   Var h) stands at a fixed value k of alpha^2 |mu|^2/(alpha^2 q + sigma^2) (C8).  Where is that in time?
     place_in_ou    : in `ou` at t = (1/2) log(1 - q + D r^2/k);
     window_in_ou   : for q = 1 the window k1 < k2 has width (1/2) log(k2/k1) at every D;
     sharpens_in_ou : divided by the place of the peak k_V it tends to 0 as D -> infinity;
     place_in_ve    : in `ve`, `edm` (alpha = 1), q = 0, at sigma = sqrt(D r^2/k);
     no_sharpening  : in sigma/sigma_V, and in sigma^2/sigma_V^2, the place is independent of D;
     sharpens_in_log_sigma : log sigma/log sigma_V sharpens: the width over log sigma_V tends to 0.
   Not proved: that Var h depends on k only and has its peak at k_V (C8), the numbers. *)
From Coq Require Import Reals Lra.
From Coquelicot Require Import Coquelicot.
From Infodyn Require Import Base ExtraTools C2_Pitchfork.
Open Scope R_scope.

Definition k_ou (D r q t : R) : R := exp (- t) ^ 2 * (D * r ^ 2) / veff (exp (- t)) q (1 - exp (- 2 * t)).
Definition place_ou (D r q k : R) : R := / 2 * ln (1 - q + D * r ^ 2 / k).
Definition k_ve (D r s : R) : R := D * r ^ 2 / s ^ 2.
Definition place_ve (D r k : R) : R := sqrt (D * r ^ 2 / k).

Theorem place_in_ou (D r q k t : R) : 0 < k -> 0 <= q -> 0 < D * r ^ 2 ->
  0 < 1 - q + D * r ^ 2 / k -> 0 < veff (exp (- t)) q (1 - exp (- 2 * t)) ->
  (k_ou D r q t = k <-> t = place_ou D r q k).
Proof.
intros hk hq hD hp hv; unfold k_ou, place_ou.
assert (hF := exp_pos (2 * t)); assert (hE := exp_pos (- 2 * t)).
assert (eF : exp (- 2 * t) * exp (2 * t) = 1).
{ rewrite <- exp_plus; replace (- 2 * t + 2 * t) with 0 by ring; apply exp_0. }
assert (e2 : exp (- t) ^ 2 = exp (- 2 * t)).
{ replace (- 2 * t) with (- t + - t) by ring; rewrite exp_plus; ring. }
unfold veff in *; rewrite e2 in *.
assert (ht : exp (2 * t) = 1 - q + D * r ^ 2 / k <-> t = / 2 * ln (1 - q + D * r ^ 2 / k)).
{ split; intros e; [rewrite <- e, ln_exp; lra |].
  rewrite e; replace (2 * (/ 2 * ln (1 - q + D * r ^ 2 / k))) with (ln (1 - q + D * r ^ 2 / k)) by field.
  now apply exp_ln. }
rewrite <- ht; set (E := exp (- 2 * t)) in *; set (F := exp (2 * t)) in *; clearbody E F.
set (V := E * q + (1 - E)) in *; set (A := D * r ^ 2) in *; clearbody A.
assert (eV : V * F = q + F - 1) by (unfold V; replace F with (E * F * F) at 3 by (rewrite eF; ring); nra).
split; intros e.
- assert (h1 : E * A = k * V) by (rewrite <- e; field; lra).
  assert (h2 : A = k * (V * F)) by (replace A with (E * F * A) by (rewrite eF; ring); nra).
  rewrite eV in h2; rewrite h2; field; lra.
- assert (h1 : V * F = A / k) by lra.
  assert (h2 : k * (V * F) = A) by (rewrite h1; field; lra).
  apply Rmult_eq_reg_r with V; [| lra]; replace (E * A / V * V) with (E * A) by (field; lra).
  rewrite <- h2; replace (E * (k * (V * F))) with (k * V * (E * F)) by ring; rewrite eF; ring.
Qed.

Lemma half_ratio (a b : R) : a / b = / 2 * a / (/ 2 * b).
Proof. unfold Rdiv; rewrite Rinv_mult, Rinv_inv; transitivity (a * / b * (/ 2 * 2)); [rewrite Rinv_l; lra | ring]. Qed.

Theorem window_in_ou (D r k1 k2 : R) : 0 < D * r ^ 2 -> 0 < k1 -> 0 < k2 ->
  place_ou D r 1 k1 - place_ou D r 1 k2 = / 2 * ln (k2 / k1).
Proof.
intros hD h1 h2; unfold place_ou; replace (1 - 1 + D * r ^ 2 / k1) with (D * r ^ 2 / k1) by ring.
replace (1 - 1 + D * r ^ 2 / k2) with (D * r ^ 2 / k2) by ring.
rewrite !ln_div by lra; ring.
Qed.

Lemma const_over_log (C c : R) : 0 < c ->
  filterlim (fun D => C / ln (c * D)) (Rbar_locally p_infty) (locally 0).
Proof.
intros hc; apply filterlim_locally; intros eps; assert (he := cond_pos eps).
set (L := (Rabs C + 1) / eps); assert (hC := Rabs_pos C).
assert (hL : 0 < L) by (apply Rdiv_lt_0_compat; lra).
exists (exp L / c); intros D hD.
assert (h1 : exp L < c * D).
{ apply Rmult_lt_compat_l with (r := c) in hD; [| exact hc].
  replace (c * (exp L / c)) with (exp L) in hD by (field; lra); exact hD. }
assert (h2 : L < ln (c * D)) by (rewrite <- (ln_exp L); apply ln_increasing; [apply exp_pos | exact h1]).
unfold ball; simpl; unfold AbsRing_ball, abs, minus, plus, opp; simpl; rewrite Ropp_0, Rplus_0_r.
unfold Rdiv; rewrite Rabs_mult, (Rabs_right (/ _)) by (left; apply Rinv_0_lt_compat; lra).
apply Rmult_lt_reg_r with (ln (c * D)); [lra |]; rewrite Rmult_assoc, Rinv_l by lra.
assert (e : L * eps = Rabs C + 1) by (unfold L; field; lra); nra.
Qed.

Theorem sharpens_in_ou (r k1 k2 kV : R) : 0 < r -> 0 < k1 -> 0 < k2 -> 0 < kV ->
  filterlim (fun D => (place_ou D r 1 k1 - place_ou D r 1 k2) / place_ou D r 1 kV)
    (Rbar_locally p_infty) (locally 0).
Proof.
intros hr h1 h2 hV; assert (hr2 : 0 < r ^ 2) by now apply pow_lt.
apply filterlim_ext_loc with (fun D => ln (k2 / k1) / ln (r ^ 2 / kV * D)).
- exists 0; intros D hD; assert (hD2 : 0 < D * r ^ 2) by now apply Rmult_lt_0_compat.
  rewrite window_in_ou by assumption; unfold place_ou.
  replace (1 - 1 + D * r ^ 2 / kV) with (r ^ 2 / kV * D) by (field; lra).
  apply half_ratio.
- apply const_over_log, Rdiv_lt_0_compat; assumption.
Qed.

Theorem place_in_ve (D r k s : R) : 0 < D * r ^ 2 -> 0 < k -> 0 < s ->
  (k_ve D r s = k <-> s = place_ve D r k).
Proof.
intros hD hk hs; unfold k_ve, place_ve; assert (hs2 := pow_lt s 2 hs); split; intros e.
- rewrite <- e; replace (D * r ^ 2 / (D * r ^ 2 / s ^ 2)) with (s ^ 2) by (field; repeat split; try lra; nra).
  symmetry; apply sqrt_pow2; lra.
- assert (hp : 0 < D * r ^ 2 / k) by now apply Rdiv_lt_0_compat.
  rewrite e, pow2_sqrt by lra; field; split; [lra | nra].
Qed.

Theorem no_sharpening (D r k kV : R) : 0 < D * r ^ 2 -> 0 < k -> 0 < kV ->
  place_ve D r k / place_ve D r kV = sqrt (kV / k) /\
  place_ve D r k ^ 2 / place_ve D r kV ^ 2 = kV / k.
Proof.
intros hD hk hV; unfold place_ve.
assert (h1 : 0 < D * r ^ 2 / k) by now apply Rdiv_lt_0_compat.
assert (h2 : 0 < D * r ^ 2 / kV) by now apply Rdiv_lt_0_compat.
set (A := D * r ^ 2) in *; clearbody A; split.
- rewrite <- sqrt_div_alt by exact h2; f_equal; field; lra.
- rewrite !pow2_sqrt by lra; field; lra.
Qed.

Theorem sharpens_in_log_sigma (r k1 k2 kV : R) : 0 < r -> 0 < k1 -> 0 < k2 -> 0 < kV ->
  filterlim (fun D => (ln (place_ve D r k1) - ln (place_ve D r k2)) / ln (place_ve D r kV))
    (Rbar_locally p_infty) (locally 0).
Proof.
intros hr h1 h2 hV; assert (hr2 : 0 < r ^ 2) by now apply pow_lt.
assert (hl : forall z, 0 < z -> ln (sqrt z) = / 2 * ln z).
{ intros z hz; assert (hs := sqrt_lt_R0 z hz); rewrite <- (sqrt_sqrt z) at 2 by lra.
  rewrite ln_mult by exact hs; field. }
apply filterlim_ext_loc with (fun D => ln (k2 / k1) / ln (r ^ 2 / kV * D)).
- exists 0; intros D hD; assert (hD2 : 0 < D * r ^ 2) by now apply Rmult_lt_0_compat.
  unfold place_ve; rewrite !hl by (now apply Rdiv_lt_0_compat).
  replace (D * r ^ 2 / kV) with (r ^ 2 / kV * D) by (field; lra).
  rewrite (ln_div (D * r ^ 2) k1), (ln_div (D * r ^ 2) k2), (ln_div k2 k1) by assumption.
  rewrite (half_ratio (ln k2 - ln k1)); f_equal; ring.
- apply const_over_log, Rdiv_lt_0_compat; assumption.
Qed.
