(* Tilt.v -- finite sums over a list, and calculus of posterior expectations.
   For positive masses f_i(t) with f_i' = g_i f_i put P = sum f_i,
   E[h] = sum f_i h_i / P, Cov(h,g) = E[hg] - E[h]E[g]. Then
     (ln P)'  = E[g]                     (tilt_log)
     (E[h])'  = E[h'] + Cov(h,g)         (tilt_mean)
     (sum c_i f_i ln q_i)' = sum (c_i' + c_i g_i) f_i ln q_i + P Cov(c,g)   (logsum_derive)
   All Tweedie-type identities and entropy-density identities are instances of these. *)
From Coq Require Import Reals Lra List.
From Coquelicot Require Import Coquelicot.
From Infodyn Require Import Base.
Open Scope R_scope.

Section Sums.
Context {I : Type}.

Fixpoint Sl (l : list I) (f : I -> R) : R :=
  match l with nil => 0 | cons i l' => f i + Sl l' f end.

Lemma Sl_ext l f g : (forall i, In i l -> f i = g i) -> Sl l f = Sl l g.
Proof.
induction l as [| i l IH]; simpl; intros h; [reflexivity |].
rewrite (h i (or_introl eq_refl)), IH; auto.
Qed.

Lemma Sl_plus l f g : Sl l (fun i => f i + g i) = Sl l f + Sl l g.
Proof. induction l as [| i l IH]; simpl; [ring | rewrite IH; ring]. Qed.

Lemma Sl_minus l f g : Sl l (fun i => f i - g i) = Sl l f - Sl l g.
Proof. induction l as [| i l IH]; simpl; [ring | rewrite IH; ring]. Qed.

Lemma Sl_scal l c f : Sl l (fun i => c * f i) = c * Sl l f.
Proof. induction l as [| i l IH]; simpl; [ring | rewrite IH; ring]. Qed.

Lemma Sl_scal_r l c f : Sl l (fun i => f i * c) = Sl l f * c.
Proof. induction l as [| i l IH]; simpl; [ring | rewrite IH; ring]. Qed.

Lemma Sl_0 l : Sl l (fun _ => 0) = 0.
Proof. induction l as [| i l IH]; simpl; [ring | rewrite IH; ring]. Qed.

Lemma Sl_le l f g : (forall i, In i l -> f i <= g i) -> Sl l f <= Sl l g.
Proof.
induction l as [| i l IH]; simpl; intros h; [lra |].
assert (h1 := h i (or_introl eq_refl)); assert (Sl l f <= Sl l g) by (apply IH; auto); lra.
Qed.

Lemma Sl_nonneg l f : (forall i, In i l -> 0 <= f i) -> 0 <= Sl l f.
Proof. intros h; rewrite <- (Sl_0 l); now apply Sl_le. Qed.

Lemma Sl_pos l f : l <> nil -> (forall i, In i l -> 0 < f i) -> 0 < Sl l f.
Proof.
destruct l as [| i l]; [congruence |]; simpl; intros _ h.
assert (h1 := h i (or_introl eq_refl)).
assert (0 <= Sl l f) by (apply Sl_nonneg; intros; left; auto); lra.
Qed.

Lemma Sl_ge_term l f i : (forall j, In j l -> 0 <= f j) -> In i l -> f i <= Sl l f.
Proof.
induction l as [| j l IH]; simpl; [tauto |].
intros h [-> | hi].
- assert (0 <= Sl l f) by (apply Sl_nonneg; auto); lra.
- assert (f i <= Sl l f) by (apply IH; auto); assert (0 <= f j) by auto; lra.
Qed.

Lemma Sl_abs l f : Rabs (Sl l f) <= Sl l (fun i => Rabs (f i)).
Proof.
induction l as [| i l IH]; simpl; [rewrite Rabs_R0; lra |].
eapply Rle_trans; [apply Rabs_triang | lra].
Qed.

Lemma Sl_derive l (f df : I -> R -> R) t :
  (forall i, In i l -> is_derive (f i) t (df i t)) ->
  is_derive (fun t => Sl l (fun i => f i t)) t (Sl l (fun i => df i t)).
Proof.
induction l as [| i l IH]; simpl; intros h; [apply D_const |].
apply D_plus; auto.
Qed.

