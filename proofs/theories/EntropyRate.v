(* EntropyRate.v
   K. Full-line theorem.  X_0 has finitely many values y_i in R with weights w_i > 0,
      X_t = X_0 + sqrt v Z.  With f_i(x) = w_i phi_v(x - y_i), p = sum f_i, q_i = f_i/p:
        H(v) = integral over R of  u = - sum_i f_i ln q_i        (conditional entropy of X_0)
        W(x) = p(x) Var[X_0 | x].
      K1  u_dv, u_dx, U1_dx : pointwise du/dv = (1/2) (d2u/dx2 + W/v^2), with U1 = du/dx;
      K2  interval : d/dv of the integral over [-A,A] with its boundary terms;
      K3  entropy_rate       : H is differentiable and dH/dv = (1/(2 v^2)) integral of W
                               (I-MMSE identity, d gamma = - dv/v^2);
      K4  entropy_divergence : if sum w_i = 1, dH/dv = (1/2)(1/v + integral p (ds/dx)). *)
From Coq Require Import Reals Lra Lia List.
From Coquelicot Require Import Coquelicot.
From Infodyn Require Import Base Tilt Improper GaussInt BinEntropy.
Open Scope R_scope.

(* ---- two-variable continuity helpers ---- *)
Lemma c2_comp (g : R -> R) (f : R -> R -> R) x y :
  ex_derive g (f x y) -> continuity_2d_pt f x y -> continuity_2d_pt (fun a b => g (f a b)) x y.
Proof.
intros hg hf; apply (continuity_1d_2d_pt_comp g f); [| exact hf].
destruct hg as [d hd]; apply derivable_continuous_pt; exists d; now apply is_derive_Reals.
Qed.

Lemma c2_Sl {I} (l : list I) (f : I -> R -> R -> R) x y :
  (forall i, In i l -> continuity_2d_pt (f i) x y) ->
  continuity_2d_pt (fun a b => Sl l (fun i => f i a b)) x y.
Proof.
induction l as [| i l IH]; simpl; intros h; [apply continuity_2d_pt_const |].
apply continuity_2d_pt_plus; auto.
Qed.

Lemma c2_div (f g : R -> R -> R) x y : g x y <> 0 -> continuity_2d_pt f x y ->
  continuity_2d_pt g x y -> continuity_2d_pt (fun a b => f a b / g a b) x y.
Proof. intros h hf hg; apply continuity_2d_pt_mult; [exact hf | now apply continuity_2d_pt_inv]. Qed.

Lemma c2_pow2 (f : R -> R -> R) x y : continuity_2d_pt f x y ->
  continuity_2d_pt (fun a b => f a b ^ 2) x y.
Proof.
intros h; apply (c2_comp (fun z => z ^ 2)); [auto_derive; trivial | exact h].
Qed.

Lemma c2_slice (f : R -> R -> R) x y : continuity_2d_pt f x y -> continuous (fun t => f x t) y.
Proof.
intros h; apply filterlim_locally; intros eps.
destruct (h eps) as [del hd]; exists del; intros t ht.
apply hd; [rewrite Rminus_eq_0, Rabs_R0; apply cond_pos | exact ht].
Qed.

Section Mixture.
Context {I : Type}.
Variables (l : list I) (w y : I -> R).
Hypothesis hl : l <> nil.
Hypothesis hw : forall i, In i l -> 0 < w i.

Definition f (v x : R) (i : I) : R := w i * phi v (x - y i).
Definition p (v x : R) : R := Sl l (f v x).
Definition lq (v x : R) (i : I) : R := ln (f v x i / p v x).
Definition u (v x : R) : R := Sl l (fun i => - 1 * f v x i * lq v x i).
Definition m (v x : R) : R := Ex l (f v x) y.
Definition var (v x : R) : R := Cov l (f v x) y y.
Definition W (v x : R) : R := p v x * var v x.
Definition score (v x : R) : R := (m v x - x) / v.
(* U1 = du/dx *)
Definition U1 (v x : R) : R := Sl l (fun i => (x - y i) / v * f v x i * lq v x i).
Definition uv (v x : R) : R :=
  Sl l (fun i => (/ 2 * / v - / 2 * ((x - y i) / v) ^ 2) * f v x i * lq v x i).

Lemma f_pos v x i : 0 < v -> In i l -> 0 < f v x i.
Proof. intros hv hi; apply Rmult_lt_0_compat; [now apply hw | now apply phi_pos]. Qed.

Lemma p_pos v x : 0 < v -> 0 < p v x.
Proof. intros hv; apply Sl_pos; [exact hl |]; intros; now apply f_pos. Qed.

