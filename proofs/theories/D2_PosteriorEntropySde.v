(* claim: D2; scope: pointwise; headline: entropy_gradient, posterior_entropy_drift, posterior_entropy_drift_atoms *)
(* Labels y in a finite list J.  f_y(t, x) > 0 is the weighted density of (Y = y, X_t = x) in R^d; all that is used
   is that each f_y solves the Fokker-Planck equation of dX = f X dt + g dW at the point (t, x):
     d_t f_y = - f sum_k (f_y + x_k d_k f_y) + (g^2/2) sum_k d_k d_k f_y.
   With p = sum_y f_y, pi_y = f_y/p, s = grad log p, s_y = grad log f_y, h = - sum_y pi_y log pi_y:
     entropy_gradient        : grad h = - sum_y pi_y log pi_y (s_y - s);
     posterior_entropy_drift : the generator of the reverse process dX = (g^2 s - f X) dtau + g dW, applied to h,
        - d_t h + sum_k (g^2 s_k - f x_k) d_k h + (g^2/2) sum_k d_k d_k h = - (g^2/2) sum_y pi_y |s_y - s|^2,
   which is the drift of dh in Ito's formula (the noise term is g grad h . dW).
   The derivatives of f_y are data of the statement;
     posterior_entropy_drift_atoms : finitely many atoms in R^d, `ve`, the label the atom: no hypothesis left.
   Not proved: Ito's formula itself. *)
From Coq Require Import Reals Lra Lia List.
From Coquelicot Require Import Coquelicot.
From Infodyn Require Import Base Tilt MixtureRd.
Open Scope R_scope.

Section Generic.
Context {J : Type}.
Variable l : list J.
Hypothesis hl : l <> nil.

(* h of a family of positive masses *)
Definition entropy (m : J -> R) : R := - Sl l (fun j => m j / Sl l m * ln (m j / Sl l m)).

(* ---- one real parameter: derivative of h along a curve of masses ---- *)
Lemma entropy_derive (m : J -> R -> R) (dm : J -> R) (t : R) :
  (forall j, In j l -> 0 < m j t) -> (forall j, In j l -> is_derive (m j) t (dm j)) ->
  is_derive (fun t => entropy (fun j => m j t)) t
    (- Sl l (fun j => (dm j - m j t / Sl l (fun i => m i t) * Sl l dm) / Sl l (fun i => m i t)
       * ln (m j t / Sl l (fun i => m i t)))).
Proof.
intros hp hd; assert (hP : 0 < Sl l (fun i => m i t)) by (apply Sl_pos; assumption).
set (P := Sl l (fun i => m i t)) in *; set (dP := Sl l dm).
assert (dS : is_derive (fun t => Sl l (fun i => m i t)) t dP).
{ apply (Sl_derive l m (fun j _ => dm j)); exact hd. }
unfold entropy; eapply D_val.
- apply D_opp.
  apply (Sl_derive l (fun j t => m j t / Sl l (fun i => m i t) * ln (m j t / Sl l (fun i => m i t)))
    (fun j _ => (dm j * P - m j t * dP) / P ^ 2 * ln (m j t / P) + (dm j * P - m j t * dP) / P ^ 2)).
  intros j hj; assert (hm := hp j hj).
  assert (dq : is_derive (fun t => m j t / Sl l (fun i => m i t)) t ((dm j * P - m j t * dP) / P ^ 2)).
  { apply D_div; [fold P; lra | now apply hd | exact dS]. }
  eapply D_val.
  + apply D_mult; [exact dq |]; apply D_ln; [fold P; now apply Rdiv_lt_0_compat | exact dq].
  + cbv beta; fold P; field; lra.
- f_equal; rewrite Sl_plus.
  assert (z : Sl l (fun j => (dm j * P - m j t * dP) / P ^ 2) = 0).
  { rewrite (Sl_ext l _ (fun j => / P * dm j - dP / P ^ 2 * m j t)) by (intros; field; lra).
    rewrite Sl_minus, !Sl_scal; change (Sl l (fun i => dm i)) with dP; fold P.
    change (Sl l dm) with dP; field; lra. }
  rewrite z, Rplus_0_r; apply Sl_ext; intros j hj; field; lra.
Qed.

(* ---- a line through a point: first and second derivative of h ---- *)
Section OneLine.
Variables (F F1 : J -> R -> R) (F2 : J -> R) (r0 : R).
Hypothesis hF : forall j r, In j l -> 0 < F j r.
Hypothesis d1 : forall j r, In j l -> is_derive (F j) r (F1 j r).
Hypothesis d2 : forall j, In j l -> is_derive (F1 j) r0 (F2 j).

Let P r := Sl l (fun j => F j r).
Let P1 r := Sl l (fun j => F1 j r).
Let P2 := Sl l F2.
Definition pi_ (F : J -> R -> R) (r : R) (j : J) : R := F j r / Sl l (fun i => F i r).
Definition grad1 (F F1 : J -> R -> R) (r : R) : R :=
  - Sl l (fun j => (F1 j r - pi_ F r j * Sl l (fun i => F1 i r)) / Sl l (fun i => F i r) * ln (pi_ F r j)).

Lemma P_pos r : 0 < P r. Proof. apply Sl_pos; [exact hl |]; intros; now apply hF. Qed.

Lemma h_line r : is_derive (fun r => entropy (fun j => F j r)) r (grad1 F F1 r).
Proof.
assert (k := entropy_derive F (fun j => F1 j r) r (fun j hj => hF j r hj) (fun j hj => d1 j r hj)).
exact k.
Qed.

(* second derivative, in the combination that the generator needs *)
Lemma h_line2 : is_derive (grad1 F F1) r0
  (- 2 * (P1 r0 / P r0) * grad1 F F1 r0
   - Sl l (fun j => (F2 j - pi_ F r0 j * P2) / P r0 * ln (pi_ F r0 j))
   - Sl l (fun j => pi_ F r0 j * (F1 j r0 / F j r0 - P1 r0 / P r0) ^ 2)).
Proof.
assert (hP := P_pos r0).
assert (dP : is_derive P r0 (P1 r0)).
{ apply (Sl_derive l F (fun j _ => F1 j r0)); intros; now apply d1. }
assert (dP1 : is_derive P1 r0 P2).
{ apply (Sl_derive l F1 (fun j _ => F2 j)); intros; now apply d2. }
unfold grad1; eapply D_val.
- apply D_opp.
  apply (Sl_derive l (fun j r => (F1 j r - pi_ F r j * P1 r) / P r * ln (pi_ F r j))
    (fun j _ => let q := pi_ F r0 j in let q1 := (F1 j r0 * P r0 - F j r0 * P1 r0) / P r0 ^ 2 in
      ((F2 j - (q1 * P1 r0 + q * P2)) * P r0 - (F1 j r0 - q * P1 r0) * P1 r0) / P r0 ^ 2 * ln q
      + (F1 j r0 - q * P1 r0) / P r0 * (q1 / q))).
  intros j hj; cbv zeta; assert (hf := hF j r0 hj).
  assert (dq : is_derive (fun r => pi_ F r j) r0 ((F1 j r0 * P r0 - F j r0 * P1 r0) / P r0 ^ 2)).
  { unfold pi_; apply D_div; [apply Rgt_not_eq; exact hP | now apply d1 | exact dP]. }
  apply (D_mult (fun r => (F1 j r - pi_ F r j * P1 r) / P r) (fun r => ln (pi_ F r j))).
  + apply (D_div (fun r => F1 j r - pi_ F r j * P1 r) P); [lra | | exact dP].
    apply D_minus; [now apply d2 |]; apply (D_mult (fun r => pi_ F r j) P1); [exact dq | exact dP1].
  + apply (D_ln (fun r => pi_ F r j)); [apply Rdiv_lt_0_compat; [exact hf | exact hP] | exact dq].
- cbv zeta.
  replace (- 2 * (P1 r0 / P r0) * - Sl l (fun j => (F1 j r0 - pi_ F r0 j * Sl l (fun i => F1 i r0))
      / Sl l (fun i => F i r0) * ln (pi_ F r0 j)))
    with (Sl l (fun j => 2 * (P1 r0 / P r0) * ((F1 j r0 - pi_ F r0 j * P1 r0) / P r0 * ln (pi_ F r0 j))))
    by (rewrite Sl_scal; fold (P1 r0); fold (P r0); ring).
  rewrite <- !Sl_minus, <- (Rmult_1_l (Sl l (fun j => _ + _))), <- Ropp_mult_distr_l_reverse, <- Sl_scal.
  apply Sl_ext; intros j hj; assert (hf := hF j r0 hj).
  set (L := ln (pi_ F r0 j)); unfold pi_; fold (P r0).
  generalize (P r0) (P1 r0) P2 hP L; intros p p1 p2 hp L0; field; split; lra.
Qed.
End OneLine.
End Generic.

(* ---- R^d ---- *)
Section D2.
Context {J : Type}.
Variables (d : nat) (l : list J) (f g2 : R).
Variables (F : J -> R -> vec -> R) (F1 : J -> vec -> nat -> R) (F2 : J -> nat -> R) (Ft : J -> R) (t : R) (x : vec).
Hypothesis hl : l <> nil.
Hypothesis hF : forall j z, In j l -> 0 < F j t z.
(* d_k f_j at time t and every point, d_k d_k f_j and d_t f_j at (t, x) *)
Hypothesis d1 : forall j z k, In j l -> (k < d)%nat -> is_dir (fun z => F j t z) z (basis k) (F1 j z k).
Hypothesis d2 : forall j k, In j l -> (k < d)%nat -> is_dir (fun z => F1 j z k) x (basis k) (F2 j k).
Hypothesis dt : forall j, In j l -> is_derive (fun s => F j s x) t (Ft j).
Hypothesis fokker_planck : forall j, In j l ->
  Ft j = - f * Sl (seq 0 d) (fun k => F j t x + x k * F1 j x k) + g2 / 2 * Sl (seq 0 d) (fun k => F2 j k).

Definition p_lab (l : list J) (F : J -> R -> vec -> R) (s : R) (z : vec) : R := Sl l (fun j => F j s z).
Definition pi_lab (l : list J) (F : J -> R -> vec -> R) (s : R) (z : vec) (j : J) : R := F j s z / p_lab l F s z.
(* posterior entropy of the label *)
Definition h_lab (l : list J) (F : J -> R -> vec -> R) (s : R) (z : vec) : R :=
  - Sl l (fun j => pi_lab l F s z j * ln (pi_lab l F s z j)).
(* scores: of the label's component, and of the marginal *)
Definition s_lab (F : J -> R -> vec -> R) (F1 : J -> vec -> nat -> R) (t : R) (z : vec) (j : J) (k : nat) : R :=
  F1 j z k / F j t z.
Definition s_all (l : list J) (F : J -> R -> vec -> R) (F1 : J -> vec -> nat -> R) (t : R) (z : vec) (k : nat) : R :=
  Sl l (fun j => F1 j z k) / p_lab l F t z.
Definition grad_h (l : list J) (F : J -> R -> vec -> R) (F1 : J -> vec -> nat -> R) (t : R) (z : vec) (k : nat) : R :=
  - Sl l (fun j => pi_lab l F t z j * ln (pi_lab l F t z j) * (s_lab F F1 t z j k - s_all l F F1 t z k)).
(* b = sum_y pi_y |s_y - s|^2 *)
Definition b_lab (d : nat) (l : list J) (F : J -> R -> vec -> R) (F1 : J -> vec -> nat -> R) (t : R) (z : vec) : R :=
  Sl l (fun j => pi_lab l F t z j * Sl (seq 0 d) (fun k => (s_lab F F1 t z j k - s_all l F F1 t z k) ^ 2)).

Lemma p_lab_pos z : 0 < p_lab l F t z.
Proof. apply Sl_pos; [exact hl |]; intros; now apply hF. Qed.

(* moving the base point along a coordinate line *)
Lemma line_at j z k r : In j l -> (k < d)%nat ->
  is_derive (fun r => F j t (fun i => z i + r * basis k i)) r (F1 j (fun i => z i + r * basis k i) k).
Proof.
intros hj hk; assert (h := d1 j (fun i => z i + r * basis k i) k hj hk); unfold is_dir in h.
apply is_derive_ext with (fun s => F j t (fun i => z i + r * basis k i + (s - r) * basis k i)).
{ intros s; f_equal; apply FunctionalExtensionality.functional_extensionality; intros i; ring. }
apply (D_unshift (fun u => F j t (fun i => z i + r * basis k i + u * basis k i)) r r).
rewrite Rminus_eq_0; exact h.
Qed.

Lemma grad1_eq z k r : (k < d)%nat ->
  grad1 l (fun j r => F j t (fun i => z i + r * basis k i)) (fun j r => F1 j (fun i => z i + r * basis k i) k) r
  = grad_h l F F1 t (fun i => z i + r * basis k i) k.
Proof.
intros hk; unfold grad1, grad_h, pi_, pi_lab; f_equal; apply Sl_ext; intros j hj.
set (z' := fun i => z i + r * basis k i); assert (hp := p_lab_pos z'); assert (hf := hF j z' hj).
unfold s_lab, s_all; fold (p_lab l F t z'); field; split; lra.
Qed.

Theorem entropy_gradient z k : (k < d)%nat ->
  is_dir (fun z => h_lab l F t z) z (basis k) (grad_h l F F1 t z k).
Proof.
intros hk; unfold is_dir.
assert (h := h_line l hl (fun j r => F j t (fun i => z i + r * basis k i))
  (fun j r => F1 j (fun i => z i + r * basis k i) k) (fun j r hj => hF j _ hj)
  (fun j r hj => line_at j z k r hj hk) 0).
rewrite grad1_eq, line_0 in h by exact hk; exact h.
Qed.

(* d_k d_k h at (t, x) *)
Definition lap_h (k : nat) : R :=
  - 2 * s_all l F F1 t x k * grad_h l F F1 t x k
  - Sl l (fun j => (F2 j k - pi_lab l F t x j * Sl l (fun i => F2 i k)) / p_lab l F t x * ln (pi_lab l F t x j))
  - Sl l (fun j => pi_lab l F t x j * (s_lab F F1 t x j k - s_all l F F1 t x k) ^ 2).

Lemma entropy_second k : (k < d)%nat ->
  is_dir (fun z => grad_h l F F1 t z k) x (basis k) (lap_h k).
Proof.
intros hk; unfold is_dir.
apply is_derive_ext with (fun r => grad1 l (fun j r => F j t (fun i => x i + r * basis k i))
  (fun j r => F1 j (fun i => x i + r * basis k i) k) r).
{ intros r; now apply grad1_eq. }
assert (h := h_line2 l hl (fun j r => F j t (fun i => x i + r * basis k i))
  (fun j r => F1 j (fun i => x i + r * basis k i) k) (fun j => F2 j k) 0 (fun j r hj => hF j _ hj)
  (fun j r hj => line_at j x k r hj hk) (fun j hj => d2 j k hj hk)).
rewrite grad1_eq in h by exact hk; unfold pi_ in h; rewrite line_0 in h; exact h.
Qed.

(* d_t h at (t, x) *)
Definition dt_h : R :=
  - Sl l (fun j => (Ft j - pi_lab l F t x j * Sl l Ft) / p_lab l F t x * ln (pi_lab l F t x j)).

Lemma entropy_time : is_derive (fun s => h_lab l F s x) t dt_h.
Proof. exact (entropy_derive l hl (fun j s => F j s x) Ft t (fun j hj => hF j x hj) dt). Qed.

Lemma lin_sum (A B C D : nat -> R) (q p L : R) (s : list nat) :
  (- f * Sl s A + g2 / 2 * Sl s B - q * (- f * Sl s C + g2 / 2 * Sl s D)) / p * L
  = Sl s (fun k => (- f * A k + g2 / 2 * B k - q * (- f * C k + g2 / 2 * D k)) / p * L).
Proof. induction s as [| k s IH]; simpl; [unfold Rdiv; ring | rewrite <- IH; unfold Rdiv; ring]. Qed.

(* the generator of the reverse process on h *)
Theorem posterior_entropy_drift :
  exists ht hkk, is_derive (fun s => h_lab l F s x) t ht /\
    (forall k, (k < d)%nat -> is_dir (fun z => grad_h l F F1 t z k) x (basis k) (hkk k)) /\
    - ht + Sl (seq 0 d) (fun k => (g2 * s_all l F F1 t x k - f * x k) * grad_h l F F1 t x k)
      + g2 / 2 * Sl (seq 0 d) hkk = - (g2 / 2) * b_lab d l F F1 t x.
Proof.
exists dt_h, lap_h; split; [exact entropy_time | split; [intros; now apply entropy_second |]].
assert (hp := p_lab_pos x).
set (p := p_lab l F t x) in *; set (pi := pi_lab l F t x).
(* dt_h by Fokker-Planck *)
assert (e1 : dt_h = Sl (seq 0 d) (fun k => - f * x k * grad_h l F F1 t x k
  - g2 / 2 * Sl l (fun j => (F2 j k - pi j * Sl l (fun i => F2 i k)) / p * ln (pi j)))).
{ unfold dt_h, grad_h; fold p pi.
  assert (eT : Sl l Ft = - f * Sl (seq 0 d) (fun k => p + x k * Sl l (fun j => F1 j x k))
     + g2 / 2 * Sl (seq 0 d) (fun k => Sl l (fun j => F2 j k))).
  { rewrite (Sl_ext l Ft _ fokker_planck), Sl_plus, !Sl_scal.
    rewrite (Sl_swap l (seq 0 d) (fun j k => F j t x + x k * F1 j x k)), (Sl_swap l (seq 0 d) (fun j k => F2 j k)).
    f_equal; f_equal; apply Sl_ext; intros k _; rewrite Sl_plus, Sl_scal; reflexivity. }
  rewrite eT.
  rewrite (Sl_ext l _ (fun j => Sl (seq 0 d) (fun k =>
     (- f * x k * (pi j * ln (pi j) * (s_lab F F1 t x j k - s_all l F F1 t x k))
      + g2 / 2 * ((F2 j k - pi j * Sl l (fun i => F2 i k)) / p * ln (pi j)))))).
  2: { intros j hj; rewrite (fokker_planck j hj); assert (hf := hF j x hj).
       unfold pi, pi_lab; fold p.
       transitivity (Sl (seq 0 d) (fun k => (- f * (F j t x + x k * F1 j x k) + g2 / 2 * F2 j k
         - F j t x / p * (- f * (p + x k * Sl l (fun j => F1 j x k)) + g2 / 2 * Sl l (fun j => F2 j k))) / p
         * ln (F j t x / p))).
       - apply (lin_sum (fun k => F j t x + x k * F1 j x k) (F2 j)
           (fun k => p + x k * Sl l (fun j => F1 j x k)) (fun k => Sl l (fun j => F2 j k))).
       - apply Sl_ext; intros k _; unfold s_lab, s_all; fold p; field; split; lra. }
  rewrite Sl_swap, <- (Rmult_1_l (Sl (seq 0 d) _)), <- Ropp_mult_distr_l_reverse, <- Sl_scal.
  apply Sl_ext; intros k _; rewrite Sl_plus, !Sl_scal; ring. }
rewrite e1; unfold b_lab; fold pi.
rewrite (Sl_ext l _ (fun j => Sl (seq 0 d) (fun k => pi j * (s_lab F F1 t x j k - s_all l F F1 t x k) ^ 2)))
  by (intros; now rewrite Sl_scal).
rewrite Sl_swap.
assert (eq : forall A B C D : nat -> R, (forall k, - A k + B k + g2 / 2 * C k = - (g2 / 2) * D k) ->
  - Sl (seq 0 d) A + Sl (seq 0 d) B + g2 / 2 * Sl (seq 0 d) C = - (g2 / 2) * Sl (seq 0 d) D).
{ intros A B C D h; rewrite <- (Sl_scal (seq 0 d) (- (g2 / 2)) D).
  rewrite (Sl_ext (seq 0 d) (fun k => - (g2 / 2) * D k) (fun k => -1 * A k + B k + g2 / 2 * C k))
    by (intros k _; rewrite <- (h k); ring).
  rewrite Sl_plus, Sl_plus, Sl_scal, Sl_scal; ring. }
apply eq; intros k; unfold lap_h.
change (pi_lab l F t x) with pi; change (p_lab l F t x) with p.
set (X := Sl l (fun j => (F2 j k - pi j * Sl l (fun i => F2 i k)) / p * ln (pi j))).
field.
Qed.
End D2.

(* ---- atoms in R^d meet the hypotheses: `ve` (f = 0, g = 1, sigma^2 = t = v) ---- *)
Section Atoms.
Variables (d : nat) (I : Type) (l : list I) (w : I -> R) (y : I -> vec) (v : R) (x : vec).
Hypothesis hl : l <> nil.
Hypothesis hw : forall i, In i l -> 0 < w i.
Hypothesis hv : 0 < v.

Definition atom_density (d : nat) (w : I -> R) (y : I -> vec) (i : I) (v : R) (z : vec) : R := fi d w y v z i.
Definition atom_slope (d : nat) (w : I -> R) (y : I -> vec) (v : R) (i : I) (z : vec) (k : nat) : R :=
  (y i k - z k) / v * fi d w y v z i.

Lemma atom_d1 i z k : (k < d)%nat -> is_dir (fun z => atom_density d w y i v z) z (basis k) (atom_slope d w y v i z k).
Proof.
intros hk; unfold is_dir, atom_density; eapply D_val; [apply (fi_line d w y v z (basis k) i hv) |].
rewrite line_0, !dot_basis by exact hk; unfold atom_slope; field; lra.
Qed.

Lemma atom_d2 i k : (k < d)%nat -> is_dir (fun z => atom_slope d w y v i z k) x (basis k)
  (((y i k - x k) ^ 2 / v ^ 2 - / v) * fi d w y v x i).
Proof.
intros hk; assert (h := atom_d1 i x k hk); unfold is_dir, atom_density, atom_slope in *; eapply D_val.
- apply (D_mult (fun t => (y i k - (x k + t * basis k k)) / v) (fun t => fi d w y v (fun j => x j + t * basis k j) i)).
  + auto_derive; [trivial | reflexivity].
  + exact h.
- cbv beta; rewrite line_0; unfold basis; destruct (Nat.eq_dec k k); [field; lra | congruence].
Qed.

(* the drift of the posterior entropy of the atom, with no hypothesis left *)
Theorem posterior_entropy_drift_atoms :
  let F := atom_density d w y in let F1 := atom_slope d w y v in
  exists ht hkk, is_derive (fun s => h_lab l F s x) v ht /\
    (forall z k, (k < d)%nat -> is_dir (fun z => h_lab l F v z) z (basis k) (grad_h l F F1 v z k)) /\
    (forall k, (k < d)%nat -> is_dir (fun z => grad_h l F F1 v z k) x (basis k) (hkk k)) /\
    - ht + Sl (seq 0 d) (fun k => s_all l F F1 v x k * grad_h l F F1 v x k) + / 2 * Sl (seq 0 d) hkk
    = - / 2 * b_lab d l F F1 v x.
Proof.
intros F F1.
assert (hF : forall j z, In j l -> 0 < F j v z).
{ intros j z hj; apply Rmult_lt_0_compat; [now apply hw | now apply phid_pos]. }
assert (d1 : forall j z k, In j l -> (k < d)%nat -> is_dir (fun z => F j v z) z (basis k) (F1 j z k)).
{ intros j z k _ hk; now apply atom_d1. }
destruct (posterior_entropy_drift d l 0 1 F F1 (fun j k => ((y j k - x k) ^ 2 / v ^ 2 - / v) * fi d w y v x j)
  (fun j => (/ (2 * v ^ 2) * dot d (vsub x (y j)) (vsub x (y j)) + - (INR d / (2 * v))) * fi d w y v x j)
  v x hl hF d1) as [ht [hkk [e1 [e2 e3]]]].
- intros j k _ hk; now apply atom_d2.
- intros j _; exact (fi_v d w y v x j hv).
- intros j _; rewrite Sl_scal_r, Sl_minus, sum_const; unfold dot, vsub.
  rewrite (Sl_ext (seq 0 d) (fun k => (y j k - x k) ^ 2 / v ^ 2)
    (fun k => / v ^ 2 * ((x k - y j k) * (x k - y j k)))) by (intros; field; lra).
  rewrite Sl_scal; set (A := Sl (seq 0 d) (fun k => (x k - y j k) * (x k - y j k))); field; lra.
- exists ht, hkk; split; [exact e1 | split; [| split; [exact e2 |]]].
  + intros z k hk; exact (entropy_gradient d l F F1 v hl hF d1 z k hk).
  + rewrite (Sl_ext (seq 0 d) _ (fun k => (1 * s_all l F F1 v x k - 0 * x k) * grad_h l F F1 v x k))
      by (intros; ring).
    replace (/ 2) with (1 / 2) by field; exact e3.
Qed.
End Atoms.
