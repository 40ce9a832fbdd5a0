(* Flux.v -- the one analytic step behind every integrated rate.
   If  du/dv = (1/2) (d2/dx2-type flux):  dU1/dx = 2 du/dv - W  at every x, and u, U1, W are at most
   C exp(-|x|) uniformly for a < v < d, then over the whole line
     d/dv (integral of u) = (1/2) (integral of W)                 (flux_rate)
   and the integrals exist (flux_u, flux_W). *)
From Coq Require Import Reals Lra Lia List.
From Coquelicot Require Import Coquelicot.
From Infodyn Require Import Base Improper GaussInt EntropyRate.
Open Scope R_scope.

Lemma near (a d v : R) : a < v < d -> locally v (fun z => a < z < d).
Proof. exact (open_and _ _ (open_gt a) (open_lt d) v). Qed.

Section Flux.
Variables (u uv U1 W : R -> R -> R) (a d Cu CU CW : R).
Hypothesis hu : forall v x, a < v < d -> is_derive (fun v => u v x) v (uv v x).
Hypothesis hU : forall v x, a < v < d -> is_derive (U1 v) x (2 * uv v x - W v x).
Hypothesis cu : forall v x, a < v < d -> continuous (u v) x.
Hypothesis cuv : forall v x, a < v < d -> continuity_2d_pt uv v x.
Hypothesis cW : forall v x, a < v < d -> continuous (W v) x.
Hypothesis bu : forall v x, a < v < d -> Rabs (u v x) <= Cu * exp (- Rabs x).
Hypothesis bU : forall v x, a < v < d -> Rabs (U1 v x) <= CU * exp (- Rabs x).
Hypothesis bW : forall v x, a < v < d -> Rabs (W v x) <= CW * exp (- Rabs x).

Lemma dom_nonneg (g : R -> R) C : Rabs (g 0) <= C * exp (- Rabs 0) -> 0 <= C.
Proof.
intros h; rewrite Rabs_R0, Ropp_0, exp_0 in h; assert (h1 := Rabs_pos (g 0)); lra.
Qed.

Lemma flux_u v : a < v < d -> is_IR (u v) (IR (u v)) /\
  forall A, 0 <= A -> Rabs (RInt (u v) (- A) A - IR (u v)) <= 2 * Cu * exp (- A).
Proof.
intros hv; destruct (IR_dom (u v) Cu) as [r [h1 h2]]; [intros; now apply cu | intros; now apply bu |].
rewrite (IR_unique _ _ h1); now split.
Qed.

Lemma flux_W v : a < v < d -> is_IR (W v) (IR (W v)) /\
  forall A, 0 <= A -> Rabs (RInt (W v) (- A) A - IR (W v)) <= 2 * CW * exp (- A).
Proof.
intros hv; destruct (IR_dom (W v) CW) as [r [h1 h2]]; [intros; now apply cW | intros; now apply bW |].
rewrite (IR_unique _ _ h1); now split.
Qed.

(* on an interval, with its boundary terms *)
Lemma flux_interval v A : a < v < d ->
  is_derive (fun v => RInt (u v) (- A) A) v (/ 2 * (U1 v A - U1 v (- A)) + / 2 * RInt (W v) (- A) A).
Proof.
intros hv; eapply D_val.
- apply (is_derive_RInt_param u (- A) A v).
  + apply (filter_imp (fun z => a < z < d)); [| now apply near].
    intros z hz t _; eexists; now apply hu.
  + intros t _; apply continuity_2d_pt_ext_loc with uv; [| now apply cuv].
    destruct (near a d v hv) as [e he]; exists e; intros z s hz _.
    symmetry; apply is_derive_unique, hu, he; exact hz.
  + apply (filter_imp (fun z => a < z < d)); [| now apply near].
    intros z hz; apply ex_RInt_R; intros; now apply cu.
- apply (is_RInt_unique (V := R_CompleteNormedModule)).
  assert (i1 : is_RInt (fun x => 2 * uv v x - W v x) (- A) A (U1 v A - U1 v (- A))).
  { apply (is_RInt_derive (U1 v)); intros x _; [now apply hU |].
    apply (continuous_minus (V := R_NormedModule) (fun x => 2 * uv v x) (fun x => W v x)).
    - apply (continuous_scal_r (V := R_NormedModule) 2 (uv v)); now apply c2_slice, cuv.
    - now apply cW. }
  assert (i2 := RInt_ok (W v) (- A) A (fun x => cW v x hv)).
  assert (i3 := is_RInt_scal (V := R_NormedModule) _ _ _ (/ 2) _ i1).
  assert (i4 := is_RInt_scal (V := R_NormedModule) _ _ _ (/ 2) _ i2).
  assert (i5 := is_RInt_plus (V := R_NormedModule) _ _ _ _ _ _ i3 i4).
  revert i5; apply is_RInt_ext; intros x _.
  transitivity (uv v x); [unfold plus, scal; simpl; unfold mult; simpl; req; field |].
  symmetry; now apply is_derive_unique, hu.
Qed.

Theorem flux_rate v : a < v < d -> is_derive (fun v => IR (u v)) v (/ 2 * IR (W v)).
Proof.
intros hv.
assert (nu := dom_nonneg _ _ (bu v 0 hv)); assert (nU := dom_nonneg _ _ (bU v 0 hv));
  assert (nW := dom_nonneg _ _ (bW v 0 hv)).
apply (derive_of_limit
  (fun n v => RInt (u v) (- INR n) (INR n))
  (fun n v => / 2 * (U1 v (INR n) - U1 v (- INR n)) + / 2 * RInt (W v) (- INR n) (INR n))
  (fun v => IR (u v)) (fun v => / 2 * IR (W v))
  (fun n => 2 * Cu * exp (- INR n)) (fun n => (CU + CW) * exp (- INR n)) a d v hv).
- intros n x hx; now apply flux_interval.
- intros n x hx; destruct (flux_u x hx) as [_ h]; apply h, pos_INR.
- intros n x hx; destruct (flux_W x hx) as [_ h]; specialize (h (INR n) (pos_INR n)).
  assert (h1 := bU x (INR n) hx); assert (h2 := bU x (- INR n) hx).
  rewrite Rabs_Ropp in h2; rewrite (Rabs_right (INR n)) in h1, h2 by (apply Rle_ge, pos_INR).
  apply Rabs_le_between in h; apply Rabs_le_between in h1; apply Rabs_le_between in h2.
  apply Rabs_le; lra.
- intros eps he; apply seq_exp; lra.
- intros eps he; apply seq_exp; lra.
Qed.
End Flux.