Lemma f_dx v x i : 0 < v ->
  is_derive (fun x => f v x i) x ((/ v * y i + - (x / v)) * f v x i).
Proof.
intros hv; unfold f; eapply D_val.
- apply D_scal, D_unshift; now apply is_derive_phi_r.
- field; lra.
Qed.

Lemma f_dv v x i : 0 < v ->
  is_derive (fun v => f v x i) v ((/ 2 * ((x - y i) / v) ^ 2 - / 2 * / v) * f v x i).
Proof.
intros hv; unfold f; eapply D_val.
- apply D_scal; now apply is_derive_phi_v.
- field; lra.
Qed.

(* score and its slope *)
Lemma score_ok v x : 0 < v -> is_derive (fun x => ln (p v x)) x (score v x).
Proof.
intros hv; assert (hp := p_pos v x hv); eapply D_val.
- apply (tilt_log l (fun i x => f v x i) (fun i => / v * y i + - (x / v)) x); [| exact hp].
  intros i _; now apply f_dx.
- rewrite Ex_affine by (apply Rgt_not_eq; exact hp).
  change (Ex l _ _) with (m v x); unfold score; field; lra.
Qed.

Lemma score_slope v x : 0 < v -> is_derive (score v) x (var v x / v ^ 2 - / v).
Proof.
intros hv; assert (hp := p_pos v x hv).
assert (hm : is_derive (m v) x (var v x / v)).
{ unfold m; eapply D_val.
  - apply (tilt_mean l (fun i x => f v x i) (fun i => / v * y i + - (x / v)) x)
      with (h := fun i _ => y i) (dh := fun _ => 0).
    + intros i _; now apply f_dx.
    + apply Rgt_not_eq; exact hp.
    + intros; apply D_const.
  - rewrite Cov_affine_r, Ex_const by (apply Rgt_not_eq; exact hp).
    change (Cov l _ _ _) with (var v x); field; lra. }
unfold score; eapply D_val.
- apply (D_div (fun x => m v x - x) (fun _ => v)); [lra | | apply D_const].
  apply D_minus; [exact hm | apply D_id].
- cbv beta; field; lra.
Qed.

(* K1: pointwise identities *)
Lemma u_dv v x : 0 < v -> is_derive (fun v => u v x) v (uv v x).
Proof.
intros hv; assert (hp := p_pos v x hv); eapply D_val.
- apply (logsum_derive l (fun i v => f v x i) (fun _ _ => - 1)
    (fun i => / 2 * ((x - y i) / v) ^ 2 - / 2 * / v) (fun _ => 0) v).
  + intros; now apply f_pos.
  + intros; now apply f_dv.
  + intros; apply D_const.
  + exact hl.
- change (Sl l (fun i => f v x i)) with (p v x).
  assert (c0 : Cov l (fun i => f v x i) (fun _ => - 1)
     (fun i => / 2 * ((x - y i) / v) ^ 2 - / 2 * / v) = 0).
  { unfold Cov; rewrite Ex_scal, Ex_const by (apply Rgt_not_eq; exact hp); ring. }
  rewrite c0; unfold uv, lq; rewrite Rmult_0_r, Rplus_0_r; apply Sl_ext; intros; ring.
Qed.

Lemma u_dx v x : 0 < v -> is_derive (u v) x (U1 v x).
Proof.
intros hv; assert (hp := p_pos v x hv); eapply D_val.
- apply (logsum_derive l (fun i x => f v x i) (fun _ _ => - 1)
    (fun i => / v * y i + - (x / v)) (fun _ => 0) x).
  + intros; now apply f_pos.
  + intros; now apply f_dx.
  + intros; apply D_const.
  + exact hl.
- change (Sl l (fun i => f v x i)) with (p v x).
  assert (c0 : Cov l (fun i => f v x i) (fun _ => - 1) (fun i => / v * y i + - (x / v)) = 0).
  { unfold Cov; rewrite Ex_scal, Ex_const by (apply Rgt_not_eq; exact hp); ring. }
  rewrite c0; unfold U1, lq; rewrite Rmult_0_r, Rplus_0_r; apply Sl_ext; intros.
  f_equal; f_equal; field; lra.
Qed.

(* d2u/dx2 = 2 du/dv - W/v^2 *)
Lemma U1_dx v x : 0 < v -> is_derive (U1 v) x (2 * uv v x - W v x / v ^ 2).
Proof.
intros hv; assert (hp := p_pos v x hv); eapply D_val.
- apply (logsum_derive l (fun i x => f v x i) (fun i x => (x - y i) / v)
    (fun i => / v * y i + - (x / v)) (fun _ => / v) x).
  + intros; now apply f_pos.
  + intros; now apply f_dx.
  + intros; auto_derive; [trivial | unfold Rdiv; ring].
  + exact hl.
