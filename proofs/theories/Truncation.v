(* Truncation.v -- finitely many atoms y_i with weights w_i > 0 on the line, X_t = X_0 + sqrt v Z: what the certified
   numbers of ../numeric rest on.  With f_i = w_i phi_v(x - y_i), p = sum_i f_i and R_i = p/f_i (`odds`), which is a sum
   of exponentials of linear functions, each mean is an integral over the whole line of
     entropy H                  sum_i f_i log R_i
     mean squared error         (1/2) sum_ij (y_i - y_j)^2 f_i/R_j
     E h^2, h the posterior entropy   p (sum_i log R_i/R_i)^2
     E iota^2, iota the surprisal     sum_i f_i (log R_i)^2
     E h'^2, E[h b] (see D3_VarianceProduction)   their combinations
   and NAME_cut bounds what is lost by integrating over [-A, A] only: a number within e1 of the finite integral is
   within e1 + C exp(-A) of the mean, C explicit. *)
From Coq Require Import Reals Lra Lia List.
From Coquelicot Require Import Coquelicot.
From Infodyn Require Import Base Tilt Improper GaussInt BinEntropy EntropyRate D4_TotalVariance D3_VarianceProduction
  C8_UniversalOffsets.
Open Scope R_scope.

Section Cut.
Context {I : Type}.
Variables (l : list I) (w y : I -> R).
Hypothesis hl : l <> nil.
Hypothesis hw : forall i, In i l -> 0 < w i.

Definition odds (v x : R) (i : I) : R := Sl l (fun j => w j / w i * exp ((y j - y i) * (2 * x - y i - y j) / (2 * v))).

Lemma odds_ok v x i : 0 < v -> In i l -> p l w y v x = f w y v x i * odds v x i.
Proof.
intros hv hi; unfold p, odds; rewrite <- Sl_scal; apply Sl_ext; intros j hj; unfold f, phi.
assert (hwi := hw i hi); assert (hs := sqrt_lt_R0 _ (two_pi_v_pos v hv)).
replace (- (x - y j) ^ 2 / (2 * v)) with
  (- (x - y i) ^ 2 / (2 * v) + (y j - y i) * (2 * x - y i - y j) / (2 * v)) by (field; lra).
rewrite exp_plus; field; lra.
Qed.

Lemma odds_pos v x i : 0 < v -> In i l -> 0 < odds v x i.
Proof.
intros hv hi; apply Sl_pos; [exact hl |]; intros j hj; apply Rmult_lt_0_compat; [| apply exp_pos].
apply Rdiv_lt_0_compat; now apply hw.
Qed.

Lemma odds_pi v x i : 0 < v -> In i l -> pi_at l w y v x i = / odds v x i.
Proof.
intros hv hi; unfold pi_at; rewrite (odds_ok v x i hv hi).
assert (h1 := f_pos l w y hw v x i hv hi); assert (h2 := odds_pos v x i hv hi); field; lra.
Qed.

Lemma odds_iota v x i : 0 < v -> In i l -> iota l w y v x i = ln (odds v x i).
Proof.
intros hv hi; unfold iota; rewrite odds_pi by assumption; rewrite ln_Rinv by (now apply odds_pos); ring.
Qed.

(* the integrands, without a quotient of small numbers *)
Definition H_at (v x : R) : R := Sl l (fun i => f w y v x i * ln (odds v x i)).
Definition M_at (v x : R) : R :=
  / 2 * Sl l (fun i => f w y v x i * Sl l (fun j => (y i - y j) ^ 2 / odds v x j)).
Definition h_of (v x : R) : R := Sl l (fun i => ln (odds v x i) / odds v x i).
Definition hh_at (v x : R) : R := Sl l (f w y v x) * h_of v x ^ 2.
Definition ii_at (v x : R) : R := Sl l (fun i => f w y v x i * ln (odds v x i) ^ 2).

