(* claim: C14; scope: algebraic core; headline: divergence_limit, place_inverse, no_sign_change *)
(* Two classes N(0, q1 I) and N(0, q2 I) of equal weight in R^D, `ou`: X_t of class i is N(0, V_i I),
   V_i = 1 + e (q_i - 1), e = exp(-2t).  KL(1, 2) = (D/2)(V_1/V_2 - 1 - log(V_1/V_2)); for two symmetric atoms at
   signal-to-noise k the divergence between the classes is 2k.
     place_inverse   : e = sqrt(8k/D)/|q1 - q2| is the time t = (1/4) log(D (q1-q2)^2/(8k));
     divergence_limit: along that time KL(1, 2) -> 2k (and KL(2, 1), the labels exchanged) as D -> infinity, so the classes stand as far
                       apart as two symmetric atoms at k: a quarter of log D;
     no_sign_change  : at the origin the Jacobian of the score is -(pi_1/V_1 + pi_2/V_2) I, negative at every time.
   Not proved: that the log-likelihood ratio becomes normal (the central limit theorem), hence the place of the peak. *)
From Coq Require Import Reals Lra.
From Coquelicot Require Import Coquelicot.
From Infodyn Require Import Base BinEntropy ExtraTools C7_Speciation.
Open Scope R_scope.

Definition class_variance (q e : R) : R := 1 + e * (q - 1).
Definition kl_gauss (D V1 V2 : R) : R := D / 2 * (V1 / V2 - 1 - ln (V1 / V2)).
Definition e_of (q1 q2 k D : R) : R := sqrt (8 * k / D) / Rabs (q1 - q2).
Definition t_of (q1 q2 k D : R) : R := / 4 * ln (D * (q1 - q2) ^ 2 / (8 * k)).

Theorem place_inverse (q1 q2 k D : R) : 0 < k -> 0 < D -> q1 <> q2 ->
  exp (- 2 * t_of q1 q2 k D) = e_of q1 q2 k D.
Proof.
intros hk hD hq; assert (hz : 0 < Rabs (q1 - q2)) by (apply Rabs_pos_lt; lra).
assert (hz2 : 0 < (q1 - q2) ^ 2) by (rewrite <- pow2_abs; now apply pow_lt).
assert (h8 : 0 < 8 * k / D) by (apply Rdiv_lt_0_compat; lra).
assert (hs := sqrt_lt_R0 _ h8).
assert (he : 0 < e_of q1 q2 k D) by (now apply Rdiv_lt_0_compat).
assert (e2 : D * (q1 - q2) ^ 2 / (8 * k) = / (e_of q1 q2 k D * e_of q1 q2 k D)).
{ unfold e_of; replace (sqrt (8 * k / D) / Rabs (q1 - q2) * (sqrt (8 * k / D) / Rabs (q1 - q2)))
    with (sqrt (8 * k / D) * sqrt (8 * k / D) / (Rabs (q1 - q2) ^ 2)) by (field; lra).
  rewrite sqrt_sqrt, pow2_abs by lra; field; repeat split; lra. }
unfold t_of; rewrite e2; set (E := e_of q1 q2 k D) in *; clearbody E.
rewrite (ln_Rinv (E * E) (Rmult_lt_0_compat _ _ he he)), (ln_mult E E he he).
replace (- 2 * (/ 4 * - (ln E + ln E))) with (ln E) by field.
now apply exp_ln.
Qed.

(* x - log(1+x) = x^2/2 + O(|x|^3) for |x| <= 1/2 *)
Lemma log_second x : - / 2 <= x <= / 2 -> Rabs (x - ln (1 + x) - x ^ 2 / 2) <= Rabs x * x ^ 2.
Proof.
intros hx.
assert (D : forall s y, - / 2 <= y <= / 2 ->
  is_derive (fun x => x - ln (1 + x) - x ^ 2 / 2 + s * x ^ 3) y (y ^ 2 * (3 * s - / (1 + y)))).
{ intros s y hy; auto_derive; [lra |]; field; lra. }
assert (b : forall y, - / 2 <= y <= / 2 -> / 2 <= / (1 + y) <= 2).
{ intros y hy; split.
  - apply Rmult_le_reg_r with (1 + y); [lra |]; rewrite Rinv_l by lra; lra.
  - apply Rmult_le_reg_r with (1 + y); [lra |]; rewrite Rinv_l by lra; lra. }
