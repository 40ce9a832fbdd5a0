(* Printed.v -- the formulas that `infodyn formula ID --coq` prints, set against what is proved.
   Each goal names the quantities of a printed formula by terms of the development (`name = term`), and ends in the formula
   itself, on a line of its own after a comment `printed: CLAIM`.  Coq checks that the formula follows from the definitions
   and theorems; a test of the program checks that it is printed today, letter by letter. *)
From Coq Require Import Reals Lra List.
From Coquelicot Require Import Coquelicot.
From Infodyn Require Import Base Tilt Improper TwoDelta Mixture1D Process1D EntropyRate.
From Infodyn Require A1_Tweedie A2_TweedieCovariance B2_ConditionalProduction B3_EquivalentForms B6_BandwidthBounds
  B9_WienerFilter C2_Pitchfork C3_ThreeEnergies C5_Fold C7_Speciation C9_Sharpening TwoDeltaEntropy D4_TotalVariance
  MixtureRd E2_TotalProduction E3_CurieWeiss.
Open Scope R_scope.

Goal forall I (l : list I) w y c (alpha_ sigma2 : R -> R) (t x alpha sigma s m : R),
  law l w c -> 0 < alpha_ t -> 0 < sigma2 t -> alpha = alpha_ t -> sigma ^ 2 = sigma2 t ->
  s = Derive (fun x => ln (dens_t l w y c alpha_ sigma2 t x)) x -> m = pmean_t l w y c alpha_ sigma2 t x ->
  (* printed: A1 *)
  s = (alpha * m - x) / sigma ^ 2
  .
Proof.
intros I l w y c alpha_ sigma2 t x alpha sigma s m h1 h2 h3 -> -> -> ->.
exact (is_derive_unique _ _ _ (A1_Tweedie.A1_tweedie l w y c alpha_ sigma2 t x h1 h2 h3)).
Qed.

Goal forall J (l : list J) w y c (alpha_ sigma2 : R -> R) (t x alpha sigma grad_s S I : R),
  law l w c -> 0 < alpha_ t -> 0 < sigma2 t -> alpha = alpha_ t -> sigma ^ 2 = sigma2 t -> I = 1 ->
  grad_s = Derive (score_t l w y c alpha_ sigma2 t) x -> S = pvar_t l w y c alpha_ sigma2 t x ->
  (* printed: A2 *)
  grad_s = alpha ^ 2 * S / sigma ^ 4 - I / sigma ^ 2
  .
Proof.
intros J l w y c alpha_ sigma2 t x alpha sigma grad_s S I h1 h2 h3 -> e -> -> ->.
etransitivity; [exact (is_derive_unique _ _ _ (A2_TweedieCovariance.A2_score_slope l w y c alpha_ sigma2 t x h1 h2 h3)) |].
replace (sigma ^ 4) with ((sigma ^ 2) ^ 2) by ring; rewrite e; field; lra.
Qed.

Goal forall J (l : list J) w y c (alpha_ sigma2 : R -> R) (t x alpha sigma grad_m S : R),
  law l w c -> 0 < alpha_ t -> 0 < sigma2 t -> alpha = alpha_ t -> sigma ^ 2 = sigma2 t ->
  grad_m = Derive (pmean_t l w y c alpha_ sigma2 t) x -> S = pvar_t l w y c alpha_ sigma2 t x ->
  (* printed: A2 *)
  grad_m = alpha * S / sigma ^ 2
  .
Proof.
intros J l w y c alpha_ sigma2 t x alpha sigma grad_m S h1 h2 h3 -> -> -> ->.
etransitivity; [exact (is_derive_unique _ _ _ (A2_TweedieCovariance.A2_mean_slope l w y c alpha_ sigma2 t x h1 h2 h3)) |]; field; lra.
Qed.

