(* claim: B12; scope: 1-D, finite Gaussian mixtures; headline: B12_above_rate, B12_computable, B12_conditional, B12_stein *)
(* B12.  For an approximate score r with denoiser m_r = (x + sigma^2 r)/alpha and expectations under the true law,
     (g^2 alpha^2/(2 sigma^4)) E|X_0 - m_r(X_t)|^2 = (g^2/2)(D/sigma^2 + E|r|^2 + 2 E div r) = true rate + (g^2/2) E|r - s|^2.
   D = 1, over the whole line, any finite mixture of atoms and Gaussians, any linear process, any r with a continuous
   derivative, of at most linear growth (its derivative at most quadratic).
     B12_conditional : E[(X_0 - b)^2 given X = x] = pvar + (pmean - b)^2, as an integral over X_0 (components with a density);
     B12_stein       : E[r s] = - E r'. *)
From Coq Require Import Reals Lra List.
From Coquelicot Require Import Coquelicot.
From Infodyn Require Import Base Tilt Improper GaussInt EntropyRate TwoDeltaBounds Mixture1D Process1D.
Open Scope R_scope.

Theorem B12_conditional {I} (l : list I) (w y c : I -> R) (v x b : R) :
  law l w c -> (forall i, In i l -> 0 < c i) -> 0 < v ->
  is_IR (fun x0 => (x0 - b) ^ 2 * (prior l w y c x0 * phi v (x - x0) / dens l w y c v x))
    (pvar l w y c v x + (pmean l w y c v x - b) ^ 2).
Proof.
intros h hp hv; assert (hl := law_ne _ _ _ h); destruct h as [hw [hc h1]].
assert (pp := dens_pos l w y c hl hw hc v x hv).
assert (k := is_IR_plus _ _ _ _ (is_IR_plus _ _ _ _ (post_var_int l w y c hl hw hc hp v x hv)
  (is_IR_scal (2 * (pmean l w y c v x - b)) _ _ (post_mean_int l w y c hl hw hc hp v x hv)))
  (is_IR_scal ((b ^ 2 - pmean l w y c v x ^ 2) / dens l w y c v x) _ _ (post_mass_int l w y c hp v x hv))).
match type of k with is_IR _ ?q => replace (pvar l w y c v x + (pmean l w y c v x - b) ^ 2) with q by (field; lra) end.
refine (is_IR_ext _ _ _ _ k); intros x0; cbv beta; field; lra.
Qed.

Section B12.
Context {I : Type}.
Variables (l : list I) (w y c : I -> R) (alpha sigma2 : R -> R) (f g t : R).
Hypothesis h : law l w c.
Hypothesis hp : linear_process alpha sigma2 f g t.
Variables (r dr : R -> R) (C : R).
Hypothesis hr : forall x, is_derive r x (dr x).
Hypothesis cr : forall x, continuous dr x.
Hypothesis br : forall x, Rabs (r x) <= C * (1 + Rabs x).
Hypothesis bdr : forall x, Rabs (dr x) <= C * (1 + Rabs x) ^ 2.
Notation p := (dens_t l w y c alpha sigma2 t).
Notation s := (score_t l w y c alpha sigma2 t).
Notation ds := (slope_t l w y c alpha sigma2 t).

Lemma s0 : 0 < sigma2 t. Proof. exact (proj2 (proj2 (proj2 hp))). Qed.
Lemma a0 : 0 < alpha t. Proof. exact (proj1 (proj2 (proj2 hp))). Qed.
Lemma C_nonneg : 0 <= C.
Proof. assert (k := br 0); rewrite Rabs_R0 in k; assert (k1 := Rabs_pos (r 0)); lra. Qed.
Lemma r_cont x : continuous r x.
Proof. apply (ex_derive_continuous r); eexists; apply hr. Qed.

Lemma ex4 (q : R -> R) K : 0 <= K -> (forall x, continuous q x) ->
  (forall x, Rabs (q x) <= K * (1 + Rabs x) ^ 4) -> is_IR (fun x => p x * q x) (IR (fun x => p x * q x)).
Proof.
intros hK hq bq; destruct (law_ct l w c alpha t h) as [hw [hc _]]; assert (hl := law_ne _ _ _ h); assert (hs := s0).
apply (dom4_ex l w (yt y alpha t) (ct c alpha t) hl hw hc (sigma2 t / 2) (2 * sigma2 t) ltac:(lra) (sigma2 t) _ K
  ltac:(lra) hK).
- intros x; apply (continuous_mult p q); [now apply dens_cont | apply hq].
- intros x; assert (pp := dens_pos l w (yt y alpha t) (ct c alpha t) hl hw hc (sigma2 t) x hs).
  rewrite Rabs_mult, Rmult_comm; change (p x) with (dens l w (yt y alpha t) (ct c alpha t) (sigma2 t) x).
  rewrite (Rabs_right (dens l w (yt y alpha t) (ct c alpha t) (sigma2 t) x)) by lra.
  apply Rmult_le_compat_r; [lra | apply bq].
Qed.

Lemma pow14 x n : (n <= 4)%nat -> (1 + Rabs x) ^ n <= (1 + Rabs x) ^ 4.
Proof. intros hn; apply Rle_pow; [assert (k := Rabs_pos x); lra | exact hn]. Qed.

Lemma r2_ex : is_IR (fun x => p x * r x ^ 2) (IR (fun x => p x * r x ^ 2)).
Proof.
assert (hC := C_nonneg); apply (ex4 _ (C ^ 2)); [apply pow2_ge_0 | |].
- intros x; apply (continuous_mult r (fun x => r x * 1)); [apply r_cont |].
  apply (continuous_mult r (fun _ => 1)); [apply r_cont | apply continuous_const].
- intros x; rewrite <- RPow_abs.
  apply Rle_trans with ((C * (1 + Rabs x)) ^ 2); [apply pow_incr; split; [apply Rabs_pos | apply br] |].
  rewrite Rpow_mult_distr; apply Rmult_le_compat_l; [apply pow2_ge_0 | apply pow14; auto].
Qed.

Lemma dr_ex : is_IR (fun x => p x * dr x) (IR (fun x => p x * dr x)).
Proof.
assert (hC := C_nonneg); apply (ex4 _ C hC cr); intros x.
eapply Rle_trans; [apply bdr |]; apply Rmult_le_compat_l; [exact hC | apply pow14; auto].
Qed.

Theorem B12_stein : is_IR (fun x => p x * (r x * s x)) (- IR (fun x => p x * dr x)).
Proof.
destruct (law_ct l w c alpha t h) as [hw [hc _]]; assert (hl := law_ne _ _ _ h); assert (hs := s0); assert (hC := C_nonneg).
set (q1 := dens1 l w (yt y alpha t) (ct c alpha t) (sigma2 t)).
assert (z : is_IR (fun x => dr x * p x + r x * q1 x) 0).
{ apply (IR_exact (fun x => r x * p x) _
    (256 * C * M0 l w (yt y alpha t) (ct c alpha t) (sigma2 t / 2) (2 * sigma2 t))).
  - intros x; apply (D_mult r p); [apply hr | now apply dens_dx].
  - intros x; apply (continuous_plus (V := R_NormedModule) (fun x => dr x * p x) (fun x => r x * q1 x)).
    + apply (continuous_mult dr p); [apply cr | now apply dens_cont].
    + apply (continuous_mult r q1); [apply r_cont | now apply c2_slice, dens1_c2].
  - intros x; assert (pp := dens_pos l w (yt y alpha t) (ct c alpha t) hl hw hc (sigma2 t) x hs).
    apply (dom1 l w (yt y alpha t) (ct c alpha t) hl hw hc (sigma2 t / 2) (2 * sigma2 t) ltac:(lra) (sigma2 t) x _ C
      ltac:(lra) hC).
    rewrite Rabs_mult; change (p x) with (dens l w (yt y alpha t) (ct c alpha t) (sigma2 t) x).
    rewrite (Rabs_right (dens l w (yt y alpha t) (ct c alpha t) (sigma2 t) x)) by lra.
    apply Rmult_le_compat_r; [lra | apply br]. }
assert (k := is_IR_minus _ _ _ _ z dr_ex); rewrite Rminus_0_l in k.
refine (is_IR_ext _ _ _ _ k); intros x; cbv beta.
replace (p x * (r x * s x)) with (r x * (p x * s x)) by ring.
unfold score_t, dens_t, q1; rewrite (dens_score l w _ _ hl hw hc) by exact hs; ring.
Qed.

(* E (r - s)^2 = E r^2 + 2 E r' + E s^2 *)
Lemma gap_val : is_IR (fun x => p x * (r x - s x) ^ 2)
  (IR (fun x => p x * r x ^ 2) + 2 * IR (fun x => p x * dr x) + fisher_t l w y c alpha sigma2 t).
Proof.
assert (h' := h); assert (hl := law_ne _ _ _ h); destruct h' as [hw [hc _]].
assert (k := is_IR_plus _ _ _ _ (is_IR_minus _ _ _ _ r2_ex (is_IR_scal 2 _ _ B12_stein))
  (fisher_t_exists l w y c alpha sigma2 hl hw hc t s0)).
match type of k with is_IR _ ?q => match goal with |- is_IR _ ?z => replace z with q by ring end end.
refine (is_IR_ext _ _ _ _ k); intros x; cbv beta; ring.
Qed.

(* the mean squared error of the denoiser m_r *)
Definition loss : R := IR (fun x => p x * (pvar_t l w y c alpha sigma2 t x
  + (pmean_t l w y c alpha sigma2 t x - (x + sigma2 t * r x) / alpha t) ^ 2)).

Lemma loss_val : loss = (sigma2 t - sigma2 t ^ 2 * fisher_t l w y c alpha sigma2 t) / alpha t ^ 2
  + sigma2 t ^ 2 / alpha t ^ 2 * IR (fun x => p x * (r x - s x) ^ 2).
Proof.
assert (h' := h); assert (hl := law_ne _ _ _ h); destruct h' as [hw [hc h1]]; assert (ha := a0).
destruct (law_ct l w c alpha t h) as [_ [hct _]].
assert (e := mmse_t_val l w y c alpha sigma2 hl hw hc t a0 s0); rewrite h1, Rmult_1_r in e.
assert (gv := gap_val); rewrite <- (IR_unique _ _ gv) in gv.
apply IR_unique; refine (is_IR_ext _ _ _ _ (is_IR_plus _ _ _ _ e (is_IR_scal (sigma2 t ^ 2 / alpha t ^ 2) _ _ gv))).
intros x; cbv beta; unfold pmean_t; rewrite (Mixture1D.tweedie l w _ _ hl hw hct) by exact s0.
change (Mixture1D.score l w (yt y alpha t) (ct c alpha t) (sigma2 t) x) with (s x); field; lra.
Qed.

Theorem B12_above_rate : exists rate : R,
  is_derive (fun t => - info_t l w y c alpha sigma2 t) t rate /\
  g ^ 2 * alpha t ^ 2 / (2 * sigma2 t ^ 2) * loss = rate + g ^ 2 / 2 * IR (fun x => p x * (r x - s x) ^ 2) /\
  0 <= IR (fun x => p x * (r x - s x) ^ 2).
Proof.
assert (h' := h); assert (hl := law_ne _ _ _ h); destruct h' as [hw [hc h1]].
assert (ha := a0); assert (hs := s0); assert (hp' := hp); destruct hp' as [da [dsg _]].
exists (g ^ 2 / 2 * (1 / sigma2 t - fisher_t l w y c alpha sigma2 t)); split; [| split].
- exact (info_rate l w y c alpha sigma2 hl hw hc f g t da dsg ha hs h1).
- rewrite loss_val; field; lra.
- destruct (law_ct l w c alpha t h) as [_ [hct _]].
  assert (gv := gap_val); rewrite <- (IR_unique _ _ gv) in gv.
  refine (IR_nonneg _ _ _ gv); intros x; apply Rmult_le_pos; [left | apply pow2_ge_0].
  exact (dens_pos l w (yt y alpha t) (ct c alpha t) hl hw hct (sigma2 t) x hs).
Qed.

Theorem B12_computable : g ^ 2 * alpha t ^ 2 / (2 * sigma2 t ^ 2) * loss
  = g ^ 2 / 2 * (1 / sigma2 t + IR (fun x => p x * r x ^ 2) + 2 * IR (fun x => p x * dr x)).
Proof.
rewrite loss_val, (IR_unique _ _ gap_val); assert (ha := a0); assert (hs := s0); field; lra.
Qed.
End B12.