set (g := fun s x => x - ln (1 + x) - x ^ 2 / 2 + s * x ^ 3).
assert (g0 : forall s, g s 0 = 0) by (intros s; unfold g; rewrite Rplus_0_r, ln_1; field).
destruct (Rtotal_order x 0) as [o | [-> | o]].
- rewrite (Rabs_left x o).
  destruct (mvt (g 1) _ x 0 o (fun z hz => D 1 z ltac:(lra))) as [c1 [k1 m1]].
  destruct (mvt (g 0) _ x 0 o (fun z hz => D 0 z ltac:(lra))) as [c2 [k2 m2]].
  rewrite g0 in m1, m2; assert (b1 := b c1 ltac:(lra)); assert (b2 := b c2 ltac:(lra)).
  assert (q1 := pow2_ge_0 c1); assert (q2 := pow2_ge_0 c2).
  assert (0 <= c1 ^ 2 * (3 * 1 - / (1 + c1)) * (0 - x)) by (apply Rmult_le_pos; [apply Rmult_le_pos |]; lra).
  assert (0 <= c2 ^ 2 * (/ (1 + c2) - 3 * 0) * (0 - x)) by (apply Rmult_le_pos; [apply Rmult_le_pos |]; lra).
  unfold g in m1, m2; apply Rabs_le; replace (- x * x ^ 2) with (- x ^ 3) by ring; split; [| lra].
  assert (0 <= - x ^ 3) by (replace (- x ^ 3) with (- x * x ^ 2) by ring; apply Rmult_le_pos; [lra | apply pow2_ge_0]).
  lra.
- rewrite Rplus_0_r, ln_1, Rabs_R0; replace (0 - 0 - 0 ^ 2 / 2) with 0 by field; rewrite Rabs_R0; lra.
- rewrite (Rabs_right x) by lra.
  destruct (mvt (g 1) _ 0 x o (fun z hz => D 1 z ltac:(lra))) as [c1 [k1 m1]].
  destruct (mvt (g 0) _ 0 x o (fun z hz => D 0 z ltac:(lra))) as [c2 [k2 m2]].
  rewrite g0 in m1, m2; assert (b1 := b c1 ltac:(lra)); assert (b2 := b c2 ltac:(lra)).
  assert (q1 := pow2_ge_0 c1); assert (q2 := pow2_ge_0 c2).
  assert (0 <= c1 ^ 2 * (3 * 1 - / (1 + c1)) * (x - 0)) by (apply Rmult_le_pos; [apply Rmult_le_pos |]; lra).
  assert (0 <= c2 ^ 2 * (/ (1 + c2) - 3 * 0) * (x - 0)) by (apply Rmult_le_pos; [apply Rmult_le_pos |]; lra).
  unfold g in m1, m2; apply Rabs_le; replace (x * x ^ 2) with (x ^ 3) by ring; split; [lra |].
  assert (0 <= x ^ 3) by (apply pow_le; lra); lra.
Qed.

Lemma e_square (q1 q2 k D : R) : 0 < k -> 0 < D -> q1 <> q2 ->
  D * (e_of q1 q2 k D * (q1 - q2)) ^ 2 = 8 * k.
Proof.
intros hk hD hq; assert (hz : 0 < Rabs (q1 - q2)) by (apply Rabs_pos_lt; lra).
assert (h8 : 0 < 8 * k / D) by (apply Rdiv_lt_0_compat; lra).
unfold e_of; replace ((sqrt (8 * k / D) / Rabs (q1 - q2) * (q1 - q2)) ^ 2)
  with (sqrt (8 * k / D) ^ 2 * ((q1 - q2) ^ 2 / Rabs (q1 - q2) ^ 2)) by (field; lra).