- change (Sl l (fun i => f v x i)) with (p v x).
  assert (c0 : Cov l (fun i => f v x i) (fun i => (x - y i) / v) (fun i => / v * y i + - (x / v))
     = - (var v x / v ^ 2)).
  { rewrite Cov_affine_r by (apply Rgt_not_eq; exact hp).
    rewrite (Cov_ext l _ _ (fun i => - / v * y i + x / v) y y) by (intros; unfold Rdiv; ring).
    rewrite Cov_affine_l by (apply Rgt_not_eq; exact hp).
    change (Cov l _ _ _) with (var v x); field; lra. }
  rewrite c0; unfold uv, W, lq; rewrite <- Sl_scal.
  rewrite (Sl_ext l (fun i => 2 * ((/ 2 * / v - / 2 * ((x - y i) / v) ^ 2) * f v x i
     * ln (f v x i / p v x))) (fun i => (/ v + (x - y i) / v * (/ v * y i + - (x / v))) * f v x i
     * ln (f v x i / p v x))) by (intros; field; lra).
  unfold Rdiv; ring.
Qed.

(* ---- continuity in (v, x) ---- *)
Lemma f_c2 v x i : 0 < v -> continuity_2d_pt (fun v x => f v x i) v x.
Proof.
intros hv; unfold f, phi.
assert (h := two_pi_v_pos v hv).
assert (hs : 0 < sqrt (2 * PI * v)) by now apply sqrt_lt_R0.
apply continuity_2d_pt_mult; [apply continuity_2d_pt_const |].
apply c2_div; [lra | |].
- apply (c2_comp exp); [auto_derive; trivial |].
  apply c2_div; [lra | apply continuity_2d_pt_opp, c2_pow2, continuity_2d_pt_minus;
    [apply continuity_2d_pt_id2 | apply continuity_2d_pt_const] |].
  apply continuity_2d_pt_mult; [apply continuity_2d_pt_const | apply continuity_2d_pt_id1].
- apply (c2_comp sqrt); [auto_derive; lra |].
  apply continuity_2d_pt_mult; [apply continuity_2d_pt_const | apply continuity_2d_pt_id1].
Qed.

Lemma p_c2 v x : 0 < v -> continuity_2d_pt p v x.
Proof.
intros hv; unfold p; apply (c2_Sl l (fun i v x => f v x i)); intros; now apply f_c2.
Qed.

Lemma lq_c2 v x i : 0 < v -> In i l -> continuity_2d_pt (fun v x => lq v x i) v x.
Proof.
intros hv hi; assert (hp := p_pos v x hv); assert (hf := f_pos v x i hv hi).
assert (h := Rdiv_lt_0_compat _ _ hf hp).
unfold lq; apply (c2_comp ln); [auto_derive; exact h |].
apply c2_div; [lra | now apply f_c2 | now apply p_c2].
Qed.

Lemma uv_c2 v x : 0 < v -> continuity_2d_pt uv v x.
Proof.
intros hv; unfold uv; apply (c2_Sl l (fun i v x =>
  (/ 2 * / v - / 2 * ((x - y i) / v) ^ 2) * f v x i * lq v x i)); intros i hi.
apply continuity_2d_pt_mult; [| now apply lq_c2].
apply continuity_2d_pt_mult; [| now apply f_c2].
apply continuity_2d_pt_minus; (apply continuity_2d_pt_mult; [apply continuity_2d_pt_const |]).
- apply continuity_2d_pt_inv; [apply continuity_2d_pt_id1 | lra].
- apply c2_pow2, c2_div; [lra | | apply continuity_2d_pt_id1].
  apply continuity_2d_pt_minus; [apply continuity_2d_pt_id2 | apply continuity_2d_pt_const].
Qed.

Lemma u_c2 v x : 0 < v -> continuity_2d_pt u v x.
Proof.
intros hv; unfold u; apply (c2_Sl l (fun i v x => - 1 * f v x i * lq v x i)); intros i hi.
apply continuity_2d_pt_mult; [| now apply lq_c2].
apply continuity_2d_pt_mult; [apply continuity_2d_pt_const | now apply f_c2].
Qed.

(* W in division-free form *)
Lemma W_alt v x : 0 < v ->
  W v x = Sl l (fun i => f v x i * (y i * y i)) - Sl l (fun i => f v x i * y i) ^ 2 / p v x.
Proof. intros hv; assert (hp := p_pos v x hv); unfold W, var, Cov, Ex; fold (p v x); field; lra. Qed.

