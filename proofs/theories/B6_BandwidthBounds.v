(* claim: B6; scope: 1-D, finite Gaussian mixtures; headline: B6_fraction, B6_upper_bound, B6_equality, B6_moments *)
(* B6.  eta = 1 + (sigma^2/D) E[div s] = (gamma/D) mmse lies in [0, 1), and mmse <= l/(1 + gamma l), l the variance of
   X_0; D = 1, over the whole line, any finite mixture of atoms and Gaussians, any linear process.
     B6_fraction    : eta both ways, and its bounds;
     B6_moments     : l is the variance: E X = mu, E (X - mu)^2 = l + v with X = X_0 + sqrt v Z;
     B6_upper_bound : mmse <= l/(1 + gamma l);
     B6_equality    : with equality at one noise level exactly when X_t is Gaussian there. *)
From Coq Require Import Reals Lra List.
From Coquelicot Require Import Coquelicot.
From Infodyn Require Import Base Tilt Improper GaussInt Gaussian EntropyRate TwoDeltaBounds Mixture1D Process1D.
Open Scope R_scope.

Definition mean0 {I} (l : list I) (w y : I -> R) : R := Sl l (fun i => w i * y i).
Definition var0 {I} (l : list I) (w y c : I -> R) : R :=
  Sl l (fun i => w i * (c i + y i ^ 2)) - mean0 l w y ^ 2.

(* a continuous function that is nowhere negative and integrates to 0 vanishes *)
Lemma IR_zero (f : R -> R) : (forall x, continuous f x) -> (forall x, 0 <= f x) -> is_IR f 0 -> forall x, f x = 0.
Proof.
intros hc hp h x; apply Rle_antisym; [| apply hp]; apply Rnot_lt_le; intros hx.
destruct (hc x (fun z => 0 < z)) as [e he]; [apply open_gt; exact hx |].
set (a := x - e / 2); set (b := x + e / 2); assert (e0 := cond_pos e).
assert (hm : 0 < RInt f a b).
{ apply RInt_gt_0; [unfold a, b; lra | | intros; apply hc].
  intros z hz; apply he; unfold ball; simpl; unfold AbsRing_ball, abs, minus, plus, opp; simpl.
  apply Rabs_def1; unfold a, b in hz; lra. }
assert (k := h (fun z => z < RInt f a b) (open_lt _ 0 hm)).
destruct k as [Q P [M hM] [N hN] hQP].
set (A := Rmin (M - 1) a); set (B := Rmax (N + 1) b).
assert (a1 := Rmin_l (M - 1) a); assert (a2 := Rmin_r (M - 1) a); fold A in a1, a2.
assert (b1 := Rmax_l (N + 1) b); assert (b2 := Rmax_r (N + 1) b); fold B in b1, b2.
destruct (hQP A B (hM A ltac:(lra)) (hN B ltac:(lra))) as [z [iz hz]]; simpl in iz.
assert (e1 : z = RInt f A B) by (symmetry; now apply (is_RInt_unique (V := R_CompleteNormedModule))).
assert (s1 := RInt_split f A a B hc); assert (s2 := RInt_split f a b B hc).
assert (p1 : 0 <= RInt f A a) by (apply RInt_ge_0; [lra | now apply ex_RInt_R | intros; apply hp]).
assert (p2 : 0 <= RInt f b B) by (apply RInt_ge_0; [lra | now apply ex_RInt_R | intros; apply hp]).
lra.
Qed.

Section VE.
Context {I : Type}.
Variables (l : list I) (w y c : I -> R).
Hypothesis h : law l w c.
Notation mu := (mean0 l w y).
Notation lam := (var0 l w y c).

Lemma B6_moments v : 0 < v ->
  is_IR (fun x => x * dens l w y c v x) mu /\ is_IR (fun x => (x - mu) ^ 2 * dens l w y c v x) (lam + v).
Proof.
intros hv; destruct h as [hw [hc h1]].
assert (i1 : is_IR (fun x => x * dens l w y c v x) mu).
{ refine (is_IR_ext _ _ _ _ (is_IR_Sl l (fun i x => w i * (x * phi (c i + v) (x - y i))) (fun i => w i * y i) _)).
  - intros x; unfold dens; rewrite <- Sl_scal; apply Sl_ext; intros; unfold comp; ring.
  - intros i hi; apply is_IR_scal, phi_mean; assert (k := hc i hi); lra. }