rewrite pow2_sqrt by lra; rewrite <- (pow2_abs (q1 - q2)); field; repeat split; lra.
Qed.

(* e is small: e |q - 1| <= eps for D large *)
Theorem divergence_limit (q1 q2 k : R) : 0 < k -> q1 <> q2 ->
  filterlim (fun D => kl_gauss D (class_variance q1 (e_of q1 q2 k D)) (class_variance q2 (e_of q1 q2 k D)))
    (Rbar_locally p_infty) (locally (2 * k)).
Proof.
intros hk hq; assert (hz : 0 < Rabs (q1 - q2)) by (apply Rabs_pos_lt; lra).
apply filterlim_locally; intros eps; assert (he := cond_pos eps).
set (A := Rabs (q1 - q2) + Rabs (q2 - 1) + 1); assert (hA2 := Rabs_pos (q2 - 1)).
set (r := Rmin (/ (4 * A)) (eps / (100 * k * A))).
assert (hA : 1 <= A) by (unfold A; lra).
assert (hr : 0 < r).
{ apply Rmin_pos; [apply Rinv_0_lt_compat; lra | apply Rdiv_lt_0_compat; [lra | nra]]. }
exists (8 * k / (r * Rabs (q1 - q2)) ^ 2); intros D hD.
assert (hrz : 0 < r * Rabs (q1 - q2)) by now apply Rmult_lt_0_compat.
assert (hD0 : 0 < D).
{ apply Rlt_trans with (2 := hD), Rdiv_lt_0_compat; [lra | now apply pow_lt]. }
set (e := e_of q1 q2 k D).
assert (h8 : 0 < 8 * k / D) by (apply Rdiv_lt_0_compat; lra).
assert (he0 : 0 < e) by (apply Rdiv_lt_0_compat; [now apply sqrt_lt_R0 | exact hz]).
assert (her : e < r).
{ unfold e, e_of; apply Rmult_lt_reg_r with (Rabs (q1 - q2)); [exact hz |].
  replace (sqrt (8 * k / D) / Rabs (q1 - q2) * Rabs (q1 - q2)) with (sqrt (8 * k / D)) by (field; lra).
  rewrite <- (sqrt_pow2 (r * Rabs (q1 - q2))) by lra; apply sqrt_lt_1_alt; split; [lra |].
  assert (hp := pow_lt _ 2 hrz); apply Rmult_lt_reg_r with D; [exact hD0 |].
  replace (8 * k / D * D) with (8 * k / (r * Rabs (q1 - q2)) ^ 2 * (r * Rabs (q1 - q2)) ^ 2) by (field; lra).
  rewrite (Rmult_comm _ D); apply Rmult_lt_compat_r; assumption. }
assert (m1 := Rmin_l (/ (4 * A)) (eps / (100 * k * A))); assert (m2 := Rmin_r (/ (4 * A)) (eps / (100 * k * A))); fold r in m1, m2.
assert (heA : e * A < / 4).
{ apply Rlt_le_trans with (r * A); [apply Rmult_lt_compat_r; lra |].
  apply Rle_trans with (/ (4 * A) * A); [apply Rmult_le_compat_r; lra | right; field; lra]. }
assert (hee : 100 * k * (e * A) < eps).
{ apply Rlt_le_trans with (100 * k * (r * A)); [apply Rmult_lt_compat_l; [lra | apply Rmult_lt_compat_r; lra] |].
  apply Rle_trans with (100 * k * (eps / (100 * k * A) * A)).
  - apply Rmult_le_compat_l; [lra | apply Rmult_le_compat_r; lra].
  - right; field; lra. }