Lemma W_cont v x : 0 < v -> continuous (W v) x.
Proof.
intros hv.
apply continuous_ext with (fun x =>
  Sl l (fun i => f v x i * (y i * y i)) - Sl l (fun i => f v x i * y i) ^ 2 / p v x).
{ intros t; symmetry; now apply W_alt. }
apply (c2_slice (fun v x =>
  Sl l (fun i => f v x i * (y i * y i)) - Sl l (fun i => f v x i * y i) ^ 2 / p v x)).
apply continuity_2d_pt_minus.
- apply (c2_Sl l (fun i v x => f v x i * (y i * y i))); intros.
  apply continuity_2d_pt_mult; [now apply f_c2 | apply continuity_2d_pt_const].
- assert (hp := p_pos v x hv); apply c2_div; [lra | | now apply p_c2].
  apply c2_pow2, (c2_Sl l (fun i v x => f v x i * y i)); intros.
  apply continuity_2d_pt_mult; [now apply f_c2 | apply continuity_2d_pt_const].
Qed.

Lemma u_cont v x : 0 < v -> continuous (u v) x.
Proof. intros; now apply c2_slice, u_c2. Qed.
Lemma uv_cont v x : 0 < v -> continuous (uv v) x.
Proof. intros; now apply c2_slice, uv_c2. Qed.

(* K2: finite interval, with boundary terms *)
Theorem entropy_rate_interval v A : 0 < v ->
  is_derive (fun v => RInt (u v) (- A) A) v
    (/ 2 * (U1 v A - U1 v (- A)) + RInt (W v) (- A) A / (2 * v ^ 2)).
Proof.
intros hv.
assert (pos : locally v (fun z => 0 < z)) by (apply open_gt; exact hv).
eapply D_val.
- apply (is_derive_RInt_param u (- A) A v).
  + apply (filter_imp (fun z => 0 < z)); [| exact pos].
    intros z hz t _; eexists; now apply u_dv.
  + intros t _; apply continuity_2d_pt_ext_loc with uv; [| now apply uv_c2].
    exists (mkposreal v hv); intros z s hz _; simpl in hz.
    symmetry; apply is_derive_unique, u_dv; apply Rabs_def2 in hz; lra.
  + apply (filter_imp (fun z => 0 < z)); [| exact pos].
    intros z hz; apply ex_RInt_R; intros; now apply u_cont.
- apply (is_RInt_unique (V := R_CompleteNormedModule)).
  assert (i1 : is_RInt (fun x => 2 * uv v x - W v x / v ^ 2) (- A) A (U1 v A - U1 v (- A))).
  { apply (is_RInt_derive (U1 v)); intros x _; [now apply U1_dx |].
    apply (continuous_minus (V := R_NormedModule) (fun x => 2 * uv v x) (fun x => W v x / v ^ 2)).
    - apply (continuous_scal_r (V := R_NormedModule) 2 (uv v)); now apply uv_cont.
    - apply (continuous_mult (W v) (fun _ => / v ^ 2)); [now apply W_cont | apply continuous_const]. }
  assert (i2 := RInt_ok (W v) (- A) A (fun x => W_cont v x hv)).
  assert (i3 := is_RInt_scal (V := R_NormedModule) _ _ _ (/ 2) _ i1).
  assert (i4 := is_RInt_scal (V := R_NormedModule) _ _ _ (/ (2 * v ^ 2)) _ i2).
  assert (i5 := is_RInt_plus (V := R_NormedModule) _ _ _ _ _ _ i3 i4).
  replace (/ 2 * (U1 v A - U1 v (- A)) + RInt (W v) (- A) A / (2 * v ^ 2)) with
    (plus (scal (/ 2) (U1 v A - U1 v (- A))) (scal (/ (2 * v ^ 2)) (RInt (W v) (- A) A))).
  + revert i5; apply is_RInt_ext; intros x _.
    transitivity (uv v x); [unfold plus, scal; simpl; unfold mult; simpl; req; field; lra |].
    symmetry; now apply is_derive_unique, u_dv.
  + unfold plus, scal; simpl; unfold mult; simpl; req; field; lra.
Qed.

(* ---- domination, uniform for c < v < d ---- *)
Section Bounds.
Variables c d : R.
Hypothesis hc : 0 < c.

Definition K0 : R := Sl l (fun i => w i * (exp (2 * d + 2 * Rabs (y i)) / sqrt (2 * PI * c))).
Definition NN : R := Sl l (fun _ => 1).
Definition Y1 : R := Sl l (fun i => Rabs (y i)).
Definition Y2 : R := Sl l (fun i => y i * y i).

Lemma phi_dom v x z : c < v < d ->
  phi v (x - z) <= exp (2 * d + 2 * Rabs z) / sqrt (2 * PI * c) * exp (- 2 * Rabs x).