split; [exact i1 |].
assert (i2 : is_IR (fun x => x ^ 2 * dens l w y c v x) (Sl l (fun i => w i * (c i + v + y i ^ 2)))).
{ refine (is_IR_ext _ _ _ _ (is_IR_Sl l (fun i x => w i * (x ^ 2 * phi (c i + v) (x - y i)))
    (fun i => w i * (c i + v + y i ^ 2)) _)).
  - intros x; unfold dens; rewrite <- Sl_scal; apply Sl_ext; intros; unfold comp; ring.
  - intros i hi; apply is_IR_scal, phi_second; assert (k := hc i hi); lra. }
assert (k := is_IR_plus _ _ _ _ (is_IR_minus _ _ _ _ i2 (is_IR_scal (2 * mu) _ _ i1))
  (is_IR_scal (mu ^ 2) _ _ (dens_mass l w y c hc v hv))).
rewrite (Sl_ext l (fun i => w i * (c i + v + y i ^ 2)) (fun i => w i * (c i + y i ^ 2) + w i * v)) in k by (intros; ring).
rewrite Sl_plus, Sl_scal_r, h1 in k.
match type of k with is_IR _ ?r => replace (lam + v) with r by (unfold var0; ring) end.
refine (is_IR_ext _ _ _ _ k); intros x; cbv beta; ring.
Qed.

Lemma var0_nonneg : 0 <= lam.
Proof.
destruct h as [hw [hc h1]].
assert (e : lam = Sl l (fun i => w i * (c i + (y i - mu) ^ 2))).
{ rewrite (Sl_ext l (fun i => w i * (c i + (y i - mu) ^ 2))
    (fun i => w i * (c i + y i ^ 2) - 2 * mu * (w i * y i) + mu ^ 2 * w i)) by (intros; ring).
  rewrite Sl_plus, Sl_minus, !Sl_scal, h1; unfold var0; fold mu; ring. }
rewrite e; apply Sl_nonneg; intros i hi; apply Rmult_le_pos; [left; now apply hw |].
apply Rplus_le_le_0_compat; [now apply hc | apply pow2_ge_0].
Qed.

(* E (s + (x - mu)/(l + v))^2 = fisher - 1/(l + v) *)
Lemma cramer_rao_gap v : 0 < v ->
  is_IR (fun x => dens l w y c v x * (score l w y c v x + (x - mu) / (lam + v)) ^ 2)
    (fisher l w y c v - / (lam + v)).
