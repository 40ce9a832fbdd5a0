(* claim: C6; scope: full; headline: cusp, cusp_bounds *)
(* G(d) = 2 d sqrt(d^2-1) - 2 arccosh d, the fold line of C5, opens at d = 1 as a cusp of exponent 3/2:
   G(d)/(d-1)^{3/2} -> 8 sqrt 2/3 as d -> 1 from above, and for every d > 1
   8 sqrt 2/3 <= G(d)/(d-1)^{3/2} <= (8/3) sqrt(d+1).   Here (d-1)^{3/2} = (d-1) sqrt(d-1). *)
From Coq Require Import Reals Lra.
From Coquelicot Require Import Coquelicot.
From Infodyn Require Import Base ExtraTools C5_Fold.
Open Scope R_scope.

Lemma G_derive d : 1 < d -> is_derive G d (4 * (sqrt (d - 1) * sqrt (d + 1))).
Proof.
intros hd; unfold G, arccosh.
assert (h0 : 0 < d ^ 2 - 1) by nra.
assert (e : sqrt (d - 1) * sqrt (d + 1) = sqrt (d ^ 2 - 1)).
{ rewrite <- sqrt_mult by lra; f_equal; ring. }
rewrite e; assert (hs : 0 < sqrt (d ^ 2 - 1)) by now apply sqrt_lt_R0.
assert (s2 : sqrt (d ^ 2 - 1) * sqrt (d ^ 2 - 1) = d ^ 2 - 1) by (apply sqrt_sqrt; lra).
eapply D_val.
- auto_derive; [| reflexivity].
  replace (d * (d * 1) + - (1)) with (d ^ 2 - 1) by ring; repeat split; lra.
- replace (d * (d * 1) + - (1)) with (d ^ 2 - 1) by ring.
  set (s := sqrt (d ^ 2 - 1)) in *; clearbody s.
  transitivity (2 * s + 2 * (d ^ 2 - 1) / s); [field; lra |].
  rewrite <- s2; field; lra.
Qed.

Lemma G_cont d : 1 <= d -> continuous G d.
Proof.
intros hd; unfold G, arccosh.
assert (cs : continuous (fun d => sqrt (d ^ 2 - 1)) d).
{ apply (continuous_comp (fun d => d ^ 2 - 1) sqrt); [| apply continuous_sqrt].
  apply (ex_derive_continuous (fun d => d ^ 2 - 1)); auto_derive; trivial. }
apply (continuous_minus (V := R_NormedModule)).
- apply (continuous_mult (fun d => 2 * d) (fun d => sqrt (d ^ 2 - 1))); [| exact cs].
  apply (ex_derive_continuous (fun d => 2 * d)); auto_derive; trivial.
- apply (continuous_mult (fun _ => 2) (fun d => ln (d + sqrt (d ^ 2 - 1)))); [apply continuous_const |].
  apply (continuous_comp (fun d => d + sqrt (d ^ 2 - 1)) ln).
  + apply (continuous_plus (V := R_NormedModule) (fun d => d)); [apply continuous_id | exact cs].
  + assert (h := sqrt_pos (d ^ 2 - 1)).
    apply (ex_derive_continuous ln); exists (/ (d + sqrt (d ^ 2 - 1))); apply is_derive_ln; lra.
Qed.

Definition K (c d : R) : R := c * ((d - 1) * sqrt (d - 1)).
Lemma K_derive c d : 1 < d -> is_derive (K c) d (c * 3 / 2 * sqrt (d - 1)).
Proof.
intros hd; unfold K; assert (hs : 0 < sqrt (d - 1)) by (apply sqrt_lt_R0; lra).
assert (s2 : sqrt (d - 1) * sqrt (d - 1) = d - 1) by (apply sqrt_sqrt; lra).
eapply D_val; [auto_derive; [lra | reflexivity] |].
replace (d + - (1)) with (d - 1) by ring; set (s := sqrt (d - 1)) in *; clearbody s.
transitivity (c * (s + (d - 1) / (2 * s))); [field; lra |].
rewrite <- s2; field; lra.
Qed.
Lemma K_cont c d : 1 <= d -> continuous (K c) d.
Proof.
intros hd; unfold K.
apply (continuous_mult (fun _ => c) (fun d => (d - 1) * sqrt (d - 1))); [apply continuous_const |].
apply (continuous_mult (fun d => d - 1) (fun d => sqrt (d - 1))).
- apply (ex_derive_continuous (fun d => d - 1)); auto_derive; trivial.
- apply (continuous_comp (fun d => d - 1) sqrt); [| apply continuous_sqrt].
  apply (ex_derive_continuous (fun d => d - 1)); auto_derive; trivial.
Qed.

Lemma G1 : G 1 = 0.
Proof.
unfold G, arccosh; replace (1 ^ 2 - 1) with 0 by ring; rewrite sqrt_0, Rplus_0_r, ln_1; ring.
Qed.