Proof.
intros hv.
assert (h1 := two_pi_v_pos c hc).
assert (s1 : 0 < sqrt (2 * PI * c)) by now apply sqrt_lt_R0.
assert (s2 : sqrt (2 * PI * c) <= sqrt (2 * PI * v)).
{ apply sqrt_le_1_alt; assert (h := PI_RGT_0); nra. }
unfold phi.
apply Rle_trans with (exp (- (x - z) ^ 2 / (2 * v)) / sqrt (2 * PI * c)).
- apply Rmult_le_compat_l; [left; apply exp_pos | now apply Rinv_le_contravar].
- replace (exp (2 * d + 2 * Rabs z) / sqrt (2 * PI * c) * exp (- 2 * Rabs x))
    with (exp (2 * d + 2 * Rabs z + - 2 * Rabs x) / sqrt (2 * PI * c))
    by (rewrite (exp_plus (2 * d + 2 * Rabs z)); field; lra).
  apply Rmult_le_compat_r; [left; now apply Rinv_0_lt_compat |].
  assert (hr : - (x - z) ^ 2 / (2 * v) <= 2 * v - 2 * Rabs (x - z)).
  { apply Rmult_le_reg_r with (2 * v); [lra |].
    replace (- (x - z) ^ 2 / (2 * v) * (2 * v)) with (- (x - z) ^ 2) by (field; lra).
    rewrite <- (pow2_abs (x - z)); assert (h := pow2_ge_0 (Rabs (x - z) - 2 * v)); nra. }
  assert (ht := Rabs_triang (x - z) z); replace (x - z + z) with x in ht by ring.
  apply exp_mono; lra.
Qed.

Lemma p_dom v x : c < v < d -> p v x <= K0 * exp (- 2 * Rabs x).
Proof.
intros hv; unfold p, K0; rewrite <- Sl_scal_r; apply Sl_le; intros i hi.
unfold f; rewrite Rmult_assoc; apply Rmult_le_compat_l; [left; now apply hw | now apply phi_dom].
Qed.

Lemma K0_nonneg : 0 <= K0.
Proof.
apply Sl_nonneg; intros i hi; left; apply Rmult_lt_0_compat; [now apply hw |].
apply Rdiv_lt_0_compat; [apply exp_pos | now apply sqrt_lt_R0, two_pi_v_pos].
Qed.

Lemma NN_nonneg : 0 <= NN. Proof. apply Sl_nonneg; intros; lra. Qed.
Lemma Y1_nonneg : 0 <= Y1. Proof. apply Sl_nonneg; intros; apply Rabs_pos. Qed.
Lemma Y2_nonneg : 0 <= Y2. Proof. apply Sl_nonneg; intros; nra. Qed.

Lemma exp_m2 x : exp (- 2 * Rabs x) = exp (- Rabs x) * exp (- Rabs x).
Proof. rewrite <- exp_plus; f_equal; ring. Qed.

Lemma exp_m_le1 x : 0 < exp (- Rabs x) <= 1 /\ Rabs x * exp (- Rabs x) <= 1.
Proof.
assert (h := Rabs_pos x); assert (h1 := exp_pos (- Rabs x)).
assert (h2 := exp_neg_le (Rabs x) h).
assert (h3 : exp (- Rabs x) * (1 + Rabs x) <= 1).
{ apply Rmult_le_reg_r with (/ (1 + Rabs x)); [apply Rinv_0_lt_compat; lra |].
  rewrite Rmult_assoc, Rinv_r by lra; lra. }
split; nra.
Qed.

(* |f_i ln q_i| <= p, since q_i <= 1 and 0 <= eta <= 1 *)
Lemma flq_bound v x i : 0 < v -> In i l -> Rabs (f v x i * lq v x i) <= p v x.
Proof.
intros hv hi; assert (hp := p_pos v x hv); assert (hf := f_pos v x i hv hi).
assert (hq : 0 < f v x i / p v x <= 1).
{ split; [now apply Rdiv_lt_0_compat |].
  apply Rmult_le_reg_r with (p v x); [exact hp |].
  unfold Rdiv; rewrite Rmult_assoc, Rinv_l, Rmult_1_r, Rmult_1_l by lra.
  apply (Sl_ge_term l (f v x)); [intros; left; now apply f_pos | exact hi]. }
replace (f v x i * lq v x i) with (- (p v x * eta (f v x i / p v x)))
  by (unfold lq, eta; field; lra).
rewrite Rabs_Ropp, Rabs_right.
- apply Rle_trans with (p v x * 1); [| lra].
  apply Rmult_le_compat_l; [lra | apply eta_le_1; lra].
