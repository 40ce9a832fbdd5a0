(* ExtraLine.v -- differentiation under the integral over the whole line for a quantity Q(v, x) with
     d_v Q = (1/2) d_x d_x Q - G,   Q, d_x Q, G dominated by exp(-|x|) uniformly for c < v < d:
   then d/dv of the integral of Q is minus the integral of G (line_balance). *)
From Coq Require Import Reals Lra Lia List.
From Coquelicot Require Import Coquelicot.
From Infodyn Require Import Base Improper GaussInt EntropyRate.
Open Scope R_scope.

Section Line.
Variables (Q Qv Q1 G : R -> R -> R) (c d CQ C1 CG : R).
Hypothesis hc : 0 < c.
Hypothesis dv : forall z x, c < z < d -> is_derive (fun z => Q z x) z (Qv z x).
Hypothesis dx : forall z x, c < z < d -> is_derive (Q z) x (Q1 z x).
Hypothesis dxx : forall z x, c < z < d -> is_derive (Q1 z) x (2 * Qv z x + 2 * G z x).
Hypothesis c2 : forall z x, c < z < d -> continuity_2d_pt Qv z x.
Hypothesis cG : forall z x, c < z < d -> continuous (G z) x.
Hypothesis bQ : forall z x, c < z < d -> Rabs (Q z x) <= CQ * exp (- Rabs x).
Hypothesis b1 : forall z x, c < z < d -> Rabs (Q1 z x) <= C1 * exp (- Rabs x).
Hypothesis bG : forall z x, c < z < d -> Rabs (G z x) <= CG * exp (- Rabs x).

Lemma Q_cont z x : c < z < d -> continuous (Q z) x.
Proof. intros h; apply (cont_ex (Q z)); eexists; now apply dx. Qed.

Lemma near v : c < v < d -> locally v (fun z => c < z < d).
Proof.
intros hv; assert (hr : 0 < Rmin (v - c) (d - v)) by (apply Rmin_pos; lra).
exists (mkposreal _ hr); intros z hz; unfold ball in hz; simpl in hz;
  unfold AbsRing_ball, abs, minus, plus, opp in hz; simpl in hz; apply Rabs_def2 in hz.
assert (m1 := Rmin_l (v - c) (d - v)); assert (m2 := Rmin_r (v - c) (d - v)); lra.
Qed.

Lemma interval_balance v A : c < v < d ->
  is_derive (fun z => RInt (Q z) (- A) A) v (/ 2 * (Q1 v A - Q1 v (- A)) - RInt (G v) (- A) A).
Proof.
intros hv; eapply D_val.
- apply (is_derive_RInt_param Q (- A) A v).
  + apply (filter_imp (fun z => c < z < d)); [| now apply near].
    intros z hz t _; eexists; now apply dv.
  + intros t _; apply continuity_2d_pt_ext_loc with Qv; [| now apply c2].
    destruct (near v hv) as [del hdel]; exists del; intros z s hz _; specialize (hdel z hz).
    symmetry; apply is_derive_unique, dv; exact hdel.
  + apply (filter_imp (fun z => c < z < d)); [| now apply near].
    intros z hz; apply ex_RInt_R; intros; now apply Q_cont.
- apply (is_RInt_unique (V := R_CompleteNormedModule)).
  assert (cv : forall x, continuous (Qv v) x) by (intros x; apply c2_slice; now apply c2).
  assert (i1 : is_RInt (fun x => 2 * Qv v x + 2 * G v x) (- A) A (Q1 v A - Q1 v (- A))).
  { apply (is_RInt_derive (Q1 v)); intros x _; [now apply dxx |].
    apply (continuous_plus (V := R_NormedModule) (fun x => 2 * Qv v x) (fun x => 2 * G v x)).
    - apply (continuous_scal_r (V := R_NormedModule) 2 (Qv v)); apply cv.
    - apply (continuous_scal_r (V := R_NormedModule) 2 (G v)); now apply cG. }
  assert (i2 := RInt_ok (G v) (- A) A (fun x => cG v x hv)).
  assert (i3 := is_RInt_scal (V := R_NormedModule) _ _ _ (/ 2) _ i1).
  assert (i5 := is_RInt_minus (V := R_NormedModule) _ _ _ _ _ _ i3 i2).
  revert i5; apply is_RInt_ext; intros x _.
  transitivity (Qv v x); [unfold minus, plus, opp, scal; simpl; unfold mult; simpl; req; field |].
  symmetry; now apply is_derive_unique, dv.
Qed.

Lemma nonneg_of_bound (F : R -> R) C : (forall x, Rabs (F x) <= C * exp (- Rabs x)) -> 0 <= C.
Proof. intros h; assert (k := h 0); rewrite Rabs_R0, Ropp_0, exp_0 in k; assert (p := Rabs_pos (F 0)); lra. Qed.

Theorem line_balance v : c < v < d ->
  is_IR (Q v) (IR (Q v)) /\ is_IR (G v) (IR (G v)) /\ is_derive (fun z => IR (Q z)) v (- IR (G v)).
Proof.
intros hv.
assert (tQ : forall z, c < z < d -> is_IR (Q z) (IR (Q z)) /\
  forall A, 0 <= A -> Rabs (RInt (Q z) (- A) A - IR (Q z)) <= 2 * CQ * exp (- A)).
{ intros z hz; destruct (IR_dom (Q z) CQ (fun x => Q_cont z x hz) (fun x => bQ z x hz)) as [r [h1 h2]].
  rewrite (IR_unique _ _ h1); now split. }
assert (tG : forall z, c < z < d -> is_IR (G z) (IR (G z)) /\
  forall A, 0 <= A -> Rabs (RInt (G z) (- A) A - IR (G z)) <= 2 * CG * exp (- A)).
{ intros z hz; destruct (IR_dom (G z) CG (fun x => cG z x hz) (fun x => bG z x hz)) as [r [h1 h2]].
  rewrite (IR_unique _ _ h1); now split. }
assert (nQ := nonneg_of_bound _ _ (fun x => bQ v x hv)).
assert (n1 := nonneg_of_bound _ _ (fun x => b1 v x hv)).
assert (nG := nonneg_of_bound _ _ (fun x => bG v x hv)).
split; [exact (proj1 (tQ v hv)) | split; [exact (proj1 (tG v hv)) |]].
apply (derive_of_limit
  (fun n v => RInt (Q v) (- INR n) (INR n))
  (fun n v => / 2 * (Q1 v (INR n) - Q1 v (- INR n)) - RInt (G v) (- INR n) (INR n))
  (fun z => IR (Q z)) (fun z => - IR (G z)) (fun n => 2 * CQ * exp (- INR n))
  (fun n => (C1 + 2 * CG) * exp (- INR n)) c d v hv).
- intros n x hx; now apply interval_balance.
- intros n x hx; apply (proj2 (tQ x hx)), pos_INR.
- intros n x hx; assert (k := proj2 (tG x hx) (INR n) (pos_INR n)).
  assert (k1 := b1 x (INR n) hx); assert (k2 := b1 x (- INR n) hx).
  rewrite Rabs_Ropp in k2; rewrite (Rabs_right (INR n)) in k1, k2 by (apply Rle_ge, pos_INR).
  apply Rabs_le_between in k; apply Rabs_le_between in k1; apply Rabs_le_between in k2.
  apply Rabs_le; lra.
- intros eps he; apply seq_exp; lra.
- intros eps he; apply seq_exp; lra.
Qed.
End Line.
