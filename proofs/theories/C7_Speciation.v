(* claim: C7; scope: full; headline: speciation_time, top_eigenvalue, offset_exact, offset_limit *)
(* Two components +-mu of equal weight and variance q with |mu|^2 = D r^2 > q, in `ou`.
     speciation_time : the pitchfork (v = alpha^2 |mu|^2, C2) is at t_c = (1/2) log(1 + D r^2 - q);
     top_eigenvalue  : Cov X_0 = mu mu^T + q I has largest eigenvalue Lambda = |mu|^2 + q;
     offset_exact    : t_c - (1/2) log Lambda = (1/2) log(1 + (1 - 2q)/(D r^2 + q));
     offset_limit    : D (t_c - (1/2) log Lambda) -> (1 - 2q)/(2 r^2) as D -> infinity (D a real parameter). *)
From Coq Require Import Reals Lra Lia.
From Coquelicot Require Import Coquelicot.
From Infodyn Require Import Base MixtureRd BinEntropy ExtraTools C2_Pitchfork.
Open Scope R_scope.

Definition t_c (D r q : R) : R := / 2 * ln (1 + D * r ^ 2 - q).
Definition Lambda (D r q : R) : R := D * r ^ 2 + q.
Definition cov0 (d : nat) (mu : vec) (q : R) (u : vec) : vec := fun k => dot d mu u * mu k + q * u k.

Theorem speciation_time (D r q t : R) : 0 < D -> 0 <= q -> q < D * r ^ 2 ->
  (veff (exp (- t)) q (1 - exp (- 2 * t)) = exp (- t) ^ 2 * (D * r ^ 2) <-> t = t_c D r q).
Proof.
intros hD hq h; destruct (ou_time (sqrt (D * r ^ 2)) q t hq) as [_ k].
- rewrite pow2_sqrt; lra.
- rewrite pow2_sqrt in k by lra; exact k.
Qed.

Theorem top_eigenvalue (d : nat) (mu : vec) (q : R) : 0 < dot d mu mu ->
  is_largest_eigenvalue d (cov0 d mu q) (dot d mu mu + q).
Proof.
intros hm; split.
- exists mu; split.
  + apply Classical_Prop.NNPP; intros hn.
    assert (z : dot d mu mu = 0); [| lra].
    rewrite (dot_ext d mu (fun k => 0 * mu k) mu); [rewrite dot_scal_l; ring |].
    intros k hk; destruct (Req_dec (mu k) 0) as [e | e]; [rewrite e; ring |].
    exfalso; apply hn; now exists k.
  + intros k _; unfold cov0; ring.
- intros lam [u [[k [hk hu]] h]].
  destruct (Req_dec (dot d mu u) 0) as [e | e].
  + specialize (h k hk); unfold cov0 in h; rewrite e in h.
    assert ((q - lam) * u k = 0) by lra; destruct (Rmult_integral _ _ H); [lra | contradiction].
  + assert (e1 : dot d (cov0 d mu q u) mu = lam * dot d u mu).
    { rewrite (dot_ext d _ (fun k => lam * u k) mu h); apply dot_scal_l. }
    assert (e2 : dot d (cov0 d mu q u) mu = dot d mu u * dot d mu mu + q * dot d u mu).
    { unfold cov0; generalize (dot d mu u); intros c; unfold dot.
      induction (List.seq 0 d) as [| j s IH]; simpl in *; [ring | rewrite IH; ring]. }
    rewrite e1, (dot_sym d u mu) in e2.
    assert ((lam - (dot d mu mu + q)) * dot d mu u = 0) by lra.
    destruct (Rmult_integral _ _ H); [lra | contradiction].
Qed.

Theorem offset_exact (D r q : R) : 0 <= q -> q < D * r ^ 2 ->
  t_c D r q - / 2 * ln (Lambda D r q) = / 2 * ln (1 + (1 - 2 * q) / (D * r ^ 2 + q)).
Proof.
intros hq h; unfold t_c, Lambda.
replace (1 + (1 - 2 * q) / (D * r ^ 2 + q)) with ((1 + D * r ^ 2 - q) / (D * r ^ 2 + q)) by (field; lra).
rewrite ln_div by lra; ring.
Qed.

Lemma ln_bounds x : 0 < 1 + x -> x - x ^ 2 / (1 + x) <= ln (1 + x) <= x.
Proof.
intros h; split.
- assert (k := ln_le_sub1 (/ (1 + x)) ltac:(now apply Rinv_0_lt_compat)).
  rewrite ln_Rinv in k by exact h.
  replace (x - x ^ 2 / (1 + x)) with (1 - / (1 + x)) by (field; lra); lra.