- apply Rle_ge, Rmult_le_pos; [lra | apply eta_nonneg; lra].
Qed.

Lemma u_dom v x : c < v < d -> Rabs (u v x) <= NN * K0 * exp (- Rabs x).
Proof.
intros hv; assert (hv0 : 0 < v) by lra.
apply Rle_trans with (NN * p v x).
- unfold u, NN; eapply Rle_trans; [apply Sl_abs |]; rewrite <- Sl_scal_r; apply Sl_le.
  intros i hi; replace (- 1 * f v x i * lq v x i) with (- (f v x i * lq v x i)) by ring.
  rewrite Rabs_Ropp, Rmult_1_l; now apply flq_bound.
- rewrite Rmult_assoc; apply Rmult_le_compat_l; [apply NN_nonneg |].
  eapply Rle_trans; [now apply p_dom |]; apply Rmult_le_compat_l; [apply K0_nonneg |].
  rewrite exp_m2; destruct (exp_m_le1 x); nra.
Qed.

Lemma W_dom v x : c < v < d -> 0 <= W v x <= Y2 * K0 * exp (- Rabs x).
Proof.
intros hv; assert (hv0 : 0 < v) by lra; assert (hp := p_pos v x hv0); split.
- unfold W, var; rewrite Var_centred by (apply Rgt_not_eq; exact hp).
  apply Rmult_le_pos; [lra |]; unfold Ex; apply Rmult_le_pos.
  + apply Sl_nonneg; intros i hi; apply Rmult_le_pos; [left; now apply f_pos | apply pow2_ge_0].
  + left; now apply Rinv_0_lt_compat.
- apply Rle_trans with (Y2 * p v x).
  + rewrite W_alt by exact hv0.
    assert (h : 0 <= Sl l (fun i => f v x i * y i) ^ 2 / p v x).
    { apply Rmult_le_pos; [apply pow2_ge_0 | left; now apply Rinv_0_lt_compat]. }
    assert (h2 : Sl l (fun i => f v x i * (y i * y i)) <= Y2 * p v x); [| lra].
    unfold p; rewrite <- Sl_scal; apply Sl_le; intros i hi.
    rewrite Rmult_comm; apply Rmult_le_compat_r; [left; now apply f_pos |].
    apply (Sl_ge_term l (fun i => y i * y i)); [intros; nra | exact hi].
  + rewrite Rmult_assoc; apply Rmult_le_compat_l; [apply Y2_nonneg |].
    eapply Rle_trans; [now apply p_dom |]; apply Rmult_le_compat_l; [apply K0_nonneg |].
    rewrite exp_m2; destruct (exp_m_le1 x); nra.
Qed.

Lemma U1_dom v x : c < v < d -> Rabs (U1 v x) <= (NN + Y1) / c * K0 * exp (- Rabs x).
Proof.
intros hv; assert (hv0 : 0 < v) by lra.
assert (hp := p_pos v x hv0); assert (hk := K0_nonneg).
assert (hc1 : 0 < / c) by now apply Rinv_0_lt_compat.
apply Rle_trans with ((NN * Rabs x + Y1) / c * p v x).
- unfold U1; eapply Rle_trans; [apply Sl_abs |].
  apply Rle_trans with (Sl l (fun i => (1 * Rabs x + Rabs (y i)) * (/ c * p v x))).
  + apply Sl_le; intros i hi; rewrite Rmult_assoc, Rabs_mult.
    rewrite <- Rmult_assoc; apply Rmult_le_compat; try apply Rabs_pos; [| now apply flq_bound].
    unfold Rdiv; rewrite Rabs_mult; apply Rmult_le_compat; try apply Rabs_pos.
    * rewrite Rmult_1_l; eapply Rle_trans; [apply Rabs_triang |]; rewrite Rabs_Ropp; lra.
    * rewrite Rabs_right by (left; now apply Rinv_0_lt_compat); apply Rinv_le_contravar; lra.
  + rewrite Sl_scal_r, Sl_plus, Sl_scal_r; unfold NN, Y1, Rdiv; apply Req_le; ring.