(* ---- posterior expectations ---- *)
Definition Ex (l : list I) (f h : I -> R) : R := Sl l (fun i => f i * h i) / Sl l f.
Definition Cov (l : list I) (f h g : I -> R) : R :=
  Ex l f (fun i => h i * g i) - Ex l f h * Ex l f g.

Section Fixed.
Variables (l : list I) (f : I -> R).
Hypothesis hP : Sl l f <> 0.

Lemma Ex_ext h g : (forall i, In i l -> h i = g i) -> Ex l f h = Ex l f g.
Proof. intros e; unfold Ex; f_equal; apply Sl_ext; intros i hi; now rewrite e. Qed.

Lemma Ex_const c : Ex l f (fun _ => c) = c.
Proof. unfold Ex; rewrite Sl_scal_r; field; exact hP. Qed.

Lemma Ex_plus h g : Ex l f (fun i => h i + g i) = Ex l f h + Ex l f g.
Proof.
unfold Ex; rewrite <- Rdiv_plus_distr, <- Sl_plus; f_equal; apply Sl_ext; intros; ring.
Qed.

Lemma Ex_scal c h : Ex l f (fun i => c * h i) = c * Ex l f h.
Proof.
unfold Ex, Rdiv; rewrite <- Rmult_assoc, <- Sl_scal; f_equal; apply Sl_ext; intros; ring.
Qed.

(* affine images *)
Lemma Ex_affine c b h : Ex l f (fun i => c * h i + b) = c * Ex l f h + b.
Proof. now rewrite Ex_plus, Ex_scal, Ex_const. Qed.

Lemma Cov_ext h h' g g' : (forall i, In i l -> h i = h' i) -> (forall i, In i l -> g i = g' i) ->
  Cov l f h g = Cov l f h' g'.
Proof.
intros e1 e2; unfold Cov; rewrite (Ex_ext h h'), (Ex_ext g g') by auto; f_equal.
apply Ex_ext; intros i hi; now rewrite e1, e2.
Qed.

Lemma Cov_sym h g : Cov l f h g = Cov l f g h.
Proof.
unfold Cov; rewrite (Rmult_comm (Ex l f h)); f_equal; apply Ex_ext; intros; ring.
Qed.

Lemma Cov_affine_r h g c b : Cov l f h (fun i => c * g i + b) = c * Cov l f h g.
Proof.
unfold Cov; rewrite Ex_affine.
rewrite (Ex_ext (fun i => h i * (c * g i + b)) (fun i => c * (h i * g i) + b * h i))
  by (intros; ring).
rewrite Ex_plus, !Ex_scal; ring.
Qed.

Lemma Cov_affine_l h g c b : Cov l f (fun i => c * h i + b) g = c * Cov l f h g.
Proof. now rewrite Cov_sym, Cov_affine_r, Cov_sym. Qed.

