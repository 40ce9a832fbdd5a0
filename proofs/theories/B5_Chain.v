(* claim: B5; scope: 1-D, finite Gaussian mixtures; headline: B5_chain, B5_rates, B5_label_information, B5_class_law *)
(* B5.  I(X_0;X_t) = I(Y;X_t) + I(X_0;X_t given Y), and the rates add in the same way: over the whole line, any finite
   mixture of atoms and Gaussians grouped into labels in any way, any linear process.
     I(Y;X_t)            = sum_y integral of p_y ln( p_y/(W_y p) ), p_y the part of the density that label y holds, W_y its mass;
     I(X_0;X_t given Y)  = sum_y W_y I(X_0;X_t) of the law of label y (weights w_i/W_y). *)
From Coq Require Import Reals Lra List.
From Coquelicot Require Import Coquelicot.
From Infodyn Require Import Base Tilt Improper BinEntropy Mixture1D Process1D B4_LabelProduction.
Open Scope R_scope.

(* weights divided by their sum *)
Lemma dens_div {I} (l : list I) (w y c : I -> R) W v x : dens l (fun i => w i / W) y c v x = / W * dens l w y c v x.
Proof. unfold dens; rewrite <- Sl_scal; apply Sl_ext; intros; unfold comp, Rdiv; ring. Qed.

Lemma Hm_div {I} (l : list I) (w y c : I -> R) W v : l <> nil -> (forall i, In i l -> 0 < w i) ->
  (forall i, In i l -> 0 <= c i) -> 0 < W -> 0 < v ->
  Hm l (fun i => w i / W) y c v = Hm l w y c v / W + Sl l w / W * ln W.
Proof.
intros hl hw hc hW hv; apply IR_unique.
assert (h := is_IR_plus _ _ _ _ (is_IR_scal (/ W) _ _ (Hm_exists l w y c hl hw hc v hv))
  (is_IR_scal (ln W / W) _ _ (dens_mass l w y c hc v hv))).
replace (Hm l w y c v / W + Sl l w / W * ln W) with (/ W * Hm l w y c v + ln W / W * Sl l w) by (unfold Rdiv; ring).
refine (is_IR_ext _ _ _ _ h); intros x; cbv beta; assert (hp := dens_pos l w y c hl hw hc v x hv).
rewrite dens_div, ln_mult, ln_Rinv by (try apply Rinv_0_lt_compat; assumption); field; lra.
Qed.

Section B5.
Context {K I : Type}.
Variables (ks : list K) (ls : K -> list I) (w y c : I -> R) (alpha sigma2 : R -> R).
Hypothesis h : labelled_law ks ls w c.
Definition W (k : K) : R := Sl (ls k) w.
Notation p := (dens_t (whole ks ls) w y c alpha sigma2).
Notation pk k := (dens_t (ls k) w y c alpha sigma2).

Definition label_info (z : R) : R := IR (fun x => Sl ks (fun k => pk k z x * ln (pk k z x / (W k * p z x)))).
Definition inner_info (z : R) : R := Sl ks (fun k => W k * info_t (ls k) (fun i => w i / W k) y c alpha sigma2 z).

Lemma W_pos k : In k ks -> 0 < W k.
Proof. intros hk; apply Sl_pos; [exact (proj1 h k hk) |]; intros i hi; exact (lab_w _ _ _ _ h k i hk hi). Qed.

Lemma W_sum : Sl ks W = 1.
Proof. unfold W; rewrite <- (Sl_flat ks ls w); exact (proj2 (proj2 (proj2 h))). Qed.

