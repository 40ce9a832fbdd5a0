(* Restates every headline theorem of families C, D and E in full, and every definition that they use, so that a
   weakened theorem or a changed definition breaks this file.  Names carry the file that they come from.
   Coq's own printer wrote the statements; what follows `:` or `=` is what is proved, whatever the sources say. *)
From Coq Require Import Reals List.
From Coquelicot Require Import Coquelicot.
From Infodyn Require Base TwoDelta Pitchfork Improper Tilt BinEntropy GaussInt MixtureRd EntropyRate TwoDeltaEntropy ExtraTools ExtraMoments C1_Instability C2_Pitchfork C3_ThreeEnergies C4_Exponents C5_Fold C6_Cusp C7_Speciation C8_UniversalOffsets C9_Sharpening C11_Goldstone C12_FlowMap C13_Sensitivity C14_CovarianceClasses C15_TopEigenvalue C16_CloneAgreement D1_ReverseMartingale D2_PosteriorEntropySde D3_VarianceProduction D4_TotalVariance D5_Innovation D6_DecisionSnr E1_Relaxation E2_TotalProduction E3_CurieWeiss.
Open Scope R_scope.

(* ---- Base ---- *)
Goal @Base.phi =
  (fun v r : R => exp (- r ^ 2 / (2 * v)) / sqrt (2 * PI * v)).
Proof. reflexivity. Qed.

(* ---- TwoDelta ---- *)
Goal @TwoDelta.p2 =
  (fun a v x : R => / 2 * (Base.phi v (x - a) + Base.phi v (x + a))).
Proof. reflexivity. Qed.
Goal @TwoDelta.q2 =
  (fun a v x : R => / 2 * Base.phi v (x - a) / TwoDelta.p2 a v x).
Proof. reflexivity. Qed.
Goal @TwoDelta.score2 =
  (fun a v x : R => (a * tanh (a * x / v) - x) / v).
Proof. reflexivity. Qed.

(* ---- Pitchfork ---- *)
Goal @Pitchfork.fixpt =
  (fun a v x : R => a * tanh (a * x / v) = x).
Proof. reflexivity. Qed.

(* ---- Improper ---- *)
Goal @Improper.is_IR =
  (fun (f : R -> R) (l : R) => is_RInt_gen f (Rbar_locally m_infty) (Rbar_locally p_infty) l).
Proof. reflexivity. Qed.
Goal @Improper.IR =
  (fun f : R -> R => RInt_gen f (Rbar_locally m_infty) (Rbar_locally p_infty)).
Proof. reflexivity. Qed.

(* ---- Tilt ---- *)
Goal @Tilt.Sl =
  (fun I : Type =>
     fix Sl (l : list I) (f : I -> R) {struct l} : R :=
       match l with
       | nil => 0
       | i :: l' => f i + Sl l' f
       end).
Proof. reflexivity. Qed.
Goal @Tilt.Ex =
  (fun (I : Type) (l : list I) (f h : I -> R) => Tilt.Sl l (fun i : I => f i * h i) / Tilt.Sl l f).
Proof. reflexivity. Qed.
Goal @Tilt.Cov =
  (fun (I : Type) (l : list I) (f h g : I -> R) =>
     Tilt.Ex l f (fun i : I => h i * g i) - Tilt.Ex l f h * Tilt.Ex l f g).
Proof. reflexivity. Qed.

(* ---- BinEntropy ---- *)
Goal @BinEntropy.eta =
  (fun x : R => - (x * ln x)).
Proof. reflexivity. Qed.
Goal @BinEntropy.h2 =
  (fun q : R => BinEntropy.eta q + BinEntropy.eta (1 - q)).
Proof. reflexivity. Qed.

(* ---- GaussInt ---- *)
Goal @GaussInt.gI =
  (fun x : R => RInt (fun t : R => exp (- (t * t))) 0 x).
Proof. reflexivity. Qed.
Goal @GaussInt.Phi =
  (fun v y x : R => GaussInt.gI ((x - y) / sqrt (2 * v)) / sqrt PI).
Proof. reflexivity. Qed.

(* ---- MixtureRd ---- *)
Goal @MixtureRd.vec =
  (nat -> R).
Proof. reflexivity. Qed.
Goal @MixtureRd.basis =
  (fun k j : nat => if Nat.eq_dec k j then 1 else 0).
Proof. reflexivity. Qed.
Goal @MixtureRd.is_dir =
  (fun (F : MixtureRd.vec -> R) (x u : MixtureRd.vec) (D : R) =>
     is_derive (fun t : R_AbsRing => F (fun k : nat => x k + t * u k)) 0 D).
Proof. reflexivity. Qed.
Goal @MixtureRd.dot =
  (fun (d : nat) (x y : MixtureRd.vec) => Tilt.Sl (seq 0 d) (fun k : nat => x k * y k)).
Proof. reflexivity. Qed.
Goal @MixtureRd.vsub =
  (fun (x y : MixtureRd.vec) (k : nat) => x k - y k).
Proof. reflexivity. Qed.
Goal @MixtureRd.phid =
  (fun (d : nat) (v : R) (r : MixtureRd.vec) =>
     exp (- MixtureRd.dot d r r / (2 * v)) / sqrt (2 * PI * v) ^ d).
Proof. reflexivity. Qed.
Goal @MixtureRd.fi =
  (fun (d : nat) (I : Type) (w : I -> R) (y : I -> MixtureRd.vec) (v : R) (x : MixtureRd.vec) (i : I) =>
     w i * MixtureRd.phid d v (MixtureRd.vsub x (y i))).
Proof. reflexivity. Qed.
Goal @MixtureRd.p =
  (fun (d : nat) (I : Type) (l : list I) (w : I -> R) (y : I -> MixtureRd.vec) (v : R) (x : MixtureRd.vec)
     => Tilt.Sl l (MixtureRd.fi d w y v x)).
Proof. reflexivity. Qed.
Goal @MixtureRd.E =
  (fun (d : nat) (I : Type) (l : list I) (w : I -> R) (y : I -> MixtureRd.vec) 
       (v : R) (x : MixtureRd.vec) (h : I -> R) => Tilt.Ex l (MixtureRd.fi d w y v x) h).
Proof. reflexivity. Qed.
Goal @MixtureRd.C =
  (fun (d : nat) (I : Type) (l : list I) (w : I -> R) (y : I -> MixtureRd.vec) 
       (v : R) (x : MixtureRd.vec) (h g : I -> R) => Tilt.Cov l (MixtureRd.fi d w y v x) h g).
Proof. reflexivity. Qed.
Goal @MixtureRd.mean =
  (fun (d : nat) (I : Type) (l : list I) (w : I -> R) (y : I -> MixtureRd.vec) 
       (v : R) (x : MixtureRd.vec) (k : nat) => MixtureRd.E d l w y v x (fun i : I => y i k)).
Proof. reflexivity. Qed.
Goal @MixtureRd.score =
  (fun (d : nat) (I : Type) (l : list I) (w : I -> R) (y : I -> MixtureRd.vec) 
       (v : R) (x : MixtureRd.vec) (k : nat) => (MixtureRd.mean d l w y v x k - x k) / v).
Proof. reflexivity. Qed.
Goal @MixtureRd.dk_score =
  (fun (d : nat) (I : Type) (l : list I) (w : I -> R) (y : I -> MixtureRd.vec) 
       (v : R) (x : MixtureRd.vec) (k : nat) =>
     MixtureRd.C d l w y v x (fun i : I => y i k) (fun i : I => y i k) / v ^ 2 - / v).
Proof. reflexivity. Qed.

(* ---- EntropyRate ---- *)
Goal @EntropyRate.f =
  (fun (I : Type) (w y : I -> R) (v x : R) (i : I) => w i * Base.phi v (x - y i)).
Proof. reflexivity. Qed.
Goal @EntropyRate.p =
  (fun (I : Type) (l : list I) (w y : I -> R) (v x : R) => Tilt.Sl l (EntropyRate.f w y v x)).
Proof. reflexivity. Qed.
Goal @EntropyRate.lq =
  (fun (I : Type) (l : list I) (w y : I -> R) (v x : R) (i : I) =>
     ln (EntropyRate.f w y v x i / EntropyRate.p l w y v x)).
Proof. reflexivity. Qed.
Goal @EntropyRate.u =
  (fun (I : Type) (l : list I) (w y : I -> R) (v x : R) =>
     Tilt.Sl l (fun i : I => -1 * EntropyRate.f w y v x i * EntropyRate.lq l w y v x i)).
Proof. reflexivity. Qed.
Goal @EntropyRate.m =
  (fun (I : Type) (l : list I) (w y : I -> R) (v x : R) => Tilt.Ex l (EntropyRate.f w y v x) y).
Proof. reflexivity. Qed.
Goal @EntropyRate.var =
  (fun (I : Type) (l : list I) (w y : I -> R) (v x : R) => Tilt.Cov l (EntropyRate.f w y v x) y y).
Proof. reflexivity. Qed.
Goal @EntropyRate.W =
  (fun (I : Type) (l : list I) (w y : I -> R) (v x : R) =>
     EntropyRate.p l w y v x * EntropyRate.var l w y v x).
Proof. reflexivity. Qed.
Goal @EntropyRate.score =
  (fun (I : Type) (l : list I) (w y : I -> R) (v x : R) => (EntropyRate.m l w y v x - x) / v).
Proof. reflexivity. Qed.
Goal @EntropyRate.H =
  (fun (I : Type) (l : list I) (w y : I -> R) (v : R) => Improper.IR (EntropyRate.u l w y v)).
Proof. reflexivity. Qed.
Goal @EntropyRate.mmse =
  (fun (I : Type) (l : list I) (w y : I -> R) (v : R) => Improper.IR (EntropyRate.W l w y v)).
Proof. reflexivity. Qed.
Goal @EntropyRate.NN =
  (fun (I : Type) (l : list I) => Tilt.Sl l (fun _ : I => 1)).
Proof. reflexivity. Qed.

(* ---- TwoDeltaEntropy ---- *)
Goal @TwoDeltaEntropy.l2 =
  (true :: false :: nil).
Proof. reflexivity. Qed.
Goal @TwoDeltaEntropy.w2 =
  (fun _ : bool => / 2).
Proof. reflexivity. Qed.
Goal @TwoDeltaEntropy.y2 =
  (fun (a : R) (b : bool) => if b then a else - a).
Proof. reflexivity. Qed.
Goal @TwoDeltaEntropy.H2 =
  (fun a v : R => Improper.IR (fun x : R => TwoDelta.p2 a v x * BinEntropy.h2 (TwoDelta.q2 a v x))).
Proof. reflexivity. Qed.
Goal @TwoDeltaEntropy.mmse2 =
  (fun a v : R => Improper.IR (fun x : R => TwoDelta.p2 a v x * (a ^ 2 * (1 - tanh (a * x / v) ^ 2)))).
Proof. reflexivity. Qed.

(* ---- ExtraTools ---- *)
Goal @ExtraTools.is_mode =
  (fun (f : R -> R) (x : R) =>
     exists eps : R, 0 < eps /\ (forall y : R, y <> x -> Rabs (y - x) < eps -> f y < f x)).
Proof. reflexivity. Qed.
Goal @ExtraTools.is_eigenvalue =
  (fun (d : nat) (M : MixtureRd.vec -> MixtureRd.vec) (lam : R) =>
     exists u : MixtureRd.vec,
       (exists k : nat, (k < d)%nat /\ u k <> 0) /\ (forall k : nat, (k < d)%nat -> M u k = lam * u k)).
Proof. reflexivity. Qed.
Goal @ExtraTools.is_largest_eigenvalue =
  (fun (d : nat) (M : MixtureRd.vec -> MixtureRd.vec) (lam : R) =>
     ExtraTools.is_eigenvalue d M lam /\ (forall mu : R, ExtraTools.is_eigenvalue d M mu -> mu <= lam)).
Proof. reflexivity. Qed.
Goal @ExtraTools.is_singular =
  (fun (d : nat) (M : MixtureRd.vec -> MixtureRd.vec) =>
     exists u : MixtureRd.vec,
       (exists k : nat, (k < d)%nat /\ u k <> 0) /\ (forall k : nat, (k < d)%nat -> M u k = 0)).
Proof. reflexivity. Qed.

(* ---- ExtraMoments ---- *)
Goal @ExtraMoments.second_moment0 =
  (fun (I : Type) (l : list I) (w y : I -> R) => Tilt.Sl l (fun i : I => w i * y i ^ 2)).
Proof. reflexivity. Qed.
Goal @ExtraMoments.neg_prior =
  (fun (I : Type) (l : list I) (w : I -> R) => Tilt.Sl l (fun i : I => w i * ln (w i))).
Proof. reflexivity. Qed.

(* ---- C1_Instability ---- *)
Goal @C1_Instability.scaled =
  (fun (I : Type) (alpha : R) (y : I -> MixtureRd.vec) (i : I) (k : nat) => alpha * y i k).
Proof. reflexivity. Qed.
Goal @C1_Instability.score_t =
  (fun (d : nat) (I : Type) (l : list I) (w : I -> R) (y : I -> MixtureRd.vec) 
       (alpha s2 : R) (x : MixtureRd.vec) => MixtureRd.score d l w (C1_Instability.scaled I alpha y) s2 x).
Proof. reflexivity. Qed.
Goal @C1_Instability.post_cov =
  (fun (d : nat) (I : Type) (l : list I) (w : I -> R) (y : I -> MixtureRd.vec) 
       (alpha s2 : R) (x u : MixtureRd.vec) (k : nat) =>
     MixtureRd.C d l w (C1_Instability.scaled I alpha y) s2 x (fun i : I => y i k)
       (fun i : I => MixtureRd.dot d u (y i))).
Proof. reflexivity. Qed.
Goal @C1_Instability.jac =
  (fun (d : nat) (I : Type) (l : list I) (w : I -> R) (y : I -> MixtureRd.vec) 
       (alpha s2 : R) (x u : MixtureRd.vec) (k : nat) =>
     MixtureRd.C d l w (C1_Instability.scaled I alpha y) s2 x
       (fun i : I => C1_Instability.scaled I alpha y i k)
       (fun i : I => MixtureRd.dot d u (C1_Instability.scaled I alpha y i)) / s2 ^ 2 - 
     u k / s2).
Proof. reflexivity. Qed.
Check (@C1_Instability.jacobian_of_score :
  forall (d : nat) (I : Type) (l : list I) (w : I -> R) (y : I -> MixtureRd.vec) (alpha s2 : R),
     l <> nil ->
     (forall i : I, In i l -> 0 < w i) ->
     0 < s2 ->
     forall (x u : MixtureRd.vec) (k : nat),
     C1_Instability.jac d I l w y alpha s2 x u k =
     alpha ^ 2 / s2 ^ 2 * C1_Instability.post_cov d I l w y alpha s2 x u k - u k / s2).
Check (@C1_Instability.score_derivative :
  forall (d : nat) (I : Type) (l : list I) (w : I -> R) (y : I -> MixtureRd.vec) (alpha s2 : R),
     l <> nil ->
     (forall i : I, In i l -> 0 < w i) ->
     0 < s2 ->
     forall (x u : MixtureRd.vec) (k : nat),
     MixtureRd.is_dir (fun x0 : MixtureRd.vec => C1_Instability.score_t d I l w y alpha s2 x0 k) x u
       (C1_Instability.jac d I l w y alpha s2 x u k)).
Check (@C1_Instability.largest_zero :
  forall (d : nat) (I : Type) (l : list I) (w : I -> R) (y : I -> MixtureRd.vec) (alpha s2 : R),
     l <> nil ->
     (forall i : I, In i l -> 0 < w i) ->
     alpha <> 0 ->
     0 < s2 ->
     forall x : MixtureRd.vec,
     ExtraTools.is_largest_eigenvalue d (C1_Instability.jac d I l w y alpha s2 x) 0 <->
     ExtraTools.is_largest_eigenvalue d (C1_Instability.post_cov d I l w y alpha s2 x) (s2 / alpha ^ 2)).
Check (@C1_Instability.singular_iff :
  forall (d : nat) (I : Type) (l : list I) (w : I -> R) (y : I -> MixtureRd.vec) (alpha s2 : R),
     l <> nil ->
     (forall i : I, In i l -> 0 < w i) ->
     alpha <> 0 ->
     0 < s2 ->
     forall x : MixtureRd.vec,
     ExtraTools.is_singular d (C1_Instability.jac d I l w y alpha s2 x) <->
     ExtraTools.is_eigenvalue d (C1_Instability.post_cov d I l w y alpha s2 x) (s2 / alpha ^ 2)).

(* ---- C2_Pitchfork ---- *)
Goal @C2_Pitchfork.veff =
  (fun alpha q s2 : R => alpha ^ 2 * q + s2).
Proof. reflexivity. Qed.
Goal @C2_Pitchfork.pm =
  (fun (m : MixtureRd.vec) (b : bool) (k : nat) => if b then m k else - m k).
Proof. reflexivity. Qed.
Goal @C2_Pitchfork.score_pm =
  (fun (d : nat) (m : MixtureRd.vec) (v : R) (x : MixtureRd.vec) =>
     MixtureRd.score d TwoDeltaEntropy.l2 TwoDeltaEntropy.w2 (C2_Pitchfork.pm m) v x).
Proof. reflexivity. Qed.
Goal @C2_Pitchfork.norm =
  (fun (d : nat) (m : MixtureRd.vec) => sqrt (MixtureRd.dot d m m)).
Proof. reflexivity. Qed.
Goal @C2_Pitchfork.jac_pm =
  (fun (d : nat) (m : MixtureRd.vec) (v : R) (x u : MixtureRd.vec) (k : nat) =>
     (m k * MixtureRd.dot d m u * (1 - tanh (MixtureRd.dot d m x / v) ^ 2) / v - u k) / v).
Proof. reflexivity. Qed.
Check (@C2_Pitchfork.component_marginal :
  forall alpha q s2 m x : R,
     0 < alpha ->
     0 < q ->
     0 < s2 ->
     Improper.is_IR (fun x0 : R => Base.phi q (x0 - m) * Base.phi s2 (x - alpha * x0))
       (Base.phi (C2_Pitchfork.veff alpha q s2) (x - alpha * m))).
Check (@C2_Pitchfork.score_Rd :
  forall (d : nat) (m : MixtureRd.vec) (v : R),
     0 < v ->
     forall (x : MixtureRd.vec) (k : nat),
     C2_Pitchfork.score_pm d m v x k = (tanh (MixtureRd.dot d m x / v) * m k - x k) / v).
Check (@C2_Pitchfork.fixed_points_Rd :
  forall (d : nat) (m : MixtureRd.vec) (v : R),
     0 < v ->
     forall x : MixtureRd.vec,
     0 < MixtureRd.dot d m m ->
     (forall k : nat, (k < d)%nat -> C2_Pitchfork.score_pm d m v x k = 0) <->
     (exists z : R,
        Pitchfork.fixpt (C2_Pitchfork.norm d m) v z /\
        (forall k : nat, (k < d)%nat -> x k = z / C2_Pitchfork.norm d m * m k))).
Check (@C2_Pitchfork.fixed_points_above :
  forall alpha a v : R,
     0 < alpha * a ->
     0 < v -> alpha ^ 2 * a ^ 2 <= v -> forall x : R, alpha * a * tanh (alpha * a * x / v) = x <-> x = 0).
Check (@C2_Pitchfork.fixed_points_below :
  forall alpha a v : R,
     0 < alpha * a ->
     0 < v ->
     v < alpha ^ 2 * a ^ 2 ->
     exists xs : R,
       0 < xs < alpha * a /\
       (forall x : R, alpha * a * tanh (alpha * a * x / v) = x <-> x = 0 \/ x = xs \/ x = - xs)).
Check (@C2_Pitchfork.jacobian_Rd :
  forall (d : nat) (m : MixtureRd.vec) (v : R),
     0 < v ->
     forall (x u : MixtureRd.vec) (k : nat),
     MixtureRd.is_dir (fun x0 : MixtureRd.vec => C2_Pitchfork.score_pm d m v x0 k) x u
       (C2_Pitchfork.jac_pm d m v x u k)).
Check (@C2_Pitchfork.origin_stable :
  forall (d : nat) (m : MixtureRd.vec) (v : R),
     0 < v ->
     forall u : MixtureRd.vec,
     C2_Pitchfork.norm d m ^ 2 < v ->
     0 < MixtureRd.dot d u u -> MixtureRd.dot d (C2_Pitchfork.jac_pm d m v (fun _ : nat => 0) u) u < 0).
Check (@C2_Pitchfork.origin_unstable :
  forall (d : nat) (m : MixtureRd.vec) (v : R),
     0 < v ->
     v < C2_Pitchfork.norm d m ^ 2 -> 0 < MixtureRd.dot d (C2_Pitchfork.jac_pm d m v (fun _ : nat => 0) m) m).
Check (@C2_Pitchfork.branch_stable :
  forall (d : nat) (m : MixtureRd.vec) (v : R),
     0 < v ->
     forall (z : R) (u : MixtureRd.vec),
     0 < C2_Pitchfork.norm d m ->
     z <> 0 ->
     Pitchfork.fixpt (C2_Pitchfork.norm d m) v z ->
     0 < MixtureRd.dot d u u ->
     MixtureRd.dot d (C2_Pitchfork.jac_pm d m v (fun k : nat => z / C2_Pitchfork.norm d m * m k) u) u < 0).
Check (@C2_Pitchfork.ou_time :
  forall a q t : R,
     0 <= q ->
     q < a ^ 2 ->
     let alpha := exp (- t) in
     let s2 := 1 - exp (-2 * t) in
     (C2_Pitchfork.veff alpha q s2 < alpha ^ 2 * a ^ 2 <-> t < / 2 * ln (1 + a ^ 2 - q)) /\
     (C2_Pitchfork.veff alpha q s2 = alpha ^ 2 * a ^ 2 <-> t = / 2 * ln (1 + a ^ 2 - q))).

(* ---- C3_ThreeEnergies ---- *)
Goal @C3_ThreeEnergies.slope0 =
  (fun b v : R => b ^ 2 / v ^ 2 - / v).
Proof. reflexivity. Qed.
Goal @C3_ThreeEnergies.reverse_energy =
  (fun f g2 b v x : R => f * x ^ 2 / 2 - g2 * ln (TwoDelta.p2 b v x)).
Proof. reflexivity. Qed.
Goal @C3_ThreeEnergies.flow_energy =
  (fun f g2 b v x : R => f * x ^ 2 / 2 - g2 / 2 * ln (TwoDelta.p2 b v x)).
Proof. reflexivity. Qed.
Goal @C3_ThreeEnergies.reverse_force =
  (fun f g2 b v x : R => - f * x + g2 * TwoDelta.score2 b v x).
Proof. reflexivity. Qed.
Goal @C3_ThreeEnergies.flow_force =
  (fun f g2 b v x : R => - f * x + g2 / 2 * TwoDelta.score2 b v x).
Proof. reflexivity. Qed.
Check (@C3_ThreeEnergies.marginal_curvature :
  forall b v : R,
     0 < v ->
     (forall x : R_AbsRing,
      is_derive (fun x0 : R_AbsRing => - ln (TwoDelta.p2 b v x0)) x (- TwoDelta.score2 b v x)) /\
     is_derive (TwoDelta.score2 b v) 0 (C3_ThreeEnergies.slope0 b v)).
Check (@C3_ThreeEnergies.reverse_curvature :
  forall f g2 b v : R,
     0 < v ->
     (forall x : R_AbsRing,
      is_derive (C3_ThreeEnergies.reverse_energy f g2 b v) x (- C3_ThreeEnergies.reverse_force f g2 b v x)) /\
     is_derive (C3_ThreeEnergies.reverse_force f g2 b v) 0 (- f + g2 * C3_ThreeEnergies.slope0 b v)).
Check (@C3_ThreeEnergies.flow_curvature :
  forall f g2 b v : R,
     0 < v ->
     (forall x : R_AbsRing,
      is_derive (C3_ThreeEnergies.flow_energy f g2 b v) x (- C3_ThreeEnergies.flow_force f g2 b v x)) /\
     is_derive (C3_ThreeEnergies.flow_force f g2 b v) 0 (- f + g2 / 2 * C3_ThreeEnergies.slope0 b v)).
Check (@C3_ThreeEnergies.energies_agree :
  forall f g2 b v : R,
     0 < v ->
     0 < g2 ->
     f = 0 ->
     (C3_ThreeEnergies.slope0 b v = 0 <-> v = b ^ 2) /\
     (- f + g2 * C3_ThreeEnergies.slope0 b v = 0 <-> v = b ^ 2) /\
     (- f + g2 / 2 * C3_ThreeEnergies.slope0 b v = 0 <-> v = b ^ 2)).
Check (@C3_ThreeEnergies.vp_reverse_critical :
  forall beta alpha : R,
     0 < beta ->
     0 < alpha ^ 2 < 1 ->
     - (- beta / 2) + beta * C3_ThreeEnergies.slope0 (alpha * 1) (1 - alpha ^ 2) = 0 <->
     alpha ^ 2 = sqrt 2 - 1).
Check (@C3_ThreeEnergies.vp_flow_unstable :
  forall beta alpha : R,
     0 < beta ->
     0 < alpha ^ 2 < 1 ->
     - (- beta / 2) + beta / 2 * C3_ThreeEnergies.slope0 (alpha * 1) (1 - alpha ^ 2) =
     beta / 2 * (alpha ^ 4 / (1 - alpha ^ 2) ^ 2) /\ 0 < beta / 2 * (alpha ^ 4 / (1 - alpha ^ 2) ^ 2)).
Check (@C3_ThreeEnergies.vp_flow_jacobian :
  forall beta alpha a q : R,
     0 < beta ->
     0 < alpha ^ 2 < 1 ->
     0 <= q ->
     a ^ 2 + q = 1 ->
     let v := alpha ^ 2 * q + (1 - alpha ^ 2) in
     - (- beta / 2) + beta / 2 * C3_ThreeEnergies.slope0 (alpha * a) v =
     beta / 2 * (alpha ^ 4 * a ^ 4 / v ^ 2)).
Check (@C3_ThreeEnergies.vp_flow_critical :
  forall beta alpha a q : R,
     0 < beta ->
     0 < alpha ^ 2 < 1 ->
     0 <= q ->
     0 < a ^ 2 ->
     a ^ 2 + q < 1 ->
     let v := alpha ^ 2 * q + (1 - alpha ^ 2) in
     - (- beta / 2) + beta / 2 * C3_ThreeEnergies.slope0 (alpha * a) v = 0 <->
     alpha ^ 2 = (1 - q - a ^ 2) / (1 - q) ^ 2).

(* ---- C4_Exponents ---- *)
Goal @C4_Exponents.branch =
  (fun (a : R) (xs : R -> R) => forall v : R, 0 < v < a ^ 2 -> 0 < xs v /\ a * tanh (a * xs v / v) = xs v).
Proof. reflexivity. Qed.
Goal @C4_Exponents.barrier_height =
  (fun a v x : R => ln (TwoDelta.p2 a v x) - ln (TwoDelta.p2 a v 0)).
Proof. reflexivity. Qed.
Goal @C4_Exponents.slope =
  (fun a v x : R => a ^ 2 / v ^ 2 * (1 - tanh (a * x / v) ^ 2) - / v).
Proof. reflexivity. Qed.
Check (@C4_Exponents.order_parameter :
  forall (a : R) (xs : R -> R),
     0 < a ->
     C4_Exponents.branch a xs ->
     filterlim (fun v : R => xs v ^ 2 / (a ^ 2 - v)) (at_left (a ^ 2)) (locally 3)).
Check (@C4_Exponents.barrier :
  forall (a : R) (xs : R -> R),
     0 < a ->
     C4_Exponents.branch a xs ->
     filterlim (fun v : R => C4_Exponents.barrier_height a v (xs v) / (a ^ 2 - v) ^ 2) 
       (at_left (a ^ 2)) (locally (3 / (4 * a ^ 4)))).
Check (@C4_Exponents.barrier_rate :
  forall a v x : R,
     0 < a ->
     0 < v ->
     0 < x ->
     a * tanh (a * x / v) = x ->
     9 / 10 * a ^ 2 <= v ->
     v < a ^ 2 ->
     Rabs (C4_Exponents.barrier_height a v x / (a ^ 2 - v) ^ 2 - 3 / (4 * a ^ 4)) <=
     110 / a ^ 6 * (a ^ 2 - v)).
Check (@C4_Exponents.susceptibility_above :
  forall a : R,
     0 < a ->
     filterlim (fun v : R => / Rabs (C4_Exponents.slope a v 0) * (v - a ^ 2)) (at_right (a ^ 2))
       (locally ((a ^ 2) ^ 2))).
Check (@C4_Exponents.susceptibility_below :
  forall (a : R) (xs : R -> R),
     0 < a ->
     C4_Exponents.branch a xs ->
     filterlim (fun v : R => / Rabs (C4_Exponents.slope a v (xs v)) * (a ^ 2 - v)) 
       (at_left (a ^ 2)) (locally ((a ^ 2) ^ 2 / 2))).
Check (@C4_Exponents.critical_isotherm :
  forall (a : R) (x : R -> R),
     0 < a ->
     (forall e : R, 0 < e -> 0 < x e /\ TwoDelta.score2 a (a ^ 2) (x e) + e = 0) ->
     filterlim (fun e : R => x e / Rpower (3 * a ^ 4 * e) (/ 3)) (at_right 0) (locally 1)).
Check (@C4_Exponents.isotherm_root :
  forall a e : R,
     0 < a ->
     0 < e ->
     exists x : R,
       0 < x /\
       TwoDelta.score2 a (a ^ 2) x + e = 0 /\ (forall x' : R, TwoDelta.score2 a (a ^ 2) x' + e = 0 -> x' = x)).

(* ---- C5_Fold ---- *)
Goal @C5_Fold.arccosh =
  (fun d : R => ln (d + sqrt (d ^ 2 - 1))).
Proof. reflexivity. Qed.
Goal @C5_Fold.G =
  (fun d : R => 2 * d * sqrt (d ^ 2 - 1) - 2 * C5_Fold.arccosh d).
Proof. reflexivity. Qed.
Goal @C5_Fold.pw =
  (fun w a v x : R => w * Base.phi v (x - a) + (1 - w) * Base.phi v (x + a)).
Proof. reflexivity. Qed.
Goal @C5_Fold.score_w =
  (fun w a v x : R => (a * tanh (a * x / v + / 2 * ln (w / (1 - w))) - x) / v).
Proof. reflexivity. Qed.
Goal @C5_Fold.slope_w =
  (fun w a v x : R => a ^ 2 / v ^ 2 * (1 - tanh (a * x / v + / 2 * ln (w / (1 - w))) ^ 2) - / v).
Proof. reflexivity. Qed.
Goal @C5_Fold.two_modes =
  (fun f : R -> R =>
     exists x1 x2 : R, x1 < x2 /\ (forall x : R, ExtraTools.is_mode f x <-> x = x1 \/ x = x2)).
Proof. reflexivity. Qed.
Check (@C5_Fold.robertson_fryer :
  forall w a v : R,
     0 < w < 1 ->
     0 < a ->
     0 < v ->
     C5_Fold.two_modes (C5_Fold.pw w a v) <->
     1 < a / sqrt v /\ Rabs (ln (w / (1 - w))) < C5_Fold.G (a / sqrt v)).
Check (@C5_Fold.one_or_two :
  forall w a v : R,
     0 < w < 1 ->
     0 < a ->
     0 < v ->
     forall x1 x2 : R,
     ExtraTools.is_mode (C5_Fold.pw w a v) x1 ->
     ExtraTools.is_mode (C5_Fold.pw w a v) x2 ->
     x1 <> x2 -> 1 < a / sqrt v /\ Rabs (ln (w / (1 - w))) < C5_Fold.G (a / sqrt v)).
Check (@C5_Fold.fold_point :
  forall w a v : R,
     0 < w < 1 ->
     0 < a ->
     0 < v ->
     1 < a / sqrt v ->
     ln (w / (1 - w)) = C5_Fold.G (a / sqrt v) ->
     let x := - (a * sqrt ((a / sqrt v) ^ 2 - 1) / (a / sqrt v)) in
     C5_Fold.score_w w a v x = 0 /\ C5_Fold.slope_w w a v x = 0).
Check (@C5_Fold.tracked_branch :
  forall w a v : R,
     0 < v ->
     forall x : R,
     1 < a / sqrt v ->
     C5_Fold.arccosh (a / sqrt v) < a * x / v + / 2 * ln (w / (1 - w)) -> C5_Fold.slope_w w a v x < 0).

(* ---- C6_Cusp ---- *)
Check (@C6_Cusp.cusp :
  filterlim (fun d : R => C5_Fold.G d / ((d - 1) * sqrt (d - 1))) (at_right 1) (locally (8 * sqrt 2 / 3))).
Check (@C6_Cusp.cusp_bounds :
  forall d : R, 1 < d -> 8 * sqrt 2 / 3 <= C5_Fold.G d / ((d - 1) * sqrt (d - 1)) <= 8 / 3 * sqrt (d + 1)).

(* ---- C7_Speciation ---- *)
Goal @C7_Speciation.t_c =
  (fun D r q : R => / 2 * ln (1 + D * r ^ 2 - q)).
Proof. reflexivity. Qed.
Goal @C7_Speciation.Lambda =
  (fun D r q : R => D * r ^ 2 + q).
Proof. reflexivity. Qed.
Goal @C7_Speciation.cov0 =
  (fun (d : nat) (mu : MixtureRd.vec) (q : R) (u : MixtureRd.vec) (k : nat) =>
     MixtureRd.dot d mu u * mu k + q * u k).
Proof. reflexivity. Qed.
Check (@C7_Speciation.speciation_time :
  forall D r q t : R,
     0 < D ->
     0 <= q ->
     q < D * r ^ 2 ->
     C2_Pitchfork.veff (exp (- t)) q (1 - exp (-2 * t)) = exp (- t) ^ 2 * (D * r ^ 2) <->
     t = C7_Speciation.t_c D r q).
Check (@C7_Speciation.top_eigenvalue :
  forall (d : nat) (mu : MixtureRd.vec) (q : R),
     0 < MixtureRd.dot d mu mu ->
     ExtraTools.is_largest_eigenvalue d (C7_Speciation.cov0 d mu q) (MixtureRd.dot d mu mu + q)).
Check (@C7_Speciation.offset_exact :
  forall D r q : R,
     0 <= q ->
     q < D * r ^ 2 ->
     C7_Speciation.t_c D r q - / 2 * ln (C7_Speciation.Lambda D r q) =
     / 2 * ln (1 + (1 - 2 * q) / (D * r ^ 2 + q))).
Check (@C7_Speciation.offset_limit :
  forall r q : R,
     0 < r ->
     0 <= q ->
     filterlim (fun D : R => D * (C7_Speciation.t_c D r q - / 2 * ln (C7_Speciation.Lambda D r q)))
       (Rbar_locally p_infty) (locally ((1 - 2 * q) / (2 * r ^ 2)))).

(* ---- C8_UniversalOffsets ---- *)
Goal @C8_UniversalOffsets.ker =
  (fun (n : nat) (v x : R) => (x ^ 2) ^ n * exp (- (v * x ^ 2 / 2)) / cosh x).
Proof. reflexivity. Qed.
Goal @C8_UniversalOffsets.MM =
  (fun (n : nat) (v : R) => Improper.IR (C8_UniversalOffsets.ker n v)).
Proof. reflexivity. Qed.
Goal @C8_UniversalOffsets.B =
  (fun v : R => C8_UniversalOffsets.MM 0 v).
Proof. reflexivity. Qed.
Goal @C8_UniversalOffsets.N =
  (fun v : R => C8_UniversalOffsets.MM 1 v).
Proof. reflexivity. Qed.
Goal @C8_UniversalOffsets.theta =
  (fun v : R => v * C8_UniversalOffsets.N v / (2 * C8_UniversalOffsets.B v)).
Proof. reflexivity. Qed.
Goal @C8_UniversalOffsets.psi =
  (fun j v : R => / 2 - j + / (2 * v) - C8_UniversalOffsets.theta v).
Proof. reflexivity. Qed.
Goal @C8_UniversalOffsets.rate =
  (fun j v : R => Rpower v (- j) * TwoDeltaEntropy.mmse2 1 v).
Proof. reflexivity. Qed.
Goal @C8_UniversalOffsets.kz =
  (fun (n : nat) (s z : R) => (z ^ 2) ^ n * exp (- (z ^ 2 / 2)) / cosh (s * z)).
Proof. reflexivity. Qed.
Check (@C8_UniversalOffsets.mmse_in_k :
  forall b s2 : R,
     0 < b -> 0 < s2 -> TwoDeltaEntropy.mmse2 b s2 = b ^ 2 * TwoDeltaEntropy.mmse2 1 (s2 / b ^ 2)).
Check (@C8_UniversalOffsets.label_entropy_in_k :
  forall b s2 : R, 0 < b -> 0 < s2 -> TwoDeltaEntropy.H2 b s2 = TwoDeltaEntropy.H2 1 (s2 / b ^ 2)).
Check (@C8_UniversalOffsets.rate_slope :
  forall j v : R,
     0 < v ->
     is_derive (C8_UniversalOffsets.rate j) v
       (C8_UniversalOffsets.rate j v * C8_UniversalOffsets.psi j v / v)).
Check (@C8_UniversalOffsets.unique_peak :
  forall j : R,
     / 2 <= j ->
     exists vj : R,
       0 < vj /\
       (forall v : R, 0 < v -> v < vj -> 0 < C8_UniversalOffsets.psi j v) /\
       (forall v : R, vj < v -> C8_UniversalOffsets.psi j v < 0) /\
       (forall v : R, 0 < v -> v <> vj -> C8_UniversalOffsets.rate j v < C8_UniversalOffsets.rate j vj)).
Check (@C8_UniversalOffsets.peaks_ordered :
  forall i j vi vj : R,
     0 < vi ->
     0 < vj -> C8_UniversalOffsets.psi i vi = 0 -> C8_UniversalOffsets.psi j vj = 0 -> i < j -> / vi < / vj).

(* ---- C9_Sharpening ---- *)
Goal @C9_Sharpening.k_ou =
  (fun D r q t : R => exp (- t) ^ 2 * (D * r ^ 2) / C2_Pitchfork.veff (exp (- t)) q (1 - exp (-2 * t))).
Proof. reflexivity. Qed.
Goal @C9_Sharpening.place_ou =
  (fun D r q k : R => / 2 * ln (1 - q + D * r ^ 2 / k)).
Proof. reflexivity. Qed.
Goal @C9_Sharpening.k_ve =
  (fun D r s : R => D * r ^ 2 / s ^ 2).
Proof. reflexivity. Qed.
Goal @C9_Sharpening.place_ve =
  (fun D r k : R => sqrt (D * r ^ 2 / k)).
Proof. reflexivity. Qed.
Check (@C9_Sharpening.place_in_ou :
  forall D r q k t : R,
     0 < k ->
     0 <= q ->
     0 < D * r ^ 2 ->
     0 < 1 - q + D * r ^ 2 / k ->
     0 < C2_Pitchfork.veff (exp (- t)) q (1 - exp (-2 * t)) ->
     C9_Sharpening.k_ou D r q t = k <-> t = C9_Sharpening.place_ou D r q k).
Check (@C9_Sharpening.window_in_ou :
  forall D r k1 k2 : R,
     0 < D * r ^ 2 ->
     0 < k1 ->
     0 < k2 -> C9_Sharpening.place_ou D r 1 k1 - C9_Sharpening.place_ou D r 1 k2 = / 2 * ln (k2 / k1)).
Check (@C9_Sharpening.sharpens_in_ou :
  forall r k1 k2 kV : R,
     0 < r ->
     0 < k1 ->
     0 < k2 ->
     0 < kV ->
     filterlim
       (fun D : R =>
        (C9_Sharpening.place_ou D r 1 k1 - C9_Sharpening.place_ou D r 1 k2) / C9_Sharpening.place_ou D r 1 kV)
       (Rbar_locally p_infty) (locally 0)).
Check (@C9_Sharpening.place_in_ve :
  forall D r k s : R,
     0 < D * r ^ 2 -> 0 < k -> 0 < s -> C9_Sharpening.k_ve D r s = k <-> s = C9_Sharpening.place_ve D r k).
Check (@C9_Sharpening.no_sharpening :
  forall D r k kV : R,
     0 < D * r ^ 2 ->
     0 < k ->
     0 < kV ->
     C9_Sharpening.place_ve D r k / C9_Sharpening.place_ve D r kV = sqrt (kV / k) /\
     C9_Sharpening.place_ve D r k ^ 2 / C9_Sharpening.place_ve D r kV ^ 2 = kV / k).
Check (@C9_Sharpening.sharpens_in_log_sigma :
  forall r k1 k2 kV : R,
     0 < r ->
     0 < k1 ->
     0 < k2 ->
     0 < kV ->
     filterlim
       (fun D : R =>
        (ln (C9_Sharpening.place_ve D r k1) - ln (C9_Sharpening.place_ve D r k2)) /
        ln (C9_Sharpening.place_ve D r kV)) (Rbar_locally p_infty) (locally 0)).

(* ---- C11_Goldstone ---- *)
Goal @C11_Goldstone.origin =
  (fun _ : nat => 0).
Proof. reflexivity. Qed.
Check (@C11_Goldstone.origin_jacobian :
  forall (d : nat) (I : Type) (l : list I) (w : I -> R) (y : I -> MixtureRd.vec) (alpha s2 radius : R),
     (0 < d)%nat ->
     l <> nil ->
     (forall i : I, In i l -> 0 < w i) ->
     Tilt.Sl l w = 1 ->
     0 < s2 ->
     (forall i : I, In i l -> MixtureRd.dot d (y i) (y i) = radius ^ 2) ->
     (forall k : nat, (k < d)%nat -> Tilt.Sl l (fun i : I => w i * y i k) = 0) ->
     (forall k m : nat,
      (k < d)%nat ->
      (m < d)%nat ->
      Tilt.Sl l (fun i : I => w i * (y i k * y i m)) = (if Nat.eq_dec k m then radius ^ 2 / INR d else 0)) ->
     forall (u : MixtureRd.vec) (k : nat),
     (k < d)%nat ->
     C1_Instability.jac d I l w y alpha s2 C11_Goldstone.origin u k =
     (alpha ^ 2 * radius ^ 2 / INR d - s2) / s2 ^ 2 * u k).
Check (@C11_Goldstone.origin_unstable_iff :
  forall (d : nat) (alpha s2 radius : R),
     0 < s2 -> 0 < (alpha ^ 2 * radius ^ 2 / INR d - s2) / s2 ^ 2 <-> s2 < alpha ^ 2 * radius ^ 2 / INR d).

(* ---- C12_FlowMap ---- *)
Goal @C12_FlowMap.atoms_t =
  (fun (I : Type) (alpha : R -> R) (y : I -> MixtureRd.vec) (t : R) (i : I) (k : nat) => alpha t * y i k).
Proof. reflexivity. Qed.
Goal @C12_FlowMap.p_t =
  (fun (d : nat) (I : Type) (l : list I) (w : I -> R) (y : I -> MixtureRd.vec) 
       (alpha s2 : R -> R) (t : R) (x : MixtureRd.vec) =>
     MixtureRd.p d l w (C12_FlowMap.atoms_t I alpha y t) (s2 t) x).
Proof. reflexivity. Qed.
Goal @C12_FlowMap.s_t =
  (fun (d : nat) (I : Type) (l : list I) (w : I -> R) (y : I -> MixtureRd.vec) 
       (alpha s2 : R -> R) (t : R) (x : MixtureRd.vec) (k : nat) =>
     MixtureRd.score d l w (C12_FlowMap.atoms_t I alpha y t) (s2 t) x k).
Proof. reflexivity. Qed.
Goal @C12_FlowMap.ds_t =
  (fun (d : nat) (I : Type) (l : list I) (w : I -> R) (y : I -> MixtureRd.vec) 
       (alpha s2 : R -> R) (t : R) (x : MixtureRd.vec) (k : nat) =>
     MixtureRd.dk_score d l w (C12_FlowMap.atoms_t I alpha y t) (s2 t) x k).
Proof. reflexivity. Qed.
Goal @C12_FlowMap.flow =
  (fun (d : nat) (I : Type) (l : list I) (w : I -> R) (y : I -> MixtureRd.vec) 
       (alpha s2 f g2 : R -> R) (t : R) (x : MixtureRd.vec) (k : nat) =>
     f t * x k - g2 t / 2 * C12_FlowMap.s_t d I l w y alpha s2 t x k).
Proof. reflexivity. Qed.
Goal @C12_FlowMap.div_flow =
  (fun (d : nat) (I : Type) (l : list I) (w : I -> R) (y : I -> MixtureRd.vec) 
       (alpha s2 f g2 : R -> R) (t : R) (x : MixtureRd.vec) =>
     f t * INR d - g2 t / 2 * Tilt.Sl (seq 0 d) (fun k : nat => C12_FlowMap.ds_t d I l w y alpha s2 t x k)).
Proof. reflexivity. Qed.
Goal @C12_FlowMap.at1 =
  (fun (I : Type) (alpha : R -> R) (y : I -> R) (t : R) (i : I) => alpha t * y i).
Proof. reflexivity. Qed.
Goal @C12_FlowMap.score1 =
  (fun (I : Type) (l : list I) (w y : I -> R) (alpha s2 : R -> R) (t z : R) =>
     EntropyRate.score l w (C12_FlowMap.at1 I alpha y t) (s2 t) z).
Proof. reflexivity. Qed.
Goal @C12_FlowMap.flow1 =
  (fun (I : Type) (l : list I) (w y : I -> R) (alpha s2 f g2 : R -> R) (t z : R) =>
     f t * z - g2 t / 2 * C12_FlowMap.score1 I l w y alpha s2 t z).
Proof. reflexivity. Qed.
Goal @C12_FlowMap.cdf =
  (fun (I : Type) (l : list I) (w y : I -> R) (alpha s2 : R -> R) (t z : R) =>
     Tilt.Sl l (fun i : I => w i * (/ 2 + GaussInt.Phi (s2 t) (C12_FlowMap.at1 I alpha y t i) z))).
Proof. reflexivity. Qed.
Check (@C12_FlowMap.log_density_along_flow :
  forall (d : nat) (I : Type) (l : list I) (w : I -> R) (y : I -> MixtureRd.vec) (alpha s2 f g2 : R -> R),
     l <> nil ->
     (forall i : I, In i l -> 0 < w i) ->
     forall (x : R -> MixtureRd.vec) (t : R),
     0 < s2 t ->
     is_derive alpha t (f t * alpha t) ->
     is_derive s2 t (2 * f t * s2 t + g2 t) ->
     (forall k : nat,
      (k < d)%nat ->
      is_derive (fun t0 : R_AbsRing => x t0 k) t (C12_FlowMap.flow d I l w y alpha s2 f g2 t (x t) k)) ->
     is_derive (fun t0 : R_AbsRing => ln (C12_FlowMap.p_t d I l w y alpha s2 t0 (x t0))) t
       (- C12_FlowMap.div_flow d I l w y alpha s2 f g2 t (x t))).
Check (@C12_FlowMap.quantile_preserved :
  forall (I : Type) (l : list I) (w y : I -> R) (alpha s2 f g2 x : R -> R) (t0 t1 : R),
     l <> nil ->
     (forall i : I, In i l -> 0 < w i) ->
     t0 < t1 ->
     (forall t : R, t0 <= t <= t1 -> 0 < s2 t) ->
     (forall t : R, t0 <= t <= t1 -> is_derive alpha t (f t * alpha t)) ->
     (forall t : R, t0 <= t <= t1 -> is_derive s2 t (2 * f t * s2 t + g2 t)) ->
     (forall t : R, t0 <= t <= t1 -> is_derive x t (C12_FlowMap.flow1 I l w y alpha s2 f g2 t (x t))) ->
     C12_FlowMap.cdf I l w y alpha s2 t1 (x t1) = C12_FlowMap.cdf I l w y alpha s2 t0 (x t0)).
Check (@C12_FlowMap.divergence_of_flow :
  forall (d : nat) (I : Type) (l : list I) (w : I -> R) (y : I -> MixtureRd.vec) (alpha s2 f g2 : R -> R),
     l <> nil ->
     (forall i : I, In i l -> 0 < w i) ->
     forall (t : R) (x : MixtureRd.vec) (k : nat),
     0 < s2 t ->
     (k < d)%nat ->
     MixtureRd.is_dir (fun x0 : MixtureRd.vec => C12_FlowMap.flow d I l w y alpha s2 f g2 t x0 k) x
       (MixtureRd.basis k) (f t - g2 t / 2 * C12_FlowMap.ds_t d I l w y alpha s2 t x k)).

(* ---- C13_Sensitivity ---- *)
Check (@C13_Sensitivity.outcome_slope :
  forall b s2 x : R, 0 < s2 -> is_derive (TwoDelta.q2 b s2) x (b / (2 * s2) * (1 - tanh (b * x / s2) ^ 2))).
Check (@C13_Sensitivity.mean_sensitivity :
  forall alpha a s2 : R,
     0 < alpha ->
     0 < a ->
     0 < s2 ->
     let b := alpha * a in
     let k := b ^ 2 / s2 in
     Improper.is_IR (fun x : R => TwoDelta.p2 b s2 x * Derive (TwoDelta.q2 b s2) x)
       (alpha * a / (2 * s2) * TwoDeltaEntropy.mmse2 1 (/ k))).
Check (@C13_Sensitivity.mean_sensitivity_ve :
  forall a s2 : R,
     0 < a ->
     0 < s2 ->
     let k := a ^ 2 / s2 in
     Improper.is_IR (fun x : R => TwoDelta.p2 a s2 x * Derive (TwoDelta.q2 a s2) x)
       (/ (2 * a) * (k * TwoDeltaEntropy.mmse2 1 (/ k)))).
Check (@C13_Sensitivity.flow_density :
  forall a s2 : R,
     0 < a ->
     0 < s2 -> let k := a ^ 2 / s2 in TwoDelta.p2 a s2 0 = sqrt k * exp (- k / 2) / (sqrt (2 * PI) * a)).
Check (@C13_Sensitivity.flow_most_sensitive :
  forall k : R, 0 <= k -> k <> 1 -> sqrt k * exp (- k / 2) < sqrt 1 * exp (- (1) / 2)).

(* ---- C14_CovarianceClasses ---- *)
Goal @C14_CovarianceClasses.class_variance =
  (fun q e : R => 1 + e * (q - 1)).
Proof. reflexivity. Qed.
Goal @C14_CovarianceClasses.kl_gauss =
  (fun D V1 V2 : R => D / 2 * (V1 / V2 - 1 - ln (V1 / V2))).
Proof. reflexivity. Qed.
Goal @C14_CovarianceClasses.e_of =
  (fun q1 q2 k D : R => sqrt (8 * k / D) / Rabs (q1 - q2)).
Proof. reflexivity. Qed.
Goal @C14_CovarianceClasses.t_of =
  (fun q1 q2 k D : R => / 4 * ln (D * (q1 - q2) ^ 2 / (8 * k))).
Proof. reflexivity. Qed.
Check (@C14_CovarianceClasses.divergence_limit :
  forall q1 q2 k : R,
     0 < k ->
     q1 <> q2 ->
     filterlim
       (fun D : R =>
        C14_CovarianceClasses.kl_gauss D
          (C14_CovarianceClasses.class_variance q1 (C14_CovarianceClasses.e_of q1 q2 k D))
          (C14_CovarianceClasses.class_variance q2 (C14_CovarianceClasses.e_of q1 q2 k D)))
       (Rbar_locally p_infty) (locally (2 * k))).
Check (@C14_CovarianceClasses.place_inverse :
  forall q1 q2 k D : R,
     0 < k ->
     0 < D ->
     q1 <> q2 -> exp (-2 * C14_CovarianceClasses.t_of q1 q2 k D) = C14_CovarianceClasses.e_of q1 q2 k D).
Check (@C14_CovarianceClasses.no_sign_change :
  forall p1 p2 V1 V2 : R,
     0 <= p1 ->
     0 <= p2 ->
     p1 + p2 = 1 ->
     0 < V1 ->
     0 < V2 ->
     let score :=
       fun x : R =>
       (p1 * Base.phi V1 x * - (x / V1) + p2 * Base.phi V2 x * - (x / V2)) /
       (p1 * Base.phi V1 x + p2 * Base.phi V2 x) in
     let post := fun x : R => p1 * Base.phi V1 x / (p1 * Base.phi V1 x + p2 * Base.phi V2 x) in
     is_derive score 0 (- (post 0 / V1 + (1 - post 0) / V2)) /\ - (post 0 / V1 + (1 - post 0) / V2) < 0).

(* ---- C15_TopEigenvalue ---- *)
Check (@C15_TopEigenvalue.divergence_never_zero :
  forall (I : Type) (l : list I) (w y : I -> R) (v : R),
     l <> nil ->
     (forall i : I, In i l -> 0 < w i) ->
     Tilt.Sl l w = 1 ->
     0 < v ->
     exists J : R,
       Improper.is_IR (fun x : R => EntropyRate.p l w y v x * Derive (EntropyRate.score l w y v) x) (- J) /\
       Improper.is_IR (fun x : R => EntropyRate.p l w y v x * EntropyRate.score l w y v x ^ 2) J /\ 0 < J).
Check (@C15_TopEigenvalue.two_atoms_never_cross :
  forall a s2 : R,
     0 < a ->
     0 < s2 ->
     let k := a ^ 2 / s2 in
     Improper.is_IR (fun x : R => TwoDelta.p2 a s2 x * (a ^ 2 / s2 ^ 2 * (1 - tanh (a * x / s2) ^ 2) - / s2))
       (- (1 - k * TwoDeltaEntropy.mmse2 1 (/ k)) / s2) /\ - (1 - k * TwoDeltaEntropy.mmse2 1 (/ k)) / s2 < 0).
Check (@C15_TopEigenvalue.critical_reverse :
  forall f g2 lam : R, 0 < g2 -> - f + g2 * lam = 0 <-> lam = f / g2).
Check (@C15_TopEigenvalue.critical_flow :
  forall f g2 lam : R, 0 < g2 -> - f + g2 / 2 * lam = 0 <-> lam = 2 * f / g2).

(* ---- C16_CloneAgreement ---- *)
Goal @C16_CloneAgreement.agree =
  (fun (J : Type) (eq_dec : forall x y : J, {x = y} + {x <> y}) (l : list J) (pi : J -> R) =>
     Tilt.Sl l (fun y1 : J => Tilt.Sl l (fun y2 : J => pi y1 * pi y2 * (if eq_dec y1 y2 then 1 else 0)))).
Proof. reflexivity. Qed.
Check (@C16_CloneAgreement.agreement_given_x :
  forall (J : Type) (eq_dec : forall x y : J, {x = y} + {x <> y}) (l : list J) (pi : J -> R),
     NoDup l -> C16_CloneAgreement.agree eq_dec l pi = Tilt.Sl l (fun y : J => pi y ^ 2)).
Check (@C16_CloneAgreement.agreement_two :
  forall b v x : R,
     0 < v -> TwoDelta.q2 b v x ^ 2 + (1 - TwoDelta.q2 b v x) ^ 2 = 1 - / 2 * (1 - tanh (b * x / v) ^ 2)).
Check (@C16_CloneAgreement.agreement_pair :
  forall b v : R,
     0 < b ->
     0 < v ->
     Improper.is_IR (fun x : R => TwoDelta.p2 b v x * (TwoDelta.q2 b v x ^ 2 + (1 - TwoDelta.q2 b v x) ^ 2))
       (1 - / 2 * TwoDeltaEntropy.mmse2 1 (v / b ^ 2))).
Check (@C16_CloneAgreement.agreement_universal :
  forall D : R,
     0 < D ->
     let t := / 2 * ln D in
     let b := exp (- t) * sqrt D in
     let v := C2_Pitchfork.veff (exp (- t)) 1 (1 - exp (-2 * t)) in
     b = 1 /\
     v = 1 /\
     Improper.is_IR (fun x : R => TwoDelta.p2 b v x * (TwoDelta.q2 b v x ^ 2 + (1 - TwoDelta.q2 b v x) ^ 2))
       (1 - / 2 * TwoDeltaEntropy.mmse2 1 1)).

(* ---- D1_ReverseMartingale ---- *)
Goal @D1_ReverseMartingale.joint =
  (fun (I : Type) (w m V : I -> R) (x : R) (i : I) => w i * Base.phi (V i) (x - m i)).
Proof. reflexivity. Qed.
Goal @D1_ReverseMartingale.marginal =
  (fun (I : Type) (l : list I) (w m V : I -> R) (x : R) => Tilt.Sl l (D1_ReverseMartingale.joint w m V x)).
Proof. reflexivity. Qed.
Goal @D1_ReverseMartingale.posterior =
  (fun (I : Type) (l : list I) (w m V h : I -> R) (x : R) =>
     Tilt.Ex l (D1_ReverseMartingale.joint w m V x) h).
Proof. reflexivity. Qed.
Goal @D1_ReverseMartingale.m_next =
  (fun (I : Type) (c : R) (m : I -> R) (i : I) => c * m i).
Proof. reflexivity. Qed.
Goal @D1_ReverseMartingale.V_next =
  (fun (I : Type) (c r : R) (V : I -> R) (i : I) => c ^ 2 * V i + r).
Proof. reflexivity. Qed.
Check (@D1_ReverseMartingale.kernel_composition :
  forall (I : Type) (l : list I) (w m V : I -> R),
     (forall i : I, In i l -> 0 < V i) ->
     forall c r : R,
     0 < c ->
     0 < r ->
     forall (i : I) (x' : R),
     In i l ->
     Improper.is_IR (fun x : R => D1_ReverseMartingale.joint w m V x i * Base.phi r (x' - c * x))
       (D1_ReverseMartingale.joint w (D1_ReverseMartingale.m_next c m) (D1_ReverseMartingale.V_next c r V) x'
          i)).
Check (@D1_ReverseMartingale.reverse_martingale :
  forall (I : Type) (l : list I) (w m V : I -> R),
     l <> nil ->
     (forall i : I, In i l -> 0 < w i) ->
     (forall i : I, In i l -> 0 < V i) ->
     forall c r : R,
     0 < c ->
     0 < r ->
     forall (h : I -> R) (x' : R),
     Improper.is_IR
       (fun x : R =>
        D1_ReverseMartingale.posterior l w m V h x *
        (D1_ReverseMartingale.marginal l w m V x * Base.phi r (x' - c * x) /
         D1_ReverseMartingale.marginal l w (D1_ReverseMartingale.m_next c m)
           (D1_ReverseMartingale.V_next c r V) x'))
       (D1_ReverseMartingale.posterior l w (D1_ReverseMartingale.m_next c m)
          (D1_ReverseMartingale.V_next c r V) h x')).
Check (@D1_ReverseMartingale.schedule_kernel :
  forall a_s s2_s a_t s2_t q m : R,
     0 < a_s ->
     let c := a_t / a_s in
     let r := s2_t - c ^ 2 * s2_s in
     c * (a_s * m) = a_t * m /\ c ^ 2 * (a_s ^ 2 * q + s2_s) + r = a_t ^ 2 * q + s2_t).
Check (@D1_ReverseMartingale.reverse_martingale_schedule :
  forall (I : Type) (l : list I) (w m q h : I -> R) (a_s s2_s a_t s2_t x' : R),
     l <> nil ->
     (forall i : I, In i l -> 0 < w i) ->
     (forall i : I, In i l -> 0 <= q i) ->
     0 < a_s ->
     0 < a_t ->
     0 < s2_s ->
     a_t ^ 2 / a_s ^ 2 * s2_s < s2_t ->
     let f := fun (a s2 x : R) (i : I) => w i * Base.phi (a ^ 2 * q i + s2) (x - a * m i) in
     let p := fun a s2 x : R => Tilt.Sl l (f a s2 x) in
     let pi := fun a s2 x : R => Tilt.Ex l (f a s2 x) h in
     let kernel := fun x'0 x : R => Base.phi (s2_t - (a_t / a_s) ^ 2 * s2_s) (x'0 - a_t / a_s * x) in
     Improper.is_IR (fun x : R => pi a_s s2_s x * (p a_s s2_s x * kernel x' x / p a_t s2_t x'))
       (pi a_t s2_t x')).

(* ---- D2_PosteriorEntropySde ---- *)
Goal @D2_PosteriorEntropySde.entropy =
  (fun (J : Type) (l : list J) (m : J -> R) =>
     - Tilt.Sl l (fun j : J => m j / Tilt.Sl l m * ln (m j / Tilt.Sl l m))).
Proof. reflexivity. Qed.
Goal @D2_PosteriorEntropySde.pi_ =
  (fun (J : Type) (l : list J) (F : J -> R -> R) (r : R) (j : J) => F j r / Tilt.Sl l (fun i : J => F i r)).
Proof. reflexivity. Qed.
Goal @D2_PosteriorEntropySde.grad1 =
  (fun (J : Type) (l : list J) (F F1 : J -> R -> R) (r : R) =>
     -
     Tilt.Sl l
       (fun j : J =>
        (F1 j r - D2_PosteriorEntropySde.pi_ l F r j * Tilt.Sl l (fun i : J => F1 i r)) /
        Tilt.Sl l (fun i : J => F i r) * ln (D2_PosteriorEntropySde.pi_ l F r j))).
Proof. reflexivity. Qed.
Goal @D2_PosteriorEntropySde.p_lab =
  (fun (J : Type) (l : list J) (F : J -> R -> MixtureRd.vec -> R) (s : R) (z : MixtureRd.vec) =>
     Tilt.Sl l (fun j : J => F j s z)).
Proof. reflexivity. Qed.
Goal @D2_PosteriorEntropySde.pi_lab =
  (fun (J : Type) (l : list J) (F : J -> R -> MixtureRd.vec -> R) (s : R) (z : MixtureRd.vec) (j : J) =>
     F j s z / D2_PosteriorEntropySde.p_lab l F s z).
Proof. reflexivity. Qed.
Goal @D2_PosteriorEntropySde.h_lab =
  (fun (J : Type) (l : list J) (F : J -> R -> MixtureRd.vec -> R) (s : R) (z : MixtureRd.vec) =>
     -
     Tilt.Sl l
       (fun j : J => D2_PosteriorEntropySde.pi_lab l F s z j * ln (D2_PosteriorEntropySde.pi_lab l F s z j))).
Proof. reflexivity. Qed.
Goal @D2_PosteriorEntropySde.s_lab =
  (fun (J : Type) (F : J -> R -> MixtureRd.vec -> R) (F1 : J -> MixtureRd.vec -> nat -> R) 
       (t : R) (z : MixtureRd.vec) (j : J) (k : nat) => F1 j z k / F j t z).
Proof. reflexivity. Qed.
Goal @D2_PosteriorEntropySde.s_all =
  (fun (J : Type) (l : list J) (F : J -> R -> MixtureRd.vec -> R) (F1 : J -> MixtureRd.vec -> nat -> R)
       (t : R) (z : MixtureRd.vec) (k : nat) =>
     Tilt.Sl l (fun j : J => F1 j z k) / D2_PosteriorEntropySde.p_lab l F t z).
Proof. reflexivity. Qed.
Goal @D2_PosteriorEntropySde.grad_h =
  (fun (J : Type) (l : list J) (F : J -> R -> MixtureRd.vec -> R) (F1 : J -> MixtureRd.vec -> nat -> R)
       (t : R) (z : MixtureRd.vec) (k : nat) =>
     -
     Tilt.Sl l
       (fun j : J =>
        D2_PosteriorEntropySde.pi_lab l F t z j * ln (D2_PosteriorEntropySde.pi_lab l F t z j) *
        (D2_PosteriorEntropySde.s_lab F F1 t z j k - D2_PosteriorEntropySde.s_all l F F1 t z k))).
Proof. reflexivity. Qed.
Goal @D2_PosteriorEntropySde.b_lab =
  (fun (J : Type) (d : nat) (l : list J) (F : J -> R -> MixtureRd.vec -> R)
       (F1 : J -> MixtureRd.vec -> nat -> R) (t : R) (z : MixtureRd.vec) =>
     Tilt.Sl l
       (fun j : J =>
        D2_PosteriorEntropySde.pi_lab l F t z j *
        Tilt.Sl (seq 0 d)
          (fun k : nat =>
           (D2_PosteriorEntropySde.s_lab F F1 t z j k - D2_PosteriorEntropySde.s_all l F F1 t z k) ^ 2))).
Proof. reflexivity. Qed.
Goal @D2_PosteriorEntropySde.lap_h =
  (fun (J : Type) (l : list J) (F : J -> R -> MixtureRd.vec -> R) (F1 : J -> MixtureRd.vec -> nat -> R)
       (F2 : J -> nat -> R) (t : R) (x : MixtureRd.vec) (k : nat) =>
     -2 * D2_PosteriorEntropySde.s_all l F F1 t x k * D2_PosteriorEntropySde.grad_h l F F1 t x k -
     Tilt.Sl l
       (fun j : J =>
        (F2 j k - D2_PosteriorEntropySde.pi_lab l F t x j * Tilt.Sl l (fun i : J => F2 i k)) /
        D2_PosteriorEntropySde.p_lab l F t x * ln (D2_PosteriorEntropySde.pi_lab l F t x j)) -
     Tilt.Sl l
       (fun j : J =>
        D2_PosteriorEntropySde.pi_lab l F t x j *
        (D2_PosteriorEntropySde.s_lab F F1 t x j k - D2_PosteriorEntropySde.s_all l F F1 t x k) ^ 2)).
Proof. reflexivity. Qed.
Goal @D2_PosteriorEntropySde.dt_h =
  (fun (J : Type) (l : list J) (F : J -> R -> MixtureRd.vec -> R) (Ft : J -> R) (t : R) (x : MixtureRd.vec)
     =>
     -
     Tilt.Sl l
       (fun j : J =>
        (Ft j - D2_PosteriorEntropySde.pi_lab l F t x j * Tilt.Sl l Ft) /
        D2_PosteriorEntropySde.p_lab l F t x * ln (D2_PosteriorEntropySde.pi_lab l F t x j))).
Proof. reflexivity. Qed.
Goal @D2_PosteriorEntropySde.atom_density =
  (fun (I : Type) (d : nat) (w : I -> R) (y : I -> MixtureRd.vec) (i : I) (v : R) (z : MixtureRd.vec) =>
     MixtureRd.fi d w y v z i).
Proof. reflexivity. Qed.
Goal @D2_PosteriorEntropySde.atom_slope =
  (fun (I : Type) (d : nat) (w : I -> R) (y : I -> MixtureRd.vec) (v : R) (i : I) 
       (z : MixtureRd.vec) (k : nat) => (y i k - z k) / v * MixtureRd.fi d w y v z i).
Proof. reflexivity. Qed.
Check (@D2_PosteriorEntropySde.entropy_gradient :
  forall (J : Type) (d : nat) (l : list J) (F : J -> R -> MixtureRd.vec -> R)
       (F1 : J -> MixtureRd.vec -> nat -> R) (t : R),
     l <> nil ->
     (forall (j : J) (z : MixtureRd.vec), In j l -> 0 < F j t z) ->
     (forall (j : J) (z : MixtureRd.vec) (k : nat),
      In j l ->
      (k < d)%nat -> MixtureRd.is_dir (fun z0 : MixtureRd.vec => F j t z0) z (MixtureRd.basis k) (F1 j z k)) ->
     forall (z : MixtureRd.vec) (k : nat),
     (k < d)%nat ->
     MixtureRd.is_dir (fun z0 : MixtureRd.vec => D2_PosteriorEntropySde.h_lab l F t z0) z 
       (MixtureRd.basis k) (D2_PosteriorEntropySde.grad_h l F F1 t z k)).
Check (@D2_PosteriorEntropySde.posterior_entropy_drift :
  forall (J : Type) (d : nat) (l : list J) (f g2 : R) (F : J -> R -> MixtureRd.vec -> R)
       (F1 : J -> MixtureRd.vec -> nat -> R) (F2 : J -> nat -> R) (Ft : J -> R) (t : R) 
       (x : MixtureRd.vec),
     l <> nil ->
     (forall (j : J) (z : MixtureRd.vec), In j l -> 0 < F j t z) ->
     (forall (j : J) (z : MixtureRd.vec) (k : nat),
      In j l ->
      (k < d)%nat -> MixtureRd.is_dir (fun z0 : MixtureRd.vec => F j t z0) z (MixtureRd.basis k) (F1 j z k)) ->
     (forall (j : J) (k : nat),
      In j l ->
      (k < d)%nat -> MixtureRd.is_dir (fun z : MixtureRd.vec => F1 j z k) x (MixtureRd.basis k) (F2 j k)) ->
     (forall j : J, In j l -> is_derive (fun s : R_AbsRing => F j s x) t (Ft j)) ->
     (forall j : J,
      In j l ->
      Ft j =
      - f * Tilt.Sl (seq 0 d) (fun k : nat => F j t x + x k * F1 j x k) +
      g2 / 2 * Tilt.Sl (seq 0 d) (fun k : nat => F2 j k)) ->
     exists (ht : R_NormedModule) (hkk : nat -> R),
       is_derive (fun s : R_AbsRing => D2_PosteriorEntropySde.h_lab l F s x) t ht /\
       (forall k : nat,
        (k < d)%nat ->
        MixtureRd.is_dir (fun z : MixtureRd.vec => D2_PosteriorEntropySde.grad_h l F F1 t z k) x
          (MixtureRd.basis k) (hkk k)) /\
       - ht +
       Tilt.Sl (seq 0 d)
         (fun k : nat =>
          (g2 * D2_PosteriorEntropySde.s_all l F F1 t x k - f * x k) *
          D2_PosteriorEntropySde.grad_h l F F1 t x k) + g2 / 2 * Tilt.Sl (seq 0 d) hkk =
       - (g2 / 2) * D2_PosteriorEntropySde.b_lab d l F F1 t x).
Check (@D2_PosteriorEntropySde.posterior_entropy_drift_atoms :
  forall (d : nat) (I : Type) (l : list I) (w : I -> R) (y : I -> MixtureRd.vec) 
       (v : R) (x : MixtureRd.vec),
     l <> nil ->
     (forall i : I, In i l -> 0 < w i) ->
     0 < v ->
     let F := D2_PosteriorEntropySde.atom_density I d w y in
     let F1 := D2_PosteriorEntropySde.atom_slope I d w y v in
     exists (ht : R_NormedModule) (hkk : nat -> R),
       is_derive (fun s : R_AbsRing => D2_PosteriorEntropySde.h_lab l F s x) v ht /\
       (forall (z : MixtureRd.vec) (k : nat),
        (k < d)%nat ->
        MixtureRd.is_dir (fun z0 : MixtureRd.vec => D2_PosteriorEntropySde.h_lab l F v z0) z
          (MixtureRd.basis k) (D2_PosteriorEntropySde.grad_h l F F1 v z k)) /\
       (forall k : nat,
        (k < d)%nat ->
        MixtureRd.is_dir (fun z : MixtureRd.vec => D2_PosteriorEntropySde.grad_h l F F1 v z k) x
          (MixtureRd.basis k) (hkk k)) /\
       - ht +
       Tilt.Sl (seq 0 d)
         (fun k : nat =>
          D2_PosteriorEntropySde.s_all l F F1 v x k * D2_PosteriorEntropySde.grad_h l F F1 v x k) +
       / 2 * Tilt.Sl (seq 0 d) hkk = - / 2 * D2_PosteriorEntropySde.b_lab d l F F1 v x).

(* ---- D3_VarianceProduction ---- *)
Goal @D3_VarianceProduction.ent =
  (fun (I : Type) (l : list I) (w y : I -> R) (v x : R) =>
     EntropyRate.u l w y v x / EntropyRate.p l w y v x).
Proof. reflexivity. Qed.
Goal @D3_VarianceProduction.grad =
  (fun (I : Type) (l : list I) (w y : I -> R) (v x : R) =>
     (EntropyRate.U1 l w y v x - EntropyRate.u l w y v x * EntropyRate.score l w y v x) /
     EntropyRate.p l w y v x).
Proof. reflexivity. Qed.
Goal @D3_VarianceProduction.stretch =
  (fun (I : Type) (l : list I) (w y : I -> R) (v x : R) => EntropyRate.var l w y v x / v ^ 2).
Proof. reflexivity. Qed.
Goal @D3_VarianceProduction.E_of =
  (fun (I : Type) (l : list I) (w y : I -> R) (v : R) (F : R -> R) =>
     Improper.IR (fun x : R => EntropyRate.p l w y v x * F x)).
Proof. reflexivity. Qed.
Goal @D3_VarianceProduction.Var_ent =
  (fun (I : Type) (l : list I) (w y : I -> R) (v : R) =>
     D3_VarianceProduction.E_of l w y v (fun x : R => D3_VarianceProduction.ent l w y v x ^ 2) -
     D3_VarianceProduction.E_of l w y v (D3_VarianceProduction.ent l w y v) ^ 2).
Proof. reflexivity. Qed.
Check (@D3_VarianceProduction.entropy_at_point :
  forall (I : Type) (l : list I) (w y : I -> R),
     l <> nil ->
     (forall i : I, In i l -> 0 < w i) ->
     forall v x : R,
     0 < v ->
     D3_VarianceProduction.ent l w y v x =
     - Tilt.Sl l (fun i : I => D4_TotalVariance.pi_at l w y v x i * ln (D4_TotalVariance.pi_at l w y v x i))).
Check (@D3_VarianceProduction.gradient_at_point :
  forall (I : Type) (l : list I) (w y : I -> R),
     l <> nil ->
     (forall i : I, In i l -> 0 < w i) ->
     forall (v : R) (x : R_AbsRing),
     0 < v ->
     is_derive (D3_VarianceProduction.ent l w y v) x (D3_VarianceProduction.grad l w y v x) /\
     D3_VarianceProduction.grad l w y v x =
     -
     Tilt.Sl l
       (fun i : I =>
        D4_TotalVariance.pi_at l w y v x i * ln (D4_TotalVariance.pi_at l w y v x i) *
        ((y i - x) / v - EntropyRate.score l w y v x))).
Check (@D3_VarianceProduction.stretch_at_point :
  forall (I : Type) (l : list I) (w y : I -> R),
     l <> nil ->
     (forall i : I, In i l -> 0 < w i) ->
     forall v x : R,
     0 < v ->
     D3_VarianceProduction.stretch l w y v x =
     Tilt.Sl l
       (fun i : I => D4_TotalVariance.pi_at l w y v x i * ((y i - x) / v - EntropyRate.score l w y v x) ^ 2)).
Check (@D3_VarianceProduction.means_exist :
  forall (I : Type) (l : list I) (w y : I -> R),
     l <> nil ->
     (forall i : I, In i l -> 0 < w i) ->
     forall v : R,
     0 < v ->
     Improper.is_IR (fun x : R => EntropyRate.p l w y v x * D3_VarianceProduction.ent l w y v x)
       (D3_VarianceProduction.E_of l w y v (D3_VarianceProduction.ent l w y v)) /\
     D3_VarianceProduction.E_of l w y v (D3_VarianceProduction.ent l w y v) = EntropyRate.H l w y v /\
     Improper.is_IR (fun x : R => EntropyRate.p l w y v x * D3_VarianceProduction.stretch l w y v x)
       (D3_VarianceProduction.E_of l w y v (D3_VarianceProduction.stretch l w y v)) /\
     D3_VarianceProduction.E_of l w y v (D3_VarianceProduction.stretch l w y v) =
     EntropyRate.mmse l w y v / v ^ 2 /\
     Improper.is_IR (fun x : R => EntropyRate.p l w y v x * D3_VarianceProduction.grad l w y v x ^ 2)
       (D3_VarianceProduction.E_of l w y v (fun x : R => D3_VarianceProduction.grad l w y v x ^ 2)) /\
     Improper.is_IR
       (fun x : R =>
        EntropyRate.p l w y v x *
        (D3_VarianceProduction.ent l w y v x * D3_VarianceProduction.stretch l w y v x))
       (D3_VarianceProduction.E_of l w y v
          (fun x : R => D3_VarianceProduction.ent l w y v x * D3_VarianceProduction.stretch l w y v x))).
Check (@D3_VarianceProduction.square_exists :
  forall (I : Type) (l : list I) (w y : I -> R),
     l <> nil ->
     (forall i : I, In i l -> 0 < w i) ->
     forall v : R,
     0 < v ->
     Improper.is_IR (fun x : R => EntropyRate.p l w y v x * D3_VarianceProduction.ent l w y v x ^ 2)
       (D3_VarianceProduction.E_of l w y v (fun x : R => D3_VarianceProduction.ent l w y v x ^ 2))).
Check (@D3_VarianceProduction.mean_entropy_production :
  forall (I : Type) (l : list I) (w y : I -> R),
     l <> nil ->
     (forall i : I, In i l -> 0 < w i) ->
     forall v : R,
     0 < v ->
     is_derive (fun z : R_AbsRing => D3_VarianceProduction.E_of l w y z (D3_VarianceProduction.ent l w y z))
       v (/ 2 * D3_VarianceProduction.E_of l w y v (D3_VarianceProduction.stretch l w y v))).
Check (@D3_VarianceProduction.variance_production :
  forall (I : Type) (l : list I) (w y : I -> R),
     l <> nil ->
     (forall i : I, In i l -> 0 < w i) ->
     forall v : R,
     0 < v ->
     is_derive (D3_VarianceProduction.Var_ent l w y) v
       (-
        (D3_VarianceProduction.E_of l w y v (fun x : R => D3_VarianceProduction.grad l w y v x ^ 2) -
         (D3_VarianceProduction.E_of l w y v
            (fun x : R => D3_VarianceProduction.ent l w y v x * D3_VarianceProduction.stretch l w y v x) -
          D3_VarianceProduction.E_of l w y v (D3_VarianceProduction.ent l w y v) *
          D3_VarianceProduction.E_of l w y v (D3_VarianceProduction.stretch l w y v))))).
Check (@D3_VarianceProduction.variance_production_reverse :
  forall (I : Type) (l : list I) (w y : I -> R),
     l <> nil ->
     (forall i : I, In i l -> 0 < w i) ->
     forall T tau : R,
     tau < T ->
     is_derive (fun tau0 : R_AbsRing => D3_VarianceProduction.Var_ent l w y (T - tau0)) tau
       (D3_VarianceProduction.E_of l w y (T - tau)
          (fun x : R => D3_VarianceProduction.grad l w y (T - tau) x ^ 2) -
        (D3_VarianceProduction.E_of l w y (T - tau)
           (fun x : R =>
            D3_VarianceProduction.ent l w y (T - tau) x * D3_VarianceProduction.stretch l w y (T - tau) x) -
         D3_VarianceProduction.E_of l w y (T - tau) (D3_VarianceProduction.ent l w y (T - tau)) *
         D3_VarianceProduction.E_of l w y (T - tau) (D3_VarianceProduction.stretch l w y (T - tau))))).
Check (@D3_VarianceProduction.squared_entropy_drift :
  forall (J : Type) (d : nat) (l : list J) (f g2 : R) (F : J -> R -> MixtureRd.vec -> R)
       (F1 : J -> MixtureRd.vec -> nat -> R) (F2 : J -> nat -> R) (Ft : J -> R) (t : R) 
       (x : MixtureRd.vec),
     l <> nil ->
     (forall (j : J) (z : MixtureRd.vec), In j l -> 0 < F j t z) ->
     (forall (j : J) (z : MixtureRd.vec) (k : nat),
      In j l ->
      (k < d)%nat -> MixtureRd.is_dir (fun z0 : MixtureRd.vec => F j t z0) z (MixtureRd.basis k) (F1 j z k)) ->
     (forall (j : J) (k : nat),
      In j l ->
      (k < d)%nat -> MixtureRd.is_dir (fun z : MixtureRd.vec => F1 j z k) x (MixtureRd.basis k) (F2 j k)) ->
     (forall j : J, In j l -> is_derive (fun s : R_AbsRing => F j s x) t (Ft j)) ->
     (forall j : J,
      In j l ->
      Ft j =
      - f * Tilt.Sl (seq 0 d) (fun k : nat => F j t x + x k * F1 j x k) +
      g2 / 2 * Tilt.Sl (seq 0 d) (fun k : nat => F2 j k)) ->
     exists (Ht : R_NormedModule) (Hkk : nat -> R),
       is_derive (fun s : R_AbsRing => D2_PosteriorEntropySde.h_lab l F s x ^ 2) t Ht /\
       (forall (z : MixtureRd.vec) (k : nat),
        (k < d)%nat ->
        MixtureRd.is_dir (fun z0 : MixtureRd.vec => D2_PosteriorEntropySde.h_lab l F t z0 ^ 2) z
          (MixtureRd.basis k)
          (2 * D2_PosteriorEntropySde.h_lab l F t z * D2_PosteriorEntropySde.grad_h l F F1 t z k)) /\
       (forall k : nat,
        (k < d)%nat ->
        MixtureRd.is_dir
          (fun z : MixtureRd.vec =>
           2 * D2_PosteriorEntropySde.h_lab l F t z * D2_PosteriorEntropySde.grad_h l F F1 t z k) x
          (MixtureRd.basis k) (Hkk k)) /\
       - Ht +
       Tilt.Sl (seq 0 d)
         (fun k : nat =>
          (g2 * D2_PosteriorEntropySde.s_all l F F1 t x k - f * x k) *
          (2 * D2_PosteriorEntropySde.h_lab l F t x * D2_PosteriorEntropySde.grad_h l F F1 t x k)) +
       g2 / 2 * Tilt.Sl (seq 0 d) Hkk =
       g2 *
       (Tilt.Sl (seq 0 d) (fun k : nat => D2_PosteriorEntropySde.grad_h l F F1 t x k ^ 2) -
        D2_PosteriorEntropySde.h_lab l F t x * D2_PosteriorEntropySde.b_lab d l F F1 t x)).

(* ---- D4_TotalVariance ---- *)
Goal @D4_TotalVariance.pi_at =
  (fun (I : Type) (l : list I) (w y : I -> R) (v x : R) (i : I) =>
     EntropyRate.f w y v x i / EntropyRate.p l w y v x).
Proof. reflexivity. Qed.
Goal @D4_TotalVariance.iota =
  (fun (I : Type) (l : list I) (w y : I -> R) (v x : R) (i : I) =>
     - ln (D4_TotalVariance.pi_at l w y v x i)).
Proof. reflexivity. Qed.
Goal @D4_TotalVariance.h_at =
  (fun (I : Type) (l : list I) (w y : I -> R) (v x : R) =>
     Tilt.Sl l (fun i : I => D4_TotalVariance.pi_at l w y v x i * D4_TotalVariance.iota l w y v x i)).
Proof. reflexivity. Qed.
Goal @D4_TotalVariance.second_at =
  (fun (I : Type) (l : list I) (w y : I -> R) (v x : R) =>
     Tilt.Sl l (fun i : I => D4_TotalVariance.pi_at l w y v x i * D4_TotalVariance.iota l w y v x i ^ 2)).
Proof. reflexivity. Qed.
Goal @D4_TotalVariance.varentropy =
  (fun (I : Type) (l : list I) (w y : I -> R) (v x : R) =>
     D4_TotalVariance.second_at l w y v x - D4_TotalVariance.h_at l w y v x ^ 2).
Proof. reflexivity. Qed.
Goal @D4_TotalVariance.E_iota =
  (fun (I : Type) (l : list I) (w y : I -> R) (v : R) (n : nat) =>
     Improper.IR
       (fun x : R => Tilt.Sl l (fun i : I => EntropyRate.f w y v x i * D4_TotalVariance.iota l w y v x i ^ n))).
Proof. reflexivity. Qed.
Goal @D4_TotalVariance.Var_iota =
  (fun (I : Type) (l : list I) (w y : I -> R) (v : R) =>
     D4_TotalVariance.E_iota l w y v 2 - D4_TotalVariance.E_iota l w y v 1 ^ 2).
Proof. reflexivity. Qed.
Goal @D4_TotalVariance.E_h =
  (fun (I : Type) (l : list I) (w y : I -> R) (v : R) =>
     Improper.IR (fun x : R => EntropyRate.p l w y v x * D4_TotalVariance.h_at l w y v x)).
Proof. reflexivity. Qed.
Goal @D4_TotalVariance.Var_h =
  (fun (I : Type) (l : list I) (w y : I -> R) (v : R) =>
     Improper.IR (fun x : R => EntropyRate.p l w y v x * D4_TotalVariance.h_at l w y v x ^ 2) -
     D4_TotalVariance.E_h l w y v ^ 2).
Proof. reflexivity. Qed.
Goal @D4_TotalVariance.E_varentropy =
  (fun (I : Type) (l : list I) (w y : I -> R) (v : R) =>
     Improper.IR (fun x : R => EntropyRate.p l w y v x * D4_TotalVariance.varentropy l w y v x)).
Proof. reflexivity. Qed.
Goal @D4_TotalVariance.info =
  (fun r z : R => - ln (Base.phi r z)).
Proof. reflexivity. Qed.
Check (@D4_TotalVariance.surprisal_mean :
  forall (I : Type) (l : list I) (w y : I -> R),
     l <> nil ->
     (forall i : I, In i l -> 0 < w i) ->
     forall v : R,
     0 < v ->
     Improper.is_IR
       (fun x : R => Tilt.Sl l (fun i : I => EntropyRate.f w y v x i * D4_TotalVariance.iota l w y v x i ^ 1))
       (D4_TotalVariance.E_h l w y v) /\ D4_TotalVariance.E_h l w y v = EntropyRate.H l w y v).
Check (@D4_TotalVariance.surprisal_square :
  forall (I : Type) (l : list I) (w y : I -> R),
     l <> nil ->
     (forall i : I, In i l -> 0 < w i) ->
     forall v : R,
     0 < v ->
     Improper.is_IR
       (fun x : R => Tilt.Sl l (fun i : I => EntropyRate.f w y v x i * D4_TotalVariance.iota l w y v x i ^ 2))
       (Improper.IR (fun x : R => EntropyRate.p l w y v x * D4_TotalVariance.second_at l w y v x))).
Check (@D4_TotalVariance.total_variance :
  forall (I : Type) (l : list I) (w y : I -> R),
     l <> nil ->
     (forall i : I, In i l -> 0 < w i) ->
     forall v : R,
     0 < v ->
     D4_TotalVariance.Var_iota l w y v =
     D4_TotalVariance.E_varentropy l w y v + D4_TotalVariance.Var_h l w y v).
Check (@D4_TotalVariance.gaussian_information_variance :
  forall r : R,
     0 < r ->
     exists m1 m2 : R,
       Improper.is_IR (fun z : R => Base.phi r z * D4_TotalVariance.info r z) m1 /\
       Improper.is_IR (fun z : R => Base.phi r z * D4_TotalVariance.info r z ^ 2) m2 /\ m2 - m1 ^ 2 = / 2).

(* ---- D5_Innovation ---- *)
Goal @D5_Innovation.snr =
  (fun alpha s2 a : R => alpha ^ 2 * a ^ 2 / s2).
Proof. reflexivity. Qed.
Goal @D5_Innovation.u_of =
  (fun alpha s2 a x : R => alpha * a * x / s2).
Proof. reflexivity. Qed.
Check (@D5_Innovation.log_odds :
  forall alpha s2 a x : R,
     0 < s2 ->
     ln (TwoDelta.q2 (alpha * a) s2 x / (1 - TwoDelta.q2 (alpha * a) s2 x)) =
     2 * D5_Innovation.u_of alpha s2 a x).
Check (@D5_Innovation.log_odds_weights :
  forall w alpha s2 a x : R,
     0 < w < 1 ->
     0 < s2 ->
     let f := fun y pr : R => pr * Base.phi s2 (x - y * alpha * a) in
     ln (f 1 w / f (-1) (1 - w)) = 2 * D5_Innovation.u_of alpha s2 a x + ln (w / (1 - w))).
Check (@D5_Innovation.innovation :
  forall alpha sigma a y z : R,
     0 < alpha ->
     0 < sigma ->
     0 < a ->
     D5_Innovation.u_of alpha (sigma ^ 2) a (alpha * a * y + sigma * z) =
     y * D5_Innovation.snr alpha (sigma ^ 2) a + sqrt (D5_Innovation.snr alpha (sigma ^ 2) a) * z).
Check (@D5_Innovation.innovation_covariance :
  forall a_s s_s a_t s_t a y zs z : R,
     0 < a_s ->
     0 < a_t ->
     0 < s_s ->
     0 < s_t ->
     0 < a ->
     (a_t / a_s) ^ 2 * s_s ^ 2 < s_t ^ 2 ->
     let c := a_t / a_s in
     let r := s_t ^ 2 - c ^ 2 * s_s ^ 2 in
     let ks := D5_Innovation.snr a_s (s_s ^ 2) a in
     let kt := D5_Innovation.snr a_t (s_t ^ 2) a in
     let xs := a_s * a * y + s_s * zs in
     let xt := c * xs + sqrt r * z in
     D5_Innovation.u_of a_t (s_t ^ 2) a xt - y * kt =
     kt / ks * (D5_Innovation.u_of a_s (s_s ^ 2) a xs - y * ks) + a_t * a / s_t ^ 2 * sqrt r * z /\
     kt / ks * ks = kt /\ kt < ks /\ (kt / ks) ^ 2 * ks + (a_t * a / s_t ^ 2) ^ 2 * r = kt).

(* ---- D6_DecisionSnr ---- *)
Goal @D6_DecisionSnr.atanh =
  (fun y : R => / 2 * ln ((1 + y) / (1 - y))).
Proof. reflexivity. Qed.
Goal @D6_DecisionSnr.mean_snr =
  (fun b u : R => b * tanh b - u * tanh u).
Proof. reflexivity. Qed.
Goal @D6_DecisionSnr.right_prob =
  (fun b u : R => (1 - exp (-2 * (u + b))) / (1 - exp (-4 * b))).
Proof. reflexivity. Qed.
Goal @D6_DecisionSnr.solves =
  (fun (drift rhs : R -> R) (b Tm Tp : R) (T : R -> R) =>
     exists T1 T2 : R -> R_NormedModule,
       (forall u : R,
        - b <= u <= b -> is_derive T u (T1 u) /\ is_derive T1 u (T2 u) /\ / 2 * T2 u + drift u * T1 u = rhs u) /\
       T (- b) = Tm /\ T b = Tp).
Proof. reflexivity. Qed.
Check (@D6_DecisionSnr.mean_decision_snr :
  forall b : R,
     D6_DecisionSnr.solves tanh (fun _ : R => -1) b 0 0 (D6_DecisionSnr.mean_snr b) /\
     D6_DecisionSnr.mean_snr b 0 = b * tanh b).
Check (@D6_DecisionSnr.mean_unique :
  forall (b : R) (T : R -> R),
     0 < b ->
     D6_DecisionSnr.solves tanh (fun _ : R => -1) b 0 0 T ->
     (forall u : R, - b <= u <= b -> T u = D6_DecisionSnr.mean_snr b u) /\ T 0 = b * tanh b).
Check (@D6_DecisionSnr.right_probability :
  forall e : R,
     0 < e < / 2 ->
     let b := D6_DecisionSnr.atanh (1 - 2 * e) in
     D6_DecisionSnr.solves (fun _ : R => 1) (fun _ : R => 0) b 0 1 (D6_DecisionSnr.right_prob b) /\
     D6_DecisionSnr.right_prob b 0 = 1 - e).
Check (@D6_DecisionSnr.right_unique :
  forall (e : R) (T : R -> R),
     0 < e < / 2 ->
     let b := D6_DecisionSnr.atanh (1 - 2 * e) in
     D6_DecisionSnr.solves (fun _ : R => 1) (fun _ : R => 0) b 0 1 T ->
     (forall u : R, - b <= u <= b -> T u = D6_DecisionSnr.right_prob b u) /\ T 0 = 1 - e).
Check (@D6_DecisionSnr.confidence :
  forall e : R,
     0 < e < / 2 ->
     let b := D6_DecisionSnr.atanh (1 - 2 * e) in
     0 < b /\
     / 2 * (1 + tanh b) = 1 - e /\
     / 2 * (1 + tanh (- b)) = e /\ (forall u : R, - b < u < b -> e < / 2 * (1 + tanh u) < 1 - e)).

(* ---- E1_Relaxation ---- *)
Goal @E1_Relaxation.KL =
  (fun (I : Type) (l : list I) (w y : I -> R) (v : R) =>
     Improper.IR (fun x : R => EntropyRate.p l w y v x * ln (EntropyRate.p l w y v x / Base.phi 1 x))).
Proof. reflexivity. Qed.
Check (@E1_Relaxation.kl_exists :
  forall (I : Type) (l : list I) (w y : I -> R) (v : R),
     l <> nil ->
     (forall i : I, In i l -> 0 < w i) ->
     Tilt.Sl l w = 1 ->
     0 < v ->
     Improper.is_IR (fun x : R => EntropyRate.p l w y v x * ln (EntropyRate.p l w y v x / Base.phi 1 x))
       (E1_Relaxation.KL l w y v) /\
     E1_Relaxation.KL l w y v =
     EntropyRate.H l w y v + ExtraMoments.neg_prior l w - / 2 * ln (2 * PI * exp 1 * v) +
     / 2 * (ExtraMoments.second_moment0 l w y + v) + / 2 * ln (2 * PI)).
Check (@E1_Relaxation.dissipation :
  forall (I : Type) (l : list I) (w y : I -> R) (alpha s2 : R -> R) (g t : R),
     l <> nil ->
     (forall i : I, In i l -> 0 < w i) ->
     Tilt.Sl l w = 1 ->
     is_derive alpha t (- (g ^ 2 / 2) * alpha t) ->
     is_derive s2 t (2 * - (g ^ 2 / 2) * s2 t + g ^ 2) ->
     0 < alpha t ->
     0 < s2 t ->
     let Y := fun (t0 : R) (i : I) => alpha t0 * y i in
     exists J : R,
       Improper.is_IR
         (fun x : R => EntropyRate.p l w (Y t) (s2 t) x * (EntropyRate.score l w (Y t) (s2 t) x + x) ^ 2) J /\
       is_derive (fun t0 : R_AbsRing => E1_Relaxation.KL l w (Y t0) (s2 t0)) t (- (g ^ 2 / 2) * J)).

(* ---- E2_TotalProduction ---- *)
Goal @E2_TotalProduction.velocity =
  (fun (f g2 : R) (x s : MixtureRd.vec) (k : nat) => f * x k - g2 / 2 * s k).
Proof. reflexivity. Qed.
Check (@E2_TotalProduction.production_splits :
  forall (d : nat) (f g2 : R) (x s : MixtureRd.vec),
     0 < g2 ->
     2 / g2 * MixtureRd.dot d (E2_TotalProduction.velocity f g2 x s) (E2_TotalProduction.velocity f g2 x s) =
     2 / g2 * MixtureRd.dot d (fun k : nat => f * x k) (E2_TotalProduction.velocity f g2 x s) +
     - MixtureRd.dot d s (E2_TotalProduction.velocity f g2 x s)).
Check (@E2_TotalProduction.vp_decay_rate :
  forall (d : nat) (g2 : R) (x s : MixtureRd.vec),
     0 < g2 ->
     2 / g2 *
     MixtureRd.dot d (E2_TotalProduction.velocity (- (g2 / 2)) g2 x s)
       (E2_TotalProduction.velocity (- (g2 / 2)) g2 x s) =
     g2 / 2 * MixtureRd.dot d (fun k : nat => s k + x k) (fun k : nat => s k + x k)).
Check (@E2_TotalProduction.flow_divergence_is_entropy_rate :
  forall (d : nat) (f g2 : R) (Em : (MixtureRd.vec -> R) -> R) (s : MixtureRd.vec -> MixtureRd.vec)
       (Ess : R),
     (forall (a b : R) (F G : MixtureRd.vec -> R),
      Em (fun x : MixtureRd.vec => a * F x + b * G x) = a * Em F + b * Em G) ->
     Em (fun x : MixtureRd.vec => MixtureRd.dot d x (s x)) = - INR d ->
     Em (fun x : MixtureRd.vec => MixtureRd.dot d (s x) (s x)) = Ess ->
     Em (fun x : MixtureRd.vec => - MixtureRd.dot d (s x) (E2_TotalProduction.velocity f g2 x (s x))) =
     INR d * f + g2 / 2 * Ess).

(* ---- E3_CurieWeiss ---- *)
Goal @E3_CurieWeiss.F =
  (fun k m : R => k * m ^ 2 / 2 - ln (cosh (k * m))).
Proof. reflexivity. Qed.
Goal @E3_CurieWeiss.F1 =
  (fun k m : R => k * (m - tanh (k * m))).
Proof. reflexivity. Qed.
Goal @E3_CurieWeiss.F2 =
  (fun k m : R => k * (1 - k * (1 - tanh (k * m) ^ 2))).
Proof. reflexivity. Qed.
Goal @E3_CurieWeiss.is_strict_min =
  (fun (f : R -> R) (x : R) => ExtraTools.is_mode (fun y : R => - f y) x).
Proof. reflexivity. Qed.
Check (@E3_CurieWeiss.free_energy_is_log_density :
  forall b v m : R,
     0 < v -> E3_CurieWeiss.F (b ^ 2 / v) m = - ln (TwoDelta.p2 b v (b * m)) + ln (TwoDelta.p2 b v 0)).
Check (@E3_CurieWeiss.free_energy_slope :
  forall (k : R) (m : R_AbsRing),
     is_derive (E3_CurieWeiss.F k) m (E3_CurieWeiss.F1 k m) /\
     is_derive (E3_CurieWeiss.F1 k) m (E3_CurieWeiss.F2 k m)).
Check (@E3_CurieWeiss.free_energy_curvature :
  forall b v m : R,
     0 < v -> E3_CurieWeiss.F2 (b ^ 2 / v) m = - b ^ 2 * Derive (TwoDelta.score2 b v) (b * m)).
Check (@E3_CurieWeiss.stationary_points :
  forall b v m : R,
     0 < b ->
     0 < v ->
     (E3_CurieWeiss.F1 (b ^ 2 / v) m = 0 <-> m = tanh (b ^ 2 / v * m)) /\
     (m = tanh (b ^ 2 / v * m) <-> b * tanh (b * (b * m) / v) = b * m)).
Check (@E3_CurieWeiss.minima_above :
  forall k : R,
     0 < k <= 1 ->
     (forall m : R, E3_CurieWeiss.F1 k m = 0 <-> m = 0) /\
     (forall m : R, m <> 0 -> E3_CurieWeiss.F k 0 < E3_CurieWeiss.F k m)).
Check (@E3_CurieWeiss.minima_below :
  forall b v : R,
     0 < b ->
     0 < v ->
     1 < b ^ 2 / v ->
     let k := b ^ 2 / v in
     exists ms : R,
       0 < ms < 1 /\
       (forall m : R, E3_CurieWeiss.F1 k m = 0 <-> m = 0 \/ m = ms \/ m = - ms) /\
       E3_CurieWeiss.F2 k 0 < 0 /\
       ExtraTools.is_mode (E3_CurieWeiss.F k) 0 /\
       (forall m : R,
        m = ms \/ m = - ms ->
        0 < E3_CurieWeiss.F2 k m /\
        E3_CurieWeiss.is_strict_min (E3_CurieWeiss.F k) m /\ Derive (TwoDelta.score2 b v) (b * m) < 0)).