Lemma Cov_plus_r h g g' : Cov l f h (fun i => g i + g' i) = Cov l f h g + Cov l f h g'.
Proof.
unfold Cov; rewrite (Ex_ext _ (fun i => h i * g i + h i * g' i)) by (intros; ring).
rewrite !Ex_plus; ring.
Qed.

(* a covariance of a variable with itself is the mean squared deviation *)
Lemma Var_centred h : Cov l f h h = Ex l f (fun i => (h i - Ex l f h) ^ 2).
Proof.
unfold Cov; set (m := Ex l f h).
rewrite (Ex_ext (fun i => (h i - m) ^ 2) (fun i => h i * h i + ((- 2 * m) * h i + m * m)))
  by (intros; ring).
rewrite Ex_plus, Ex_affine; fold m; ring.
Qed.
End Fixed.

(* ---- the two differentiation rules ---- *)
Section Rules.
Variables (l : list I) (f : I -> R -> R) (g : I -> R) (t : R).
Hypothesis df : forall i, In i l -> is_derive (f i) t (g i * f i t).

Let F i := f i t.

Theorem tilt_log : 0 < Sl l F ->
  is_derive (fun t => ln (Sl l (fun i => f i t))) t (Ex l F g).
Proof.
intros hP; eapply D_val.
- apply D_ln; [exact hP |].
  apply (Sl_derive l f (fun i t0 => g i * f i t)); exact df.
- unfold Ex; f_equal; apply Sl_ext; intros; unfold F; ring.
Qed.

Theorem tilt_mean (h : I -> R -> R) (dh : I -> R) : Sl l F <> 0 ->
  (forall i, In i l -> is_derive (h i) t (dh i)) ->
  is_derive (fun t => Ex l (fun i => f i t) (fun i => h i t)) t
    (Ex l F dh + Cov l F (fun i => h i t) g).
Proof.
intros hP hd; unfold Ex at 1.
eapply D_val.
- apply (D_div (fun t => Sl l (fun i => f i t * h i t)) (fun t => Sl l (fun i => f i t))).
  + exact hP.
  + apply (Sl_derive l (fun i t => f i t * h i t)
      (fun i t0 => g i * f i t * h i t + f i t * dh i)).
    intros i hi; apply D_mult; auto.
  + apply (Sl_derive l f (fun i t0 => g i * f i t)); exact df.
- fold F; rewrite Sl_plus; unfold Cov, Ex.
  rewrite (Sl_ext l (fun i => F i * (h i t * g i)) (fun i => g i * f i t * h i t))
    by (intros; unfold F; ring).
  rewrite (Sl_ext l (fun i => F i * g i) (fun i => g i * f i t)) by (intros; unfold F; ring).
  unfold F in *; field; exact hP.
Qed.
End Rules.
End Sums.

(* exchange of two finite sums *)
Lemma Sl_swap {I J} (l : list I) (m : list J) (f : I -> J -> R) :
  Sl l (fun i => Sl m (fun j => f i j)) = Sl m (fun j => Sl l (fun i => f i j)).
Proof.
induction l as [| i l IH]; simpl; [now rewrite Sl_0 |].
now rewrite IH, Sl_plus.
Qed.

(* ---- derivative of sum_i c_i f_i ln q_i for any family with f_i' = g_i f_i ---- *)
Section LogSum.
Context {I : Type}.
Variables (l : list I) (f c : I -> R -> R) (g dc : I -> R) (t : R).
Hypothesis hf : forall i, In i l -> 0 < f i t.
Hypothesis df : forall i, In i l -> is_derive (f i) t (g i * f i t).
Hypothesis dC : forall i, In i l -> is_derive (c i) t (dc i).
Hypothesis hl : l <> nil.

Let F i := f i t.
Let P := Sl l F.

Lemma logsum_derive :
  is_derive (fun t => Sl l (fun i => c i t * f i t * ln (f i t / Sl l (fun j => f j t)))) t
    (Sl l (fun i => (dc i + c i t * g i) * F i * ln (F i / P)) + P * Cov l F (fun i => c i t) g).
Proof.
assert (hP : 0 < P) by (apply Sl_pos; assumption).
assert (dP : is_derive (fun t => Sl l (fun j => f j t)) t (P * Ex l F g)).
{ eapply D_val; [apply (Sl_derive l f (fun i _ => g i * f i t)); exact df |].
  unfold Ex; fold P; rewrite (Sl_ext l _ (fun i => F i * g i)) by (intros; unfold F; ring).
  field; lra. }
eapply D_val.
- apply (Sl_derive l (fun i t => c i t * f i t * ln (f i t / Sl l (fun j => f j t)))
    (fun i _ => (dc i * F i + c i t * (g i * F i)) * ln (F i / P)
       + c i t * F i * (g i - Ex l F g))).
  intros i hi; assert (h := hf i hi); eapply D_val.
  + apply (D_mult (fun t => c i t * f i t)); [apply D_mult; [now apply dC | now apply df] |].
    apply D_ln; [now apply Rdiv_lt_0_compat |].
    apply D_div; [apply Rgt_not_eq; exact hP | now apply df | exact dP].
  + cbv beta; change (Sl l (fun j => f j t)) with P; change (F i) with (f i t);
    generalize P (Ex l F g) hP; intros P0 E0 hP0; field; lra.
- rewrite Sl_plus; f_equal; [apply Sl_ext; intros; ring |].
  unfold Cov, Ex; fold P.
  rewrite (Sl_ext l _ (fun i => F i * (c i t * g i) - Sl l (fun i => F i * g i) / P * (F i * c i t)))
    by (intros; ring).
  rewrite Sl_minus, Sl_scal; field; lra.
Qed.
End LogSum.