- assert (k := ln_le_sub1 (1 + x) h); lra.
Qed.

Theorem offset_limit (r q : R) : 0 < r -> 0 <= q ->
  filterlim (fun D => D * (t_c D r q - / 2 * ln (Lambda D r q))) (Rbar_locally p_infty)
    (locally ((1 - 2 * q) / (2 * r ^ 2))).
Proof.
intros hr hq; set (c := 1 - 2 * q); assert (hr2 : 0 < r ^ 2) by now apply pow_lt.
apply (limit_rate_infty _ _ ((c ^ 2 + Rabs c * q) / (r ^ 2) ^ 2) ((2 * q + Rabs c + 1) / r ^ 2)).
- apply Rmult_le_pos; [| left; apply Rinv_0_lt_compat; now apply pow_lt].
  assert (h := Rabs_pos c); nra.
- intros D h1 h2; assert (hc := Rabs_pos c).
  assert (hD : 2 * q + Rabs c + 1 < D * r ^ 2).
  { apply Rmult_lt_compat_r with (r := r ^ 2) in h1; [| exact hr2].
    replace ((2 * q + Rabs c + 1) / r ^ 2 * r ^ 2) with (2 * q + Rabs c + 1) in h1 by (field; lra); exact h1. }
  rewrite offset_exact by lra; fold c.
  set (L := D * r ^ 2 + q); assert (hL : 0 < L) by (unfold L; lra).
  assert (ha := Rle_abs c); assert (hb := Rle_abs (- c)); rewrite Rabs_Ropp in hb.
  assert (h1x : / 2 <= 1 + c / L).
  { apply Rmult_le_reg_r with L; [exact hL |]; replace ((1 + c / L) * L) with (L + c) by (field; lra).
    unfold L, c in *; lra. }
  destruct (ln_bounds (c / L) ltac:(lra)) as [b1 b2].
  assert (b3 : (c / L) ^ 2 / (1 + c / L) <= 2 * (c / L) ^ 2).
  { apply Rmult_le_reg_r with (1 + c / L); [lra |].
    unfold Rdiv at 1; rewrite Rmult_assoc, Rinv_l by lra.
    assert (h := pow2_ge_0 (c / L)); nra. }
  assert (e : Rabs (ln (1 + c / L) - c / L) <= 2 * (c / L) ^ 2) by (apply Rabs_le; lra).
  replace (D * (/ 2 * ln (1 + c / L)) - c / (2 * r ^ 2))
    with (D / 2 * (ln (1 + c / L) - c / L) + - (c * q / (2 * r ^ 2 * L)))
    by (unfold L; field; unfold L in hL; split; lra).
  eapply Rle_trans; [apply Rabs_triang |]; rewrite Rabs_Ropp, Rabs_mult, (Rabs_right (D / 2)) by lra.
  assert (hLD : D * r ^ 2 <= L) by (unfold L; lra).
  assert (p1 : D / 2 * Rabs (ln (1 + c / L) - c / L) <= c ^ 2 / (r ^ 2) ^ 2 / D).
  { apply Rle_trans with (D / 2 * (2 * (c / L) ^ 2)); [apply Rmult_le_compat_l; lra |].
    replace (D / 2 * (2 * (c / L) ^ 2)) with (c ^ 2 * (D / L ^ 2)) by (field; lra).
    replace (c ^ 2 / (r ^ 2) ^ 2 / D) with (c ^ 2 * (D / (D * r ^ 2) ^ 2)) by (field; lra).
    apply Rmult_le_compat_l; [apply pow2_ge_0 |]; apply Rmult_le_compat_l; [lra |].
    apply Rinv_le_contravar; [apply pow_lt; nra | apply pow_incr; nra]. }
  assert (p2 : Rabs (c * q / (2 * r ^ 2 * L)) <= Rabs c * q / (r ^ 2) ^ 2 / D).
  { unfold Rdiv at 1; rewrite Rabs_mult, Rabs_mult, (Rabs_right q) by lra.
    assert (hz : 0 < 2 * r ^ 2 * L) by nra.
    rewrite (Rabs_right (/ _)) by (left; now apply Rinv_0_lt_compat).
    replace (Rabs c * q / (r ^ 2) ^ 2 / D) with (Rabs c * q * / (r ^ 2 * (D * r ^ 2))) by (field; lra).
    apply Rmult_le_compat_l; [now apply Rmult_le_pos |].
    apply Rinv_le_contravar; nra. }
  replace ((c ^ 2 + Rabs c * q) / (r ^ 2) ^ 2 / D)
    with (c ^ 2 / (r ^ 2) ^ 2 / D + Rabs c * q / (r ^ 2) ^ 2 / D) by (field; split; lra).
  lra.
Qed.
