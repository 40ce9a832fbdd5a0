(* claim: B7; scope: 1-D, finite Gaussian mixtures; headline: B7_mmse_nonincreasing, B7_interval, B7_bounds, B7_atoms_bound, B7_total *)
(* B7.  mmse(gamma) is nonincreasing; the rate integrated over [gamma_1, gamma_0] is I(gamma_0) - I(gamma_1); for atoms
   the integral over (0, infinity) is H(X_0).  D = 1.
     B7_mmse_nonincreasing, B7_interval : any finite mixture of atoms and Gaussians;
     B7_bounds      : 0 <= I(gamma) <= (1/2) ln(1 + gamma l), l the variance of X_0;
     B7_atoms_bound : for distinct atoms H(X_0 given X) <= 2 sum over pairs of sqrt(w_i w_j) exp(-gamma (y_i - y_j)^2/8);
     B7_total       : hence the improper integral over (0, infinity) of mmse/2 is H(X_0). *)
From Coq Require Import Reals Lra Lia List.
From Coquelicot Require Import Coquelicot.
From Infodyn Require Import Base Tilt Improper GaussInt Gaussian BinEntropy EntropyRate TwoDeltaBounds Mixture1D Process1D
  B2_ConditionalProduction B3_EquivalentForms B6_BandwidthBounds.
Open Scope R_scope.

Definition mmse_gamma {I} (l : list I) (w y c : I -> R) (gamma : R) : R :=
  IR (fun x => dens l w y c (/ gamma) x * pvar l w y c (/ gamma) x).

Theorem B7_mmse_nonincreasing {I} (l : list I) (w y c : I -> R) (g1 g2 : R) :
  law l w c -> 0 < g1 -> g1 <= g2 -> mmse_gamma l w y c g2 <= mmse_gamma l w y c g1.
Proof.
intros h h1 [h2 | <-]; [| apply Rle_refl]; assert (hl := law_ne _ _ _ h); destruct h as [hw [hc _]].
assert (v2 : 0 < / g2) by (apply Rinv_0_lt_compat; lra).
assert (v12 : / g2 < / g1) by (apply Rinv_lt_contravar; [now apply Rmult_lt_0_compat; lra | exact h2]).
destruct (MVT_cor2 (mmse l w y c) (fun v => IR (fun x => dens l w y c v x * pvar l w y c v x ^ 2) / v ^ 2) _ _ v12)
  as [v [e hv]].
{ intros v hv; apply is_derive_Reals, mmse_rate; try assumption; lra. }
assert (hv0 : 0 < v) by lra.
assert (k : 0 <= IR (fun x => dens l w y c v x * pvar l w y c v x ^ 2)).
{ refine (IR_nonneg (fun x => dens l w y c v x * pvar l w y c v x ^ 2) _ _ _).
  - intros x; apply Rmult_le_pos; [left; now apply dens_pos | apply pow2_ge_0].
  - assert (q := pvar2_val l w y c hl hw hc v hv0); now rewrite (IR_unique _ _ q). }
assert (k2 : 0 <= IR (fun x => dens l w y c v x * pvar l w y c v x ^ 2) / v ^ 2).
{ apply Rmult_le_pos; [exact k | left; apply Rinv_0_lt_compat; now apply pow_lt]. }
assert (k3 : 0 <= IR (fun x => dens l w y c v x * pvar l w y c v x ^ 2) / v ^ 2 * (/ g1 - / g2)) by (apply Rmult_le_pos; lra).
unfold mmse_gamma; unfold mmse in e; lra.
Qed.

Lemma mmse_gamma_cont {I} (l : list I) (w y c : I -> R) g : law l w c -> 0 < g ->
  continuous (fun g => / 2 * mmse_gamma l w y c g) g.
Proof.
intros h hg; assert (hl := law_ne _ _ _ h); destruct h as [hw [hc _]].
apply (continuous_scal_r (V := R_NormedModule) (/ 2) (mmse_gamma l w y c)).
apply (ex_derive_continuous (mmse_gamma l w y c)); eexists.
apply (D_comp (mmse l w y c) Rinv); [apply mmse_rate; try assumption; now apply Rinv_0_lt_compat |].
auto_derive; [lra | reflexivity].
Qed.

