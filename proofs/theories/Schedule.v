(* Schedule.v
   F. Linear SDE schedule: alpha' = f alpha, (sigma^2)' = 2 f sigma^2 + g^2.
      With gamma = alpha^2/sigma^2:
        gamma' = - gamma g^2/sigma^2,   (sigma^2/alpha^2)' = g^2/alpha^2,
        -(1/2) gamma' (sigma^4/alpha^2)(D/sigma^2 + E) = (g^2/2)(D/sigma^2 + E),
      and the chain rule that turns dH/dv (variance exploding) into dH/dt. *)
From Coq Require Import Reals Lra.
From Coquelicot Require Import Coquelicot.
From Infodyn Require Import Base.
Open Scope R_scope.

Section Schedule.
Variables (alpha sigma2 : R -> R) (f g t : R).
Hypothesis ha : is_derive alpha t (f * alpha t).
Hypothesis hs : is_derive sigma2 t (2 * f * sigma2 t + g ^ 2).
Hypothesis a0 : alpha t <> 0.
Hypothesis s0 : sigma2 t <> 0.

Definition gamma (t : R) : R := alpha t ^ 2 / sigma2 t.

Theorem gamma_derivative : is_derive gamma t (- (gamma t * g ^ 2 / sigma2 t)).
Proof.
unfold gamma; eapply D_val.
- apply (D_div (fun t => alpha t ^ 2) sigma2); [exact s0 | | exact hs].
  apply (is_derive_pow alpha 2 t (f * alpha t)); exact ha.
- cbv beta; simpl; field; exact s0.
Qed.

Theorem effective_variance_derivative :
  is_derive (fun t => sigma2 t / alpha t ^ 2) t (g ^ 2 / alpha t ^ 2).
Proof.
eapply D_val.
- apply (D_div sigma2 (fun t => alpha t ^ 2)); [now apply pow_nonzero | exact hs |].
  apply (is_derive_pow alpha 2 t (f * alpha t)); exact ha.
- cbv beta; simpl; field; exact a0.
Qed.

(* I-MMSE rate  =  entropy-production form, with mmse = (sigma^4/alpha^2)(D/sigma^2 + E) *)
Theorem immse_rate_algebra (D E : R) :
  - / 2 * (- (gamma t * g ^ 2 / sigma2 t)) * (sigma2 t ^ 2 / alpha t ^ 2 * (D / sigma2 t + E))
  = g ^ 2 / 2 * (D / sigma2 t + E).
Proof. unfold gamma; field; split; assumption. Qed.

Corollary immse_rate (D E : R) :
  - / 2 * Derive gamma t * (sigma2 t ^ 2 / alpha t ^ 2 * (D / sigma2 t + E))
  = g ^ 2 / 2 * (D / sigma2 t + E).
Proof. rewrite (is_derive_unique _ _ _ gamma_derivative); apply immse_rate_algebra. Qed.

(* if the VE entropy H(v) has slope (1/2)(D/v + E0) at v = sigma^2/alpha^2, then along the
   schedule dH/dt = (g^2/2)(D/sigma^2 + E0/alpha^2); E0/alpha^2 = E[div s] at time t since
   the score in the unscaled variable is s_t(x) = s_ve(x/alpha)/alpha. *)
Theorem entropy_rate_schedule (H : R -> R) (D E0 : R) :
  is_derive H (sigma2 t / alpha t ^ 2) (/ 2 * (D / (sigma2 t / alpha t ^ 2) + E0)) ->
  is_derive (fun t => H (sigma2 t / alpha t ^ 2)) t
    (g ^ 2 / 2 * (D / sigma2 t + E0 / alpha t ^ 2)).
Proof.
intros hH; eapply D_val.
- apply (D_comp H (fun t => sigma2 t / alpha t ^ 2)); [exact hH | apply effective_variance_derivative].
- field; split; assumption.
Qed.
End Schedule.
