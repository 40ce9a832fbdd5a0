(* claim: B2; scope: 1-D, finite Gaussian mixtures; headline: B2_product_entropy, B2_product_score, B2_product_production *)
(* In R^d, for every d: X_0 has independent coordinates, each of them any finite Gaussian mixture on the line (zero variances, and
   so atoms, allowed; a product of mixtures is a mixture in R^d), X_t = alpha X_0 + sigma Z.  Means are integrals over the whole
   of R^d, one line after another: is_IRd d F r.
     B2_product_entropy    : the integrals that are the mass 1 of the density and the entropy of X_t exist;
     B2_product_score      : the k-th coordinate of the gradient of log p at x is s_k(x_k), and d s_k/dx_k = slope_k(x_k);
     B2_product_production : d/dt (- I(X_0;X_t)) = (g^2/2) (d/sigma^2 + E[div s]),
                             I(X_0;X_t) = h(X_t) - d h(N(0, sigma^2)).
   Not proved: laws in R^d that are not products; see README.md for the lemma that is missing. *)
From Coq Require Import Reals Lra Lia List.
From Coquelicot Require Import Coquelicot.
From Infodyn Require Import Base Tilt Improper Mixture1D Process1D MixtureRd A3_ScoreMoments B2_ConditionalProduction.
Open Scope R_scope.

(* ---- integrals over R^d, line by line ---- *)
Definition vcons (x0 : R) (x : vec) : vec := fun k => match k with O => x0 | S k => x k end.
Fixpoint is_IRd (d : nat) (F : vec -> R) (r : R) : Prop :=
  match d with
  | O => F (fun _ => 0) = r
  | S d => exists g : R -> R, (forall x0, is_IRd d (fun x => F (vcons x0 x)) (g x0)) /\ is_IR g r
  end.

Lemma is_IRd_ext d : forall F G r, (forall x, F x = G x) -> is_IRd d F r -> is_IRd d G r.
Proof.
induction d as [| d IH]; intros F G r h; simpl; [now rewrite h |].
intros [g [h1 h2]]; exists g; split; [| exact h2]; intros x0.
refine (IH _ _ _ _ (h1 x0)); intros x; apply h.
Qed.

Lemma is_IRd_plus d : forall F G a b, is_IRd d F a -> is_IRd d G b -> is_IRd d (fun x => F x + G x) (a + b).
Proof.
induction d as [| d IH]; intros F G a b; simpl; [now intros -> -> |].
intros [g [h1 h2]] [k [h3 h4]]; exists (fun x => g x + k x); split; [| now apply is_IR_plus].
intros x0; exact (IH _ _ _ _ (h1 x0) (h3 x0)).
Qed.

Lemma is_IRd_scal d : forall c F a, is_IRd d F a -> is_IRd d (fun x => c * F x) (c * a).
Proof.
induction d as [| d IH]; intros c F a; simpl; [now intros -> |].
intros [g [h1 h2]]; exists (fun x => c * g x); split; [| now apply is_IR_scal].
intros x0; exact (IH c _ _ (h1 x0)).
Qed.

(* the value is the only one *)
Theorem is_IRd_unique d : forall F a b, is_IRd d F a -> is_IRd d F b -> a = b.
Proof.
induction d as [| d IH]; intros F a b; simpl; [now intros -> -> |].
intros [g [h1 h2]] [k [h3 h4]]; rewrite <- (IR_unique _ _ h4); symmetry; apply IR_unique.
refine (is_IR_ext _ _ _ _ h2); intros x; exact (IH _ _ _ (h1 x) (h3 x)).
Qed.

(* ---- products and sums over the coordinates ---- *)
Fixpoint prodd (d : nat) (P : nat -> R -> R) (x : vec) : R :=
  match d with O => 1 | S d => P O (x O) * prodd d (fun k => P (S k)) (fun k => x (S k)) end.
Fixpoint sumd (d : nat) (A : nat -> R -> R) (x : vec) : R :=
  match d with O => 0 | S d => A O (x O) + sumd d (fun k => A (S k)) (fun k => x (S k)) end.
Fixpoint sumn (d : nat) (a : nat -> R) : R := match d with O => 0 | S d => a O + sumn d (fun k => a (S k)) end.

Lemma prodd_pos d : forall P x, (forall k z, 0 < P k z) -> 0 < prodd d P x.
Proof.
induction d as [| d IH]; intros P x h; simpl; [lra |]; apply Rmult_lt_0_compat; [apply h |].
apply (IH (fun k => P (S k))); intros; apply h.
Qed.