Lemma H_at_ok v x : 0 < v -> u l w y v x = H_at v x.
Proof.
intros hv; unfold u, H_at; apply Sl_ext; intros i hi.
rewrite <- odds_iota by assumption; unfold iota, lq, pi_at; ring.
Qed.

Lemma M_at_ok v x : 0 < v -> W l w y v x = M_at v x.
Proof.
intros hv; assert (hp := p_pos l w y hl hw v x hv).
rewrite W_alt by assumption; unfold M_at.
rewrite (Sl_ext l (fun i => f w y v x i * Sl l (fun j => (y i - y j) ^ 2 / odds v x j))
  (fun i => f w y v x i * y i ^ 2 * 1 + - 2 * (Sl l (fun j => f w y v x j * y j) / p l w y v x) * (f w y v x i * y i)
     + f w y v x i * (Sl l (fun j => f w y v x j * (y j * y j)) / p l w y v x))).
- rewrite !Sl_plus, Sl_scal_r, Sl_scal, Sl_scal_r; fold (p l w y v x).

  rewrite (Sl_ext l (fun i => f w y v x i * y i ^ 2) (fun i => f w y v x i * (y i * y i))) by (intros; ring).
  field; lra.
- intros i hi.
  rewrite (Sl_ext l (fun j => (y i - y j) ^ 2 / odds v x j)
    (fun j => (y i ^ 2 * f w y v x j + - 2 * y i * (f w y v x j * y j) + f w y v x j * (y j * y j)) * / p l w y v x)).
  + rewrite Sl_scal_r, !Sl_plus, !Sl_scal; fold (p l w y v x); field; lra.
  + intros j hj; assert (e := odds_pi v x j hv hj); unfold pi_at in e.
    unfold Rdiv at 1; rewrite <- e; field; lra.
Qed.

Lemma h_of_ok v x : 0 < v -> h_at l w y v x = h_of v x.
Proof.
intros hv; unfold h_at, h_of; apply Sl_ext; intros i hi.
rewrite odds_iota, odds_pi by assumption; unfold Rdiv; ring.
Qed.

Lemma hh_at_ok v x : 0 < v -> p l w y v x * h_at l w y v x ^ 2 = hh_at v x.
Proof. intros hv; rewrite h_of_ok by exact hv; reflexivity. Qed.

Lemma ii_at_ok v x : 0 < v -> p l w y v x * second_at l w y v x = ii_at v x.
Proof.
intros hv; assert (hp := p_pos l w y hl hw v x hv); unfold second_at, ii_at; rewrite <- Sl_scal.
apply Sl_ext; intros i hi; rewrite odds_iota by assumption; unfold pi_at; field; lra.
Qed.

(* what is lost by cutting *)
Lemma cut (g k : R -> R) (J T A m e1 e : R) :
  Rabs (RInt g (- A) A - J) <= T -> (forall x, g x = k x) ->
  Rabs (RInt k (- A) A - m) <= e1 -> e1 + T <= e -> Rabs (J - m) <= e.
Proof.
intros h1 hk h2 h3.
assert (E : RInt k (- A) A = RInt g (- A) A).
{ apply (RInt_ext (V := R_CompleteNormedModule)); intros x _; symmetry; apply hk. }
rewrite E in h2; replace (J - m) with ((RInt g (- A) A - m) - (RInt g (- A) A - J)) by ring.
assert (t := Rabs_triang (RInt g (- A) A - m) (- (RInt g (- A) A - J))); rewrite Rabs_Ropp in t.
unfold Rminus at 1; lra.
Qed.

Variables (c v d : R).
Hypothesis hc : 0 < c.
Hypothesis hv : c < v < d.

Lemma p_bounded_cut (F : R -> R) M A : (forall x, continuous F x) -> (forall x, 0 <= F x <= M) -> 0 <= A ->
  Rabs (RInt (fun x => p l w y v x * F x) (- A) A - IR (fun x => p l w y v x * F x)) <= 2 * (M * K0 l w y c d) * exp (- A).
