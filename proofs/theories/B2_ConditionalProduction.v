(* claim: B2; scope: 1-D, finite Gaussian mixtures; headline: B2_conditional_production, B2_atoms, B2_information_atoms, B2_information *)
(* B2, the main theorem.  d/dt H(X_0 given X_t) = (g^2/2) ( D/sigma^2 + E[div s] ), here in D = 1, integrated over the
   whole line, for any finite mixture of atoms and Gaussians and any linear process.
     B2_conditional_production : with H(X_0 given X_t) read as - I(X_0;X_t), I = H(X_t) - H(X_t given X_0)
                                 (they differ by the constant H(X_0));
     B2_atoms             : for atoms, H(X_0 given X_t) itself: E of the entropy of the posterior weights;
     B2_information_atoms : for atoms, that entropy is H(X_0) - I;
     B2_information       : for components with a density, I is the integral of the log-ratio of the joint density
                            to the product of its marginals (over X_0 inside, over X_t outside), in ve. *)
From Coq Require Import Reals Lra List.
From Coquelicot Require Import Coquelicot.
From Infodyn Require Import Base Tilt Improper GaussInt Gaussian BinEntropy Mixture1D Process1D.
Import ListNotations.
Open Scope R_scope.

Theorem B2_conditional_production {I} (l : list I) (w y c : I -> R) (alpha sigma2 : R -> R) (f g t : R) :
  law l w c -> linear_process alpha sigma2 f g t ->
  is_derive (fun t => - info_t l w y c alpha sigma2 t) t
    (g ^ 2 / 2 * (1 / sigma2 t
      + IR (fun x => dens_t l w y c alpha sigma2 t x * slope_t l w y c alpha sigma2 t x))).
Proof.
intros h [da [ds [a0 s0]]]; assert (hl := law_ne _ _ _ h); destruct h as [hw [hc h1]].
eapply D_val; [exact (info_rate l w y c alpha sigma2 hl hw hc f g t da ds a0 s0 h1) |].
rewrite (IR_unique _ _ (slope_t_val l w y c alpha sigma2 hl hw hc t s0)); ring.
Qed.

(* atoms: the conditional entropy itself *)
Definition atoms_entropy {I} (l : list I) (w y : I -> R) (v : R) : R :=
  IR (fun x => dens l w y (fun _ => 0) v x
    * Sl l (fun i => eta (comp w y (fun _ => 0) v x i / dens l w y (fun _ => 0) v x))).

Lemma flat_single {I} (l : list I) : flat_map (fun i => [i]) l = l.
Proof. induction l as [| i l IH]; simpl; [reflexivity | now rewrite IH]. Qed.

Lemma Hm_one {I} (i : I) (w y : I -> R) v : 0 < w i -> 0 < v ->
  Hm [i] w y (fun _ => 0) v = w i * Hnoise v + eta (w i).
Proof.
intros hw hv; apply IR_unique.
assert (h := is_IR_plus _ _ _ _ (is_IR_scal (w i) _ _ (gauss_entropy v (y i) hv))
  (is_IR_scal (- (w i * ln (w i))) _ _ (IR_phi v (y i) hv))).
replace (w i * Hnoise v + eta (w i)) with (w i * (/ 2 * ln (2 * PI * exp 1 * v)) + - (w i * ln (w i)) * 1)
  by (unfold Hnoise, eta; ring).
refine (is_IR_ext _ _ _ _ h); intros x; cbv beta; unfold dens, comp; simpl; rewrite !Rplus_0_l, !Rplus_0_r.
assert (hp := phi_pos v (x - y i) hv); rewrite ln_mult by assumption; ring.
Qed.

Lemma atoms_entropy_val {I} (l : list I) (w y : I -> R) (v : R) :
  law l w (fun _ => 0) -> 0 < v ->
  is_IR (fun x => dens l w y (fun _ => 0) v x
      * Sl l (fun i => eta (comp w y (fun _ => 0) v x i / dens l w y (fun _ => 0) v x)))
    (Hnoise v + Sl l (fun i => eta (w i)) - Hm l w y (fun _ => 0) v).
Proof.
intros h hv; assert (hl := law_ne _ _ _ h); destruct h as [hw [hc h1]].
assert (e := label_split l (fun i => [i]) w y (fun _ => 0) hl (fun k _ => ltac:(discriminate))
  (fun k i hk hi => ltac:(destruct hi as [<- | []]; now apply hw)) (fun k i hk hi => Rle_refl 0) v hv).
unfold whole in e; rewrite flat_single in e.
rewrite (Sl_ext l _ (fun i => w i * Hnoise v + eta (w i))) in e by (intros; apply Hm_one; auto).
rewrite Sl_plus, Sl_scal_r, h1, Rmult_1_l in e.
refine (is_IR_ext _ _ _ _ e); intros x; cbv beta; f_equal.
unfold hpost; apply Sl_ext; intros i _; unfold post, whole; rewrite flat_single; unfold dens at 1; simpl.
now rewrite Rplus_0_r.
Qed.

Theorem B2_information_atoms {I} (l : list I) (w y : I -> R) (v : R) :
  law l w (fun _ => 0) -> 0 < v ->
  atoms_entropy l w y v = Sl l (fun i => eta (w i)) - (Hm l w y (fun _ => 0) v - Hnoise v).
