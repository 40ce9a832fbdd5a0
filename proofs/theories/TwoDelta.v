(* TwoDelta.v -- the symmetric two-point data law X_0 = +-a (prob. 1/2 each),
   X_t = X_0 + sqrt v Z.
   A. score_two_delta:  d/dx ln p(x,v) = (a tanh(a x/v) - x)/v.
   A'. the posterior mean is a tanh(a x/v) and the posterior variance a^2(1 - tanh^2).
   B. jacobian_two_delta: d/dx score = (a^2/v^2)(1 - tanh^2(a x/v)) - 1/v
      and this is Var[X_0|x]/v^2 - 1/v (second-order Tweedie). *)
From Coq Require Import Reals Lra.
From Coquelicot Require Import Coquelicot.
From Infodyn Require Import Base.
Open Scope R_scope.

Section TwoDelta.
Variables a v : R.
Hypothesis hv : 0 < v.

Definition p2 (a v x : R) : R := / 2 * (phi v (x - a) + phi v (x + a)).
(* posterior probability of the atom +a *)
Definition q2 (a v x : R) : R := / 2 * phi v (x - a) / p2 a v x.
Definition mean2 (a v x : R) : R := a * q2 a v x + (- a) * (1 - q2 a v x).
Definition var2 (a v x : R) : R :=
  (a - mean2 a v x) ^ 2 * q2 a v x + (- a - mean2 a v x) ^ 2 * (1 - q2 a v x).
Definition score2 (a v x : R) : R := (a * tanh (a * x / v) - x) / v.

Lemma p2_pos x : 0 < p2 a v x.
Proof.
assert (h1 := phi_pos v (x - a) hv); assert (h2 := phi_pos v (x + a) hv).
unfold p2; lra.
Qed.

(* phi v (x -+ a) = c(x) * exp (+- a x / v) with a common factor c(x). *)
Lemma phi_shift x b :
  phi v (x - b) = exp (- (x ^ 2 + b ^ 2) / (2 * v)) / sqrt (2 * PI * v) * exp (b * x / v).
Proof.
unfold phi.
replace (- (x - b) ^ 2 / (2 * v)) with (- (x ^ 2 + b ^ 2) / (2 * v) + b * x / v) by (field; lra).
rewrite exp_plus; unfold Rdiv; ring.
Qed.

Lemma q2_tanh x : q2 a v x = / 2 * (1 + tanh (a * x / v)).
Proof.
unfold q2, p2.
replace (x + a) with (x - - a) by ring.
rewrite !phi_shift.
replace (- a * x / v) with (- (a * x / v)) by (field; lra).
replace ((- a) ^ 2) with (a ^ 2) by ring.
unfold tanh, sinh, cosh.
set (c := exp (- (x ^ 2 + a ^ 2) / (2 * v)) / sqrt (2 * PI * v)).
assert (hc : 0 < c).
{ unfold c; apply Rdiv_lt_0_compat; [apply exp_pos | now apply sqrt_lt_R0, two_pi_v_pos]. }
assert (h1 := exp_pos (a * x / v)); assert (h2 := exp_pos (- (a * x / v))).
field; repeat split; try lra.
assert (0 < c * exp (a * x / v)) by nra.
assert (0 < c * exp (- (a * x / v))) by nra.
lra.
Qed.

(* posterior mean and variance in closed form *)
Theorem mean2_tanh x : mean2 a v x = a * tanh (a * x / v).
Proof. unfold mean2; rewrite q2_tanh; field. Qed.

Theorem var2_tanh x : var2 a v x = a ^ 2 * (1 - tanh (a * x / v) ^ 2).
Proof. unfold var2; rewrite mean2_tanh, q2_tanh; field. Qed.

Lemma is_derive_p2 x : is_derive (p2 a v) x (p2 a v x * ((mean2 a v x - x) / v)).
Proof.
assert (hp := p2_pos x).
unfold p2 at 1; eapply D_val.
- apply D_scal, D_plus; [apply D_unshift | apply D_shift]; now apply is_derive_phi_r.
- unfold mean2, q2; unfold p2 in *; field; lra.
Qed.

(* A: score = derivative of the log-density *)
Theorem score_two_delta x :
  is_derive (fun x => ln (p2 a v x)) x ((a * tanh (a * x / v) - x) / v).
Proof.
assert (hp := p2_pos x).
eapply D_val; [apply D_ln; [exact hp | apply is_derive_p2] |].
rewrite mean2_tanh; field; lra.
Qed.

(* B: derivative of the score *)
Theorem jacobian_two_delta x :
  is_derive (score2 a v) x (a ^ 2 / v ^ 2 * (1 - tanh (a * x / v) ^ 2) - / v).
Proof.
unfold score2; auto_derive; [trivial |].
unfold Rdiv; simpl; field; lra.
Qed.

(* B': second-order Tweedie identity *)
Theorem tweedie2_two_delta x :
  is_derive (score2 a v) x (var2 a v x / v ^ 2 - / v).
Proof.
eapply D_val; [apply jacobian_two_delta |].
rewrite var2_tanh; field; lra.
Qed.

(* the same, as a second derivative of the log-density *)
Corollary hessian_two_delta x :
  is_derive (Derive (fun x => ln (p2 a v x))) x (var2 a v x / v ^ 2 - / v).
Proof.
apply is_derive_ext with (score2 a v); [| apply tweedie2_two_delta].
intros t; symmetry; apply is_derive_unique, score_two_delta.
Qed.

End TwoDelta.