Goal forall J (l : list J) w y c (alpha_ sigma2 : R -> R) (f g t D sigma rate_conditional mean_div_s : R),
  law l w c -> linear_process alpha_ sigma2 f g t -> D = 1 -> sigma ^ 2 = sigma2 t ->
  rate_conditional = Derive (fun t => - info_t l w y c alpha_ sigma2 t) t ->
  mean_div_s = IR (fun x => dens_t l w y c alpha_ sigma2 t x * slope_t l w y c alpha_ sigma2 t x) ->
  (* printed: B2 *)
  rate_conditional = g ^ 2 * (D / sigma ^ 2 + mean_div_s) / 2
  .
Proof.
intros J l w y c alpha_ sigma2 f g t D sigma rate mean h1 h2 -> -> -> ->.
etransitivity; [exact (is_derive_unique _ _ _ (B2_ConditionalProduction.B2_conditional_production l w y c alpha_ sigma2 f g t h1 h2)) |].
destruct h2 as [_ [_ [_ h2]]]; field; lra.
Qed.

Goal forall J (l : list J) w y c (alpha_ sigma2 : R -> R) (f g t D sigma rate_conditional mean_norm2_s : R),
  law l w c -> linear_process alpha_ sigma2 f g t -> D = 1 -> sigma ^ 2 = sigma2 t ->
  rate_conditional = Derive (fun t => - info_t l w y c alpha_ sigma2 t) t ->
  mean_norm2_s = IR (fun x => dens_t l w y c alpha_ sigma2 t x * score_t l w y c alpha_ sigma2 t x ^ 2) ->
  (* printed: B3 *)
  rate_conditional = g ^ 2 * (D / sigma ^ 2 - mean_norm2_s) / 2
  .
Proof.
intros J l w y c alpha_ sigma2 f g t D sigma rate mean h1 h2 -> -> -> ->.
etransitivity; [exact (is_derive_unique _ _ _ (B3_EquivalentForms.B3_fisher_form l w y c alpha_ sigma2 f g t h1 h2)) |].
destruct h2 as [_ [_ [_ h2]]]; field; lra.
Qed.

Goal forall J (l : list J) w y c (alpha_ sigma2 : R -> R) (f g t alpha sigma rate_conditional mmse : R),
  law l w c -> linear_process alpha_ sigma2 f g t -> alpha = alpha_ t -> sigma ^ 2 = sigma2 t ->
  rate_conditional = Derive (fun t => - info_t l w y c alpha_ sigma2 t) t ->
  mmse = IR (fun x => dens_t l w y c alpha_ sigma2 t x * pvar_t l w y c alpha_ sigma2 t x) ->
  (* printed: B3 *)
  rate_conditional = g ^ 2 * alpha ^ 2 * mmse / (2 * sigma ^ 4)
  .
Proof.
intros J l w y c alpha_ sigma2 f g t alpha sigma rate mean h1 h2 -> e -> ->.
etransitivity; [exact (is_derive_unique _ _ _ (B3_EquivalentForms.B3_mmse_form l w y c alpha_ sigma2 f g t h1 h2)) |].
replace (sigma ^ 4) with ((sigma ^ 2) ^ 2) by ring; rewrite e; destruct h2 as [_ [_ [_ h2]]]; field; lra.
Qed.

Goal forall J (l : list J) w y c (alpha_ sigma2 : R -> R) (t D sigma gamma mmse mean_div_s : R),
  law l w c -> 0 < alpha_ t -> 0 < sigma2 t -> D = 1 -> sigma ^ 2 = sigma2 t -> gamma = alpha_ t ^ 2 / sigma2 t ->
  mmse = mmse_t l w y c alpha_ sigma2 t ->
  mean_div_s = IR (fun x => dens_t l w y c alpha_ sigma2 t x * slope_t l w y c alpha_ sigma2 t x) ->
  (* printed: B6 *)
  1 + sigma ^ 2 * mean_div_s / D = gamma * mmse / D
  .