- assert (h := p_dom v x hv); rewrite exp_m2 in h; destruct (exp_m_le1 x) as [[e0 e1] e2].
  assert (hn := NN_nonneg); assert (hy := Y1_nonneg); assert (hx := Rabs_pos x).
  set (e := exp (- Rabs x)) in *.
  apply Rle_trans with ((NN * Rabs x + Y1) / c * (K0 * (e * e))).
  + assert (hnx : 0 <= NN * Rabs x) by (apply Rmult_le_pos; assumption).
    apply Rmult_le_compat_l; [| exact h].
    unfold Rdiv; apply Rmult_le_pos; lra.
  + assert (b : (NN * Rabs x + Y1) * e <= NN + Y1).
    { assert (NN * (Rabs x * e) <= NN * 1) by now apply Rmult_le_compat_l.
      assert (Y1 * e <= Y1 * 1) by (apply Rmult_le_compat_l; lra).
      replace ((NN * Rabs x + Y1) * e) with (NN * (Rabs x * e) + Y1 * e) by ring; lra. }
    replace ((NN * Rabs x + Y1) / c * (K0 * (e * e))) with
      ((NN * Rabs x + Y1) * e * (/ c * K0 * e)) by (unfold Rdiv; ring).
    replace ((NN + Y1) / c * K0 * e) with ((NN + Y1) * (/ c * K0 * e)) by (unfold Rdiv; ring).
    apply Rmult_le_compat_r; [| exact b].
    apply Rmult_le_pos; [apply Rmult_le_pos |]; lra.
Qed.

Lemma u_IR v : c < v < d -> is_IR (u v) (IR (u v)) /\
  forall A, 0 <= A -> Rabs (RInt (u v) (- A) A - IR (u v)) <= 2 * (NN * K0) * exp (- A).
Proof.
intros hv; destruct (IR_dom (u v) (NN * K0)) as [r [h1 h2]].
- intros; apply u_cont; lra.
- intros; now apply u_dom.
- rewrite (IR_unique _ _ h1); now split.
Qed.

Lemma W_IR v : c < v < d -> is_IR (W v) (IR (W v)) /\
  forall A, 0 <= A -> Rabs (RInt (W v) (- A) A - IR (W v)) <= 2 * (Y2 * K0) * exp (- A).
Proof.
intros hv; destruct (IR_dom (W v) (Y2 * K0)) as [r [h1 h2]].
- intros; apply W_cont; lra.
- intros x; destruct (W_dom v x hv) as [a b]; rewrite Rabs_right; lra.
- rewrite (IR_unique _ _ h1); now split.
Qed.
End Bounds.

Definition H (v : R) : R := IR (u v).
Definition mmse (v : R) : R := IR (W v).

Lemma H_exists v : 0 < v -> is_IR (u v) (H v).
Proof. intros hv; apply (u_IR (v / 2) (2 * v)); lra. Qed.
Lemma mmse_exists v : 0 < v -> is_IR (W v) (mmse v).
Proof. intros hv; apply (W_IR (v / 2) (2 * v)); lra. Qed.

Lemma seq_exp (C eps : R) : 0 <= C -> 0 < eps ->
  exists N, forall n, (N <= n)%nat -> C * exp (- INR n) < eps.
Proof.
intros hC he; destruct (to0_exp C hC eps he) as [M hM].
destruct (archimed M) as [ha _].
exists (Z.to_nat (up M)); intros n hn; apply hM.
apply Rle_trans with (INR (Z.to_nat (up M))); [| now apply le_INR].
rewrite INR_IZR_INZ; apply Rle_trans with (IZR (up M)); [lra |]; apply IZR_le; lia.
Qed.

(* K3: I-MMSE, over the whole line *)
Theorem entropy_rate v : 0 < v -> is_derive H v (mmse v / (2 * v ^ 2)).
Proof.
intros hv.
set (c := v / 2); set (d := 2 * v).
assert (hc : 0 < c) by (unfold c; lra).
assert (hin : c < v < d) by (unfold c, d; lra).
assert (kn := K0_nonneg c d hc); assert (nn := NN_nonneg); assert (y1 := Y1_nonneg);
  assert (y2 := Y2_nonneg).
set (B1 := 2 * (NN * K0 c d)).
set (B2 := (NN + Y1) / c * K0 c d + 2 * (Y2 * K0 c d) * / (2 * c ^ 2)).
assert (b1 : 0 <= B1) by (unfold B1; assert (0 <= NN * K0 c d) by (now apply Rmult_le_pos); lra).
assert (ic : 0 < / (2 * c ^ 2)) by (apply Rinv_0_lt_compat; assert (hh := pow_lt c 2 hc); lra).
assert (b2 : 0 <= B2).
{ unfold B2; apply Rplus_le_le_0_compat; apply Rmult_le_pos; try lra.
  - apply Rmult_le_pos; [lra | left; now apply Rinv_0_lt_compat].
  - assert (0 <= Y2 * K0 c d) by (now apply Rmult_le_pos); lra. }
apply (derive_of_limit
  (fun n v => RInt (u v) (- INR n) (INR n))
  (fun n v => / 2 * (U1 v (INR n) - U1 v (- INR n)) + RInt (W v) (- INR n) (INR n) / (2 * v ^ 2))
  H (fun v => mmse v / (2 * v ^ 2)) (fun n => B1 * exp (- INR n)) (fun n => B2 * exp (- INR n)) c d v hin).