set (V2 := class_variance q2 e).
assert (hdV : Rabs (e * (q2 - 1)) <= e * A).
{ rewrite Rabs_mult, (Rabs_right e) by lra; apply Rmult_le_compat_l; unfold A; lra. }
assert (hdq : Rabs (e * (q1 - q2)) <= e * A).
{ rewrite Rabs_mult, (Rabs_right e) by lra; apply Rmult_le_compat_l; unfold A; lra. }
apply Rabs_le_between in hdV.
assert (hV : 3 / 4 <= V2 <= 5 / 4) by (unfold V2, class_variance; lra).
set (dq := e * (q1 - q2)) in *; set (x := dq / V2).
assert (ex : class_variance q1 e / V2 = 1 + x) by (unfold x, dq, V2, class_variance in *; field; lra).
assert (hiV : 0 < / V2 <= 4 / 3).
{ split; [apply Rinv_0_lt_compat; lra |]; replace (4 / 3) with (/ (3 / 4)) by field; apply Rinv_le_contravar; lra. }
assert (hx : Rabs x <= 4 / 3 * (e * A)).
{ unfold x, Rdiv; rewrite Rabs_mult, (Rabs_right (/ V2)), Rmult_comm by lra.
  apply Rmult_le_compat; try lra; apply Rabs_pos. }
assert (hx2 := hx); apply Rabs_le_between in hx2.
assert (ls := log_second x ltac:(lra)).
assert (es : D * dq ^ 2 = 8 * k) by (exact (e_square q1 q2 k D hk hD0 hq)).
assert (es2 : D * x ^ 2 = 8 * k * (/ V2) ^ 2) by (unfold x; rewrite <- es; field; lra).
unfold kl_gauss; rewrite ex; replace (1 + x - 1 - ln (1 + x)) with (x - ln (1 + x)) by ring.
unfold ball; simpl; unfold AbsRing_ball, abs, minus, plus, opp; simpl.
replace (D / 2 * (x - ln (1 + x)) + - (2 * k))
  with (D / 2 * (x - ln (1 + x) - x ^ 2 / 2) + (D * x ^ 2 / 4 - 2 * k)) by field.
eapply Rle_lt_trans; [apply Rabs_triang |]; rewrite Rabs_mult, (Rabs_right (D / 2)) by lra.
assert (iv2 : (/ V2) ^ 2 <= 2).
{ apply Rle_trans with ((4 / 3) ^ 2); [apply pow_incr; lra | lra]. }
assert (t1 : D / 2 * Rabs (x - ln (1 + x) - x ^ 2 / 2) <= 8 * k * Rabs x).
{ apply Rle_trans with (D / 2 * (Rabs x * x ^ 2)); [apply Rmult_le_compat_l; lra |].
  replace (D / 2 * (Rabs x * x ^ 2)) with (Rabs x * (D * x ^ 2) / 2) by field; rewrite es2.
  assert (hax := Rabs_pos x); assert (0 <= 8 * k * (2 - (/ V2) ^ 2)) by (apply Rmult_le_pos; lra).
  assert (0 <= Rabs x * (8 * k * (2 - (/ V2) ^ 2))) by (apply Rmult_le_pos; lra); lra. }
assert (t2 : Rabs (D * x ^ 2 / 4 - 2 * k) <= 8 * k * (e * A)).
{ rewrite es2; replace (8 * k * (/ V2) ^ 2 / 4 - 2 * k) with (2 * k * ((/ V2) ^ 2 - 1)) by (field; lra).
  rewrite Rabs_mult, (Rabs_right (2 * k)) by lra.
  assert (h4 : Rabs ((/ V2) ^ 2 - 1) <= 4 * (e * A)).
  2: { apply Rle_trans with (2 * k * (4 * (e * A))); [apply Rmult_le_compat_l; lra | right; ring]. }
  assert (ei : / V2 * V2 = 1) by (apply Rinv_l; lra).
  assert (hV2 : - (e * A) <= V2 - 1 <= e * A) by (unfold V2, class_variance; lra).
  set (i := / V2) in *; clearbody i.
  assert (ei2 : i - 1 = - (i * (V2 - 1))) by (rewrite Rmult_minus_distr_l, ei; ring).
  assert (bi : Rabs (i - 1) <= 4 / 3 * (e * A)).
  { rewrite ei2, Rabs_Ropp, Rabs_mult, (Rabs_right i) by lra.
    apply Rmult_le_compat; [lra | apply Rabs_pos | lra | apply Rabs_le; lra]. }
  replace (i ^ 2 - 1) with ((i - 1) * (i + 1)) by ring; rewrite Rabs_mult, (Rabs_right (i + 1)) by lra.
  apply Rle_trans with (4 / 3 * (e * A) * (7 / 3)); [apply Rmult_le_compat; [apply Rabs_pos | lra | exact bi | lra] | lra]. }