Proof.
intros hF hb hA; assert (hv0 : 0 < v) by lra.
destruct (IR_dom (fun x => p l w y v x * F x) (M * K0 l w y c d)) as [r [hr ht]].
- intros x; apply (continuous_mult (p l w y v) F); [now apply p_cont | apply hF].
- intros x; assert (b := hb x); assert (hp := p_pos l w y hl hw v x hv0).
  assert (dm := p_dom l w y hw c d hc v x hv); rewrite exp_m2 in dm; destruct (exp_m_le1 x) as [[e0 e1] _].
  assert (hk := K0_nonneg l w y hw c d hc).
  rewrite Rabs_right by (apply Rle_ge, Rmult_le_pos; lra).
  apply Rle_trans with (K0 l w y c d * (exp (- Rabs x) * exp (- Rabs x)) * M).
  + apply Rmult_le_compat; lra.
  + replace (M * K0 l w y c d * exp (- Rabs x)) with (K0 l w y c d * (exp (- Rabs x) * 1) * M) by ring.
    apply Rmult_le_compat_r; [lra |]; apply Rmult_le_compat_l; [exact hk |].
    apply Rmult_le_compat_l; lra.
- rewrite (IR_unique _ _ hr); now apply ht.
Qed.

Theorem H_cut A m e1 e : 0 <= A -> Rabs (RInt (H_at v) (- A) A - m) <= e1 ->
  e1 + 2 * (NN l * K0 l w y c d) * exp (- A) <= e -> Rabs (H l w y v - m) <= e.
Proof.
intros hA; apply (cut (u l w y v)); [| intros; apply H_at_ok; lra].
exact (proj2 (u_IR l w y hl hw c d hc v hv) A hA).
Qed.

Theorem M_cut A m e1 e : 0 <= A -> Rabs (RInt (M_at v) (- A) A - m) <= e1 ->
  e1 + 2 * (Y2 l y * K0 l w y c d) * exp (- A) <= e -> Rabs (mmse l w y v - m) <= e.
Proof.
intros hA; apply (cut (W l w y v)); [| intros; apply M_at_ok; lra].
exact (proj2 (W_IR l w y hl hw c d hc v hv) A hA).
Qed.

Theorem hh_cut A m e1 e : 0 <= A -> Rabs (RInt (hh_at v) (- A) A - m) <= e1 ->
  e1 + 2 * (NN l ^ 2 * K0 l w y c d) * exp (- A) <= e ->
  Rabs (IR (fun x => p l w y v x * h_at l w y v x ^ 2) - m) <= e.
Proof.
intros hA; apply (cut (fun x => p l w y v x * h_at l w y v x ^ 2)); [| intros; apply hh_at_ok; lra].
apply (p_bounded_cut (fun x => h_at l w y v x ^ 2) (NN l ^ 2)); [| | exact hA]; intros x.
- apply h2_cont; try assumption; lra.
- apply h2_bounds'; try assumption; lra.
Qed.

Theorem ii_cut A m e1 e : 0 <= A -> Rabs (RInt (ii_at v) (- A) A - m) <= e1 ->
  e1 + 2 * (NN l * K0 l w y c d) * exp (- A) <= e -> Rabs (E_iota l w y v 2 - m) <= e.
Proof.
intros hA; assert (hv0 : 0 < v) by lra.
unfold E_iota; rewrite (IR_unique _ _ (surprisal_square l w y hl hw v hv0)).
apply (cut (fun x => p l w y v x * second_at l w y v x)); [| intros; apply ii_at_ok; lra].
apply (p_bounded_cut (second_at l w y v) (NN l)); [| | exact hA]; intros x.
- apply second_cont; assumption.
- apply second_bounds; assumption.
Qed.
End Cut.

(* ---- the derivative of Var h ---- *)
Section Slope.
Context {I : Type}.
Variables (l : list I) (w y : I -> R).
Hypothesis hl : l <> nil.
Hypothesis hw : forall i, In i l -> 0 < w i.

Definition grad_of (v x : R) : R :=
  Sl l (fun i => ln (odds l w y v x i) / odds l w y v x i * Sl l (fun j => (y i - y j) / odds l w y v x j)).