Theorem B7_interval {I} (l : list I) (w y c : I -> R) (g1 g0 : R) :
  law l w c -> 0 < g1 -> g1 <= g0 ->
  is_RInt (fun g => / 2 * mmse_gamma l w y c g) g1 g0 (info_gamma l w y c g0 - info_gamma l w y c g1).
Proof.
intros h h1 h2; apply (is_RInt_derive (info_gamma l w y c)); intros g hg;
  rewrite Rmin_left, Rmax_right in hg by exact h2.
- apply B3_immse; [exact h | lra].
- apply mmse_gamma_cont; [exact h | lra].
Qed.

(* ---- bounds of the information ---- *)
Lemma max_entropy {I} (l : list I) (w y c : I -> R) v : law l w c -> 0 < v ->
  Hm l w y c v <= Hnoise (var0 l w y c + v).
Proof.
intros h hv; assert (hl := law_ne _ _ _ h); assert (h0 := var0_nonneg l w y c h).
assert (h' := h); destruct h' as [hw [hc h1]]; destruct (B6_moments l w y c h v hv) as [_ m2].
set (L := var0 l w y c + v) in *; set (mu := mean0 l w y) in *; assert (hL : 0 < L) by (unfold L; lra).
assert (k := is_IR_plus _ _ _ _ (is_IR_plus _ _ _ _ (is_IR_scal (/ (2 * L)) _ _ m2)
  (is_IR_scal (ln (2 * PI * L) / 2 - 1) _ _ (dens_mass l w y c hc v hv))) (IR_phi L mu hL)).
assert (e : Hnoise L = / (2 * L) * L + (ln (2 * PI * L) / 2 - 1) * Sl l w + 1).
{ unfold Hnoise; replace (2 * PI * exp 1 * L) with (exp 1 * (2 * PI * L)) by ring.
  rewrite (ln_mult (exp 1) _ (exp_pos 1) (two_pi_v_pos L hL)), ln_exp, h1; field; lra. }
rewrite e; refine (IR_le _ _ _ _ _ (Hm_exists l w y c hl hw hc v hv) k); intros x; cbv beta.
assert (pp := dens_pos l w y c hl hw hc v x hv); assert (hq := phi_pos L (x - mu) hL).
assert (q := eta_tangent (dens l w y c v x) (phi L (x - mu)) ltac:(lra) hq); unfold eta in q.
rewrite ln_phi in q by exact hL.
replace (- (dens l w y c v x * (- (x - mu) ^ 2 / (2 * L) - ln (2 * PI * L) / 2)))
  with (/ (2 * L) * ((x - mu) ^ 2 * dens l w y c v x) + ln (2 * PI * L) / 2 * dens l w y c v x) in q by (field; lra).
lra.
Qed.

Lemma Hnoise_mono a b : 0 < a -> a <= b -> Hnoise a <= Hnoise b.
Proof.
intros ha hb; rewrite !Hnoise_split by lra; assert (k := ln_le a b ha hb); lra.
Qed.

Lemma min_entropy {I} (l : list I) (w y c : I -> R) v : law l w c -> 0 < v -> Hnoise v <= Hm l w y c v.
Proof.
intros h hv; assert (hl := law_ne _ _ _ h); destruct h as [hw [hc h1]].
assert (k := is_IR_Sl l (fun i x => w i * - (phi (c i + v) (x - y i) * ln (phi (c i + v) (x - y i))))
  (fun i => w i * Hnoise (c i + v)) (fun i hi => is_IR_scal (w i) _ _ (gauss_entropy (c i + v) (y i) ltac:(assert (q := hc i hi); lra)))).
apply Rle_trans with (Sl l (fun i => w i * Hnoise (c i + v))).
- rewrite <- (Rmult_1_l (Hnoise v)), <- h1, <- Sl_scal_r; apply Sl_le; intros i hi.
  apply Rmult_le_compat_l; [left; now apply hw | apply Hnoise_mono; [exact hv |]]; assert (q := hc i hi); lra.
- refine (IR_le _ _ _ _ _ k (Hm_exists l w y c hl hw hc v hv)); intros x; cbv beta.
  set (P := dens l w y c v x); assert (pp : 0 < P) by now apply dens_pos.
  apply Rle_trans with (Sl l (fun i => - ln P * comp w y c v x i + P * w i - comp w y c v x i)).
  + apply Sl_le; intros i hi; assert (q := hc i hi); assert (hph := phi_pos (c i + v) (x - y i) ltac:(lra)).
    assert (t := eta_tangent (phi (c i + v) (x - y i)) P ltac:(lra) pp); unfold eta in t.
    apply Rle_trans with (w i * (- (phi (c i + v) (x - y i) * ln P) + P - phi (c i + v) (x - y i)));
      [apply Rmult_le_compat_l; [left; now apply hw | exact t] |]; unfold comp; apply Req_le; ring.
  + rewrite Sl_minus, Sl_plus, !Sl_scal, h1; change (Sl l (comp w y c v x)) with P; apply Req_le; ring.
Qed.

Theorem B7_bounds {I} (l : list I) (w y c : I -> R) (g : R) : law l w c -> 0 < g ->
  0 <= info_gamma l w y c g <= / 2 * ln (1 + g * var0 l w y c).
Proof.
intros h hg; assert (hv := Rinv_0_lt_compat _ hg); assert (h0 := var0_nonneg l w y c h); unfold info_gamma.
assert (k1 := min_entropy l w y c (/ g) h hv); assert (k2 := max_entropy l w y c (/ g) h hv).
split; [lra |].
rewrite (Hnoise_split (var0 l w y c + / g)) in k2 by lra; rewrite (Hnoise_split (/ g)) by exact hv.
assert (h1 : 0 <= g * var0 l w y c) by (apply Rmult_le_pos; lra).
replace (1 + g * var0 l w y c) with ((var0 l w y c + / g) / / g) by (field; lra).
rewrite ln_div by lra; lra.
Qed.

(* ---- atoms that stand apart ---- *)
Lemma Sl_pick {I} (l : list I) (y : I -> R) (q : I -> R) i : NoDup (map y l) -> In i l ->
  Sl l q = q i + Sl l (fun j => if Req_EM_T (y i) (y j) then 0 else q j).
Proof.
induction l as [| j l IH]; [now intros _ [] |]; simpl; intros nd hi.
apply NoDup_cons_iff in nd; destruct nd as [nj nd].
destruct hi as [-> | hi].
- destruct (Req_EM_T (y i) (y i)) as [_ | n]; [| congruence].
  rewrite (Sl_ext l (fun j => if Req_EM_T (y i) (y j) then 0 else q j) q); [ring |].
  intros k hk; destruct (Req_EM_T (y i) (y k)) as [e | _]; [| reflexivity].
  exfalso; apply nj; rewrite e; now apply in_map.
- rewrite (IH nd hi); destruct (Req_EM_T (y i) (y j)) as [e | _]; [| ring].
  exfalso; apply nj; rewrite <- e; now apply in_map.
Qed.

Lemma sqrt_subadd a b : 0 <= a -> 0 <= b -> sqrt (a + b) <= sqrt a + sqrt b.
Proof.
intros ha hb; assert (s1 := sqrt_pos a); assert (s2 := sqrt_pos b).
rewrite <- (sqrt_pow2 (sqrt a + sqrt b)) by lra; apply sqrt_le_1_alt.
replace ((sqrt a + sqrt b) ^ 2) with (sqrt a * sqrt a + sqrt b * sqrt b + 2 * (sqrt a * sqrt b)) by ring.
rewrite !sqrt_sqrt by assumption; assert (0 <= sqrt a * sqrt b) by (now apply Rmult_le_pos); lra.
Qed.

Lemma sqrt_Sl {I} (l : list I) (q : I -> R) : (forall i, In i l -> 0 <= q i) -> sqrt (Sl l q) <= Sl l (fun i => sqrt (q i)).
Proof.
induction l as [| i l IH]; simpl; intros h; [rewrite sqrt_0; lra |].
eapply Rle_trans; [apply sqrt_subadd; [apply h; now left | apply Sl_nonneg; intros; apply h; now right] |].
apply Rplus_le_compat_l, IH; intros; apply h; now right.
Qed.

(* - F ln(F/P) <= 2 sqrt(F (P - F)) *)
Lemma entropy_sqrt F P : 0 < F -> F <= P -> - (F * ln (F / P)) <= 2 * sqrt (F * (P - F)).
Proof.
intros hF hP; set (S := sqrt ((P - F) / F)); assert (hS := sqrt_pos ((P - F) / F)); fold S in hS.
assert (hz : 0 <= (P - F) / F) by (apply Rmult_le_pos; [lra | left; now apply Rinv_0_lt_compat]).
assert (e : sqrt (F * (P - F)) = F * S).
{ replace (F * (P - F)) with (F ^ 2 * ((P - F) / F)) by (field; lra).
  rewrite sqrt_mult by (try apply pow2_ge_0; exact hz); rewrite sqrt_pow2 by lra; reflexivity. }
assert (eP : P = F * (1 + S ^ 2)).
{ unfold S; replace (sqrt ((P - F) / F) ^ 2) with (sqrt ((P - F) / F) * sqrt ((P - F) / F)) by ring.
  rewrite sqrt_sqrt by exact hz; field; lra. }
assert (k : ln (1 + S ^ 2) <= 2 * S).
{ apply Rle_trans with (ln ((1 + S) * (1 + S))); [apply ln_le; nra |].
  rewrite ln_mult by lra; assert (q := ln_le_sub1 (1 + S) ltac:(lra)); lra. }
rewrite e, ln_div by lra; rewrite eP at 1; rewrite ln_mult by nra.
apply Rle_trans with (F * ln (1 + S ^ 2)); [apply Req_le; ring |].
replace (2 * (F * S)) with (F * (2 * S)) by ring; apply Rmult_le_compat_l; lra.
Qed.

Lemma sqrt_pair v x a b : 0 < v ->
  sqrt (phi v (x - a) * phi v (x - b)) = exp (- (a - b) ^ 2 / (8 * v)) * phi v (x - (a + b) / 2).
Proof.
intros hv; assert (hs := sqrt_lt_R0 _ (two_pi_v_pos v hv)).
assert (h0 := exp_pos (- (a - b) ^ 2 / (8 * v))); assert (h1 := phi_pos v (x - (a + b) / 2) hv).
rewrite <- (sqrt_pow2 (exp (- (a - b) ^ 2 / (8 * v)) * phi v (x - (a + b) / 2))) by (left; now apply Rmult_lt_0_compat).
f_equal; unfold phi.
transitivity (exp (- (x - a) ^ 2 / (2 * v) + - (x - b) ^ 2 / (2 * v)) / sqrt (2 * PI * v) ^ 2);
  [rewrite exp_plus; field; lra |].
replace (- (x - a) ^ 2 / (2 * v) + - (x - b) ^ 2 / (2 * v)) with
  ((- (a - b) ^ 2 / (8 * v) + - (x - (a + b) / 2) ^ 2 / (2 * v)) + (- (a - b) ^ 2 / (8 * v) + - (x - (a + b) / 2) ^ 2 / (2 * v)))
  by (field; lra).
rewrite !exp_plus; field; lra.
Qed.

(* sum over pairs of atoms that differ *)
Definition pairs {I} (l : list I) (w y : I -> R) (g : R) : R :=
  Sl l (fun i => Sl l (fun j => if Req_EM_T (y i) (y j) then 0
    else sqrt (w i * w j) * exp (- g * (y i - y j) ^ 2 / 8))).

Theorem B7_atoms_bound {I} (l : list I) (w y : I -> R) (g : R) :
  law l w (fun _ => 0) -> NoDup (map y l) -> 0 < g ->
  atoms_entropy l w y (/ g) <= 2 * pairs l w y g.
Proof.
intros h nd hg; assert (hv := Rinv_0_lt_compat _ hg); set (v := / g) in *.
assert (hl := law_ne _ _ _ h); assert (h' := h); destruct h' as [hw [hc h1]].
assert (ex : is_IR (fun x => dens l w y (fun _ => 0) v x
    * Sl l (fun i => eta (comp w y (fun _ => 0) v x i / dens l w y (fun _ => 0) v x))) (atoms_entropy l w y v)).
{ assert (e := atoms_entropy_val l w y v h hv); unfold atoms_entropy; now rewrite (IR_unique _ _ e). }
assert (kp : forall i j, is_IR
  (fun x => if Req_EM_T (y i) (y j) then 0 else
     sqrt (w i * w j) * exp (- (y i - y j) ^ 2 / (8 * v)) * phi v (x - (y i + y j) / 2))
  (if Req_EM_T (y i) (y j) then 0 else sqrt (w i * w j) * exp (- g * (y i - y j) ^ 2 / 8))).
{ intros i j; destruct (Req_EM_T (y i) (y j)).
  - assert (z := is_IR_scal 0 _ _ (IR_phi v 0 hv)); rewrite Rmult_0_l in z.
    refine (is_IR_ext _ _ _ _ z); intros x; cbv beta; ring.
  - assert (z := is_IR_scal (sqrt (w i * w j) * exp (- (y i - y j) ^ 2 / (8 * v))) _ _ (IR_phi v ((y i + y j) / 2) hv)).
    rewrite Rmult_1_r in z.
    replace (- g * (y i - y j) ^ 2 / 8) with (- (y i - y j) ^ 2 / (8 * v)) by (unfold v; field; lra); exact z. }
assert (k := is_IR_scal 2 _ _ (is_IR_Sl l
  (fun i x => Sl l (fun j => if Req_EM_T (y i) (y j) then 0 else
     sqrt (w i * w j) * exp (- (y i - y j) ^ 2 / (8 * v)) * phi v (x - (y i + y j) / 2)))
  (fun i => Sl l (fun j => if Req_EM_T (y i) (y j) then 0 else sqrt (w i * w j) * exp (- g * (y i - y j) ^ 2 / 8)))
  (fun i hi => is_IR_Sl l (fun j x => if Req_EM_T (y i) (y j) then 0 else
     sqrt (w i * w j) * exp (- (y i - y j) ^ 2 / (8 * v)) * phi v (x - (y i + y j) / 2))
   (fun j => if Req_EM_T (y i) (y j) then 0 else sqrt (w i * w j) * exp (- g * (y i - y j) ^ 2 / 8))
   (fun j hj => kp i j)))).
refine (IR_le _ _ _ _ _ ex k); intros x; cbv beta.
assert (pp := dens_pos l w y (fun _ => 0) hl hw hc v x hv); set (P := dens l w y (fun _ => 0) v x) in *.
rewrite <- !Sl_scal; apply Sl_le; intros i hi.
assert (fp := comp_pos l w y (fun _ => 0) hw hc v x i hv hi); set (F := comp w y (fun _ => 0) v x i) in *.
assert (sp := Sl_pick l y (comp w y (fun _ => 0) v x) i nd hi).
change (Sl l (comp w y (fun _ => 0) v x)) with P in sp; fold F in sp.
set (Q := Sl l (fun j => if Req_EM_T (y i) (y j) then 0 else comp w y (fun _ => 0) v x j)) in *.
assert (hQ : 0 <= Q).
{ apply Sl_nonneg; intros j hj; destruct (Req_EM_T (y i) (y j)); [lra |]; left; now apply (comp_pos l). }
replace (P * eta (F / P)) with (- (F * ln (F / P))) by (unfold eta; field; lra).
eapply Rle_trans; [apply entropy_sqrt; lra |]; apply Rmult_le_compat_l; [lra |].
replace (P - F) with Q by lra; unfold Q; rewrite <- Sl_scal.
eapply Rle_trans; [apply sqrt_Sl |].
- intros j hj; apply Rmult_le_pos; [lra |]; destruct (Req_EM_T (y i) (y j)); [lra |]; left; now apply (comp_pos l).
- apply Sl_le; intros j hj; destruct (Req_EM_T (y i) (y j)); [rewrite Rmult_0_r, sqrt_0; lra |].
  unfold F, comp; rewrite !Rplus_0_l.
  replace (w i * phi v (x - y i) * (w j * phi v (x - y j)))
    with ((w i * w j) * (phi v (x - y i) * phi v (x - y j))) by ring.
  assert (wi := hw i hi); assert (wj := hw j hj).
  assert (p1 := phi_pos v (x - y i) hv); assert (p2 := phi_pos v (x - y j) hv).
  rewrite sqrt_mult by (left; now apply Rmult_lt_0_compat); rewrite sqrt_pair by exact hv; apply Req_le; ring.
Qed.

(* ---- limits ---- *)
Lemma lim_Sl {I} (l : list I) (q : I -> R -> R) : (forall i, In i l -> filterlim (q i) (Rbar_locally p_infty) (locally 0)) ->
  filterlim (fun g => Sl l (fun i => q i g)) (Rbar_locally p_infty) (locally 0).
Proof.
induction l as [| i l IH]; simpl; intros h; [apply filterlim_const |].
rewrite <- (Rplus_0_r 0).
refine (filterlim_comp_2 (q i) (fun g => Sl l (fun i => q i g)) Rplus
  (F := Rbar_locally p_infty) (G := locally 0) (H := locally 0) (I := locally (0 + 0)) _ _ _).
- apply h; now left.
- exact (IH (fun j hj => h j (or_intror hj))).
- exact (filterlim_plus (V := R_NormedModule) 0 0).
Qed.

Lemma lim_pair (K b : R) : 0 <= K -> 0 < b -> filterlim (fun g => K * exp (- g * b / 8)) (Rbar_locally p_infty) (locally 0).
Proof.
intros hK hb; apply filterlim_locally; intros eps.
destruct (to0_exp K hK eps (cond_pos eps)) as [M hM].
exists (8 * M / b); intros g hg; unfold ball; simpl; unfold AbsRing_ball, abs, minus, plus, opp; simpl.
rewrite Ropp_0, Rplus_0_r, Rabs_right by (apply Rle_ge, Rmult_le_pos; [exact hK | left; apply exp_pos]).
replace (- g * b / 8) with (- (g * b / 8)) by field; apply hM.
apply Rmult_lt_compat_r with (r := b / 8) in hg; [| lra].
replace (8 * M / b * (b / 8)) with M in hg by (field; lra); lra.
Qed.

Lemma lim_pairs {I} (l : list I) (w y : I -> R) : filterlim (pairs l w y) (Rbar_locally p_infty) (locally 0).
Proof.
unfold pairs; apply lim_Sl; intros i hi; apply lim_Sl; intros j hj.
destruct (Req_EM_T (y i) (y j)) as [_ | n]; [apply filterlim_const |].
apply lim_pair; [apply sqrt_pos |]; apply pow2_gt_0; lra.
Qed.

Lemma atoms_entropy_nonneg {I} (l : list I) (w y : I -> R) v : law l w (fun _ => 0) -> 0 < v ->
  info_gamma l w y (fun _ => 0) (/ v) = Sl l (fun i => eta (w i)) - atoms_entropy l w y v.
Proof. intros h hv; rewrite B2_information_atoms by assumption; unfold info_gamma; rewrite Rinv_inv; ring. Qed.

Lemma atoms_entropy_pos {I} (l : list I) (w y : I -> R) v : law l w (fun _ => 0) -> 0 < v -> 0 <= atoms_entropy l w y v.
Proof.
intros h hv; assert (hl := law_ne _ _ _ h); assert (h' := h); destruct h' as [hw [hc h1]].
assert (e3 := atoms_entropy_val l w y v h hv).
rewrite <- (IR_unique _ _ e3) in e3; change (0 <= atoms_entropy l w y v); unfold atoms_entropy.
refine (IR_nonneg _ _ _ e3); intros x.
assert (pp := dens_pos l w y (fun _ => 0) hl hw hc v x hv); apply Rmult_le_pos; [lra |].
apply Sl_nonneg; intros i hi; apply eta_nonneg.
assert (fp := comp_pos l w y (fun _ => 0) hw hc v x i hv hi); split; [left; now apply Rdiv_lt_0_compat |].
apply Rmult_le_reg_r with (dens l w y (fun _ => 0) v x); [exact pp |].
unfold Rdiv; rewrite Rmult_assoc, Rinv_l, Rmult_1_r, Rmult_1_l by lra.
apply (Sl_ge_term l (comp w y (fun _ => 0) v x)); [intros; left; now apply (comp_pos l) | exact hi].
Qed.

Lemma info_infinity {I} (l : list I) (w y : I -> R) : law l w (fun _ => 0) -> NoDup (map y l) ->
  filterlim (info_gamma l w y (fun _ => 0)) (Rbar_locally p_infty) (locally (Sl l (fun i => eta (w i)))).
Proof.
intros h nd; apply filterlim_locally; intros eps.
destruct (proj1 (filterlim_locally (pairs l w y) 0) (lim_pairs l w y) (mkposreal (eps / 2) ltac:(assert (k := cond_pos eps); lra)))
  as [M hM]; simpl in hM.
exists (Rmax M 0); intros g hg; assert (m1 := Rmax_l M 0); assert (m2 := Rmax_r M 0).
assert (hg0 : 0 < g) by lra; specialize (hM g ltac:(lra)).
unfold ball in *; simpl in *; unfold AbsRing_ball, abs, minus, plus, opp in *; simpl in *.
rewrite Ropp_0, Rplus_0_r in hM; apply Rabs_def2 in hM.
assert (b := B7_atoms_bound l w y g h nd hg0).
assert (e := atoms_entropy_nonneg l w y (/ g) h (Rinv_0_lt_compat _ hg0)); rewrite Rinv_inv in e.
assert (n := atoms_entropy_pos l w y (/ g) h (Rinv_0_lt_compat _ hg0)).
rewrite e; apply Rabs_def1; lra.
Qed.

Lemma info_zero {I} (l : list I) (w y c : I -> R) : law l w c ->
  filterlim (info_gamma l w y c) (at_right 0) (locally 0).
Proof.
intros h; assert (h0 := var0_nonneg l w y c h); apply filterlim_locally; intros eps; assert (he := cond_pos eps).
set (L := var0 l w y c) in *.
assert (hd : 0 < eps / (1 + L)) by (apply Rdiv_lt_0_compat; lra).
exists (mkposreal _ hd); intros g bg hg.
unfold ball in *; simpl in *; unfold AbsRing_ball, abs, minus, plus, opp in *; simpl in *.
rewrite Ropp_0, Rplus_0_r in *; rewrite Rabs_right in bg by lra.
destruct (B7_bounds l w y c g h hg) as [b1 b2]; fold L in b2.
assert (gL : 0 <= g * L) by (apply Rmult_le_pos; lra).
assert (q := ln_le_sub1 (1 + g * L) ltac:(lra)).
assert (k : g * (1 + L) < eps).
{ apply Rmult_lt_compat_r with (r := 1 + L) in bg; [| lra].
  unfold Rdiv in bg; rewrite Rmult_assoc, Rinv_l, Rmult_1_r in bg by lra; exact bg. }
rewrite Rabs_right by lra; nra.
Qed.

Theorem B7_total {I} (l : list I) (w y : I -> R) : law l w (fun _ => 0) -> NoDup (map y l) ->
  is_RInt_gen (fun g => / 2 * mmse_gamma l w y (fun _ => 0) g) (at_right 0) (Rbar_locally p_infty)
    (Sl l (fun i => eta (w i))).
Proof.
intros h nd; set (F := info_gamma l w y (fun _ => 0)).
assert (range : filter_prod (at_right 0) (Rbar_locally p_infty)
   (fun ab : R * R => forall x, Rmin (fst ab) (snd ab) <= x <= Rmax (fst ab) (snd ab) -> 0 < x)).
{ exists (fun a => 0 < a) (fun b => 0 < b).
  - exists (mkposreal 1 Rlt_0_1); intros z _ hz; exact hz.
  - exists 0; intros z hz; exact hz.
  - intros a b ha hb x hx; simpl in hx; assert (k := Rmin_glb_lt a b 0 ha hb); lra. }
rewrite <- (Rminus_0_r (Sl l _)).
apply (is_RInt_gen_ext (Derive F)).
{ apply (filter_imp (F := filter_prod (at_right 0) (Rbar_locally p_infty))) with (2 := range).
  intros ab hab x hx; apply is_derive_unique, B3_immse; [exact h |]; apply hab; lra. }
apply (is_RInt_gen_Derive F 0 (Sl l (fun i => eta (w i)))).
- apply (filter_imp (F := filter_prod (at_right 0) (Rbar_locally p_infty))) with (2 := range).
  intros ab hab x hx; eexists; apply B3_immse; [exact h | now apply hab].
- apply (filter_imp (F := filter_prod (at_right 0) (Rbar_locally p_infty))) with (2 := range).
  intros ab hab x hx; specialize (hab x hx).
  refine (continuous_ext_loc _ _ _ _ (mmse_gamma_cont l w y (fun _ => 0) x h hab)).
  apply (filter_imp (fun z => 0 < z)); [| apply open_gt; exact hab].
  intros z hz; symmetry; apply is_derive_unique; now apply B3_immse.
- now apply info_zero.
- now apply info_infinity.
Qed.