Proof.
intros h hv; unfold atoms_entropy; rewrite (IR_unique _ _ (atoms_entropy_val l w y v h hv)); ring.
Qed.

Theorem B2_atoms {I} (l : list I) (w y : I -> R) (alpha sigma2 : R -> R) (f g t : R) :
  law l w (fun _ => 0) -> linear_process alpha sigma2 f g t ->
  is_derive (fun t => atoms_entropy l w (fun i => alpha t * y i) (sigma2 t)) t
    (g ^ 2 / 2 * (1 / sigma2 t
      + IR (fun x => dens_t l w y (fun _ => 0) alpha sigma2 t x * slope_t l w y (fun _ => 0) alpha sigma2 t x))).
Proof.
intros h hp; assert (hd := hp); destruct hp as [da [ds [a0 s0]]].
apply (is_derive_ext_loc (fun z => Sl l (fun i => eta (w i)) + - info_t l w y (fun _ => 0) alpha sigma2 z)).
{ apply (filter_imp (fun z => 0 < alpha z /\ 0 < sigma2 z)).
  2: exact (near_pos alpha sigma2 f g t da ds a0 s0).
  intros z [h1 h2]; rewrite B2_information_atoms by assumption; unfold info_t, Hm_t.
  replace (Hm l w (yt y alpha z) (ct (fun _ => 0) alpha z) (sigma2 z))
    with (Hm l w (fun i => alpha z * y i) (fun _ => 0) (sigma2 z)); [req; ring |].
  unfold Hm, dens, comp, yt, ct; f_equal.
  apply FunctionalExtensionality.functional_extensionality; intros x; now rewrite Rmult_0_r. }
eapply D_val; [apply D_plus; [apply D_const | now apply (B2_conditional_production l w y (fun _ => 0) alpha sigma2 f g t)] |].
ring.
Qed.

(* the mutual information as an integral over X_0 (inside) and X (outside) *)
Theorem B2_information {I} (l : list I) (w y c : I -> R) (v : R) :
  law l w c -> (forall i, In i l -> 0 < c i) -> 0 < v ->
  exists inner : R -> R,
    (forall x, is_IR (fun x0 => prior l w y c x0 * phi v (x - x0) * ln (phi v (x - x0) / dens l w y c v x)) (inner x))
    /\ is_IR inner (Hm l w y c v - Hnoise v).
Proof.
intros h hcp hv; assert (hl := law_ne _ _ _ h); destruct h as [hw [hc h1]].
set (b := fun x => x - pmean l w y c v x).
exists (fun x => - (/ (2 * v)) * (dens l w y c v x * (pvar l w y c v x + b x ^ 2))
   - (ln (2 * PI * v) / 2) * dens l w y c v x + - (dens l w y c v x * ln (dens l w y c v x))); split.
- intros x; assert (hp := dens_pos l w y c hl hw hc v x hv).
  assert (i0 := post_mass_int l w y c hcp v x hv).
  assert (i1 := is_IR_scal (dens l w y c v x) _ _ (post_mean_int l w y c hl hw hc hcp v x hv)).
  assert (i2 := is_IR_scal (dens l w y c v x) _ _ (post_var_int l w y c hl hw hc hcp v x hv)).
  assert (k := is_IR_plus _ _ _ _ (is_IR_scal (- / (2 * v)) _ _ i2) (is_IR_plus _ _ _ _
    (is_IR_scal (/ v * b x) _ _ i1)
    (is_IR_scal (- (/ (2 * v)) * (x ^ 2 - pmean l w y c v x ^ 2) - ln (2 * PI * v) / 2 - ln (dens l w y c v x)) _ _ i0))).
  match type of k with is_IR _ ?r => match goal with |- is_IR _ ?q => replace q with r end end.
  2: { unfold b; field; lra. }
  refine (is_IR_ext _ _ _ _ k); intros x0; cbv beta.
  rewrite ln_div by (try assumption; now apply phi_pos); rewrite ln_phi by exact hv; unfold b; field; lra.
- assert (hx := fisher_exists l w y c hl hw hc v hv).
  assert (hm := mmse_exists_val l w y c hl hw hc v hv).
  assert (k := is_IR_plus _ _ _ _ (is_IR_minus _ _ _ _
    (is_IR_scal (- / (2 * v)) _ _ (is_IR_plus _ _ _ _ hm (is_IR_scal (v ^ 2) _ _ hx)))
    (is_IR_scal (ln (2 * PI * v) / 2) _ _ (dens_mass l w y c hc v hv))) (Hm_exists l w y c hl hw hc v hv)).
  match type of k with is_IR _ ?r => replace (Hm l w y c v - Hnoise v) with r end.
  + refine (is_IR_ext _ _ _ _ k); intros x; cbv beta; unfold b; rewrite (Mixture1D.tweedie l w y c hl hw hc v x hv); ring.
  + rewrite h1; unfold Hnoise.
    assert (e : ln (2 * PI * exp 1 * v) = 1 + ln (2 * PI * v)).
    { replace (2 * PI * exp 1 * v) with (exp 1 * (2 * PI * v)) by ring.
      rewrite (ln_mult (exp 1) _ (exp_pos 1) (two_pi_v_pos v hv)), ln_exp; reflexivity. }
    rewrite e; field; lra.
Qed.