Proof.
intros J l w y c alpha_ sigma2 t D sigma gamma mmse mean h1 h2 h3 -> -> -> -> ->.
assert (e := proj1 (B6_BandwidthBounds.B6_fraction l w y c alpha_ sigma2 t h1 h2 h3)).
unfold B6_BandwidthBounds.eta_t, B6_BandwidthBounds.gamma_t in e; lra.
Qed.

Goal forall (l mu x : R) (alpha_ sigma2 : R -> R) (t alpha sigma gain : R),
  0 <= l -> 0 < alpha_ t -> 0 < sigma2 t -> alpha = alpha_ t -> sigma ^ 2 = sigma2 t ->
  gain = Derive (fun x => alpha_ t * pmean_t (tt :: nil) (fun _ => 1) (fun _ => mu) (fun _ => l) alpha_ sigma2 t x) x ->
  (* printed: B9 *)
  gain = alpha ^ 2 * l / (alpha ^ 2 * l + sigma ^ 2)
  .
Proof.
intros l mu x alpha_ sigma2 t alpha sigma gain h1 h2 h3 -> -> ->.
exact (is_derive_unique _ _ _ (B9_WienerFilter.B9_gaussian_gain l mu alpha_ sigma2 t x h1 h2 h3)).
Qed.

Goal forall alpha a v x s : R, s = score2 (alpha * a) v x ->
  (* printed: C2 *)
  s = (alpha * a * tanh (alpha * a * x / v) - x) / v
  .
Proof. intros; subst; unfold score2; reflexivity. Qed.

Goal forall alpha a v J_score : R, 0 < v -> J_score = Derive (score2 (alpha * a) v) 0 ->
  (* printed: C3 *)
  J_score = alpha ^ 2 * a ^ 2 / v ^ 2 - 1 / v
  .
Proof.
intros alpha a v J hv ->; etransitivity; [exact (is_derive_unique _ _ _ (proj2 (C3_ThreeEnergies.marginal_curvature (alpha * a) v hv))) |].
unfold C3_ThreeEnergies.slope0; field; lra.
Qed.

Goal forall f g alpha a v J_sde : R, 0 < v -> J_sde = Derive (C3_ThreeEnergies.reverse_force f (g ^ 2) (alpha * a) v) 0 ->
  (* printed: C3 *)
  J_sde = -f + g ^ 2 * (alpha ^ 2 * a ^ 2 / v ^ 2 - 1 / v)
  .
Proof.
intros f g alpha a v J hv ->.
etransitivity; [exact (is_derive_unique _ _ _ (proj2 (C3_ThreeEnergies.reverse_curvature f (g ^ 2) (alpha * a) v hv))) |].
unfold C3_ThreeEnergies.slope0; field; lra.
Qed.

Goal forall f g alpha a v J_flow : R, 0 < v -> J_flow = Derive (C3_ThreeEnergies.flow_force f (g ^ 2) (alpha * a) v) 0 ->
  (* printed: C3 *)
  J_flow = -f + g ^ 2 * (alpha ^ 2 * a ^ 2 / v ^ 2 - 1 / v) / 2
  .
Proof.
intros f g alpha a v J hv ->.
etransitivity; [exact (is_derive_unique _ _ _ (proj2 (C3_ThreeEnergies.flow_curvature f (g ^ 2) (alpha * a) v hv))) |].
unfold C3_ThreeEnergies.slope0; field; lra.
Qed.

Goal forall w a v x b s : R, b = ln (w / (1 - w)) -> s = C5_Fold.score_w w a v x ->
  (* printed: C5 *)
  s = (a * tanh (a * x / v + b / 2) - x) / v
  .
Proof. intros w a v x b s -> ->; unfold C5_Fold.score_w; replace (ln (w / (1 - w)) / 2) with (/ 2 * ln (w / (1 - w))) by field; reflexivity. Qed.

Goal forall d G : R, G = C5_Fold.G d ->
  (* printed: C5 *)
  G = 2 * d * sqrt (d ^ 2 - 1) - 2 * ln (d + sqrt (d ^ 2 - 1))
  .
Proof. intros; subst; reflexivity. Qed.

