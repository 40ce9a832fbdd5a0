(* ScheduleEntropy.v -- F + K: X_0 = +-a, X_t = alpha(t) X_0 + sigma(t) Z, for any schedule
   with alpha' = f alpha, (sigma^2)' = 2 f sigma^2 + g^2, alpha > 0, sigma > 0.
   The marginal of X_t is p2 (alpha a) sigma^2, so H(X_0|X_t) = H2 (alpha a) sigma^2.
     H2_scaling, mmse2_scaling : invariance under x -> c x;
     entropy_rate_any_schedule : dH(X_0|X_t)/dt = (g^2/2) (1/sigma^2 + E[ds_t/dx]),
       the expectation an integral over the whole line of p_t ds_t/dx. *)
From Coq Require Import Reals Lra.
From Coquelicot Require Import Coquelicot.
From Infodyn Require Import Base TwoDelta BinEntropy Improper TwoDeltaEntropy Schedule.
Open Scope R_scope.

Lemma IR_dilate (f : R -> R) (c r : R) : 0 < c -> is_IR f r -> is_IR (fun x => c * f (c * x)) r.
Proof.
intros hc h P HP.
destruct (h P HP) as [Q R1 hQ hR hPQ]; destruct hQ as [M hM]; destruct hR as [N hN].
exists (fun x => Q (c * x)) (fun x => R1 (c * x)).
- exists (M / c); intros x hx; apply hM.
  apply Rmult_lt_reg_r with (/ c); [now apply Rinv_0_lt_compat |].
  replace (c * x * / c) with x by (field; lra); exact hx.
- exists (N / c); intros x hx; apply hN.
  apply Rmult_lt_reg_r with (/ c); [now apply Rinv_0_lt_compat |].
  replace (c * x * / c) with x by (field; lra); exact hx.
- intros x y hx hy; destruct (hPQ _ _ hx hy) as [z [hz pz]]; exists z; split; [| exact pz].
  simpl in *; assert (e := is_RInt_comp_lin (V := R_NormedModule) f c 0 x y z).
  rewrite !Rplus_0_r in e; specialize (e hz); revert e; apply is_RInt_ext; intros t _.
  now rewrite Rplus_0_r.
Qed.

Lemma phi_scale c v r : 0 < c -> 0 < v -> phi (c ^ 2 * v) (c * r) = phi v r / c.
Proof.
intros hc hv; unfold phi.
assert (hs := sqrt_lt_R0 _ (two_pi_v_pos v hv)).
replace (2 * PI * (c ^ 2 * v)) with (c ^ 2 * (2 * PI * v)) by ring.
rewrite sqrt_mult by (try (left; now apply two_pi_v_pos); apply pow2_ge_0).
rewrite sqrt_pow2 by lra.
replace (- (c * r) ^ 2 / (2 * (c ^ 2 * v))) with (- r ^ 2 / (2 * v)) by (field; lra).
field; lra.
Qed.

Lemma p2_scale c a v x : 0 < c -> 0 < v -> c * p2 (c * a) (c ^ 2 * v) (c * x) = p2 a v x.
Proof.
intros hc hv; unfold p2.
replace (c * x - c * a) with (c * (x - a)) by ring.
replace (c * x + c * a) with (c * (x + a)) by ring.
rewrite !phi_scale by assumption; field; lra.
Qed.

Lemma arg_scale c a v x : 0 < c -> 0 < v -> c * a * (c * x) / (c ^ 2 * v) = a * x / v.
Proof. intros; field; lra. Qed.

Theorem H2_scaling c a v : 0 < c -> 0 < v -> H2 (c * a) (c ^ 2 * v) = H2 a v.
Proof.
intros hc hv; assert (hv' : 0 < c ^ 2 * v) by (apply Rmult_lt_0_compat; [now apply pow_lt | exact hv]).
symmetry; apply IR_unique.
refine (is_IR_ext _ _ _ _ (IR_dilate _ c _ hc (H2_exists (c * a) (c ^ 2 * v) hv'))).
intros x; cbv beta; rewrite <- Rmult_assoc, p2_scale by assumption.
now rewrite !q2_tanh, arg_scale by assumption.
Qed.

Theorem mmse2_scaling c a v : 0 < c -> 0 < v -> mmse2 (c * a) (c ^ 2 * v) = c ^ 2 * mmse2 a v.
Proof.
intros hc hv; assert (hv' : 0 < c ^ 2 * v) by (apply Rmult_lt_0_compat; [now apply pow_lt | exact hv]).
assert (h := is_IR_scal (c ^ 2) _ _ (mmse2_exists a v hv)).
apply IR_unique in h; rewrite <- h; symmetry; apply IR_unique.
refine (is_IR_ext _ _ _ _ (IR_dilate _ c _ hc (mmse2_exists (c * a) (c ^ 2 * v) hv'))).
intros x; cbv beta; rewrite <- Rmult_assoc, p2_scale, arg_scale by assumption; ring.
Qed.

Theorem entropy_rate_any_schedule (a : R) (alpha sigma2 : R -> R) (f g t : R) :
  is_derive alpha t (f * alpha t) ->
  is_derive sigma2 t (2 * f * sigma2 t + g ^ 2) ->
  0 < alpha t -> 0 < sigma2 t ->
  let b := alpha t * a in let s2 := sigma2 t in
  is_derive (fun t => H2 (alpha t * a) (sigma2 t)) t
    (g ^ 2 / 2 * (1 / s2 +
      IR (fun x => p2 b s2 x * (b ^ 2 / s2 ^ 2 * (1 - tanh (b * x / s2) ^ 2) - / s2)))).
Proof.
intros ha hs a0 s0 b s2.
assert (la : locally t (fun z => 0 < alpha z)).
{ apply (ex_derive_continuous alpha t); [eexists; exact ha |]; now apply open_gt. }
assert (ls : locally t (fun z => 0 < sigma2 z)).
{ apply (ex_derive_continuous sigma2 t); [eexists; exact hs |]; now apply open_gt. }
apply (is_derive_ext_loc (fun z => H2 a (sigma2 z / alpha z ^ 2))).
{ apply (filter_imp (fun z => 0 < alpha z /\ 0 < sigma2 z)); [| now apply filter_and].
  intros z [h1 h2]; rewrite <- (H2_scaling (alpha z)); [f_equal; field; lra | exact h1 |].
  apply Rdiv_lt_0_compat; [exact h2 | now apply pow_lt]. }
set (v := sigma2 t / alpha t ^ 2).
assert (hv : 0 < v) by (apply Rdiv_lt_0_compat; [exact s0 | now apply pow_lt]).
assert (es : s2 = alpha t ^ 2 * v) by (unfold v, s2; field; lra).
rewrite (IR_unique _ _ (two_delta_expected_divergence b s2 s0)).
replace (mmse2 b s2) with (alpha t ^ 2 * mmse2 a v)
  by (rewrite es; symmetry; now apply mmse2_scaling).
eapply D_val.
- apply (D_comp (H2 a) (fun t => sigma2 t / alpha t ^ 2)).
  + apply (two_delta_immse a v hv).
  + apply (effective_variance_derivative alpha sigma2 f g t ha hs); lra.
- fold v; rewrite es; field; split; lra.
Qed.