Definition gg_at (v x : R) : R := Sl l (f w y v x) * grad_of v x ^ 2.
Definition hb_at (v x : R) : R := h_of l w y v x * M_at l w y v x.
Definition slope_num (v : R) : R := v ^ 2 * E_of l w y v (fun x => grad l w y v x ^ 2)
  - (v ^ 2 * E_of l w y v (fun x => ent l w y v x * stretch l w y v x) - H l w y v * mmse l w y v).

Lemma odds_one v x : 0 < v -> Sl l (fun j => / odds l w y v x j) = 1.
Proof.
intros hv; assert (hp := p_pos l w y hl hw v x hv).
rewrite (Sl_ext l _ (fun j => f w y v x j * / p l w y v x)).
- rewrite Sl_scal_r; fold (p l w y v x); field; lra.
- intros j hj; rewrite <- (odds_pi l w y hl hw v x j hv hj); reflexivity.
Qed.

Lemma ent_h v x : 0 < v -> ent l w y v x = h_of l w y v x.
Proof.
intros hv; rewrite <- (h_of_ok l w y hl hw v x hv), (entropy_at_point l w y hl hw v x hv); unfold h_at.
transitivity (-1 * Sl l (fun i => pi_at l w y v x i * ln (pi_at l w y v x i))); [ring |].
rewrite <- Sl_scal; apply Sl_ext; intros; unfold iota; ring.
Qed.

Lemma grad_ok v x : 0 < v -> grad l w y v x = grad_of v x / v.
Proof.
intros hv; assert (hp := p_pos l w y hl hw v x hv).
rewrite (proj2 (gradient_at_point l w y hl hw v x hv)); unfold grad_of.
transitivity (-1 * Sl l (fun i => pi_at l w y v x i * ln (pi_at l w y v x i) * ((y i - x) / v - score l w y v x))); [ring |].
rewrite <- Sl_scal; symmetry; unfold Rdiv at 1; rewrite <- Sl_scal_r; symmetry; apply Sl_ext; intros i hi.
assert (em : Sl l (fun j => (y i - y j) / odds l w y v x j) = y i - m l w y v x).
{ rewrite (Sl_ext l _ (fun j => y i * / odds l w y v x j - f w y v x j * y j * / p l w y v x)).
  - rewrite Sl_minus, Sl_scal, odds_one, Sl_scal_r by exact hv; unfold m, Ex.
    change (Sl l (f w y v x)) with (p l w y v x); field; lra.
  - intros j hj; assert (e := odds_pi l w y hl hw v x j hv hj); unfold pi_at in e.
    unfold Rdiv; rewrite <- e; field; lra. }
rewrite em; assert (e := odds_iota l w y hl hw v x i hv hi); unfold iota in e.
rewrite <- e; unfold Rdiv at 2; rewrite <- (odds_pi l w y hl hw v x i hv hi); unfold score; field; lra.
Qed.

Variables (c v d : R).
Hypothesis hc : 0 < c.
Hypothesis hv : c < v < d.

(* d/dv Var h = - slope_num / v^2 *)
Theorem slope_ok :
  is_derive (Var_ent l w y) v (- slope_num v / v ^ 2).
Proof.
assert (hv0 : 0 < v) by lra; eapply D_val; [exact (variance_production l w y hl hw v hv0) |].
destruct (means_exist l w y hl hw v hv0) as [_ [k1 [_ [k2 _]]]].
unfold slope_num; rewrite k1, k2; field; lra.
Qed.

Theorem gg_cut A m e1 e : 0 <= A -> Rabs (RInt (gg_at v) (- A) A - m) <= e1 ->
  e1 + 2 * ((d * (NN l * (2 * Y1 l y / c))) ^ 2 * K0 l w y c d) * exp (- A) <= e ->
  Rabs (v ^ 2 * E_of l w y v (fun x => grad l w y v x ^ 2) - m) <= e.