Goal forall alpha sigma D r q t : R, 0 < D -> 0 <= q -> q < D * r ^ 2 -> alpha = exp (- t) ->
  sigma ^ 2 = 1 - exp (- 2 * t) -> t = C7_Speciation.t_c D r q ->
  (* printed: C7 *)
  alpha ^ 2 * D * r ^ 2 = alpha ^ 2 * q + sigma ^ 2
  .
Proof.
intros alpha sigma D r q t hD hq h -> -> e; assert (k := proj2 (C7_Speciation.speciation_time D r q t hD hq h) e).
unfold C2_Pitchfork.veff in k; lra.
Qed.

Goal forall D r q t k_t : R, 0 < exp (2 * t) - (1 - q) -> k_t = C9_Sharpening.k_ou D r q t ->
  (* printed: C9 *)
  k_t = D * r ^ 2 / (exp (2 * t) - (1 - q))
  .
Proof.
intros D r q t k h ->; unfold C9_Sharpening.k_ou, C2_Pitchfork.veff.
assert (e0 := exp_pos t); rewrite exp_Ropp.
replace (exp (-2 * t)) with (/ exp t * / exp t).
- replace (exp (2 * t)) with (exp t * exp t) in * by (rewrite <- exp_plus; f_equal; ring).
  field; repeat split; try lra; nra.
- rewrite <- !exp_Ropp, <- exp_plus; f_equal; ring.
Qed.

Goal forall k mmse loss_log_gamma : R, 0 < k -> mmse = TwoDeltaEntropy.mmse2 1 (/ k) ->
  loss_log_gamma = / k * Derive (TwoDeltaEntropy.H2 1) (/ k) ->
  (* printed: C8 *)
  loss_log_gamma = k * mmse / 2
  .
Proof.
intros k mmse loss h -> ->; assert (hi := Rinv_0_lt_compat _ h).
rewrite (is_derive_unique _ _ _ (TwoDeltaEntropy.two_delta_immse 1 (/ k) hi)); field; lra.
Qed.

Goal forall J (l : list J) (w y : J -> R) (v var_surprisal mean_varentropy var_h : R),
  l <> nil -> (forall i, In i l -> 0 < w i) -> 0 < v -> var_surprisal = D4_TotalVariance.Var_iota l w y v ->
  mean_varentropy = D4_TotalVariance.E_varentropy l w y v -> var_h = D4_TotalVariance.Var_h l w y v ->
  (* printed: D4 *)
  var_surprisal = mean_varentropy + var_h
  .
Proof. intros; subst; now apply D4_TotalVariance.total_variance. Qed.

Goal forall (d : nat) (g : R) (x s : MixtureRd.vec) (norm2_u norm2_s_x : R), 0 < g ->
  norm2_u = (let u := E2_TotalProduction.velocity (- (g ^ 2 / 2)) (g ^ 2) x s in MixtureRd.dot d u u) ->
  norm2_s_x = MixtureRd.dot d (fun k => s k + x k) (fun k => s k + x k) ->
  (* printed: E2 *)
  2 * norm2_u / g ^ 2 = g ^ 2 * norm2_s_x / 2
  .
Proof.
intros d g x s u sx hg -> ->; assert (e := E2_TotalProduction.vp_decay_rate d (g ^ 2) x s ltac:(now apply pow_lt)).
cbv zeta; unfold Rdiv in *; lra.
Qed.

Goal forall k m rise : R, rise = E3_CurieWeiss.F k m ->
  (* printed: E3 *)
  rise = k * m ^ 2 / 2 - ln (cosh (k * m))
  .
Proof. intros; subst; reflexivity. Qed.

Goal forall k m dF_dm : R, dF_dm = Derive (E3_CurieWeiss.F k) m ->
  (* printed: E3 *)
  dF_dm = k * (m - tanh (k * m))
  .
Proof. intros k m dF ->; exact (is_derive_unique _ _ _ (proj1 (E3_CurieWeiss.free_energy_slope k m))). Qed.