- intros n x hx; apply entropy_rate_interval; lra.
- intros n x hx; destruct (u_IR c d hc x hx) as [_ h]; apply h, pos_INR.
- intros n x hx; destruct (W_IR c d hc x hx) as [_ h]; specialize (h (INR n) (pos_INR n)).
  fold (mmse x) in h.
  assert (h1 := U1_dom c d hc x (INR n) hx); assert (h2 := U1_dom c d hc x (- INR n) hx).
  rewrite Rabs_Ropp in h2; rewrite (Rabs_right (INR n)) in h1, h2 by (apply Rle_ge, pos_INR).
  assert (hx0 : 0 < x) by lra.
  assert (hx2 : 0 < 2 * x ^ 2) by (assert (hh := pow_lt x 2 hx0); lra).
  assert (ix : / (2 * x ^ 2) <= / (2 * c ^ 2)).
  { apply Rinv_le_contravar; [assert (hh := pow_lt c 2 hc); lra |].
    assert (c ^ 2 <= x ^ 2) by (apply pow_incr; lra); lra. }
  replace (/ 2 * (U1 x (INR n) - U1 x (- INR n)) + RInt (W x) (- INR n) (INR n) / (2 * x ^ 2)
     - mmse x / (2 * x ^ 2)) with
     ((/ 2 * U1 x (INR n) + - (/ 2 * U1 x (- INR n)))
       + (RInt (W x) (- INR n) (INR n) - mmse x) * / (2 * x ^ 2)) by (unfold Rdiv; ring).
  eapply Rle_trans; [apply Rabs_triang |].
  assert (t1 := Rabs_triang (/ 2 * U1 x (INR n)) (- (/ 2 * U1 x (- INR n)))).
  rewrite Rabs_Ropp, !Rabs_mult, !(Rabs_right (/ 2)) in t1 by lra.
  assert (t2 : Rabs ((RInt (W x) (- INR n) (INR n) - mmse x) * / (2 * x ^ 2))
     <= 2 * (Y2 * K0 c d) * exp (- INR n) * / (2 * c ^ 2)).
  { rewrite Rabs_mult; apply Rmult_le_compat; try apply Rabs_pos; [exact h |].
    rewrite Rabs_right; [exact ix | left; now apply Rinv_0_lt_compat]. }
  unfold B2; lra.
- intros eps he; now apply seq_exp.
- intros eps he; now apply seq_exp.
Qed.

(* K4: entropy rate = expected divergence of the score *)
Hypothesis sw : Sl l w = 1.

Lemma p_mass v : 0 < v -> is_IR (p v) 1.
Proof.
intros hv; rewrite <- sw; unfold p.
assert (e : forall k, (forall i, In i k -> In i l) -> is_IR (fun x => Sl k (f v x)) (Sl k w)).
{ induction k as [| i k IH]; intros hk.
  - apply (is_IR_ext (fun x => 0 * phi v (x - 0)) _ 0); [intros; simpl; ring |].
    assert (h := is_IR_scal 0 _ 1 (IR_phi v 0 hv)); now rewrite Rmult_0_l in h.
  - assert (h := is_IR_scal (w i) _ 1 (IR_phi v (y i) hv)); rewrite Rmult_1_r in h.
    exact (is_IR_plus _ _ _ _ h (IH (fun j hj => hk j (or_intror hj)))). }
exact (e l (fun i hi => hi)).
Qed.

Theorem expected_divergence v : 0 < v ->
  is_IR (fun x => p v x * Derive (score v) x) (mmse v / v ^ 2 - / v).
Proof.
intros hv.
apply (is_IR_ext (fun x => / v ^ 2 * W v x - / v * p v x)).
{ intros x; rewrite (is_derive_unique _ _ _ (score_slope v x hv)); unfold W; field; lra. }
replace (mmse v / v ^ 2 - / v) with (/ v ^ 2 * mmse v - / v * 1) by (field; lra).
exact (is_IR_minus _ _ _ _ (is_IR_scal (/ v ^ 2) _ _ (mmse_exists v hv))
  (is_IR_scal (/ v) _ _ (p_mass v hv))).
Qed.

Theorem entropy_divergence v : 0 < v ->
  is_derive H v (/ 2 * (/ v + IR (fun x => p v x * Derive (score v) x))).
Proof.
intros hv; eapply D_val; [now apply entropy_rate |].
rewrite (IR_unique _ _ (expected_divergence v hv)); field; lra.
Qed.
End Mixture.