Lemma prodd_mass d : forall P, (forall k, is_IR (P k) 1) -> is_IRd d (prodd d P) 1.
Proof.
induction d as [| d IH]; intros P h; simpl; [reflexivity |].
exists (fun x0 => P O x0 * 1); split.
- intros x0; apply is_IRd_scal; exact (IH (fun k => P (S k)) (fun k => h (S k))).
- apply (is_IR_ext (P O)); [intros; ring | apply h].
Qed.

Lemma prodd_sum d : forall P A a, (forall k, is_IR (P k) 1) -> (forall k, is_IR (fun z => P k z * A k z) (a k)) ->
  is_IRd d (fun x => prodd d P x * sumd d A x) (sumn d a).
Proof.
induction d as [| d IH]; intros P A a h1 h2; simpl; [ring |].
exists (fun x0 => P O x0 * A O x0 * 1 + P O x0 * sumn d (fun k => a (S k))); split.
- intros x0.
  assert (i1 := is_IRd_scal d (P O x0 * A O x0) _ _ (prodd_mass d (fun k => P (S k)) (fun k => h1 (S k)))).
  assert (i2 := is_IRd_scal d (P O x0) _ _ (IH (fun k => P (S k)) (fun k => A (S k)) (fun k => a (S k))
    (fun k => h1 (S k)) (fun k => h2 (S k)))).
  refine (is_IRd_ext _ _ _ _ _ (is_IRd_plus _ _ _ _ _ i1 i2)); intros x; simpl; change (fun k : nat => x k) with x; ring.
- assert (i := is_IR_plus _ _ _ _ (h2 O) (is_IR_scal (sumn d (fun k => a (S k))) _ _ (h1 O))).
  replace (a O + sumn d (fun k => a (S k))) with (a O + sumn d (fun k => a (S k)) * 1) by ring.
  refine (is_IR_ext _ _ _ _ i); intros x; cbv beta; ring.
Qed.

Lemma prodd_ln d : forall P x, (forall k z, 0 < P k z) -> ln (prodd d P x) = sumd d (fun k z => ln (P k z)) x.
Proof.
induction d as [| d IH]; intros P x h; simpl; [apply ln_1 |].
rewrite ln_mult; [| apply h | apply (prodd_pos d (fun k => P (S k))); intros; apply h].
rewrite (IH (fun k => P (S k))); [reflexivity | intros; apply h].
Qed.

Lemma sumd_opp d : forall A x, sumd d (fun k z => - A k z) x = - sumd d A x.
Proof. induction d as [| d IH]; intros A x; simpl; [ring |]; rewrite (IH (fun k => A (S k))); ring. Qed.

Lemma sumn_derive d : forall (F : nat -> R -> R) (D : nat -> R) t, (forall k, is_derive (F k) t (D k)) ->
  is_derive (fun t => sumn d (fun k => F k t)) t (sumn d D).
Proof.
induction d as [| d IH]; intros F D t h; simpl; [apply D_const |].
apply (D_plus (F O) (fun t => sumn d (fun k => F (S k) t))); [apply h | apply (IH (fun k => F (S k)) (fun k => D (S k))); intros; apply h].
Qed.

Lemma sumn_ext d : forall a b, (forall k, a k = b k) -> sumn d a = sumn d b.
Proof. induction d as [| d IH]; intros a b h; simpl; [reflexivity |]; rewrite h, (IH _ (fun k => b (S k))); auto. Qed.

Lemma sumn_affine d : forall a u v, sumn d (fun k => u * (v + a k)) = u * (INR d * v + sumn d a).
Proof.
induction d as [| d IH]; intros a u v; [simpl; ring |]; rewrite S_INR; simpl sumn.
rewrite (IH (fun k => a (S k))); ring.
Qed.

Lemma sumn_minus d : forall a b, sumn d (fun k => a k - b) = sumn d a - INR d * b.
Proof.
induction d as [| d IH]; intros a b; [simpl; ring |]; rewrite S_INR; simpl sumn; rewrite (IH (fun k => a (S k))); ring.
Qed.

Lemma sumn_opp d : forall a, sumn d (fun k => - a k) = - sumn d a.
Proof. induction d as [| d IH]; intros a; simpl; [ring |]; rewrite (IH (fun k => a (S k))); ring. Qed.

