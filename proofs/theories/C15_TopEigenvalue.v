(* claim: C15; scope: 1-D, finite atoms; headline: divergence_never_zero, two_atoms_never_cross, critical_reverse, critical_flow *)
(* divergence_never_zero : finitely many atoms on the line, v = sigma^2: E[ds/dx] = - E[s^2] < 0 (integrals over the
                           whole line), at every noise level;
   two_atoms_never_cross : for two atoms the mean slope of the score (the top eigenvalue along their axis) is
                           -(1 - k mmse(k))/sigma^2 < 0 at every k = a^2/sigma^2;
   critical_reverse, critical_flow : a direction of eigenvalue lam of grad s is marginal for the reverse SDE
                           exactly at lam = f/g^2, for the flow at lam = 2 f/g^2 (algebra).
   Not proved: R^d, and the crossing values for products of pairs. *)
From Coq Require Import Reals Lra Lia List.
From Coquelicot Require Import Coquelicot.
From Infodyn Require Import Base Tilt Improper GaussInt BinEntropy TwoDelta EntropyRate TwoDeltaEntropy TwoDeltaBounds
  ScheduleEntropy ExtraMoments.
Open Scope R_scope.

Section C15.
Context {I : Type}.
Variables (l : list I) (w y : I -> R) (v : R).
Hypothesis hl : l <> nil.
Hypothesis hw : forall i, In i l -> 0 < w i.
Hypothesis sw : Sl l w = 1.
Hypothesis hv : 0 < v.

Theorem divergence_never_zero :
  exists J, is_IR (fun x => p l w y v x * Derive (score l w y v) x) (- J) /\
    is_IR (fun x => p l w y v x * score l w y v x ^ 2) J /\ 0 < J.
Proof.
exists (/ v - mmse l w y v / v ^ 2).
assert (i := fisher_is_minus_divergence l w y v hl hw sw hv).
assert (j := expected_divergence l w y hl hw sw v hv).
split; [replace (- (/ v - mmse l w y v / v ^ 2)) with (mmse l w y v / v ^ 2 - / v) by ring; exact j |].
split; [exact i |].
(* the integrand is at least c on an interval far out, where |s| >= 1/v *)
set (M := Y1 l y + 1); assert (hY : 0 <= Y1 l y) by apply Y1_nonneg.
assert (hc : forall x, continuous (fun x => p l w y v x * score l w y v x ^ 2) x).
{ intros x; apply (continuous_mult (p l w y v) (fun x => score l w y v x ^ 2)).
  - apply (P_cont l w y v hl hw hv).
  - apply continuous_ext with (fun x => score l w y v x * score l w y v x); [intros; req; ring |].
    apply (continuous_mult (score l w y v) (score l w y v)); apply (S_cont l w y v hl hw hv). }
set (h := fun x => p l w y v x * score l w y v x ^ 2).
assert (hpos : forall x, 0 <= h x).
{ intros x; apply Rmult_le_pos; [left; now apply p_pos | apply pow2_ge_0]. }
set (r := RInt h M (M + 1)).
assert (hr : 0 < r).
{ apply RInt_gt_0; [lra | | intros; apply hc].
  intros x hx; unfold h; apply Rmult_lt_0_compat; [now apply p_pos |].
  assert (b := m_bound l w y v hl hw hv x); apply Rabs_le_between in b.
  apply pow2_gt_0; unfold score; apply Rlt_not_eq.
  unfold Rdiv; assert (hi := Rinv_0_lt_compat v hv).
  assert (0 < (x - m l w y v x) * / v) by (apply Rmult_lt_0_compat; unfold M in hx; lra); lra. }