(* f(1) = 0 and f' >= 0 beyond give f >= 0; only continuity is asked at 1 *)
Lemma grow (f df : R -> R) d : 1 < d -> (forall x, 1 < x -> is_derive f x (df x)) ->
  continuous f 1 -> (forall x, 1 < x <= d -> 0 <= df x) -> f 1 = 0 -> 0 <= f d.
Proof.
intros hd hf cl hp h1; apply Rnot_lt_le; intros hn.
assert (hn' : 0 < - f d) by lra.
apply filterlim_locally with (eps := mkposreal (- f d) hn') in cl.
destruct cl as [del hdel]; set (r := Rmin (del / 2) ((d - 1) / 2)).
assert (m1 := Rmin_l (del / 2) ((d - 1) / 2)); assert (m2 := Rmin_r (del / 2) ((d - 1) / 2)).
assert (m3 := cond_pos del); assert (m4 : 0 < r) by (apply Rmin_pos; lra); fold r in m1, m2.
specialize (hdel (1 + r)); unfold ball in hdel; simpl in hdel;
  unfold AbsRing_ball, abs, minus, plus, opp in hdel; simpl in hdel.
rewrite h1 in hdel; assert (hx : Rabs (1 + r + - (1)) < del) by (rewrite Rabs_right; lra).
specialize (hdel hx); apply Rabs_def2 in hdel.
destruct (mvt f df (1 + r) d ltac:(lra) (fun z hz => hf z ltac:(lra))) as [z [hz ez]].
assert (hz' := hp z ltac:(lra)); nra.
Qed.

Theorem cusp_bounds d : 1 < d ->
  8 * sqrt 2 / 3 <= G d / ((d - 1) * sqrt (d - 1)) <= 8 / 3 * sqrt (d + 1).
Proof.
intros hd; assert (hs : 0 < sqrt (d - 1)) by (apply sqrt_lt_R0; lra).
assert (hk : 0 < (d - 1) * sqrt (d - 1)) by (apply Rmult_lt_0_compat; lra).
assert (h1 : 0 <= G d - K (8 * sqrt 2 / 3) d).
{ apply (grow (fun x => G x - K (8 * sqrt 2 / 3) x) (fun x => 4 * (sqrt (x - 1) * sqrt (x + 1))
    - 8 * sqrt 2 / 3 * 3 / 2 * sqrt (x - 1)) d hd).
  - intros x hx; apply D_minus; [now apply G_derive | now apply K_derive].
  - apply (continuous_minus (V := R_NormedModule)); [apply G_cont | apply K_cont]; lra.
  - intros x hx; assert (h2 : sqrt 2 <= sqrt (x + 1)) by (apply sqrt_le_1_alt; lra).
    assert (h3 := sqrt_pos (x - 1)).
    assert (0 <= sqrt (x - 1) * (sqrt (x + 1) - sqrt 2)) by (apply Rmult_le_pos; lra); lra.
  - rewrite G1; unfold K; replace (1 - 1) with 0 by ring; ring. }
assert (h2 : 0 <= K (8 / 3 * sqrt (d + 1)) d - G d).
{ apply (grow (fun x => K (8 / 3 * sqrt (d + 1)) x - G x) (fun x =>
    8 / 3 * sqrt (d + 1) * 3 / 2 * sqrt (x - 1) - 4 * (sqrt (x - 1) * sqrt (x + 1))) d hd).
  - intros x hx; apply D_minus; [now apply K_derive | now apply G_derive].
  - apply (continuous_minus (V := R_NormedModule)); [apply K_cont | apply G_cont]; lra.
  - intros x hx; assert (h2 : sqrt (x + 1) <= sqrt (d + 1)) by (apply sqrt_le_1_alt; lra).
    assert (h3 := sqrt_pos (x - 1)).
    assert (0 <= sqrt (x - 1) * (sqrt (d + 1) - sqrt (x + 1))) by (apply Rmult_le_pos; lra); lra.
  - rewrite G1; unfold K; replace (1 - 1) with 0 by ring; ring. }
unfold K in h1, h2; split; apply Rmult_le_reg_r with ((d - 1) * sqrt (d - 1)); try exact hk;
  replace (G d / ((d - 1) * sqrt (d - 1)) * ((d - 1) * sqrt (d - 1))) with (G d)
    by (field; split; lra); lra.
Qed.

Theorem cusp : filterlim (fun d => G d / ((d - 1) * sqrt (d - 1))) (at_right 1) (locally (8 * sqrt 2 / 3)).
Proof.
assert (s2 : sqrt 2 * sqrt 2 = 2) by (apply sqrt_sqrt; lra).
assert (s1 : 1 < sqrt 2) by (rewrite <- sqrt_1 at 1; apply sqrt_lt_1_alt; lra).
apply (limit_rate_right _ _ _ (8 / 3) 1); [lra | lra |].
intros d hd; assert (b := cusp_bounds d ltac:(lra)).
assert (hq : sqrt (d + 1) <= sqrt 2 + (d - 1)).
{ assert (q1 := sqrt_pos (d + 1)); assert (q2 : sqrt (d + 1) * sqrt (d + 1) = d + 1) by (apply sqrt_sqrt; lra).
  apply Rnot_lt_le; intros k; nra. }
apply Rabs_le; split; lra.
Qed.