Proof.
intros hv; assert (hl := law_ne _ _ _ h); assert (h' := h); destruct h' as [hw [hc h1]]; assert (h0 := var0_nonneg).
destruct (B6_moments v hv) as [m1 m2].
assert (k := is_IR_plus _ _ _ _ (is_IR_plus _ _ _ _ (fisher_exists l w y c hl hw hc v hv)
  (is_IR_scal (2 / (lam + v)) _ _ (is_IR_minus _ _ _ _ (score_x l w y c hl hw hc v hv)
     (is_IR_scal mu _ _ (score_mean l w y c hl hw hc v hv)))))
  (is_IR_scal (/ (lam + v) ^ 2) _ _ m2)).
match type of k with is_IR _ ?r => replace (fisher l w y c v - / (lam + v)) with r
  by (rewrite h1; field; lra) end.
refine (is_IR_ext _ _ _ _ k); intros x; cbv beta; field; lra.
Qed.

Lemma cramer_rao v : 0 < v -> / (lam + v) <= fisher l w y c v.
Proof.
intros hv; assert (hl := law_ne _ _ _ h); assert (h' := h); destruct h' as [hw [hc h1]].
assert (k := IR_nonneg _ _ (fun x => Rmult_le_pos _ _ (Rlt_le _ _ (dens_pos l w y c hl hw hc v x hv)) (pow2_ge_0 _))
  (cramer_rao_gap v hv)); lra.
Qed.

Lemma cramer_rao_equal v : 0 < v -> fisher l w y c v = / (lam + v) ->
  forall x, dens l w y c v x = phi (lam + v) (x - mu).
Proof.
intros hv e; assert (hl := law_ne _ _ _ h); assert (h' := h); destruct h' as [hw [hc h1]]; assert (h0 := var0_nonneg).
assert (k := cramer_rao_gap v hv); rewrite e, Rminus_eq_0 in k.
assert (z := IR_zero _ (fun x => c2_slice (fun v x => dens l w y c v x * (score l w y c v x + (x - mu) / (lam + v)) ^ 2) v x
   ltac:(apply continuity_2d_pt_mult; [now apply dens_c2 |]; apply c2_pow2, continuity_2d_pt_plus; [now apply score_c2 |];
     apply c2_div; [lra | apply continuity_2d_pt_minus; [apply continuity_2d_pt_id2 | apply continuity_2d_pt_const]
       | apply V_c2]))
  (fun x => Rmult_le_pos _ _ (Rlt_le _ _ (dens_pos l w y c hl hw hc v x hv)) (pow2_ge_0 _)) k).
assert (hs : forall x, score l w y c v x = - ((x - mu) / (lam + v))).
{ intros x; assert (zx := z x); assert (hp := dens_pos l w y c hl hw hc v x hv).
  apply Rmult_integral in zx; destruct zx as [zx | zx]; [lra |].
  assert (s0 : score l w y c v x + (x - mu) / (lam + v) = 0).
  { destruct (Req_dec (score l w y c v x + (x - mu) / (lam + v)) 0) as [q | q]; [exact q |].
    exfalso; apply (pow_nonzero _ 2) in q; contradiction. }
  lra. }
set (r := fun x => dens l w y c v x / phi (lam + v) (x - mu)).
assert (dr : forall x, is_derive r x 0).
{ intros x; assert (hp := dens_pos l w y c hl hw hc v x hv); assert (hq := phi_pos (lam + v) (x - mu) ltac:(lra)).
  unfold r; eapply D_val.
  - apply D_div; [lra | now apply dens_dx | apply D_unshift, is_derive_phi_r; lra].
  - rewrite <- (dens_score l w y c hl hw hc v x hv), hs; field; split; lra. }
assert (cr : forall x, r x = r 0).
{ intros x; destruct (MVT_gen r 0 x (fun _ => 0)) as [q [_ eq]].
  - intros; apply dr.
  - intros t _; apply continuity_pt_filterlim; apply (ex_derive_continuous r); eexists; apply dr.
  - lra. }
assert (ed : forall x, dens l w y c v x = r 0 * phi (lam + v) (x - mu)).
{ intros x; rewrite <- (cr x); unfold r; assert (hq := phi_pos (lam + v) (x - mu) ltac:(lra)); field; lra. }
assert (r1 : r 0 = 1).
{ assert (q1 := dens_mass l w y c hc v hv); rewrite h1 in q1.
  assert (q2 := is_IR_scal (r 0) _ _ (IR_phi (lam + v) mu ltac:(lra))); rewrite Rmult_1_r in q2.
  rewrite <- (IR_unique _ _ q1); symmetry; apply IR_unique; refine (is_IR_ext _ _ _ _ q2).
  intros x; symmetry; apply ed. }
intros x; rewrite ed, r1; ring.
Qed.

Lemma cramer_rao_gaussian v : 0 < v -> (forall x, dens l w y c v x = phi (lam + v) (x - mu)) ->
  fisher l w y c v = / (lam + v).
Proof.
intros hv e; assert (hl := law_ne _ _ _ h); assert (h' := h); destruct h' as [hw [hc h1]]; assert (h0 := var0_nonneg).
assert (hs : forall x, score l w y c v x = - ((x - mu) / (lam + v))).
{ intros x; assert (d := dens_dx l w y c hc v x hv).
  assert (d' : is_derive (fun x => phi (lam + v) (x - mu)) x (dens1 l w y c v x)).
  { apply (is_derive_ext (dens l w y c v)); [exact e | exact d]. }
  assert (d2 := D_unshift (phi (lam + v)) mu x _ (is_derive_phi_r (lam + v) (x - mu) ltac:(lra))).
  assert (q : dens1 l w y c v x = - ((x - mu) / (lam + v)) * phi (lam + v) (x - mu)).
  { rewrite <- (is_derive_unique _ _ _ d'); now apply is_derive_unique. }
  unfold score; rewrite q, e; assert (hq := phi_pos (lam + v) (x - mu) ltac:(lra)); field; split; lra. }
apply IR_unique; destruct (B6_moments v hv) as [_ m2].
assert (k := is_IR_scal (/ (lam + v) ^ 2) _ _ m2).
replace (/ (lam + v) ^ 2 * (lam + v)) with (/ (lam + v)) in k by (field; lra).
refine (is_IR_ext _ _ _ _ k); intros x; cbv beta; rewrite hs; field; lra.
Qed.
End VE.

(* ---- along a process ---- *)
Section B6.
Context {I : Type}.
Variables (l : list I) (w y c : I -> R) (alpha sigma2 : R -> R) (t : R).
Hypothesis h : law l w c.
Hypothesis a0 : 0 < alpha t.
Hypothesis s0 : 0 < sigma2 t.
Definition eta_t : R :=
  1 + sigma2 t * IR (fun x => dens_t l w y c alpha sigma2 t x * slope_t l w y c alpha sigma2 t x).
Definition gamma_t : R := alpha t ^ 2 / sigma2 t.

Lemma var0_scale : var0 l w (yt y alpha t) (ct c alpha t) = alpha t ^ 2 * var0 l w y c.
Proof.
unfold var0, mean0, yt, ct.
rewrite (Sl_ext l (fun i => w i * (alpha t ^ 2 * c i + (alpha t * y i) ^ 2)) (fun i => alpha t ^ 2 * (w i * (c i + y i ^ 2))))
  by (intros; ring).
rewrite (Sl_ext l (fun i => w i * (alpha t * y i)) (fun i => alpha t * (w i * y i))) by (intros; ring).
rewrite !Sl_scal; ring.
Qed.

Lemma mean0_scale : mean0 l w (yt y alpha t) = alpha t * mean0 l w y.
Proof.
unfold mean0, yt; rewrite <- Sl_scal; apply Sl_ext; intros; ring.
Qed.

Lemma eta_fisher : eta_t = 1 - sigma2 t * fisher_t l w y c alpha sigma2 t.
Proof.
assert (hl := law_ne _ _ _ h); destruct h as [hw [hc h1]]; unfold eta_t.
rewrite (IR_unique _ _ (slope_t_val l w y c alpha sigma2 hl hw hc t s0)); ring.
Qed.

Lemma mmse_val : mmse_t l w y c alpha sigma2 t
  = (sigma2 t - sigma2 t ^ 2 * fisher_t l w y c alpha sigma2 t) / alpha t ^ 2.
Proof.
assert (hl := law_ne _ _ _ h); destruct h as [hw [hc h1]]; unfold mmse_t.
rewrite (IR_unique _ _ (mmse_t_val l w y c alpha sigma2 hl hw hc t a0 s0)), h1; field; lra.
Qed.

Theorem B6_fraction : eta_t = gamma_t * mmse_t l w y c alpha sigma2 t /\ 0 <= eta_t < 1.
Proof.
assert (e : eta_t = gamma_t * mmse_t l w y c alpha sigma2 t).
{ rewrite eta_fisher, mmse_val; unfold gamma_t; field; lra. }
assert (hg : 0 < gamma_t) by (apply Rdiv_lt_0_compat; [now apply pow_lt | exact s0]).
split; [exact e | split].
- rewrite e; apply Rmult_le_pos; [lra |].
  assert (hl := law_ne _ _ _ h); assert (h' := h); destruct h' as [hw [hc h1]].
  destruct (law_ct l w c alpha t h) as [_ [hct _]].
  refine (IR_nonneg _ _ _ (_ : is_IR (fun x => dens_t l w y c alpha sigma2 t x * pvar_t l w y c alpha sigma2 t x) _)).
  + intros x; apply Rmult_le_pos.
    * left; exact (dens_pos l w (yt y alpha t) (ct c alpha t) hl hw hct (sigma2 t) x s0).
    * unfold pvar_t; apply Rmult_le_pos; [now apply pvar_nonneg | left; apply Rinv_0_lt_compat; now apply pow_lt].
  + rewrite mmse_val.
    assert (k := mmse_t_val l w y c alpha sigma2 hl hw hc t a0 s0); rewrite h1, Rmult_1_r in k; exact k.
- rewrite eta_fisher.
  assert (k := cramer_rao l w (yt y alpha t) (ct c alpha t) (law_ct l w c alpha t h) (sigma2 t) s0).
  assert (k0 := var0_nonneg l w (yt y alpha t) (ct c alpha t) (law_ct l w c alpha t h)).
  assert (k1 : 0 < / (var0 l w (yt y alpha t) (ct c alpha t) + sigma2 t)) by (apply Rinv_0_lt_compat; lra).
  assert (0 < sigma2 t * fisher_t l w y c alpha sigma2 t) by (apply Rmult_lt_0_compat; [exact s0 | unfold fisher_t; lra]).
  lra.
Qed.

Lemma bound_val : var0 l w y c / (1 + gamma_t * var0 l w y c)
  = (sigma2 t - sigma2 t ^ 2 * / (alpha t ^ 2 * var0 l w y c + sigma2 t)) / alpha t ^ 2.
Proof.
assert (k0 := var0_nonneg l w y c h); assert (ha2 := pow_lt _ 2 a0).
assert (0 <= alpha t ^ 2 * var0 l w y c) by (apply Rmult_le_pos; lra).
unfold gamma_t; replace (1 + alpha t ^ 2 / sigma2 t * var0 l w y c)
  with ((alpha t ^ 2 * var0 l w y c + sigma2 t) / sigma2 t) by (field; lra).
field; repeat split; lra.
Qed.

Theorem B6_upper_bound : mmse_t l w y c alpha sigma2 t <= var0 l w y c / (1 + gamma_t * var0 l w y c).
Proof.
rewrite mmse_val, bound_val, <- var0_scale; assert (ha2 := pow_lt _ 2 a0); assert (hs2 := pow_lt _ 2 s0).
assert (k := cramer_rao l w (yt y alpha t) (ct c alpha t) (law_ct l w c alpha t h) (sigma2 t) s0).
apply Rmult_le_compat_r; [left; now apply Rinv_0_lt_compat |].
assert (sigma2 t ^ 2 * / (var0 l w (yt y alpha t) (ct c alpha t) + sigma2 t)
  <= sigma2 t ^ 2 * fisher_t l w y c alpha sigma2 t) by (apply Rmult_le_compat_l; [lra | exact k]).
lra.
Qed.

Theorem B6_equality : mmse_t l w y c alpha sigma2 t = var0 l w y c / (1 + gamma_t * var0 l w y c) <->
  forall x, dens_t l w y c alpha sigma2 t x
    = phi (alpha t ^ 2 * var0 l w y c + sigma2 t) (x - alpha t * mean0 l w y).
Proof.
assert (ha2 := pow_lt _ 2 a0); assert (hs2 := pow_lt _ 2 s0).
assert (hct := law_ct l w c alpha t h).
rewrite mmse_val, bound_val, <- var0_scale, <- mean0_scale; split.
- intros e; apply (cramer_rao_equal l w (yt y alpha t) (ct c alpha t) hct (sigma2 t) s0).
  change (fisher l w (yt y alpha t) (ct c alpha t) (sigma2 t)) with (fisher_t l w y c alpha sigma2 t).
  apply Rmult_eq_reg_l with (sigma2 t ^ 2); [| lra].
  unfold Rdiv in e; apply Rmult_eq_reg_r in e; [lra | apply Rinv_neq_0_compat; lra].
- intros e; change (fisher_t l w y c alpha sigma2 t) with (fisher l w (yt y alpha t) (ct c alpha t) (sigma2 t)).
  now rewrite (cramer_rao_gaussian l w (yt y alpha t) (ct c alpha t) hct (sigma2 t) s0 e).
Qed.
End B6.
