(* Mixture1D.v -- finite mixtures of atoms and Gaussians on the line, with added Gaussian noise.
   X_0 has law  sum_i w_i N(y_i, c_i), any c_i >= 0 (an atom where c_i = 0);  X = X_0 + sqrt v Z.
     comp v x i = w_i phi_{c_i + v}(x - y_i),  dens = their sum (the density of X),  score = (ln dens)';
     pmean, pvar : mean and variance of X_0 given X = x;
     Hm = - integral of dens ln dens,  fisher = E score^2,  mmse = E pvar.
   Proved over the whole line, for every v > 0:
     de_bruijn   : dHm/dv = (1/2) fisher;
     fisher_rate : d fisher/dv = - E (score')^2;
     score_mean, score_x, score_div : E s = 0, E[s X] = -1, E s' = - E s^2;
     mmse_fisher : mmse = v - v^2 fisher;   mmse_rate : d mmse/dv = E pvar^2 / v^2.
   post_mean_int, post_var_int : pmean and pvar are the integrals over X_0 that they stand for. *)
From Coq Require Import Reals Lra Lia List.
From Coquelicot Require Import Coquelicot.
From Infodyn Require Import Base Tilt Improper GaussInt Gaussian EntropyRate Flux.
Open Scope R_scope.

(* ---- general facts ---- *)
Lemma poly4 x : (1 + Rabs x) ^ 4 <= 256 * exp (Rabs x).
Proof.
assert (h := Rabs_pos x); set (r := Rabs x) in *.
assert (e : exp r = exp (r / 4) ^ 4).
{ replace r with (r / 4 + r / 4 + (r / 4 + r / 4)) at 1 by field; rewrite !exp_plus; ring. }
rewrite e; assert (h1 := exp_ineq1_le (r / 4)).
replace (256 * exp (r / 4) ^ 4) with ((4 * exp (r / 4)) ^ 4) by ring.
apply pow_incr; lra.
Qed.

Lemma is_IR_Sl {I} (l : list I) (g : I -> R -> R) (r : I -> R) :
  (forall i, In i l -> is_IR (g i) (r i)) -> is_IR (fun x => Sl l (fun i => g i x)) (Sl l r).
Proof.
induction l as [| i l IH]; intros h; simpl.
- apply (is_IR_ext (fun x => 0 * phi 1 (x - 0)) _ 0); [intros; ring |].
  assert (k := is_IR_scal 0 _ 1 (IR_phi 1 0 Rlt_0_1)); now rewrite Rmult_0_l in k.
- apply (is_IR_plus (g i) (fun x => Sl l (fun j => g j x))); [apply h; now left |].
  apply IH; intros j hj; apply h; now right.
Qed.

Lemma dom_lim (F : R -> R) C : (forall x, Rabs (F x) <= C * exp (- Rabs x)) ->
  filterlim F (Rbar_locally m_infty) (locally 0) /\ filterlim F (Rbar_locally p_infty) (locally 0).
Proof.
intros h; assert (hC := dom_nonneg F C (h 0)).
split; apply filterlim_locally; intros eps; destruct (to0_exp C hC eps (cond_pos eps)) as [M hM].
- exists (- Rabs M - 1); intros x hx.
  unfold ball; simpl; unfold AbsRing_ball, abs, minus, plus, opp; simpl; rewrite Ropp_0, Rplus_0_r.
  assert (h1 := Rle_abs M); assert (h2 := Rle_abs (- x)); rewrite Rabs_Ropp in h2.
  eapply Rle_lt_trans; [apply h | apply hM; assert (h3 := Rabs_pos M); lra].
- exists (Rabs M + 1); intros x hx.
  unfold ball; simpl; unfold AbsRing_ball, abs, minus, plus, opp; simpl; rewrite Ropp_0, Rplus_0_r.
  assert (h1 := Rle_abs M); assert (h2 := Rle_abs x).
  eapply Rle_lt_trans; [apply h | apply hM; assert (h3 := Rabs_pos M); lra].
Qed.

(* the integral of an exact derivative of a rapidly decreasing function vanishes *)
Lemma IR_exact (F f : R -> R) C : (forall x, is_derive F x (f x)) -> (forall x, continuous f x) ->
  (forall x, Rabs (F x) <= C * exp (- Rabs x)) -> is_IR f 0.
Proof.
intros hd hc h; destruct (dom_lim F C h) as [h1 h2].
rewrite <- (Rminus_0_r 0); exact (primitive_IR F f 0 0 hd hc h1 h2).
Qed.

Lemma ln_phi v r : 0 < v -> ln (phi v r) = - r ^ 2 / (2 * v) - ln (2 * PI * v) / 2.
Proof.
intros hv; assert (hp := two_pi_v_pos v hv); assert (hq := sqrt_lt_R0 _ hp).
unfold phi; rewrite ln_div by (try apply exp_pos; exact hq); rewrite ln_exp; f_equal.
rewrite <- (sqrt_sqrt (2 * PI * v)) at 2 by lra; rewrite ln_mult by exact hq; field.
Qed.

Lemma phi_c2 (c y v x : R) : 0 < c + v -> continuity_2d_pt (fun v x => phi (c + v) (x - y)) v x.
Proof.
intros hv; unfold phi.
assert (h := two_pi_v_pos (c + v) hv).
assert (hs : 0 < sqrt (2 * PI * (c + v))) by now apply sqrt_lt_R0.
assert (cV : continuity_2d_pt (fun v _ => c + v) v x)
  by (apply continuity_2d_pt_plus; [apply continuity_2d_pt_const | apply continuity_2d_pt_id1]).
apply c2_div; [lra | |].
- apply (c2_comp exp); [auto_derive; trivial |].
  apply c2_div; [lra | apply continuity_2d_pt_opp, c2_pow2, continuity_2d_pt_minus;
    [apply continuity_2d_pt_id2 | apply continuity_2d_pt_const] |].
  apply continuity_2d_pt_mult; [apply continuity_2d_pt_const | exact cV].
- apply (c2_comp sqrt); [auto_derive; lra |].
  apply continuity_2d_pt_mult; [apply continuity_2d_pt_const | exact cV].
Qed.

Section Mix.
Context {I : Type}.
Variables (l : list I) (w y c : I -> R).

Definition comp (v x : R) (i : I) : R := w i * phi (c i + v) (x - y i).
Definition dens (v x : R) : R := Sl l (comp v x).
Definition zz (v x : R) (i : I) : R := (x - y i) / (c i + v).
Definition dens1 (v x : R) : R := Sl l (fun i => - zz v x i * comp v x i).
Definition dens2 (v x : R) : R := Sl l (fun i => (zz v x i ^ 2 - / (c i + v)) * comp v x i).
Definition dens3 (v x : R) : R := Sl l (fun i => (3 * zz v x i / (c i + v) - zz v x i ^ 3) * comp v x i).
Definition score (v x : R) : R := dens1 v x / dens v x.
Definition slope (v x : R) : R := dens2 v x / dens v x - score v x ^ 2.

(* X_0 given the component and X = x is N(cmean, cvar) *)
Definition cmean (v x : R) (i : I) : R := (c i * x + v * y i) / (c i + v).
Definition cvar (v : R) (i : I) : R := c i * v / (c i + v).
Definition pmean (v x : R) : R := Ex l (comp v x) (cmean v x).
Definition pvar (v x : R) : R :=
  Ex l (comp v x) (fun i => cvar v i + cmean v x i ^ 2) - pmean v x ^ 2.

Definition Hm (v : R) : R := IR (fun x => - (dens v x * ln (dens v x))).
Definition fisher (v : R) : R := IR (fun x => dens v x * score v x ^ 2).
Definition mmse (v : R) : R := IR (fun x => dens v x * pvar v x).

Hypothesis hl : l <> nil.
Hypothesis hw : forall i, In i l -> 0 < w i.
Hypothesis hc : forall i, In i l -> 0 <= c i.

Lemma comp_pos v x i : 0 < v -> In i l -> 0 < comp v x i.
Proof.
intros hv hi; assert (h := hc i hi); apply Rmult_lt_0_compat; [now apply hw | apply phi_pos; lra].
Qed.

Lemma dens_pos v x : 0 < v -> 0 < dens v x.
Proof. intros hv; apply Sl_pos; [exact hl |]; intros; now apply comp_pos. Qed.

Lemma dens_neq v x : 0 < v -> Sl l (comp v x) <> 0.
Proof. intros hv; apply Rgt_not_eq; now apply (dens_pos v x). Qed.

Lemma comp_dx v x i : 0 < c i + v -> is_derive (fun x => comp v x i) x (- zz v x i * comp v x i).
Proof.
intros hv; unfold comp, zz; eapply D_val.
- apply D_scal, D_unshift; now apply is_derive_phi_r.
- ring.
Qed.

Lemma comp_dv v x i : 0 < c i + v ->
  is_derive (fun v => comp v x i) v (/ 2 * (zz v x i ^ 2 - / (c i + v)) * comp v x i).
Proof.
intros hv; unfold comp, zz; eapply D_val.
- apply D_scal; apply (D_comp (fun V => phi V (x - y i)) (fun v => c i + v));
    [now apply is_derive_phi_v | auto_derive; [trivial | reflexivity]].
- cbv beta; field; lra.
Qed.

Lemma zz_dx v x i : 0 < c i + v -> is_derive (fun x => zz v x i) x (/ (c i + v)).
Proof. intros hv; unfold zz; auto_derive; [trivial | field; lra]. Qed.

Lemma zz_dv v x i : 0 < c i + v -> is_derive (fun v => zz v x i) v (- (zz v x i / (c i + v))).
Proof. intros hv; unfold zz; auto_derive; [lra | field; lra]. Qed.

Lemma pos_V v i : 0 < v -> In i l -> 0 < c i + v.
Proof. intros hv hi; assert (h := hc i hi); lra. Qed.

Lemma dens_dx v x : 0 < v -> is_derive (dens v) x (dens1 v x).
Proof.
intros hv; unfold dens, dens1.
apply (Sl_derive l (fun i x => comp v x i) (fun i x => - zz v x i * comp v x i)).
intros i hi; apply comp_dx; now apply pos_V.
Qed.

Lemma dens_dv v x : 0 < v -> is_derive (fun v => dens v x) v (/ 2 * dens2 v x).
Proof.
intros hv; unfold dens, dens2; rewrite <- Sl_scal.
apply (Sl_derive l (fun i v => comp v x i) (fun i v => / 2 * ((zz v x i ^ 2 - / (c i + v)) * comp v x i))).
intros i hi; eapply D_val; [apply comp_dv; now apply pos_V | ring].
Qed.

Lemma dens1_dx v x : 0 < v -> is_derive (dens1 v) x (dens2 v x).
Proof.
intros hv; unfold dens1, dens2.
apply (Sl_derive l (fun i x => - zz v x i * comp v x i)
  (fun i x => (zz v x i ^ 2 - / (c i + v)) * comp v x i)).
intros i hi; assert (hV := pos_V v i hv hi); eapply D_val.
- apply D_mult; [apply D_opp; now apply zz_dx | now apply comp_dx].
- cbv beta; ring.
Qed.

Lemma dens1_dv v x : 0 < v -> is_derive (fun v => dens1 v x) v (/ 2 * dens3 v x).
Proof.
intros hv; unfold dens1, dens3; rewrite <- Sl_scal.
apply (Sl_derive l (fun i v => - zz v x i * comp v x i)
  (fun i v => / 2 * ((3 * zz v x i / (c i + v) - zz v x i ^ 3) * comp v x i))).
intros i hi; assert (hV := pos_V v i hv hi); eapply D_val.
- apply D_mult; [apply D_opp; now apply zz_dv | now apply comp_dv].
- cbv beta; unfold Rdiv; field; lra.
Qed.

Lemma dens2_dx v x : 0 < v -> is_derive (dens2 v) x (dens3 v x).
Proof.
intros hv; unfold dens2, dens3.
apply (Sl_derive l (fun i x => (zz v x i ^ 2 - / (c i + v)) * comp v x i)
  (fun i x => (3 * zz v x i / (c i + v) - zz v x i ^ 3) * comp v x i)).
intros i hi; assert (hV := pos_V v i hv hi); eapply D_val.
- apply D_mult; [| now apply comp_dx].
  apply D_minus; [| apply D_const].
  apply (is_derive_pow (fun x => zz v x i) 2 x); now apply zz_dx.
- cbv beta; simpl; unfold Rdiv; field; lra.
Qed.

(* A1, A4 in their local form *)
Lemma score_ok v x : 0 < v -> is_derive (fun x => ln (dens v x)) x (score v x).
Proof.
intros hv; apply D_ln; [now apply dens_pos | now apply dens_dx].
Qed.

Lemma score_slope v x : 0 < v -> is_derive (score v) x (slope v x).
Proof.
intros hv; assert (hp := dens_pos v x hv); unfold score; eapply D_val.
- apply D_div; [apply Rgt_not_eq; exact hp | now apply dens1_dx | now apply dens_dx].
- unfold slope, score; field; lra.
Qed.

Lemma score_dv v x : 0 < v ->
  is_derive (fun v => score v x) v (/ 2 * (dens3 v x / dens v x - dens1 v x * dens2 v x / dens v x ^ 2)).
Proof.
intros hv; assert (hp := dens_pos v x hv); unfold score; eapply D_val.
- apply (D_div (fun v => dens1 v x) (fun v => dens v x));
    [apply Rgt_not_eq; exact hp | now apply dens1_dv | now apply dens_dv].
- cbv beta; field; lra.
Qed.

(* Tweedie and its second order *)
Lemma tweedie v x : 0 < v -> pmean v x = x + v * score v x.
Proof.
intros hv; assert (hp := dens_pos v x hv); unfold pmean.
rewrite (Ex_ext l _ _ (fun i => v * - zz v x i + x)).
- rewrite Ex_affine by now apply dens_neq.
  unfold Ex, score, dens1; fold (dens v x).
  rewrite (Sl_ext l (fun i => comp v x i * - zz v x i) (fun i => - zz v x i * comp v x i)) by (intros; ring).
  ring.
- intros i hi; assert (hV := pos_V v i hv hi); unfold cmean, zz; field; lra.
Qed.

Lemma tweedie2 v x : 0 < v -> pvar v x = v + v ^ 2 * slope v x.
Proof.
intros hv; assert (hp := dens_pos v x hv); unfold pvar; rewrite tweedie by exact hv.
rewrite (Ex_ext l _ _ (fun i => v ^ 2 * (zz v x i ^ 2 - / (c i + v)) + (2 * v * x * - zz v x i + (v + x ^ 2)))).
- rewrite Ex_plus, Ex_affine, Ex_scal by now apply dens_neq.
  unfold slope, score, Ex, dens1, dens2; fold (dens v x).
  rewrite (Sl_ext l (fun i => comp v x i * - zz v x i) (fun i => - zz v x i * comp v x i)) by (intros; ring).
  rewrite (Sl_ext l (fun i => comp v x i * (zz v x i ^ 2 - / (c i + v)))
     (fun i => (zz v x i ^ 2 - / (c i + v)) * comp v x i)) by (intros; ring).
  field; lra.
- intros i hi; assert (hV := pos_V v i hv hi); unfold cvar, cmean, zz; field; lra.
Qed.

Lemma pvar_nonneg v x : 0 < v -> 0 <= pvar v x.
Proof.
intros hv; assert (hp := dens_pos v x hv).
assert (e : pvar v x = Ex l (comp v x) (cvar v) + Cov l (comp v x) (cmean v x) (cmean v x)).
{ unfold pvar, Cov; rewrite Ex_plus.
  rewrite (Ex_ext l _ (fun i => cmean v x i ^ 2) (fun i => cmean v x i * cmean v x i)) by (intros; ring).
  unfold pmean; ring. }
rewrite e, Var_centred by now apply dens_neq.
apply Rplus_le_le_0_compat; unfold Ex; apply Rmult_le_pos;
  try (left; now apply Rinv_0_lt_compat); apply Sl_nonneg; intros i hi; apply Rmult_le_pos;
  try (left; now apply comp_pos); [| apply pow2_ge_0].
assert (h := hc i hi); apply Rmult_le_pos; [apply Rmult_le_pos; lra |].
left; apply Rinv_0_lt_compat; lra.
Qed.

(* ---- continuity ---- *)
Lemma V_c2 (b v x : R) : continuity_2d_pt (fun v _ => b + v) v x.
Proof. apply continuity_2d_pt_plus; [apply continuity_2d_pt_const | apply continuity_2d_pt_id1]. Qed.

Lemma comp_c2 v x i : 0 < c i + v -> continuity_2d_pt (fun v x => comp v x i) v x.
Proof.
intros hv; apply continuity_2d_pt_mult; [apply continuity_2d_pt_const | now apply phi_c2].
Qed.

Lemma zz_c2 v x i : 0 < c i + v -> continuity_2d_pt (fun v x => zz v x i) v x.
Proof.
intros hv; unfold zz; apply c2_div; [lra | | apply V_c2].
apply continuity_2d_pt_minus; [apply continuity_2d_pt_id2 | apply continuity_2d_pt_const].
Qed.

Lemma dens_c2 v x : 0 < v -> continuity_2d_pt dens v x.
Proof.
intros hv; apply (c2_Sl l (fun i v x => comp v x i)); intros i hi; apply comp_c2; now apply pos_V.
Qed.

Lemma dens1_c2 v x : 0 < v -> continuity_2d_pt dens1 v x.
Proof.
intros hv; apply (c2_Sl l (fun i v x => - zz v x i * comp v x i)); intros i hi.
assert (hV := pos_V v i hv hi).
apply continuity_2d_pt_mult; [apply continuity_2d_pt_opp; now apply zz_c2 | now apply comp_c2].
Qed.

Lemma dens2_c2 v x : 0 < v -> continuity_2d_pt dens2 v x.
Proof.
intros hv; apply (c2_Sl l (fun i v x => (zz v x i ^ 2 - / (c i + v)) * comp v x i)); intros i hi.
assert (hV := pos_V v i hv hi).
apply continuity_2d_pt_mult; [| now apply comp_c2].
apply continuity_2d_pt_minus; [apply c2_pow2; now apply zz_c2 |].
apply continuity_2d_pt_inv; [apply V_c2 | lra].
Qed.

Lemma dens3_c2 v x : 0 < v -> continuity_2d_pt dens3 v x.
Proof.
intros hv; apply (c2_Sl l (fun i v x => (3 * zz v x i / (c i + v) - zz v x i ^ 3) * comp v x i)); intros i hi.
assert (hV := pos_V v i hv hi).
apply continuity_2d_pt_mult; [| now apply comp_c2].
apply continuity_2d_pt_minus.
- apply c2_div; [lra | | apply V_c2].
  apply continuity_2d_pt_mult; [apply continuity_2d_pt_const | now apply zz_c2].
- apply (c2_comp (fun z => z ^ 3)); [auto_derive; trivial | now apply zz_c2].
Qed.

Lemma ln_c2 v x : 0 < v -> continuity_2d_pt (fun v x => ln (dens v x)) v x.
Proof.
intros hv; assert (hp := dens_pos v x hv); apply (c2_comp ln); [auto_derive; exact hp | now apply dens_c2].
Qed.

Lemma score_c2 v x : 0 < v -> continuity_2d_pt score v x.
Proof.
intros hv; assert (hp := dens_pos v x hv).
apply c2_div; [lra | now apply dens1_c2 | now apply dens_c2].
Qed.

Lemma slope_c2 v x : 0 < v -> continuity_2d_pt slope v x.
Proof.
intros hv; assert (hp := dens_pos v x hv).
apply continuity_2d_pt_minus; [| apply c2_pow2; now apply score_c2].
apply c2_div; [lra | now apply dens2_c2 | now apply dens_c2].
Qed.

(* ---- domination for a < v < d ---- *)
Section Bounds.
Variables a d : R.
Hypothesis ha : 0 < a.

Definition M0 : R :=
  Sl l (fun i => w i * (exp (2 * (c i + d) + 2 * Rabs (y i)) / sqrt (2 * PI * (c i + a)))).
Definition M1 : R := (1 + Sl l (fun i => Rabs (y i))) / a.
Definition M2 : R := M1 ^ 2 + / a.

Lemma M0_nonneg : 0 <= M0.
Proof.
apply Sl_nonneg; intros i hi; left; apply Rmult_lt_0_compat; [now apply hw |].
assert (h := hc i hi); apply Rdiv_lt_0_compat; [apply exp_pos | apply sqrt_lt_R0, two_pi_v_pos; lra].
Qed.

Lemma dens_dom v x : a < v < d -> dens v x <= M0 * exp (- 2 * Rabs x).
Proof.
intros hv; unfold dens, M0; rewrite <- Sl_scal_r; apply Sl_le; intros i hi.
unfold comp; rewrite Rmult_assoc; apply Rmult_le_compat_l; [left; now apply hw |].
assert (h := hc i hi); apply phi_dom; lra.
Qed.

Lemma Ysum_nonneg : 0 <= Sl l (fun i => Rabs (y i)).
Proof. apply Sl_nonneg; intros; apply Rabs_pos. Qed.

Lemma M1_pos : 0 < M1.
Proof. assert (h := Ysum_nonneg); apply Rdiv_lt_0_compat; lra. Qed.

Lemma M2_pos : 0 < M2.
Proof.
assert (h := M1_pos); assert (h1 := Rinv_0_lt_compat _ ha); assert (h2 := pow_lt M1 2 h); unfold M2; lra.
Qed.

Lemma zz_dom v x i : a < v < d -> In i l -> Rabs (zz v x i) <= M1 * (1 + Rabs x).
Proof.
intros hv hi; assert (h := hc i hi); assert (hx := Rabs_pos x); assert (hY := Ysum_nonneg).
unfold zz, Rdiv; rewrite Rabs_mult.
assert (h1 : Rabs (y i) <= Sl l (fun i => Rabs (y i)))
  by (apply (Sl_ge_term l (fun i => Rabs (y i))); [intros; apply Rabs_pos | exact hi]).
assert (h2 : Rabs (x - y i) <= (1 + Sl l (fun i => Rabs (y i))) * (1 + Rabs x)).
{ eapply Rle_trans; [apply Rabs_triang |]; rewrite Rabs_Ropp; nra. }
unfold M1, Rdiv; replace ((1 + Sl l (fun i => Rabs (y i))) * / a * (1 + Rabs x))
  with ((1 + Sl l (fun i => Rabs (y i))) * (1 + Rabs x) * / a) by ring.
apply Rmult_le_compat; try apply Rabs_pos; [exact h2 |].
rewrite Rabs_right by (left; apply Rinv_0_lt_compat; lra); apply Rinv_le_contravar; lra.
Qed.

Lemma dens1_dom v x : a < v < d -> Rabs (dens1 v x) <= M1 * (1 + Rabs x) * dens v x.
Proof.
intros hv; unfold dens1, dens; eapply Rle_trans; [apply Sl_abs |]; rewrite <- Sl_scal; apply Sl_le.
intros i hi; assert (h := comp_pos v x i ltac:(lra) hi).
rewrite Rabs_mult, Rabs_Ropp, (Rabs_right (comp v x i)) by lra.
apply Rmult_le_compat_r; [lra | now apply zz_dom].
Qed.

Lemma dens2_dom v x : a < v < d -> Rabs (dens2 v x) <= M2 * (1 + Rabs x) ^ 2 * dens v x.
Proof.
intros hv; unfold dens2, dens; eapply Rle_trans; [apply Sl_abs |]; rewrite <- Sl_scal; apply Sl_le.
intros i hi; assert (h := comp_pos v x i ltac:(lra) hi); assert (h0 := hc i hi).
rewrite Rabs_mult, (Rabs_right (comp v x i)) by lra.
apply Rmult_le_compat_r; [lra |].
assert (hx := Rabs_pos x); assert (h1 := zz_dom v x i hv hi).
assert (h2 : / (c i + v) <= / a) by (apply Rinv_le_contravar; lra).
assert (h3 : 0 < / (c i + v)) by (apply Rinv_0_lt_compat; lra).
assert (h4 : zz v x i ^ 2 <= (M1 * (1 + Rabs x)) ^ 2).
{ rewrite <- (pow2_abs (zz v x i)); apply pow_incr; split; [apply Rabs_pos | exact h1]. }
assert (h5 := pow2_ge_0 (zz v x i)).
assert (h6 : / a <= / a * (1 + Rabs x) ^ 2).
{ rewrite <- (Rmult_1_r (/ a)) at 1; apply Rmult_le_compat_l; [left; now apply Rinv_0_lt_compat |]; nra. }
unfold M2; replace ((M1 * (1 + Rabs x)) ^ 2) with (M1 ^ 2 * (1 + Rabs x) ^ 2) in h4 by ring.
assert (h7 : 0 <= M1 ^ 2 * (1 + Rabs x) ^ 2) by (apply Rmult_le_pos; apply pow2_ge_0).
apply Rabs_le; split; [| lra].
rewrite Rmult_plus_distr_r; lra.
Qed.

Lemma score_dom v x : a < v < d -> Rabs (score v x) <= M1 * (1 + Rabs x).
Proof.
intros hv; assert (hp := dens_pos v x ltac:(lra)); unfold score, Rdiv; rewrite Rabs_mult.
rewrite (Rabs_right (/ dens v x)) by (left; now apply Rinv_0_lt_compat).
apply Rmult_le_reg_r with (dens v x); [exact hp |].
rewrite Rmult_assoc, Rinv_l, Rmult_1_r by lra; now apply dens1_dom.
Qed.

Lemma slope_dom v x : a < v < d -> Rabs (slope v x) <= (M2 + M1 ^ 2) * (1 + Rabs x) ^ 2.
Proof.
intros hv; assert (hp := dens_pos v x ltac:(lra)); unfold slope.
eapply Rle_trans; [apply Rabs_triang |]; rewrite Rabs_Ropp, Rmult_plus_distr_r.
apply Rplus_le_compat.
- unfold Rdiv; rewrite Rabs_mult, (Rabs_right (/ dens v x)) by (left; now apply Rinv_0_lt_compat).
  apply Rmult_le_reg_r with (dens v x); [exact hp |].
  rewrite Rmult_assoc, Rinv_l, Rmult_1_r by lra; now apply dens2_dom.
- rewrite <- RPow_abs; replace (M1 ^ 2 * (1 + Rabs x) ^ 2) with ((M1 * (1 + Rabs x)) ^ 2) by ring.
  apply pow_incr; split; [apply Rabs_pos | now apply score_dom].
Qed.

(* the logarithm grows at most quadratically *)
Lemma ln_dom : exists L, 0 <= L /\ forall v x, a < v < d -> Rabs (ln (dens v x)) <= L * (1 + Rabs x) ^ 2.
Proof.
assert (hi : exists i, In i l) by (destruct l as [| i l']; [congruence | exists i; now left]).
destruct hi as [i hi]; assert (h0 := hc i hi); assert (hwi := hw i hi).
set (A1 := Rabs (ln (w i)) + (1 + Rabs (y i)) ^ 2 / (2 * a) + Rabs (ln (2 * PI * (c i + d))) / 2).
assert (n1 := Rabs_pos (ln (w i))); assert (n2 := Rabs_pos (ln (2 * PI * (c i + d)))).
assert (n3 := Rabs_pos (ln M0)); assert (n4 := Rabs_pos (y i)).
assert (n5 : 0 < / (2 * a)) by (apply Rinv_0_lt_compat; lra).
assert (nA : 0 <= (1 + Rabs (y i)) ^ 2 / (2 * a)).
{ apply Rmult_le_pos; [apply pow2_ge_0 | lra]. }
exists (A1 + Rabs (ln M0)); split; [unfold A1; lra |].
intros v x hv; assert (hp := dens_pos v x ltac:(lra)).
assert (hx := Rabs_pos x); assert (ht : 1 <= (1 + Rabs x) ^ 2) by nra.
assert (up : ln (dens v x) <= Rabs (ln M0) * (1 + Rabs x) ^ 2).
{ assert (hM : dens v x <= M0).
  { eapply Rle_trans; [now apply dens_dom |]; rewrite <- (Rmult_1_r M0) at 2.
    apply Rmult_le_compat_l; [apply M0_nonneg |]; rewrite <- exp_0; apply exp_mono; lra. }
  apply Rle_trans with (ln M0); [apply ln_le; assumption |].
  apply Rle_trans with (Rabs (ln M0)); [apply Rle_abs | nra]. }
assert (lo : - (A1 * (1 + Rabs x) ^ 2) <= ln (dens v x)).
{ apply Rle_trans with (ln (comp v x i)).
  2: { apply ln_le; [apply comp_pos; [lra | exact hi] |].
       apply (Sl_ge_term l (comp v x)); [intros; left; apply comp_pos; [lra | assumption] | exact hi]. }
  unfold comp; rewrite ln_mult by (try assumption; apply phi_pos; lra); rewrite ln_phi by lra.
  assert (q1 : (x - y i) ^ 2 / (2 * (c i + v)) <= (1 + Rabs (y i)) ^ 2 / (2 * a) * (1 + Rabs x) ^ 2).
  { unfold Rdiv; replace ((1 + Rabs (y i)) ^ 2 * / (2 * a) * (1 + Rabs x) ^ 2)
      with ((1 + Rabs (y i)) ^ 2 * (1 + Rabs x) ^ 2 * / (2 * a)) by ring.
    apply Rmult_le_compat; [apply pow2_ge_0 | left; apply Rinv_0_lt_compat; lra | |
      apply Rinv_le_contravar; lra].
    rewrite <- (pow2_abs (x - y i)), <- Rpow_mult_distr; apply pow_incr; split; [apply Rabs_pos |].
    eapply Rle_trans; [apply Rabs_triang |]; rewrite Rabs_Ropp; nra. }
  assert (hPI := PI_RGT_0).
  assert (q2 : ln (2 * PI * (c i + v)) <= Rabs (ln (2 * PI * (c i + d)))).
  { eapply Rle_trans; [| apply Rle_abs]; apply ln_le; [apply two_pi_v_pos; lra | nra]. }
  assert (q3 := Rle_abs (- ln (w i))); rewrite Rabs_Ropp in q3.
  assert (q4 : Rabs (ln (w i)) <= Rabs (ln (w i)) * (1 + Rabs x) ^ 2) by nra.
  assert (q5 : Rabs (ln (2 * PI * (c i + d))) / 2 <= Rabs (ln (2 * PI * (c i + d))) / 2 * (1 + Rabs x) ^ 2) by nra.
  unfold A1; rewrite !Rmult_plus_distr_r.
  replace (- (x - y i) ^ 2 / (2 * (c i + v))) with (- ((x - y i) ^ 2 / (2 * (c i + v)))) by (unfold Rdiv; ring).
  lra. }
assert (z1 : 0 <= A1 * (1 + Rabs x) ^ 2) by (unfold A1; apply Rmult_le_pos; lra).
assert (z2 : 0 <= Rabs (ln M0) * (1 + Rabs x) ^ 2) by (apply Rmult_le_pos; lra).
apply Rabs_le; rewrite Rmult_plus_distr_r; lra.
Qed.

(* at most a fourth power times the density is at most C exp(-|x|) *)
Lemma dom4 v x g C : a < v < d -> 0 <= C -> Rabs g <= C * (1 + Rabs x) ^ 4 * dens v x ->
  Rabs g <= 256 * C * M0 * exp (- Rabs x).
Proof.
intros hv hC h; eapply Rle_trans; [exact h |].
assert (h1 := dens_dom v x hv); rewrite exp_m2 in h1.
assert (h2 := poly4 x); assert (h3 := M0_nonneg); assert (hp := dens_pos v x ltac:(lra)).
assert (e : exp (Rabs x) * exp (- Rabs x) = 1) by (rewrite <- exp_plus, Rplus_opp_r; apply exp_0).
assert (ep := exp_pos (- Rabs x)).
apply Rle_trans with (C * (256 * exp (Rabs x)) * (M0 * (exp (- Rabs x) * exp (- Rabs x)))).
- apply Rmult_le_compat; try lra.
  + apply Rmult_le_pos; [exact hC | apply pow_le; assert (hx := Rabs_pos x); lra].
  + apply Rmult_le_compat_l; assumption.
- apply Req_le; transitivity (256 * C * M0 * exp (- Rabs x) * (exp (Rabs x) * exp (- Rabs x))); [ring |].
  rewrite e; ring.
Qed.

Lemma dom3 v x g C : a < v < d -> 0 <= C -> Rabs g <= C * (1 + Rabs x) ^ 3 * dens v x ->
  Rabs g <= 256 * C * M0 * exp (- Rabs x).
Proof.
intros hv hC h; apply (dom4 v x g C hv hC); eapply Rle_trans; [exact h |].
assert (hp := dens_pos v x ltac:(lra)); assert (hx := Rabs_pos x).
apply Rmult_le_compat_r; [lra |]; apply Rmult_le_compat_l; [exact hC |].
apply Rle_pow; [lra | auto].
Qed.

Lemma dom2 v x g C : a < v < d -> 0 <= C -> Rabs g <= C * (1 + Rabs x) ^ 2 * dens v x ->
  Rabs g <= 256 * C * M0 * exp (- Rabs x).
Proof.
intros hv hC h; apply (dom4 v x g C hv hC); eapply Rle_trans; [exact h |].
assert (hp := dens_pos v x ltac:(lra)); assert (hx := Rabs_pos x).
apply Rmult_le_compat_r; [lra |]; apply Rmult_le_compat_l; [exact hC |].
apply Rle_pow; [lra | auto].
Qed.

Lemma dom1 v x g C : a < v < d -> 0 <= C -> Rabs g <= C * (1 + Rabs x) * dens v x ->
  Rabs g <= 256 * C * M0 * exp (- Rabs x).
Proof.
intros hv hC h; apply (dom4 v x g C hv hC); eapply Rle_trans; [exact h |].
assert (hp := dens_pos v x ltac:(lra)); assert (hx := Rabs_pos x).
apply Rmult_le_compat_r; [lra |]; apply Rmult_le_compat_l; [exact hC |].
rewrite <- (pow_1 (1 + Rabs x)) at 1; apply Rle_pow; [lra | auto].
Qed.

(* an integrand of at most fourth-power growth against the density has an integral *)
Lemma dom4_ex v (g : R -> R) C : a < v < d -> 0 <= C -> (forall x, continuous g x) ->
  (forall x, Rabs (g x) <= C * (1 + Rabs x) ^ 4 * dens v x) -> is_IR g (IR g).
Proof.
intros hv hC hg h; destruct (IR_dom g (256 * C * M0) hg) as [r [h1 _]].
- intros x; now apply (dom4 v x (g x) C).
- now rewrite (IR_unique _ _ h1).
Qed.

Lemma fisher_dom v x : a < v < d -> Rabs (dens v x * score v x ^ 2) <= M1 ^ 2 * (1 + Rabs x) ^ 2 * dens v x.
Proof.
intros hv; assert (hp := dens_pos v x ltac:(lra)); assert (h := score_dom v x hv).
rewrite Rabs_mult, (Rabs_right (dens v x)), Rmult_comm by lra.
apply Rmult_le_compat_r; [lra |]; rewrite <- RPow_abs, <- Rpow_mult_distr.
apply pow_incr; split; [apply Rabs_pos | exact h].
Qed.

Lemma de_bruijn_local v : a < v < d ->
  is_derive Hm v (/ 2 * fisher v) /\ is_IR (fun x => - (dens v x * ln (dens v x))) (Hm v)
  /\ is_IR (fun x => dens v x * score v x ^ 2) (fisher v).
Proof.
intros hv; destruct ln_dom as [L [hL bL]].
assert (m0 := M0_nonneg); assert (m1 := M1_pos).
set (u := fun v x => - (dens v x * ln (dens v x))).
set (uv := fun v x => - (/ 2 * (dens2 v x * (1 + ln (dens v x))))).
set (U1 := fun v x => - (dens1 v x * (1 + ln (dens v x)))).
set (W := fun v x => dens v x * score v x ^ 2).
assert (hu : forall v x, a < v < d -> is_derive (fun v => u v x) v (uv v x)).
{ intros s x hs; assert (hp := dens_pos s x ltac:(lra)); unfold u, uv; eapply D_val.
  - apply D_opp, (D_mult (fun v => dens v x)); [apply dens_dv; lra |].
    apply D_ln; [exact hp | apply dens_dv; lra].
  - cbv beta; field; lra. }
assert (hU : forall v x, a < v < d -> is_derive (U1 v) x (2 * uv v x - W v x)).
{ intros s x hs; assert (hp := dens_pos s x ltac:(lra)); unfold U1, uv, W, score; eapply D_val.
  - apply D_opp, (D_mult (dens1 s)); [apply dens1_dx; lra |].
    apply D_plus; [apply D_const | apply D_ln; [exact hp | apply dens_dx; lra]].
  - cbv beta; field; lra. }
assert (bu : forall v x, a < v < d -> Rabs (u v x) <= 256 * L * M0 * exp (- Rabs x)).
{ intros s x hs; apply (dom2 s x _ L hs hL); unfold u.
  assert (hp := dens_pos s x ltac:(lra)).
  rewrite Rabs_Ropp, Rabs_mult, (Rabs_right (dens s x)), Rmult_comm by lra.
  apply Rmult_le_compat_r; [lra | now apply bL]. }
assert (bU : forall v x, a < v < d -> Rabs (U1 v x) <= 256 * (M1 * (1 + L)) * M0 * exp (- Rabs x)).
{ intros s x hs; apply (dom3 s x _ (M1 * (1 + L)) hs); [apply Rmult_le_pos; lra |]; unfold U1.
  assert (hp := dens_pos s x ltac:(lra)); assert (hx := Rabs_pos x).
  rewrite Rabs_Ropp, Rabs_mult.
  assert (k1 := dens1_dom s x hs); assert (k2 := bL s x hs).
  assert (k3 : Rabs (1 + ln (dens s x)) <= (1 + L) * (1 + Rabs x) ^ 2).
  { eapply Rle_trans; [apply Rabs_triang |]; rewrite Rabs_R1.
    assert (1 <= (1 + Rabs x) ^ 2) by nra; lra. }
  replace (M1 * (1 + L) * (1 + Rabs x) ^ 3 * dens s x)
    with (M1 * (1 + Rabs x) * dens s x * ((1 + L) * (1 + Rabs x) ^ 2)) by ring.
  apply Rmult_le_compat; try apply Rabs_pos; assumption. }
assert (bW : forall v x, a < v < d -> Rabs (W v x) <= 256 * M1 ^ 2 * M0 * exp (- Rabs x)).
{ intros s x hs; apply (dom2 s x _ (M1 ^ 2) hs); [apply pow2_ge_0 |]; now apply fisher_dom. }
assert (cu : forall v x, a < v < d -> continuous (u v) x).
{ intros s x hs; apply c2_slice; apply continuity_2d_pt_opp, continuity_2d_pt_mult;
    [apply dens_c2 | apply ln_c2]; lra. }
assert (cuv : forall v x, a < v < d -> continuity_2d_pt uv v x).
{ intros s x hs; apply continuity_2d_pt_opp, continuity_2d_pt_mult; [apply continuity_2d_pt_const |].
  apply continuity_2d_pt_mult; [apply dens2_c2; lra |].
  apply continuity_2d_pt_plus; [apply continuity_2d_pt_const | apply ln_c2; lra]. }
assert (cW : forall v x, a < v < d -> continuous (W v) x).
{ intros s x hs; apply c2_slice; apply continuity_2d_pt_mult; [apply dens_c2; lra |].
  apply c2_pow2, score_c2; lra. }
split; [| split].
- exact (flux_rate u uv U1 W a d _ _ _ hu hU cu cuv cW bu bU bW v hv).
- exact (proj1 (flux_u u a d _ cu bu v hv)).
- exact (proj1 (flux_W W a d _ cW bW v hv)).
Qed.

Lemma fisher_rate_local v : a < v < d ->
  is_derive fisher v (- IR (fun x => dens v x * slope v x ^ 2))
  /\ is_IR (fun x => dens v x * slope v x ^ 2) (IR (fun x => dens v x * slope v x ^ 2)).
Proof.
intros hv; assert (m0 := M0_nonneg); assert (m1 := M1_pos); assert (m2 := M2_pos).
set (u := fun v x => dens v x * score v x ^ 2).
set (uv := fun v x => dens1 v x * dens3 v x / dens v x - dens1 v x ^ 2 * dens2 v x / (2 * dens v x ^ 2)).
set (U1 := fun v x => 2 * dens2 v x * score v x - dens1 v x * score v x ^ 2).
set (W := fun v x => - 2 * (dens v x * slope v x ^ 2)).
assert (hu : forall v x, a < v < d -> is_derive (fun v => u v x) v (uv v x)).
{ intros s x hs; assert (hp := dens_pos s x ltac:(lra)); unfold u, uv; eapply D_val.
  - apply (D_mult (fun v => dens v x)); [apply dens_dv; lra |].
    apply (is_derive_pow (fun v => score v x) 2 s); apply score_dv; lra.
  - cbv beta; simpl; unfold score; field; lra. }
assert (hU : forall v x, a < v < d -> is_derive (U1 v) x (2 * uv v x - W v x)).
{ intros s x hs; assert (hp := dens_pos s x ltac:(lra)); assert (hs' : 0 < s) by lra.
  unfold U1, uv, W; eapply D_val.
  - apply D_minus.
    + apply (D_mult (fun x => 2 * dens2 s x)); [apply D_scal; now apply dens2_dx | now apply score_slope].
    + apply (D_mult (dens1 s)); [now apply dens1_dx |].
      apply (is_derive_pow (score s) 2 x); now apply score_slope.
  - cbv beta; simpl; unfold slope, score; field; lra. }
assert (bu : forall v x, a < v < d -> Rabs (u v x) <= 256 * M1 ^ 2 * M0 * exp (- Rabs x)).
{ intros s x hs; apply (dom2 s x _ (M1 ^ 2) hs); [apply pow2_ge_0 |]; now apply fisher_dom. }
set (CU := 2 * M2 * M1 + M1 * M1 ^ 2).
assert (bU : forall v x, a < v < d -> Rabs (U1 v x) <= 256 * CU * M0 * exp (- Rabs x)).
{ intros s x hs.
  assert (hCU : 0 <= CU).
  { unfold CU; assert (z1 : 0 < M2 * M1) by now apply Rmult_lt_0_compat.
    assert (z2 : 0 < M1 * M1 ^ 2) by (apply Rmult_lt_0_compat; [lra | now apply pow_lt]); lra. }
  apply (dom3 s x _ CU hs hCU); unfold U1.
  assert (hp := dens_pos s x ltac:(lra)); assert (hx := Rabs_pos x).
  assert (k0 := score_dom s x hs); assert (k1 := dens1_dom s x hs); assert (k2 := dens2_dom s x hs).
  eapply Rle_trans; [apply Rabs_triang |].
  rewrite Rabs_Ropp, !Rabs_mult, <- RPow_abs, (Rabs_right 2) by lra.
  assert (k3 : Rabs (score s x) ^ 2 <= (M1 * (1 + Rabs x)) ^ 2)
    by (apply pow_incr; split; [apply Rabs_pos | exact k0]).
  assert (g1 : 2 * Rabs (dens2 s x) * Rabs (score s x)
    <= 2 * (M2 * (1 + Rabs x) ^ 2 * dens s x) * (M1 * (1 + Rabs x))).
  { apply Rmult_le_compat; try apply Rabs_pos; [| lra | exact k0].
    apply Rmult_le_pos; [lra | apply Rabs_pos]. }
  assert (g2 : Rabs (dens1 s x) * Rabs (score s x) ^ 2
    <= M1 * (1 + Rabs x) * dens s x * (M1 * (1 + Rabs x)) ^ 2).
  { apply Rmult_le_compat; try apply Rabs_pos; [apply pow2_ge_0 | exact k1 | exact k3]. }
  apply Rle_trans with (1 := Rplus_le_compat _ _ _ _ g1 g2); apply Req_le; unfold CU; ring. }
assert (bW' : forall v x, a < v < d ->
  Rabs (dens v x * slope v x ^ 2) <= 256 * (M2 + M1 ^ 2) ^ 2 * M0 * exp (- Rabs x)).
{ intros s x hs; apply (dom4 s x _ ((M2 + M1 ^ 2) ^ 2) hs); [apply pow2_ge_0 |].
  assert (hp := dens_pos s x ltac:(lra)); assert (k := slope_dom s x hs).
  rewrite Rabs_mult, (Rabs_right (dens s x)), Rmult_comm by lra.
  apply Rmult_le_compat_r; [lra |]; rewrite <- RPow_abs.
  replace ((M2 + M1 ^ 2) ^ 2 * (1 + Rabs x) ^ 4) with (((M2 + M1 ^ 2) * (1 + Rabs x) ^ 2) ^ 2) by ring.
  apply pow_incr; split; [apply Rabs_pos | exact k]. }
assert (bW : forall v x, a < v < d -> Rabs (W v x) <= 2 * (256 * (M2 + M1 ^ 2) ^ 2 * M0) * exp (- Rabs x)).
{ intros s x hs; unfold W; rewrite Rabs_mult, (Rabs_left (- 2)), Rmult_assoc by lra; replace (- - 2) with 2 by ring.
  apply Rmult_le_compat_l; [lra | now apply bW']. }
assert (cD : forall v x, a < v < d -> continuity_2d_pt dens v x) by (intros; apply dens_c2; lra).
assert (cu : forall v x, a < v < d -> continuous (u v) x).
{ intros s x hs; apply c2_slice; apply continuity_2d_pt_mult; [now apply cD |].
  apply c2_pow2, score_c2; lra. }
assert (cuv : forall v x, a < v < d -> continuity_2d_pt uv v x).
{ intros s x hs; assert (hp := dens_pos s x ltac:(lra)); assert (hp2 := pow_lt _ 2 hp).
  apply continuity_2d_pt_minus; (apply c2_div; [lra | |]).
  - apply continuity_2d_pt_mult; [apply dens1_c2; lra | apply dens3_c2; lra].
  - now apply cD.
  - apply continuity_2d_pt_mult; [apply c2_pow2, dens1_c2; lra | apply dens2_c2; lra].
  - apply continuity_2d_pt_mult; [apply continuity_2d_pt_const | apply c2_pow2; now apply cD]. }
assert (cW' : forall v x, a < v < d -> continuous (fun x => dens v x * slope v x ^ 2) x).
{ intros s x hs; apply (c2_slice (fun v x => dens v x * slope v x ^ 2));
    apply continuity_2d_pt_mult; [now apply cD | apply c2_pow2, slope_c2; lra]. }
assert (cW : forall v x, a < v < d -> continuous (W v) x).
{ intros s x hs; apply (continuous_scal_r (V := R_NormedModule) (- 2)); now apply cW'. }
assert (ex := proj1 (flux_W (fun v x => dens v x * slope v x ^ 2) a d _ cW' bW' v hv)).
split; [| exact ex]; eapply D_val.
- exact (flux_rate u uv U1 W a d _ _ _ hu hU cu cuv cW bu bU bW v hv).
- change (W v) with (fun x => - 2 * (dens v x * slope v x ^ 2)); rewrite (IR_unique _ _ (is_IR_scal (- 2) _ _ ex)); field.
Qed.
End Bounds.

(* ---- the theorems, for every v > 0 ---- *)
Theorem de_bruijn v : 0 < v -> is_derive Hm v (/ 2 * fisher v).
Proof. intros hv; exact (proj1 (de_bruijn_local (v / 2) (2 * v) ltac:(lra) v ltac:(lra))). Qed.

Lemma Hm_exists v : 0 < v -> is_IR (fun x => - (dens v x * ln (dens v x))) (Hm v).
Proof. intros hv; exact (proj1 (proj2 (de_bruijn_local (v / 2) (2 * v) ltac:(lra) v ltac:(lra)))). Qed.

Lemma fisher_exists v : 0 < v -> is_IR (fun x => dens v x * score v x ^ 2) (fisher v).
Proof. intros hv; exact (proj2 (proj2 (de_bruijn_local (v / 2) (2 * v) ltac:(lra) v ltac:(lra)))). Qed.

Theorem fisher_rate v : 0 < v -> is_derive fisher v (- IR (fun x => dens v x * slope v x ^ 2)).
Proof. intros hv; exact (proj1 (fisher_rate_local (v / 2) (2 * v) ltac:(lra) v ltac:(lra))). Qed.

Lemma slope2_exists v : 0 < v ->
  is_IR (fun x => dens v x * slope v x ^ 2) (IR (fun x => dens v x * slope v x ^ 2)).
Proof. intros hv; exact (proj2 (fisher_rate_local (v / 2) (2 * v) ltac:(lra) v ltac:(lra))). Qed.

(* ---- moments ---- *)
Lemma comp_mass v i : 0 < v -> In i l -> is_IR (fun x => comp v x i) (w i).
Proof.
intros hv hi; assert (h := is_IR_scal (w i) _ 1 (IR_phi (c i + v) (y i) (pos_V v i hv hi))).
now rewrite Rmult_1_r in h.
Qed.

Lemma dens_mass v : 0 < v -> is_IR (dens v) (Sl l w).
Proof. intros hv; apply (is_IR_Sl l (fun i x => comp v x i) w); intros i hi; now apply comp_mass. Qed.

Lemma dens_cont v x : 0 < v -> continuous (dens v) x.
Proof. intros hv; now apply c2_slice, dens_c2. Qed.

Lemma score_mean_aux v : 0 < v -> is_IR (dens1 v) 0.
Proof.
intros hv; assert (ha : 0 < v / 2) by lra; assert (hin : v / 2 < v < 2 * v) by lra.
apply (IR_exact (dens v) (dens1 v) (256 * 1 * M0 (v / 2) (2 * v))).
- intros x; now apply dens_dx.
- intros x; now apply c2_slice, dens1_c2.
- intros x; apply (dom1 (v / 2) (2 * v) ha v x _ 1 hin); [lra |].
  assert (hp := dens_pos v x hv); assert (hx := Rabs_pos x); rewrite Rabs_right by lra; nra.
Qed.

Lemma score_x_aux v : 0 < v -> is_IR (fun x => dens v x + x * dens1 v x) 0.
Proof.
intros hv; assert (ha : 0 < v / 2) by lra; assert (hin : v / 2 < v < 2 * v) by lra.
apply (IR_exact (fun x => x * dens v x) _ (256 * 1 * M0 (v / 2) (2 * v))).
- intros x; eapply D_val; [apply (D_mult (fun x => x) (dens v)); [apply D_id | now apply dens_dx] | ring].
- intros x; apply (c2_slice (fun v x => dens v x + x * dens1 v x)).
  apply continuity_2d_pt_plus; [now apply dens_c2 |].
  apply continuity_2d_pt_mult; [apply continuity_2d_pt_id2 | now apply dens1_c2].
- intros x; apply (dom1 (v / 2) (2 * v) ha v x _ 1 hin); [lra |].
  assert (hp := dens_pos v x hv); assert (hx := Rabs_pos x).
  rewrite Rabs_mult, (Rabs_right (dens v x)) by lra; nra.
Qed.

Lemma dens2_IR v : 0 < v -> is_IR (dens2 v) 0.
Proof.
intros hv; assert (ha : 0 < v / 2) by lra; assert (hin : v / 2 < v < 2 * v) by lra.
assert (m1 := M1_pos (v / 2) ha).
apply (IR_exact (dens1 v) (dens2 v) (256 * M1 (v / 2) * M0 (v / 2) (2 * v))).
- intros x; now apply dens1_dx.
- intros x; now apply c2_slice, dens2_c2.
- intros x; apply (dom1 (v / 2) (2 * v) ha v x _ (M1 (v / 2)) hin); [lra |]; now apply (dens1_dom (v / 2) (2 * v)).
Qed.

Lemma dens_score v x : 0 < v -> dens v x * score v x = dens1 v x.
Proof. intros hv; assert (hp := dens_pos v x hv); unfold score; field; lra. Qed.

Theorem score_mean v : 0 < v -> is_IR (fun x => dens v x * score v x) 0.
Proof.
intros hv; refine (is_IR_ext _ _ _ _ (score_mean_aux v hv)); intros x; symmetry; now apply dens_score.
Qed.

Theorem score_x v : 0 < v -> is_IR (fun x => dens v x * (score v x * x)) (- Sl l w).
Proof.
intros hv; assert (h := is_IR_minus _ _ _ _ (score_x_aux v hv) (dens_mass v hv)).
replace (0 - Sl l w) with (- Sl l w) in h by ring.
refine (is_IR_ext _ _ _ _ h); intros x; cbv beta; rewrite <- (dens_score v x hv); ring.
Qed.

Theorem score_div v : 0 < v -> is_IR (fun x => dens v x * slope v x) (- fisher v).
Proof.
intros hv; assert (h := is_IR_minus _ _ _ _ (dens2_IR v hv) (fisher_exists v hv)).
replace (0 - fisher v) with (- fisher v) in h by ring.
refine (is_IR_ext _ _ _ _ h); intros x; cbv beta; assert (hp := dens_pos v x hv).
unfold slope; field; lra.
Qed.

Lemma mmse_exists_val v : 0 < v -> is_IR (fun x => dens v x * pvar v x) (v * Sl l w - v ^ 2 * fisher v).
Proof.
intros hv; assert (h := is_IR_plus _ _ _ _ (is_IR_scal v _ _ (dens_mass v hv))
  (is_IR_scal (v ^ 2) _ _ (score_div v hv))).
replace (v * Sl l w + v ^ 2 * - fisher v) with (v * Sl l w - v ^ 2 * fisher v) in h by ring.
refine (is_IR_ext _ _ _ _ h); intros x; cbv beta; rewrite tweedie2 by exact hv; ring.
Qed.

Theorem mmse_fisher v : 0 < v -> mmse v = v * Sl l w - v ^ 2 * fisher v.
Proof. intros hv; apply IR_unique; now apply mmse_exists_val. Qed.

Lemma mmse_exists v : 0 < v -> is_IR (fun x => dens v x * pvar v x) (mmse v).
Proof. intros hv; rewrite mmse_fisher by exact hv; now apply mmse_exists_val. Qed.

Lemma pvar2_val v : 0 < v -> is_IR (fun x => dens v x * pvar v x ^ 2)
  (v ^ 2 * Sl l w - 2 * v ^ 3 * fisher v + v ^ 4 * IR (fun x => dens v x * slope v x ^ 2)).
Proof.
intros hv.
assert (h := is_IR_plus _ _ _ _ (is_IR_plus _ _ _ _ (is_IR_scal (v ^ 2) _ _ (dens_mass v hv))
  (is_IR_scal (2 * v ^ 3) _ _ (score_div v hv))) (is_IR_scal (v ^ 4) _ _ (slope2_exists v hv))).
replace (v ^ 2 * Sl l w + 2 * v ^ 3 * - fisher v) with (v ^ 2 * Sl l w - 2 * v ^ 3 * fisher v) in h by ring.
refine (is_IR_ext _ _ _ _ h); intros x; cbv beta; rewrite tweedie2 by exact hv; ring.
Qed.

Theorem mmse_rate v : 0 < v -> is_derive mmse v (IR (fun x => dens v x * pvar v x ^ 2) / v ^ 2).
Proof.
intros hv; apply (is_derive_ext_loc (fun v => v * Sl l w - v ^ 2 * fisher v)).
{ apply (filter_imp (fun z => 0 < z)); [| apply open_gt; exact hv].
  intros z hz; symmetry; now apply mmse_fisher. }
eapply D_val.
- apply D_minus; [apply (D_mult (fun v => v) (fun _ => Sl l w)); [apply D_id | apply D_const] |].
  apply (D_mult (fun v => v ^ 2) fisher); [| now apply fisher_rate].
  apply (is_derive_pow (fun v => v) 2 v), D_id.
- rewrite (IR_unique _ _ (pvar2_val v hv)); simpl; field; lra.
Qed.

(* ---- pmean and pvar are what they say: integrals over X_0, when every c_i > 0 ---- *)
Definition prior (x0 : R) : R := Sl l (fun i => w i * phi (c i) (x0 - y i)).

Lemma bayes_shift v x x0 i : 0 < c i -> 0 < v ->
  phi (c i) (x0 - y i) * phi v (x - x0) = phi (c i + v) (x - y i) * phi (cvar v i) (x0 - cmean v x i).
Proof.
intros h1 hv; assert (e := bayes_gauss (c i) v (x - y i) (x0 - y i) h1 hv).
replace (x - y i - (x0 - y i)) with (x - x0) in e by ring; rewrite e; unfold cvar, cmean.
f_equal; f_equal; field; lra.
Qed.

Lemma phi_mean s m : 0 < s -> is_IR (fun x => x * phi s (x - m)) m.
Proof.
intros hs.
assert (z : is_IR (fun x => - ((x - m) / s) * phi s (x - m)) 0).
{ apply (IR_exact (fun x => phi s (x - m)) _ (exp (2 * (2 * s) + 2 * Rabs m) / sqrt (2 * PI * (s / 2)))).
  - intros x; apply D_unshift; now apply is_derive_phi_r.
  - intros x; apply (continuous_mult (fun x => - ((x - m) / s)) (fun x => phi s (x - m))); [| now apply cont_phi].
    apply cont_ex; auto_derive; trivial.
  - intros x; assert (hp := phi_pos s (x - m) hs); rewrite Rabs_right by lra.
    eapply Rle_trans; [apply (phi_dom (s / 2) (2 * s)); lra |].
    apply Rmult_le_compat_l.
    + left; apply Rdiv_lt_0_compat; [apply exp_pos | apply sqrt_lt_R0, two_pi_v_pos; lra].
    + apply exp_mono; assert (h := Rabs_pos x); lra. }
assert (h := is_IR_plus _ _ _ _ (is_IR_scal m _ _ (IR_phi s m hs)) (is_IR_scal (- s) _ _ z)).
replace (m * 1 + - s * 0) with m in h by ring.
refine (is_IR_ext _ _ _ _ h); intros x; cbv beta; field; lra.
Qed.

Lemma phi_second s m : 0 < s -> is_IR (fun x => x ^ 2 * phi s (x - m)) (s + m ^ 2).
Proof.
intros hs.
assert (h := is_IR_plus _ _ _ _ (is_IR_plus _ _ _ _ (IR_second_moment s m hs)
  (is_IR_scal (2 * m) _ _ (phi_mean s m hs))) (is_IR_scal (- m ^ 2) _ _ (IR_phi s m hs))).
replace (s + 2 * m * m + - m ^ 2 * 1) with (s + m ^ 2) in h by ring.
refine (is_IR_ext _ _ _ _ h); intros x; cbv beta; ring.
Qed.

Section Posterior.
Hypothesis hcp : forall i, In i l -> 0 < c i.

Lemma post_dens v x x0 : 0 < v ->
  prior x0 * phi v (x - x0) = Sl l (fun i => comp v x i * phi (cvar v i) (x0 - cmean v x i)).
Proof.
intros hv; unfold prior; rewrite <- Sl_scal_r; apply Sl_ext; intros i hi.
rewrite Rmult_assoc, bayes_shift by (try assumption; now apply hcp); unfold comp; ring.
Qed.

Lemma cvar_pos v i : 0 < v -> In i l -> 0 < cvar v i.
Proof.
intros hv hi; assert (h := hcp i hi); apply Rdiv_lt_0_compat; [now apply Rmult_lt_0_compat | lra].
Qed.

Theorem post_mass_int v x : 0 < v -> is_IR (fun x0 => prior x0 * phi v (x - x0)) (dens v x).
Proof.
intros hv.
refine (is_IR_ext _ _ _ _ (is_IR_Sl l (fun i x0 => comp v x i * phi (cvar v i) (x0 - cmean v x i)) (comp v x) _)).
- intros x0; symmetry; now apply post_dens.
- intros i hi; assert (h := is_IR_scal (comp v x i) _ _ (IR_phi _ (cmean v x i) (cvar_pos v i hv hi))).
  now rewrite Rmult_1_r in h.
Qed.

Theorem post_mean_int v x : 0 < v ->
  is_IR (fun x0 => x0 * (prior x0 * phi v (x - x0) / dens v x)) (pmean v x).
Proof.
intros hv; assert (hp := dens_pos v x hv).
assert (h := is_IR_scal (/ dens v x) _ _ (is_IR_Sl l
  (fun i x0 => comp v x i * (x0 * phi (cvar v i) (x0 - cmean v x i))) (fun i => comp v x i * cmean v x i)
  (fun i hi => is_IR_scal (comp v x i) _ _ (phi_mean _ (cmean v x i) (cvar_pos v i hv hi))))).
replace (/ dens v x * Sl l (fun i => comp v x i * cmean v x i)) with (pmean v x) in h
  by (unfold pmean, Ex; fold (dens v x); field; lra).
refine (is_IR_ext _ _ _ _ h); intros x0; cbv beta.
rewrite post_dens by exact hv.
rewrite (Sl_ext l (fun i => comp v x i * (x0 * phi (cvar v i) (x0 - cmean v x i)))
  (fun i => x0 * (comp v x i * phi (cvar v i) (x0 - cmean v x i)))) by (intros; ring).
rewrite Sl_scal; field; lra.
Qed.

Theorem post_var_int v x : 0 < v ->
  is_IR (fun x0 => (x0 - pmean v x) ^ 2 * (prior x0 * phi v (x - x0) / dens v x)) (pvar v x).
Proof.
intros hv; assert (hp := dens_pos v x hv).
assert (h2 := is_IR_scal (/ dens v x) _ _ (is_IR_Sl l
  (fun i x0 => comp v x i * (x0 ^ 2 * phi (cvar v i) (x0 - cmean v x i)))
  (fun i => comp v x i * (cvar v i + cmean v x i ^ 2))
  (fun i hi => is_IR_scal (comp v x i) _ _ (phi_second _ (cmean v x i) (cvar_pos v i hv hi))))).
assert (h1 := is_IR_scal (2 * pmean v x) _ _ (post_mean_int v x hv)).
assert (h0 := is_IR_scal (pmean v x ^ 2 / dens v x) _ _ (post_mass_int v x hv)).
assert (h := is_IR_plus _ _ _ _ (is_IR_minus _ _ _ _ h2 h1) h0).
replace (/ dens v x * Sl l (fun i => comp v x i * (cvar v i + cmean v x i ^ 2)) - 2 * pmean v x * pmean v x
  + pmean v x ^ 2 / dens v x * dens v x) with (pvar v x) in h
  by (unfold pvar, Ex; fold (dens v x); field; lra).
refine (is_IR_ext _ _ _ _ h); intros x0; cbv beta.
rewrite post_dens by exact hv.
rewrite (Sl_ext l (fun i => comp v x i * (x0 ^ 2 * phi (cvar v i) (x0 - cmean v x i)))
  (fun i => x0 ^ 2 * (comp v x i * phi (cvar v i) (x0 - cmean v x i)))) by (intros; ring).
rewrite Sl_scal; field; lra.
Qed.
End Posterior.
End Mix.