Proof.
intros hA; assert (hv0 : 0 < v) by lra.
destruct (means_exist l w y hl hw v hv0) as [_ [_ [_ [_ [i3 _]]]]].
assert (i := is_IR_scal (v ^ 2) _ _ i3).
assert (i' : is_IR (fun x => p l w y v x * (v * grad l w y v x) ^ 2) (v ^ 2 * E_of l w y v (fun x => grad l w y v x ^ 2))).
{ refine (is_IR_ext _ _ _ _ i); intros x; cbv beta; ring. }
rewrite <- (IR_unique _ _ i').
apply (cut (fun x => p l w y v x * (v * grad l w y v x) ^ 2)).
- apply (p_bounded_cut l w y hl hw c v d hc hv (fun x => (v * grad l w y v x) ^ 2)); [| | exact hA]; intros x.
  + apply continuous_ext with (fun x => v ^ 2 * grad l w y v x ^ 2); [intros; req; ring |].
    apply (continuous_scal_r (V := R_NormedModule) (v ^ 2) (fun x => grad l w y v x ^ 2)).
    apply sq_cont; now apply grad_cont.
  + split; [apply pow2_ge_0 |]; rewrite <- (pow2_abs (v * grad l w y v x)); apply pow_incr.
    split; [apply Rabs_pos |]; rewrite Rabs_mult; apply Rmult_le_compat; try apply Rabs_pos.
    * rewrite Rabs_right; lra.
    * exact (grad_bound l w y hl hw c d hc v x hv).
- intros x; unfold gg_at; rewrite grad_ok by exact hv0; fold (p l w y v x); field; lra.
Qed.

Theorem hb_cut A m e1 e : 0 <= A -> Rabs (RInt (hb_at v) (- A) A - m) <= e1 ->
  e1 + 2 * (NN l * (Y2 l y * K0 l w y c d)) * exp (- A) <= e ->
  Rabs (v ^ 2 * E_of l w y v (fun x => ent l w y v x * stretch l w y v x) - m) <= e.
Proof.
intros hA; assert (hv0 : 0 < v) by lra.
destruct (means_exist l w y hl hw v hv0) as [_ [_ [_ [_ [_ i4]]]]].
assert (i := is_IR_scal (v ^ 2) _ _ i4).
assert (i' : is_IR (fun x => ent l w y v x * W l w y v x) (v ^ 2 * E_of l w y v (fun x => ent l w y v x * stretch l w y v x))).
{ refine (is_IR_ext _ _ _ _ i); intros x; unfold stretch, W; field; lra. }
rewrite <- (IR_unique _ _ i').
apply (cut (fun x => ent l w y v x * W l w y v x)).
- destruct (IR_dom (fun x => ent l w y v x * W l w y v x) (NN l * (Y2 l y * K0 l w y c d))) as [r [hr ht]].
  + intros x; apply (continuous_mult (ent l w y v) (W l w y v)); [now apply ent_cont | now apply W_cont].
  + intros x; assert (b := ent_bound l w y hl hw c d hc v x hv); assert (s := W_dom l w y hl hw c d hc v x hv).
    rewrite Rabs_right by (apply Rle_ge, Rmult_le_pos; lra).
    rewrite Rmult_assoc; apply Rmult_le_compat; lra.
  + rewrite (IR_unique _ _ hr); now apply ht.
- intros x; unfold hb_at; rewrite ent_h, M_at_ok by assumption; reflexivity.
Qed.
End Slope.

(* ---- a largest value, from the signs of the derivative at two ends ---- *)
Lemma peak_between (F : R -> R) (a b da db : R) : a < b -> (forall x, a <= x <= b -> ex_derive F x) ->
  is_derive F a da -> 0 < da -> is_derive F b db -> db < 0 ->
  exists x, a < x < b /\ is_derive F x 0 /\ forall z, a <= z <= b -> F z <= F x.
Proof.
intros hab hF ha pa hb nb.
assert (hc : forall x, a <= x <= b -> continuity_pt F x).
{ intros x hx; apply continuity_pt_filterlim, (ex_derive_continuous F); now apply hF. }
destruct (continuity_ab_maj F a b ltac:(lra) hc) as [x [hx hin]].
assert (na : x <> a).
{ intros ->; apply is_derive_Reals in ha; destruct (ha (da / 2) ltac:(lra)) as [del hd].
  set (h := Rmin (del / 2) (b - a)); assert (p := cond_pos del).
  assert (m1 := Rmin_l (del / 2) (b - a)); assert (m2 := Rmin_r (del / 2) (b - a)); fold h in m1, m2.
  assert (hh : 0 < h) by (apply Rmin_pos; lra).
  specialize (hd h ltac:(lra) ltac:(rewrite Rabs_right; lra)); apply Rabs_def2 in hd.
  specialize (hx (a + h) ltac:(lra)).
  assert ((F (a + h) - F a) / h <= 0) by (apply Rmult_le_reg_r with h; [exact hh |]; unfold Rdiv; rewrite Rmult_assoc, Rinv_l; lra).
  lra. }
assert (nb' : x <> b).
{ intros ->; apply is_derive_Reals in hb; destruct (hb (- db / 2) ltac:(lra)) as [del hd].
  set (h := Rmin (del / 2) (b - a)); assert (p := cond_pos del).
  assert (m1 := Rmin_l (del / 2) (b - a)); assert (m2 := Rmin_r (del / 2) (b - a)); fold h in m1, m2.
  assert (hh : 0 < h) by (apply Rmin_pos; lra).
  specialize (hd (- h) ltac:(lra) ltac:(rewrite Rabs_left; lra)); apply Rabs_def2 in hd.
  specialize (hx (b + - h) ltac:(lra)).
  assert (0 <= (F (b + - h) - F b) / - h).
  { replace ((F (b + - h) - F b) / - h) with ((F b - F (b + - h)) / h) by (field; lra).
    apply Rmult_le_pos; [lra | left; now apply Rinv_0_lt_compat]. }
  lra. }
assert (hi : a < x < b) by lra.
exists x; split; [exact hi |]; split; [| exact hx].
destruct (hF x ltac:(lra)) as [dx hdx].
assert (e : dx = 0); [| now rewrite e in hdx].
apply is_derive_Reals in hdx.
assert (pr : derivable_pt F x) by (now exists dx).
assert (ev := derive_pt_eq_0 F x dx pr hdx).
rewrite <- ev; apply (deriv_maximum F a b x pr); [exact (proj1 hi) | exact (proj2 hi) |].
intros z hz1 hz2; apply hx; lra.
Qed.

(* between two ratios k = 1/v at which the slope of Var h in v has the right signs, Var h is largest inside *)
Definition variance_peaks_at {I} (l : list I) (w y : I -> R) (lo hi k : R) : Prop :=
  is_derive (Var_ent l w y) (/ k) 0 /\ forall z, lo <= z <= hi -> Var_ent l w y (/ z) <= Var_ent l w y (/ k).

Theorem variance_peak_between {I} (l : list I) (w y : I -> R) (lo hi : R) :
  l <> nil -> (forall i, In i l -> 0 < w i) -> 0 < lo -> lo < hi ->
  slope_num l w y (/ hi) < 0 -> 0 < slope_num l w y (/ lo) ->
  exists k, lo <= k <= hi /\ variance_peaks_at l w y lo hi k.
Proof.
intros hl hw h0 h1 s1 s2; assert (i1 := Rinv_0_lt_compat _ h0); assert (i2 := Rinv_0_lt_compat hi ltac:(lra)).
assert (D : forall v, 0 < v -> is_derive (Var_ent l w y) v (- slope_num l w y v / v ^ 2)).
{ intros v hv; apply (slope_ok l w y hl hw (v / 2) v (2 * v)); lra. }
assert (hab : / hi < / lo) by (apply Rinv_lt_contravar; [now apply Rmult_lt_0_compat; lra | exact h1]).
assert (q : forall v, 0 < v -> 0 < / v ^ 2) by (intros; apply Rinv_0_lt_compat, pow_lt; assumption).
assert (q1 := q _ i1); assert (q2 := q _ i2).
destruct (peak_between (Var_ent l w y) (/ hi) (/ lo) _ _ hab
  (fun x hx => ex_intro _ _ (D x ltac:(lra))) (D _ i2) ltac:(unfold Rdiv; nra) (D _ i1) ltac:(unfold Rdiv; nra))
  as [x [hx [dx mx]]].
assert (hx0 : 0 < x) by lra; exists (/ x); split; [| split].
- rewrite <- (Rinv_inv lo), <- (Rinv_inv hi); split; apply Rinv_le_contravar; lra.
- now rewrite Rinv_inv.
- intros z hz; rewrite Rinv_inv; apply mx; split; apply Rinv_le_contravar; lra.
Qed.

(* ---- the peaks of the rate of two atoms (C8) ---- *)
Theorem MM_cut n v A m e1 e : (n <= 2)%nat -> 0 < v -> 0 <= A -> Rabs (RInt (ker n v) (- A) A - m) <= e1 ->
  e1 + 2 * (4 * (2 / v) ^ n) * exp (- A) <= e -> Rabs (MM n v - m) <= e.
Proof.
intros hn hv hA; apply (cut (ker n v)); [| reflexivity].
destruct (IR_dom (ker n v) (4 * (2 / v) ^ n)) as [r [hr ht]].
- intros; apply ker_cont.
- intros; now apply ker_dom.
- unfold MM; rewrite (IR_unique _ _ hr); now apply ht.
Qed.

(* the rate in the clock of index j peaks at k, and only there *)
Definition rate_peaks_at (j k : R) : Prop := 0 < k /\ forall z, 0 < z -> z <> k -> rate j (/ z) < rate j (/ k).

Theorem rate_peak_between j lo hi : / 2 <= j -> 0 < lo -> lo < hi -> 0 < psi j (/ hi) -> psi j (/ lo) < 0 ->
  exists k, lo <= k <= hi /\ rate_peaks_at j k.
Proof.
intros hj hlo hh p1 p2; destruct (unique_peak j hj) as [v [hv [q1 [q2 q3]]]].
assert (i1 := Rinv_0_lt_compat _ hlo); assert (i2 := Rinv_0_lt_compat hi ltac:(lra)).
assert (b1 : / hi <= v). { apply Rnot_lt_le; intros h; assert (k := q2 _ h); lra. }
assert (b2 : v <= / lo). { apply Rnot_lt_le; intros h; assert (k := q1 _ i1 h); lra. }
exists (/ v); split; [| split].
- split.
  + rewrite <- (Rinv_inv lo); now apply Rinv_le_contravar.
  + rewrite <- (Rinv_inv hi); now apply Rinv_le_contravar.
- now apply Rinv_0_lt_compat.
- intros z hz hn; rewrite Rinv_inv; apply q3; [now apply Rinv_0_lt_compat |].
  intros e; apply hn; rewrite <- e, Rinv_inv; reflexivity.
Qed.

(* ---- from certified integrals to what they stand for ---- *)
Lemma near_scaled (s t X a m e1 e : R) : Rabs (X - a) <= e1 -> Rabs (s * a + t - m) + Rabs s * e1 <= e ->
  Rabs (s * X + t - m) <= e.
Proof.
intros h1 h2; replace (s * X + t - m) with ((s * a + t - m) + s * (X - a)) by ring.
assert (k := Rabs_triang (s * a + t - m) (s * (X - a))); rewrite Rabs_mult in k.
assert (Rabs s * Rabs (X - a) <= Rabs s * e1) by (apply Rmult_le_compat_l; [apply Rabs_pos | exact h1]); lra.
Qed.

Lemma near_variance (X Y a b m e1 e2 e : R) : Rabs (X - a) <= e1 -> Rabs (Y - b) <= e2 ->
  Rabs (a - b ^ 2 - m) + e1 + e2 * (2 * Rabs b + e2) <= e -> Rabs (X - Y ^ 2 - m) <= e.
Proof.
intros h1 h2 h3.
replace (X - Y ^ 2 - m) with ((a - b ^ 2 - m) + ((X - a) + - ((Y - b) * (2 * b + (Y - b))))) by ring.
assert (k1 := Rabs_triang (a - b ^ 2 - m) ((X - a) + - ((Y - b) * (2 * b + (Y - b))))).
assert (k2 := Rabs_triang (X - a) (- ((Y - b) * (2 * b + (Y - b))))); rewrite Rabs_Ropp, Rabs_mult in k2.
assert (k3 := Rabs_triang (2 * b) (Y - b)); rewrite Rabs_mult, (Rabs_right 2) in k3 by lra.
assert (Rabs (Y - b) * Rabs (2 * b + (Y - b)) <= e2 * (2 * Rabs b + e2))
  by (apply Rmult_le_compat; try apply Rabs_pos; lra).
lra.
Qed.

Section Numbers.
Context {I : Type}.
Variables (l : list I) (w y : I -> R).
Hypothesis hl : l <> nil.
Hypothesis hw : forall i, In i l -> 0 < w i.
Variable v : R.
Hypothesis hv : 0 < v.

Theorem rate_near (a m e1 e : R) : Rabs (mmse l w y v - a) <= e1 ->
  Rabs (/ (2 * v ^ 2) * a + 0 - m) + Rabs (/ (2 * v ^ 2)) * e1 <= e -> Rabs (Derive (H l w y) v - m) <= e.
Proof.
intros h1 h2; rewrite (is_derive_unique _ _ _ (entropy_rate l w y hl hw v hv)).
replace (mmse l w y v / (2 * v ^ 2)) with (/ (2 * v ^ 2) * mmse l w y v + 0) by (field; lra).
exact (near_scaled _ _ _ _ _ _ _ h1 h2).
Qed.

Theorem divergence_near (a m e1 e : R) : Sl l w = 1 -> Rabs (mmse l w y v - a) <= e1 ->
  Rabs (/ v ^ 2 * a + - / v - m) + Rabs (/ v ^ 2) * e1 <= e ->
  Rabs (IR (fun x => p l w y v x * Derive (score l w y v) x) - m) <= e.
Proof.
intros sw h1 h2; rewrite (IR_unique _ _ (expected_divergence l w y hl hw sw v hv)).
replace (mmse l w y v / v ^ 2 - / v) with (/ v ^ 2 * mmse l w y v + - / v) by (field; lra).
exact (near_scaled _ _ _ _ _ _ _ h1 h2).
Qed.

Theorem Var_h_near (a b m e1 e2 e : R) : Rabs (IR (fun x => p l w y v x * h_at l w y v x ^ 2) - a) <= e1 ->
  Rabs (H l w y v - b) <= e2 -> Rabs (a - b ^ 2 - m) + e1 + e2 * (2 * Rabs b + e2) <= e ->
  Rabs (Var_h l w y v - m) <= e.
Proof.
intros h1 h2 h3; unfold Var_h; rewrite (proj2 (surprisal_mean l w y hl hw v hv)).
exact (near_variance _ _ _ _ _ _ _ _ h1 h2 h3).
Qed.

Theorem Var_iota_near (a b m e1 e2 e : R) : Rabs (E_iota l w y v 2 - a) <= e1 ->
  Rabs (H l w y v - b) <= e2 -> Rabs (a - b ^ 2 - m) + e1 + e2 * (2 * Rabs b + e2) <= e ->
  Rabs (Var_iota l w y v - m) <= e.
Proof.
intros h1 h2 h3; unfold Var_iota; destruct (surprisal_mean l w y hl hw v hv) as [k1 k2].
replace (E_iota l w y v 1) with (H l w y v) by (rewrite <- k2; symmetry; exact (IR_unique _ _ k1)).
exact (near_variance _ _ _ _ _ _ _ _ h1 h2 h3).
Qed.
End Numbers.