(* each label's law is a law *)
Theorem B5_class_law k : In k ks -> law (ls k) (fun i => w i / W k) c.
Proof.
intros hk; assert (hW := W_pos k hk); split; [| split].
- intros i hi; apply Rdiv_lt_0_compat; [exact (lab_w _ _ _ _ h k i hk hi) | exact hW].
- intros i hi; exact (lab_c _ _ _ _ h k i hk hi).
- unfold Rdiv; rewrite Sl_scal_r; fold (W k); field; lra.
Qed.

(* I(Y;X_t) = H(Y) - H(Y given X_t) *)
Theorem B5_label_information z : 0 < sigma2 z ->
  is_IR (fun x => Sl ks (fun k => pk k z x * ln (pk k z x / (W k * p z x))))
    (Sl ks (fun k => eta (W k)) - label_entropy_t ks ls w y c alpha sigma2 z).
Proof.
intros s0.
assert (e := B4_label_entropy_exists ks ls w y c alpha sigma2 z h s0).
assert (m : is_IR (fun x => Sl ks (fun k => - ln (W k) * pk k z x)) (Sl ks (fun k => - ln (W k) * W k))).
{ apply (is_IR_Sl ks (fun k x => - ln (W k) * pk k z x)); intros k hk; apply is_IR_scal.
  apply (dens_mass (ls k) w); [| exact s0]; intros i hi; exact (lab_ct ks ls w c alpha h z k i hk hi). }
assert (q := is_IR_minus _ _ _ _ m e).
rewrite (Sl_ext ks _ (fun k => eta (W k))) in q by (intros; unfold eta; ring).
refine (is_IR_ext _ _ _ _ q); intros x; cbv beta.
assert (pp : 0 < p z x) by (apply (whole_pos ks ls w _ _ (lab_ne _ _ _ _ h) (proj1 h) (lab_w _ _ _ _ h)
  (lab_ct ks ls w c alpha h z)); exact s0).
rewrite <- Sl_scal, <- Sl_minus; apply Sl_ext; intros k hk.
assert (pkp : 0 < pk k z x) by (apply (class_pos ks ls w _ _ (proj1 h) (lab_w _ _ _ _ h)
  (lab_ct ks ls w c alpha h z)); [exact s0 | exact hk]).
assert (hW := W_pos k hk); unfold eta.
rewrite !ln_div, ln_mult by (try assumption; now apply Rmult_lt_0_compat); field; lra.
Qed.

Lemma inner_val z : 0 < sigma2 z -> inner_info z =
  Sl ks (fun k => Hm_t (ls k) w y c alpha sigma2 z) - Sl ks (fun k => eta (W k)) - Hnoise (sigma2 z).
Proof.
intros s0; unfold inner_info.
rewrite (Sl_ext ks _ (fun k => Hm_t (ls k) w y c alpha sigma2 z - eta (W k) - Hnoise (sigma2 z) * W k)).
- rewrite !Sl_minus, Sl_scal, W_sum; ring.
- intros k hk; assert (hW := W_pos k hk); unfold info_t, Hm_t.
  rewrite Hm_div; [| exact (proj1 h k hk) | intros i hi; exact (lab_w _ _ _ _ h k i hk hi)
    | intros i hi; exact (lab_ct ks ls w c alpha h z k i hk hi) | exact hW | exact s0].
  fold (W k); unfold eta; field; lra.
Qed.

Theorem B5_chain z : 0 < sigma2 z ->
  info_t (whole ks ls) w y c alpha sigma2 z = label_info z + inner_info z.
Proof.
intros s0; unfold label_info; rewrite (IR_unique _ _ (B5_label_information z s0)), inner_val by exact s0.
rewrite (label_entropy_t_val ks ls w y c alpha sigma2 h z s0); unfold info_t; ring.
Qed.

(* the three rates of loss: of the label, of X_0 within the label, and their sum *)
Theorem B5_rates f g t : linear_process alpha sigma2 f g t -> exists rY r0 : R,
  is_derive label_info t (- rY) /\ is_derive inner_info t (- r0) /\
  is_derive (info_t (whole ks ls) w y c alpha sigma2) t (- (rY + r0)) /\
  rY = g ^ 2 / 2 * IR (fun x => p t x * Sl ks (fun k => pk k t x / p t x
         * (score_t (ls k) w y c alpha sigma2 t x - score_t (whole ks ls) w y c alpha sigma2 t x) ^ 2)) /\
  r0 = g ^ 2 / 2 * Sl ks (fun k => W k * (1 / sigma2 t + IR (fun x =>
         dens_t (ls k) (fun i => w i / W k) y c alpha sigma2 t x
         * slope_t (ls k) (fun i => w i / W k) y c alpha sigma2 t x))).
Proof.
intros hp; assert (hq := hp); destruct hq as [da [ds [a0 s0]]].
eexists; eexists; split; [| split; [| split; [| split; reflexivity]]].
- apply (is_derive_ext_loc (fun z => Sl ks (fun k => eta (W k)) - label_entropy_t ks ls w y c alpha sigma2 z)).
  { apply (filter_imp (fun z => 0 < alpha z /\ 0 < sigma2 z)); [| exact (near_pos alpha sigma2 f g t da ds a0 s0)].
    intros z [_ hz]; symmetry; apply IR_unique; now apply B5_label_information. }
  eapply D_val; [apply D_minus; [apply D_const | exact (B4_label_production ks ls w y c alpha sigma2 f g t h hp)] | ring].
- unfold inner_info; eapply D_val.
  + apply (Sl_derive ks (fun k z => W k * info_t (ls k) (fun i => w i / W k) y c alpha sigma2 z)
      (fun k _ => W k * - (g ^ 2 / 2 * (1 / sigma2 t - fisher_t (ls k) (fun i => w i / W k) y c alpha sigma2 t)))).
    intros k hk; assert (hk' := B5_class_law k hk); assert (hlk := law_ne _ _ _ hk'); destruct hk' as [h1 [h2 h3]].
    apply D_scal.
    apply (is_derive_ext (fun z => - - info_t (ls k) (fun i => w i / W k) y c alpha sigma2 z));
      [intros; apply Ropp_involutive |].
    apply D_opp; exact (info_rate (ls k) (fun i => w i / W k) y c alpha sigma2 hlk h1 h2 f g t da ds a0 s0 h3).
  + rewrite <- Sl_scal; transitivity (-1 * Sl ks (fun k => g ^ 2 / 2 * (W k * (1 / sigma2 t + IR (fun x =>
         dens_t (ls k) (fun i => w i / W k) y c alpha sigma2 t x
         * slope_t (ls k) (fun i => w i / W k) y c alpha sigma2 t x))))); [| ring].
    rewrite <- Sl_scal; apply Sl_ext; intros k hk.
    assert (hk' := B5_class_law k hk); assert (hlk := law_ne _ _ _ hk'); destruct hk' as [h1 [h2 h3]].
    rewrite (IR_unique _ _ (slope_t_val (ls k) (fun i => w i / W k) y c alpha sigma2 hlk h1 h2 t s0)); ring.
- assert (hl := law_ne _ _ _ (proj2 h)); destruct (proj2 h) as [h1 [h2 h3]].
  apply (is_derive_ext (fun z => - - info_t (whole ks ls) w y c alpha sigma2 z)); [intros; apply Ropp_involutive |].
  eapply D_val; [apply D_opp; exact (info_rate (whole ks ls) w y c alpha sigma2 hl h1 h2 f g t da ds a0 s0 h3) |].
  f_equal.
  assert (eY : IR (fun x => p t x * Sl ks (fun k => pk k t x / p t x
         * (score_t (ls k) w y c alpha sigma2 t x - score_t (whole ks ls) w y c alpha sigma2 t x) ^ 2))
    = Sl ks (fun k => fisher_t (ls k) w y c alpha sigma2 t) - fisher_t (whole ks ls) w y c alpha sigma2 t)
    by exact (IR_unique _ _ (label_fisher ks ls w (yt y alpha t) (ct c alpha t) (lab_ne _ _ _ _ h) (proj1 h)
    (lab_w _ _ _ _ h) (lab_ct ks ls w c alpha h t) (sigma2 t) s0)).
  rewrite eY, (Sl_ext ks (fun k => W k * _) (fun k => / sigma2 t * W k - fisher_t (ls k) w y c alpha sigma2 t)).
  + rewrite Sl_minus, Sl_scal, W_sum; unfold Rdiv; ring.
  + intros k hk; assert (hW := W_pos k hk).
    assert (hk' := B5_class_law k hk); assert (hlk := law_ne _ _ _ hk'); destruct hk' as [k1 [k2 k3]].
    rewrite (IR_unique _ _ (slope_t_val (ls k) (fun i => w i / W k) y c alpha sigma2 hlk k1 k2 t s0)).
    assert (e : fisher_t (ls k) w y c alpha sigma2 t = W k * fisher_t (ls k) (fun i => w i / W k) y c alpha sigma2 t).
    { apply IR_unique.
      refine (is_IR_ext _ _ _ _ (is_IR_scal (W k) _ _ (fisher_t_exists (ls k) (fun i => w i / W k) y c alpha sigma2 hlk k1 k2 t s0))).
      intros x; cbv beta; unfold dens_t, score_t, score, dens1; rewrite dens_div.
      rewrite (Sl_ext (ls k) (fun i => _ * comp (fun i => w i / W k) _ _ _ _ i)
        (fun i => / W k * (- zz (yt y alpha t) (ct c alpha t) (sigma2 t) x i
           * comp w (yt y alpha t) (ct c alpha t) (sigma2 t) x i))) by (intros; unfold comp; field; lra).
      rewrite Sl_scal.
      assert (pp := dens_pos (ls k) w (yt y alpha t) (ct c alpha t) hlk (fun i hi => lab_w _ _ _ _ h k i hk hi)
        (fun i hi => lab_ct ks ls w c alpha h t k i hk hi) (sigma2 t) x s0); field; lra. }
    rewrite e; field; lra.
Qed.
End B5.
