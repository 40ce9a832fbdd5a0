(* Process1D.v -- the mixtures of Mixture1D.v along any linear process, with any labels.
   X_t = alpha X_0 + sigma Z has the law of the mixture with means alpha y_i and variances alpha^2 c_i at noise
   sigma^2.  A label is a class of components: classes ks, components ls k of class k.
     Hm_t, fisher_t, score_t, ... : the quantities of Mixture1D.v along the process;
     info_t = H(X_t) - H(X_t given X_0), the mutual information of X_0 and X_t;
     label_entropy = E of the posterior entropy of the label.
     marginal_rate : dH(X_t)/dt = M f + (g^2/2) fisher_t, M the total mass (1 for a law);
     label_split   : the label's entropy is (sum over classes of the entropy of its part) - entropy of the whole. *)
From Coq Require Import Reals Lra Lia List.
From Coquelicot Require Import Coquelicot.
From Infodyn Require Import Base Tilt Improper GaussInt Gaussian BinEntropy EntropyRate Flux Mixture1D Schedule ScheduleEntropy.
Import ListNotations.
Open Scope R_scope.

(* ---- change of scale ---- *)
Section Scale.
Context {I : Type}.
Variables (l : list I) (w y c : I -> R) (k v : R).
Hypothesis hl : l <> nil.
Hypothesis hw : forall i, In i l -> 0 < w i.
Hypothesis hc : forall i, In i l -> 0 <= c i.
Hypothesis hk : 0 < k.
Hypothesis hv : 0 < v.
Let ky i := k * y i.
Let kc i := k ^ 2 * c i.

Lemma k2_pos : 0 < k ^ 2. Proof. now apply pow_lt. Qed.
Lemma kv_pos : 0 < k ^ 2 * v. Proof. apply Rmult_lt_0_compat; [apply k2_pos | exact hv]. Qed.
Lemma kc_nonneg i : In i l -> 0 <= kc i.
Proof. intros hi; apply Rmult_le_pos; [left; apply k2_pos | now apply hc]. Qed.

Lemma comp_scale x i : In i l -> k * comp w ky kc (k ^ 2 * v) (k * x) i = comp w y c v x i.
Proof.
intros hi; assert (h := hc i hi); unfold comp, ky, kc.
replace (k ^ 2 * c i + k ^ 2 * v) with (k ^ 2 * (c i + v)) by ring.
replace (k * x - k * y i) with (k * (x - y i)) by ring.
rewrite phi_scale by lra; field; lra.
Qed.

Lemma comp_scale' x i : In i l -> comp w ky kc (k ^ 2 * v) (k * x) i = / k * comp w y c v x i.
Proof. intros hi; rewrite <- (comp_scale x i hi); field; lra. Qed.

Lemma zz_scale x i : In i l -> zz ky kc (k ^ 2 * v) (k * x) i = / k * zz y c v x i.
Proof. intros hi; assert (h := hc i hi); unfold zz, ky, kc.
replace (k ^ 2 * c i + k ^ 2 * v) with (k ^ 2 * (c i + v)) by ring; field; lra. Qed.

Lemma dens_scale x : dens l w ky kc (k ^ 2 * v) (k * x) = / k * dens l w y c v x.
Proof. unfold dens; rewrite <- Sl_scal; apply Sl_ext; intros i hi; now apply comp_scale'. Qed.

Lemma dens1_scale x : dens1 l w ky kc (k ^ 2 * v) (k * x) = / k ^ 2 * dens1 l w y c v x.
Proof.
unfold dens1; rewrite <- Sl_scal; apply Sl_ext; intros i hi.
rewrite comp_scale', zz_scale by exact hi; field; lra.
Qed.

Lemma dens2_scale x : dens2 l w ky kc (k ^ 2 * v) (k * x) = / k ^ 3 * dens2 l w y c v x.
Proof.
unfold dens2; rewrite <- Sl_scal; apply Sl_ext; intros i hi.
rewrite comp_scale', zz_scale by exact hi; assert (h := hc i hi); unfold kc.
replace (k ^ 2 * c i + k ^ 2 * v) with (k ^ 2 * (c i + v)) by ring; field; lra.
Qed.

Lemma score_scale x : score l w ky kc (k ^ 2 * v) (k * x) = score l w y c v x / k.
Proof.
assert (hp := dens_pos l w y c hl hw hc v x hv).
unfold score; rewrite dens_scale, dens1_scale; field; lra.
Qed.

Lemma slope_scale x : slope l w ky kc (k ^ 2 * v) (k * x) = slope l w y c v x / k ^ 2.
Proof.
assert (hp := dens_pos l w y c hl hw hc v x hv).
unfold slope; rewrite score_scale, dens_scale, dens2_scale; field; lra.
Qed.

Lemma fisher_scale : fisher l w ky kc (k ^ 2 * v) = fisher l w y c v / k ^ 2.
Proof.
assert (h := is_IR_scal (k ^ 2) _ _ (IR_dilate _ k _ hk (fisher_exists l w ky kc hl hw kc_nonneg _ kv_pos))).
assert (e : is_IR (fun x => dens l w y c v x * score l w y c v x ^ 2) (k ^ 2 * fisher l w ky kc (k ^ 2 * v))).
{ refine (is_IR_ext _ _ _ _ h); intros x; cbv beta; rewrite dens_scale, score_scale; field; lra. }
apply IR_unique in e; unfold fisher at 2; rewrite e; field; lra.
Qed.

Lemma Hm_scale : Hm l w ky kc (k ^ 2 * v) = Hm l w y c v + Sl l w * ln k.
Proof.
assert (h := IR_dilate _ k _ hk (Hm_exists l w ky kc hl hw kc_nonneg _ kv_pos)).
assert (e := is_IR_plus _ _ _ _ (Hm_exists l w y c hl hw hc v hv)
  (is_IR_scal (ln k) _ _ (dens_mass l w y c hc v hv))).
apply IR_unique in e; rewrite Rmult_comm in e; rewrite <- e; symmetry; apply IR_unique.
refine (is_IR_ext _ _ _ _ h); intros x; cbv beta.
assert (hp := dens_pos l w y c hl hw hc v x hv).
rewrite dens_scale, ln_mult, ln_Rinv by (try apply Rinv_0_lt_compat; lra); field; lra.
Qed.
End Scale.

(* ---- the process ---- *)
Section Process.
Context {I : Type}.
Variables (l : list I) (w y c : I -> R) (alpha sigma2 : R -> R).

Definition yt (t : R) (i : I) : R := alpha t * y i.
Definition ct (t : R) (i : I) : R := alpha t ^ 2 * c i.
Definition dens_t (t x : R) : R := dens l w (yt t) (ct t) (sigma2 t) x.
Definition score_t (t x : R) : R := score l w (yt t) (ct t) (sigma2 t) x.
Definition slope_t (t x : R) : R := slope l w (yt t) (ct t) (sigma2 t) x.
Definition Hm_t (t : R) : R := Hm l w (yt t) (ct t) (sigma2 t).
Definition fisher_t (t : R) : R := fisher l w (yt t) (ct t) (sigma2 t).
(* posterior mean and variance of X_0 itself *)
Definition pmean_t (t x : R) : R := pmean l w (yt t) (ct t) (sigma2 t) x / alpha t.
Definition pvar_t (t x : R) : R := pvar l w (yt t) (ct t) (sigma2 t) x / alpha t ^ 2.
Definition mmse_t (t : R) : R := IR (fun x => dens_t t x * pvar_t t x).
(* entropy of the noise alone, and information *)
Definition Hnoise (v : R) : R := / 2 * ln (2 * PI * exp 1 * v).
Definition info_t (t : R) : R := Hm_t t - Hnoise (sigma2 t).

Lemma Hnoise_dv v : 0 < v -> is_derive Hnoise v (/ (2 * v)).
Proof.
intros hv; assert (he := exp_pos 1); assert (hpi := PI_RGT_0).
assert (hpe : 0 < 2 * PI * exp 1) by (apply Rmult_lt_0_compat; lra).
unfold Hnoise; auto_derive; [now apply Rmult_lt_0_compat | field; repeat split; lra].
Qed.

Lemma Hnoise_split v : 0 < v -> Hnoise v = / 2 * ln (2 * PI * exp 1) + / 2 * ln v.
Proof.
intros hv; assert (he := exp_pos 1); assert (hpi := PI_RGT_0).
unfold Hnoise; rewrite ln_mult; [ring | apply Rmult_lt_0_compat; lra | exact hv].
Qed.

Hypothesis hl : l <> nil.
Hypothesis hw : forall i, In i l -> 0 < w i.
Hypothesis hc : forall i, In i l -> 0 <= c i.
Variables (f g t : R).
Hypothesis da : is_derive alpha t (f * alpha t).
Hypothesis ds : is_derive sigma2 t (2 * f * sigma2 t + g ^ 2).
Hypothesis a0 : 0 < alpha t.
Hypothesis s0 : 0 < sigma2 t.

Lemma near_pos : locally t (fun z => 0 < alpha z /\ 0 < sigma2 z).
Proof.
apply filter_and.
- apply (ex_derive_continuous alpha t); [eexists; exact da |]; now apply open_gt.
- apply (ex_derive_continuous sigma2 t); [eexists; exact ds |]; now apply open_gt.
Qed.

Lemma veff_pos z : 0 < alpha z -> 0 < sigma2 z -> 0 < sigma2 z / alpha z ^ 2.
Proof. intros; apply Rdiv_lt_0_compat; [assumption | now apply pow_lt]. Qed.

Lemma veff_back z : 0 < alpha z -> sigma2 z = alpha z ^ 2 * (sigma2 z / alpha z ^ 2).
Proof. intros; field; lra. Qed.

Lemma ct_nonneg z i : In i l -> 0 <= ct z i.
Proof. intros hi; apply Rmult_le_pos; [apply pow2_ge_0 | now apply hc]. Qed.

(* the process is the Brownian one in the clock sigma^2/alpha^2 *)
Lemma Hm_veff z : 0 < alpha z -> 0 < sigma2 z ->
  Hm_t z = Hm l w y c (sigma2 z / alpha z ^ 2) + Sl l w * ln (alpha z).
Proof.
intros h1 h2; unfold Hm_t; rewrite (veff_back z h1) at 1.
apply (Hm_scale l w y c (alpha z) _ hl hw hc h1); now apply veff_pos.
Qed.

Lemma fisher_veff z : 0 < alpha z -> 0 < sigma2 z ->
  fisher_t z = fisher l w y c (sigma2 z / alpha z ^ 2) / alpha z ^ 2.
Proof.
intros h1 h2; unfold fisher_t; rewrite (veff_back z h1) at 1.
apply (fisher_scale l w y c (alpha z) _ hl hw hc h1); now apply veff_pos.
Qed.

Lemma info_veff z : 0 < alpha z -> 0 < sigma2 z -> Sl l w = 1 ->
  info_t z = Hm l w y c (sigma2 z / alpha z ^ 2) - Hnoise (sigma2 z / alpha z ^ 2).
Proof.
intros h1 h2 hm; unfold info_t; rewrite Hm_veff, hm by assumption.
assert (h3 := veff_pos z h1 h2); rewrite !Hnoise_split by assumption.
rewrite ln_div by (try assumption; now apply pow_lt); rewrite ln_pow by exact h1; simpl; field.
Qed.

Theorem marginal_rate : is_derive Hm_t t (Sl l w * f + g ^ 2 / 2 * fisher_t t).
Proof.
apply (is_derive_ext_loc (fun z => Hm l w y c (sigma2 z / alpha z ^ 2) + Sl l w * ln (alpha z))).
{ apply (filter_imp (fun z => 0 < alpha z /\ 0 < sigma2 z)); [| apply near_pos].
  intros z [h1 h2]; symmetry; now apply Hm_veff. }
eapply D_val.
- apply D_plus.
  + apply (D_comp (Hm l w y c) (fun t => sigma2 t / alpha t ^ 2)).
    * apply (de_bruijn l w y c hl hw hc); now apply veff_pos.
    * apply (effective_variance_derivative alpha sigma2 f g t da ds); lra.
  + apply D_scal, D_ln; [exact a0 | exact da].
- rewrite fisher_veff by assumption; field; lra.
Qed.

Lemma fisher_t_exists : is_IR (fun x => dens_t t x * score_t t x ^ 2) (fisher_t t).
Proof. exact (fisher_exists l w (yt t) (ct t) hl hw (ct_nonneg t) _ s0). Qed.

Lemma slope_t_val : is_IR (fun x => dens_t t x * slope_t t x) (- fisher_t t).
Proof. exact (score_div l w (yt t) (ct t) hl hw (ct_nonneg t) _ s0). Qed.

Lemma mmse_t_val : is_IR (fun x => dens_t t x * pvar_t t x)
  ((sigma2 t * Sl l w - sigma2 t ^ 2 * fisher_t t) / alpha t ^ 2).
Proof.
assert (h := is_IR_scal (/ alpha t ^ 2) _ _ (mmse_exists_val l w (yt t) (ct t) hl hw (ct_nonneg t) _ s0)).
replace (/ alpha t ^ 2 * _) with ((sigma2 t * Sl l w - sigma2 t ^ 2 * fisher_t t) / alpha t ^ 2) in h
  by (unfold fisher_t; field; lra).
refine (is_IR_ext _ _ _ _ h); intros x; cbv beta; unfold dens_t, pvar_t; field; lra.
Qed.

Theorem info_rate : Sl l w = 1 ->
  is_derive (fun t => - info_t t) t (g ^ 2 / 2 * (1 / sigma2 t - fisher_t t)).
Proof.
intros hm; unfold info_t; eapply D_val.
- apply D_opp, D_minus; [apply marginal_rate |].
  apply (D_comp Hnoise sigma2); [now apply Hnoise_dv | exact ds].
- cbv beta; rewrite hm; field; lra.
Qed.
End Process.

(* ---- labels ---- *)
Lemma Sl_app {I} (a b : list I) f : Sl (a ++ b) f = Sl a f + Sl b f.
Proof. induction a as [| i a IH]; simpl; [ring | rewrite IH; ring]. Qed.

Lemma Sl_flat {K I} (ks : list K) (ls : K -> list I) f : Sl (flat_map ls ks) f = Sl ks (fun k => Sl (ls k) f).
Proof. induction ks as [| k ks IH]; simpl; [reflexivity | now rewrite Sl_app, IH]. Qed.

Section Labels.
Context {K I : Type}.
Variables (ks : list K) (ls : K -> list I) (w y c : I -> R).

(* all components *)
Definition whole : list I := flat_map ls ks.
(* posterior of the label, and the posterior entropy *)
Definition post (v x : R) (k : K) : R := dens (ls k) w y c v x / dens whole w y c v x.
Definition hpost (v x : R) : R := Sl ks (fun k => eta (post v x k)).
Definition label_entropy (v : R) : R := IR (fun x => dens whole w y c v x * hpost v x).

Hypothesis hks : ks <> nil.
Hypothesis hls : forall k, In k ks -> ls k <> nil.
Hypothesis hw : forall k i, In k ks -> In i (ls k) -> 0 < w i.
Hypothesis hc : forall k i, In k ks -> In i (ls k) -> 0 <= c i.

Lemma whole_ne : whole <> nil.
Proof.
unfold whole; destruct ks as [| k r]; [congruence |]; simpl.
assert (h := hls k (or_introl eq_refl)); destruct (ls k); [congruence | discriminate].
Qed.
Lemma whole_w i : In i whole -> 0 < w i.
Proof. intros h; apply in_flat_map in h; destruct h as [k [h1 h2]]; now apply (hw k). Qed.
Lemma whole_c i : In i whole -> 0 <= c i.
Proof. intros h; apply in_flat_map in h; destruct h as [k [h1 h2]]; now apply (hc k). Qed.

Lemma dens_whole v x : dens whole w y c v x = Sl ks (fun k => dens (ls k) w y c v x).
Proof. unfold dens, whole; apply Sl_flat. Qed.

Lemma class_pos v x k : 0 < v -> In k ks -> 0 < dens (ls k) w y c v x.
Proof.
intros hv hk; apply dens_pos; [now apply hls | intros; now apply (hw k) | intros; now apply (hc k) | exact hv].
Qed.

Lemma whole_pos v x : 0 < v -> 0 < dens whole w y c v x.
Proof. intros hv; apply dens_pos; [apply whole_ne | apply whole_w | apply whole_c | exact hv]. Qed.

Lemma post_sum v x : 0 < v -> Sl ks (post v x) = 1.
Proof.
intros hv; assert (hp := whole_pos v x hv); unfold post, Rdiv; rewrite Sl_scal_r, <- dens_whole; field; lra.
Qed.

Lemma hpost_form v x : 0 < v -> dens whole w y c v x * hpost v x =
  Sl ks (fun k => - (dens (ls k) w y c v x * ln (dens (ls k) w y c v x)))
  - - (dens whole w y c v x * ln (dens whole w y c v x)).
Proof.
intros hv; assert (hp := whole_pos v x hv); unfold hpost; rewrite <- Sl_scal.
rewrite (Sl_ext ks _ (fun k => - (dens (ls k) w y c v x * ln (dens (ls k) w y c v x))
  + ln (dens whole w y c v x) * dens (ls k) w y c v x)).
- rewrite Sl_plus, Sl_scal, <- dens_whole; ring.
- intros k hk; assert (h := class_pos v x k hv hk); unfold eta, post; rewrite ln_div by assumption; field; lra.
Qed.

Theorem label_split v : 0 < v -> is_IR (fun x => dens whole w y c v x * hpost v x)
  (Sl ks (fun k => Hm (ls k) w y c v) - Hm whole w y c v).
Proof.
intros hv.
assert (h := is_IR_minus _ _ _ _ (is_IR_Sl ks
   (fun k x => - (dens (ls k) w y c v x * ln (dens (ls k) w y c v x))) (fun k => Hm (ls k) w y c v)
   (fun k hk => Hm_exists (ls k) w y c (hls k hk) (fun i hi => hw k i hk hi) (fun i hi => hc k i hk hi) v hv))
  (Hm_exists whole w y c whole_ne whole_w whole_c v hv)).
refine (is_IR_ext _ _ _ _ h); intros x; cbv beta; symmetry; now apply hpost_form.
Qed.

Lemma label_entropy_val v : 0 < v ->
  label_entropy v = Sl ks (fun k => Hm (ls k) w y c v) - Hm whole w y c v.
Proof. intros hv; apply IR_unique; now apply label_split. Qed.

(* E sum_k post_k (s_k - s)^2 = sum_k (mass-weighted Fisher information of class k) - Fisher information *)
Theorem label_fisher v : 0 < v ->
  is_IR (fun x => dens whole w y c v x *
      Sl ks (fun k => post v x k * (score (ls k) w y c v x - score whole w y c v x) ^ 2))
    (Sl ks (fun k => fisher (ls k) w y c v) - fisher whole w y c v).
Proof.
intros hv.
assert (h := is_IR_minus _ _ _ _ (is_IR_Sl ks
   (fun k x => dens (ls k) w y c v x * score (ls k) w y c v x ^ 2) (fun k => fisher (ls k) w y c v)
   (fun k hk => fisher_exists (ls k) w y c (hls k hk) (fun i hi => hw k i hk hi) (fun i hi => hc k i hk hi) v hv))
  (fisher_exists whole w y c whole_ne whole_w whole_c v hv)).
refine (is_IR_ext _ _ _ _ h); intros x; cbv beta; assert (hp := whole_pos v x hv).
set (s := score whole w y c v x); rewrite <- Sl_scal.
rewrite (Sl_ext ks (fun k => dens whole w y c v x * (post v x k * (score (ls k) w y c v x - s) ^ 2))
  (fun k => dens (ls k) w y c v x * score (ls k) w y c v x ^ 2
     + (- 2 * s * dens1 (ls k) w y c v x + s ^ 2 * dens (ls k) w y c v x))).
- rewrite !Sl_plus, !Sl_scal, <- dens_whole.
  assert (e : Sl ks (fun k => dens1 (ls k) w y c v x) = dens whole w y c v x * s).
  { unfold s; rewrite (dens_score whole w y c whole_ne whole_w whole_c v x hv).
    unfold dens1, whole; now rewrite Sl_flat. }
  rewrite e; ring.
- intros k hk; assert (hpk := class_pos v x k hv hk); unfold post.
  rewrite <- (dens_score (ls k) w y c (hls k hk) (fun i hi => hw k i hk hi) (fun i hi => hc k i hk hi) v x hv).
  field; lra.
Qed.
End Labels.

(* ---- the hypotheses of every claim, in one place ---- *)
(* positive weights that sum to one, variances at least 0 (an atom where 0) *)
Definition law {I} (l : list I) (w c : I -> R) : Prop :=
  (forall i, In i l -> 0 < w i) /\ (forall i, In i l -> 0 <= c i) /\ Sl l w = 1.
(* at time t: alpha' = f alpha, (sigma^2)' = 2 f sigma^2 + g^2, both positive *)
Definition linear_process (alpha sigma2 : R -> R) (f g t : R) : Prop :=
  is_derive alpha t (f * alpha t) /\ is_derive sigma2 t (2 * f * sigma2 t + g ^ 2) /\ 0 < alpha t /\ 0 < sigma2 t.
(* a law with labels: classes ks, none of them empty *)
Definition labelled_law {K I} (ks : list K) (ls : K -> list I) (w c : I -> R) : Prop :=
  (forall k, In k ks -> ls k <> nil) /\ law (whole ks ls) w c.

Lemma law_ne {I} (l : list I) w c : law l w c -> l <> nil.
Proof. intros [_ [_ h]] e; rewrite e in h; simpl in h; lra. Qed.

Lemma law_ct {I} (l : list I) w c alpha t : law l w c -> law l w (ct c alpha t).
Proof.
intros [h1 [h2 h3]]; split; [exact h1 | split; [| exact h3]].
intros i hi; apply Rmult_le_pos; [apply pow2_ge_0 | now apply h2].
Qed.

Lemma lab_ne {K I} (ks : list K) (ls : K -> list I) w c : labelled_law ks ls w c -> ks <> nil.
Proof. intros [_ h] e; apply law_ne in h; apply h; now rewrite e. Qed.

Lemma lab_w {K I} (ks : list K) (ls : K -> list I) w c : labelled_law ks ls w c ->
  forall k i, In k ks -> In i (ls k) -> 0 < w i.
Proof. intros [_ [h _]] k i hk hi; apply h; apply in_flat_map; now exists k. Qed.

Lemma lab_c {K I} (ks : list K) (ls : K -> list I) w c : labelled_law ks ls w c ->
  forall k i, In k ks -> In i (ls k) -> 0 <= c i.
Proof. intros [_ [_ [h _]]] k i hk hi; apply h; apply in_flat_map; now exists k. Qed.