(* the derivative of a sum over the coordinates in direction k *)
Lemma sumd_dir d : forall A A' x k, (k < d)%nat -> (forall j z, is_derive (A j) z (A' j z)) ->
  is_dir (sumd d A) x (basis k) (A' k (x k)).
Proof.
unfold is_dir, basis; induction d as [| d IH]; intros A A' x k hk h; [lia |]; simpl.
assert (fixed : forall d B (z : R -> vec), (forall t j, z t j = z 0 j) -> is_derive (fun t => sumd d B (z t)) 0 0).
{ clear; induction d as [| d IH]; intros B z hz; simpl; [apply D_const |].
  replace 0 with (0 + 0) at 2 by ring.
  apply (D_plus (fun t => B O (z t O)) (fun t => sumd d (fun k => B (S k)) (fun k => z t (S k)))).
  - apply (is_derive_ext (fun _ => B O (z 0 O))); [intros t; f_equal; symmetry; apply hz | apply D_const].
  - apply (IH (fun k => B (S k)) (fun t k => z t (S k))); intros; apply hz. }
destruct k as [| k].
- replace (A' O (x O)) with (A' O (x O) + 0) by ring.
  apply (D_plus (fun t => A O (x O + t * (if PeanoNat.Nat.eq_dec 0 0 then 1 else 0))) (fun t => sumd d (fun k => A (S k))
    (fun k => x (S k) + t * (if PeanoNat.Nat.eq_dec 0 (S k) then 1 else 0)))).
  + eapply D_val.
    * apply (D_comp (A O) (fun t => x O + t * (if PeanoNat.Nat.eq_dec 0 0 then 1 else 0))); [apply h |].
      auto_derive; [trivial | reflexivity].
    * simpl; rewrite Rmult_0_l, Rplus_0_r; ring.
  + apply (fixed d (fun k => A (S k)) (fun t k => x (S k) + t * (if PeanoNat.Nat.eq_dec 0 (S k) then 1 else 0))).
    intros t j; simpl; ring.
- replace (A' (S k) (x (S k))) with (0 + A' (S k) (x (S k))) by ring.
  apply (D_plus (fun t => A O (x O + t * (if PeanoNat.Nat.eq_dec (S k) 0 then 1 else 0))) (fun t => sumd d (fun k => A (S k))
    (fun j => x (S j) + t * (if PeanoNat.Nat.eq_dec (S k) (S j) then 1 else 0)))).
  + apply (is_derive_ext (fun _ => A O (x O))); [intros t; simpl; f_equal; ring | apply D_const].
  + assert (i := IH (fun k => A (S k)) (fun k => A' (S k)) (fun j => x (S j)) k ltac:(lia) (fun j z => h (S j) z)).
    refine (is_derive_ext _ _ _ _ _ i); intros t; f_equal.
    apply FunctionalExtensionality.functional_extensionality; intros j.
    destruct (PeanoNat.Nat.eq_dec k j), (PeanoNat.Nat.eq_dec (S k) (S j)); try lia; reflexivity.
Qed.

(* ---- the law: coordinate k is the mixture l k, w k, y k, c k ---- *)
Section Product.
Context {I : Type}.
Variables (d : nat) (l : nat -> list I) (w y c : nat -> I -> R) (alpha sigma2 : R -> R).
Hypothesis h : forall k, law (l k) (w k) (c k).

Definition dens_k (t : R) (k : nat) : R -> R := dens_t (l k) (w k) (y k) (c k) alpha sigma2 t.
Definition score_k (t : R) (k : nat) : R -> R := score_t (l k) (w k) (y k) (c k) alpha sigma2 t.
Definition slope_k (t : R) (k : nat) : R -> R := slope_t (l k) (w k) (y k) (c k) alpha sigma2 t.
Definition dens_d (t : R) (x : vec) : R := prodd d (dens_k t) x.
Definition div_score_d (t : R) (x : vec) : R := sumd d (slope_k t) x.
Definition entropy_d (t : R) : R := sumn d (fun k => IR (fun z => - (dens_k t k z * ln (dens_k t k z)))).
Definition info_d (t : R) : R := entropy_d t - INR d * Hnoise (sigma2 t).

Lemma dens_k_pos t k z : 0 < sigma2 t -> 0 < dens_k t k z.
Proof.
intros hs; assert (hk := law_ct (l k) (w k) (c k) alpha t (h k)); assert (hl := law_ne _ _ _ hk); destruct hk as [hw [hc _]].
now apply dens_pos.
Qed.

Lemma dens_k_mass t k : 0 < sigma2 t -> is_IR (dens_k t k) 1.
Proof.
intros hs; assert (hk := law_ct (l k) (w k) (c k) alpha t (h k)); assert (hl := law_ne _ _ _ hk); destruct hk as [hw [hc h1]].
rewrite <- h1; now apply dens_mass.
Qed.

Theorem B2_product_entropy t : 0 < sigma2 t ->
  is_IRd d (dens_d t) 1 /\ is_IRd d (fun x => - (dens_d t x * ln (dens_d t x))) (entropy_d t).
Proof.
intros hs; assert (hm := fun k => dens_k_mass t k hs); assert (hp := fun k z => dens_k_pos t k z hs).
split; [exact (prodd_mass d (dens_k t) hm) |].
refine (is_IRd_ext _ _ _ _ _ (prodd_sum d (dens_k t) (fun k z => - ln (dens_k t k z)) _ hm _)).
- intros x; cbv beta; unfold dens_d; rewrite prodd_ln by exact hp.
  rewrite (sumd_opp d (fun k z => ln (dens_k t k z))); ring.
- intros k; apply (is_IR_ext (fun z => - (dens_k t k z * ln (dens_k t k z)))); [intros; ring |].
  assert (hk := law_ct (l k) (w k) (c k) alpha t (h k)); assert (hl := law_ne _ _ _ hk); destruct hk as [hw [hc _]].
  exact (Hm_exists (l k) (w k) _ _ hl hw hc (sigma2 t) hs).
Qed.

Theorem B2_product_score t x k : 0 < sigma2 t -> (k < d)%nat ->
  is_dir (fun x => ln (dens_d t x)) x (basis k) (score_k t k (x k)) /\
  is_derive (score_k t k) (x k) (slope_k t k (x k)).
Proof.
intros hs hk; split; [| exact (proj1 (A3_score_divergence (l k) (w k) (y k) (c k) alpha sigma2 t (h k) hs) (x k))].
assert (i := sumd_dir d (fun k z => ln (dens_k t k z)) (score_k t) x k hk).
assert (hd : forall j z, is_derive (fun z => ln (dens_k t j z)) z (score_k t j z)).
{ intros j z; assert (hj := law_ct (l j) (w j) (c j) alpha t (h j)); assert (hl := law_ne _ _ _ hj); destruct hj as [hw [hc _]].
  now apply score_ok. }
specialize (i hd); unfold is_dir in *; refine (is_derive_ext _ _ _ _ _ i); intros s.
unfold dens_d; rewrite prodd_ln; [reflexivity |]; intros; now apply dens_k_pos.
Qed.

Theorem B2_product_production f g t : linear_process alpha sigma2 f g t ->
  exists m, is_IRd d (fun x => dens_d t x * div_score_d t x) m /\
    is_derive (fun t => - info_d t) t (g ^ 2 / 2 * (INR d / sigma2 t + m)).
Proof.
intros hpr; assert (hs := proj2 (proj2 (proj2 hpr))).
exists (sumn d (fun k => IR (fun z => dens_k t k z * slope_k t k z))); split.
- apply (prodd_sum d (dens_k t) (slope_k t) _ (fun k => dens_k_mass t k hs)); intros k.
  assert (i := proj1 (proj2 (A3_score_divergence (l k) (w k) (y k) (c k) alpha sigma2 t (h k) hs))).
  unfold dens_k, slope_k; rewrite (IR_unique _ _ i); exact i.
- apply (is_derive_ext (fun t => sumn d (fun k => - info_t (l k) (w k) (y k) (c k) alpha sigma2 t))).
  + intros s; rewrite (sumn_opp d (fun k => info_t (l k) (w k) (y k) (c k) alpha sigma2 s)); f_equal.
    unfold info_d, entropy_d; rewrite <- sumn_minus; reflexivity.
  + eapply D_val.
    * apply (sumn_derive d (fun k t => - info_t (l k) (w k) (y k) (c k) alpha sigma2 t)); intros k.
      exact (B2_conditional_production (l k) (w k) (y k) (c k) alpha sigma2 f g t (h k) hpr).
    * rewrite (sumn_affine d (fun k => IR (fun z => dens_k t k z * slope_k t k z))); unfold Rdiv; ring.
Qed.
End Product.