assert (8 * k * Rabs x <= 8 * k * (4 / 3 * (e * A))) by (apply Rmult_le_compat_l; lra).
assert (0 < k * (e * A)) by (apply Rmult_lt_0_compat; [exact hk | apply Rmult_lt_0_compat; lra]).
lra.
Qed.

Theorem no_sign_change (p1 p2 V1 V2 : R) : 0 <= p1 -> 0 <= p2 -> p1 + p2 = 1 -> 0 < V1 -> 0 < V2 ->
  let score x := (p1 * phi V1 x * (- (x / V1)) + p2 * phi V2 x * (- (x / V2))) / (p1 * phi V1 x + p2 * phi V2 x) in
  let post x := p1 * phi V1 x / (p1 * phi V1 x + p2 * phi V2 x) in
  is_derive score 0 (- (post 0 / V1 + (1 - post 0) / V2)) /\ - (post 0 / V1 + (1 - post 0) / V2) < 0.
Proof.
intros h1 h2 h12 hV1 hV2 score post.
assert (f1 := phi_pos V1 0 hV1); assert (f2 := phi_pos V2 0 hV2).
assert (g1 : 0 <= p1 * phi V1 0) by (apply Rmult_le_pos; lra).
assert (g2 : 0 <= p2 * phi V2 0) by (apply Rmult_le_pos; lra).
assert (hs : 0 < p1 * phi V1 0 + p2 * phi V2 0).
{ destruct h1 as [h1 | h1].
  - assert (0 < p1 * phi V1 0) by (apply Rmult_lt_0_compat; lra); lra.
  - assert (0 < p2 * phi V2 0) by (apply Rmult_lt_0_compat; lra); lra. }
assert (d1 := is_derive_phi_r V1 0 hV1); assert (d2 := is_derive_phi_r V2 0 hV2).
split.
- unfold score; eapply D_val.
  + apply D_div; [apply Rgt_not_eq; exact hs | |].
    * apply D_plus; (apply D_mult; [apply D_scal; eassumption | auto_derive; [trivial | reflexivity]]).
    * apply D_plus; apply D_scal; eassumption.
  + cbv beta; unfold post; field; repeat split; lra.
- assert (hp : 0 <= post 0 <= 1).
  { unfold post; split; [apply Rmult_le_pos; [exact g1 | left; now apply Rinv_0_lt_compat] |].
    apply Rmult_le_reg_r with (p1 * phi V1 0 + p2 * phi V2 0); [exact hs |].
    unfold Rdiv; rewrite Rmult_assoc, Rinv_l by lra; lra. }
  assert (i1 := Rinv_0_lt_compat V1 hV1); assert (i2 := Rinv_0_lt_compat V2 hV2); unfold Rdiv.
  assert (0 <= post 0 * / V1) by (apply Rmult_le_pos; lra).
  assert (0 <= (1 - post 0) * / V2) by (apply Rmult_le_pos; lra).
  destruct (Req_dec (post 0) 0) as [z | z].
  + rewrite z in *; lra.
  + assert (0 < post 0 * / V1) by (apply Rmult_lt_0_compat; lra); lra.
Qed.