assert (trunc : forall A, M + 1 <= A -> r <= RInt h (- A) A).
{ intros A hA; rewrite <- (RInt_split h (- A) M A), <- (RInt_split h M (M + 1) A) by exact hc.
  assert (g : forall b c, b <= c -> 0 <= RInt h b c).
  { intros b c hbc; apply RInt_ge_0; [exact hbc | apply ex_RInt_R; exact hc | intros; apply hpos]. }
  assert (g1 := g (- A) M ltac:(unfold M; unfold M in hA; lra)); assert (g2 := g (M + 1) A hA).
  fold r; lra. }
set (J := / v - mmse l w y v / v ^ 2) in *.
apply Rnot_le_lt; intros hJ.
(* the integrals over [-A, A] tend to J <= 0 < r *)
assert (lim := i (fun z => Rabs (z - J) < r)).
assert (hloc : locally J (fun z => Rabs (z - J) < r)) by (exists (mkposreal r hr); intros z hz; exact hz).
destruct (lim hloc) as [Q1 Q2 [a1 q1] [a2 q2] hq].
set (A := Rmax (M + 1) (Rmax (1 - a1) (a2 + 1))).
assert (b1 := Rmax_l (M + 1) (Rmax (1 - a1) (a2 + 1))); assert (b2 := Rmax_r (M + 1) (Rmax (1 - a1) (a2 + 1))).
assert (b3 := Rmax_l (1 - a1) (a2 + 1)); assert (b4 := Rmax_r (1 - a1) (a2 + 1)); fold A in b1, b2.
destruct (hq (- A) A (q1 (- A) ltac:(lra)) (q2 A ltac:(lra))) as [z [hz hz2]]; change (is_RInt h (- A) A z) in hz.
apply (is_RInt_unique (V := R_CompleteNormedModule)) in hz.
assert (t := trunc A b1); rewrite hz in t; apply Rabs_def2 in hz2; lra.
Qed.
End C15.

Theorem two_atoms_never_cross (a s2 : R) : 0 < a -> 0 < s2 -> let k := a ^ 2 / s2 in
  is_IR (fun x => p2 a s2 x * (a ^ 2 / s2 ^ 2 * (1 - tanh (a * x / s2) ^ 2) - / s2))
    (- (1 - k * mmse2 1 (/ k)) / s2) /\ - (1 - k * mmse2 1 (/ k)) / s2 < 0.
Proof.
intros ha hs k.
assert (hv : 0 < s2 / a ^ 2) by (apply Rdiv_lt_0_compat; [exact hs | now apply pow_lt]).
assert (e := mmse2_scaling a 1 (s2 / a ^ 2) ha hv).
replace (a * 1) with a in e by ring; replace (a ^ 2 * (s2 / a ^ 2)) with s2 in e by (field; lra).
replace (/ k) with (s2 / a ^ 2) by (unfold k; field; split; lra).
assert (i := two_delta_expected_divergence a s2 hs).
assert (q : mmse2 a s2 / s2 ^ 2 - / s2 = - (1 - k * mmse2 1 (s2 / a ^ 2)) / s2)
  by (rewrite e; unfold k; field; lra).
rewrite q in i; split; [exact i |].
destruct (divergence_never_zero l2 w2 (y2 a) s2 l2_ne w2_pos w2_sum hs) as [J [j1 [_ j3]]].
assert (j := expected_divergence l2 w2 (y2 a) l2_ne w2_pos w2_sum s2 hs).
rewrite mmse_mmse2, q in j by exact hs.
assert (u := IR_unique _ _ j); assert (u2 := IR_unique _ _ j1); rewrite u in u2; lra.
Qed.

Theorem critical_reverse (f g2 lam : R) : 0 < g2 -> (- f + g2 * lam = 0 <-> lam = f / g2).
Proof. intros hg; split; intros h; [replace f with (g2 * lam) by lra; field; lra | rewrite h; field; lra]. Qed.

Theorem critical_flow (f g2 lam : R) : 0 < g2 -> (- f + g2 / 2 * lam = 0 <-> lam = 2 * f / g2).
Proof. intros hg; split; intros h; [replace f with (g2 / 2 * lam) by lra; field; lra | rewrite h; field; lra]. Qed.
