(* claim: E2; scope: pointwise; headline: production_splits, vp_decay_rate, flow_divergence_is_entropy_rate *)
(* u = f x - (g2/2) s is the probability velocity of the forward process dX = f X dt + g dW, g2 = g^2 > 0.  The
   rate of total entropy production is (2/g2) E|u|^2.  At every point x of R^d:
     production_splits : (2/g2)|u|^2 = (2/g2) <f x, u> - <s, u>: the entropy given to the medium plus - <s, u>, whose
                         mean is E[div u] = dH(X_t)/dt by parts (C12, B1);
     flow_divergence_is_entropy_rate : for any mean with E<x, s> = -d
                         (A3), E[- <s, u>] = d f + (g2/2) E|s|^2, the rate of B1;
     vp_decay_rate     : for VP (f = -g2/2) (2/g2)|u|^2 = (g2/2)|s + x|^2, the integrand of E1.
   Not proved: the identification of (2/g2) E|u|^2 with a path-space relative entropy. *)
From Coq Require Import Reals Lra Lia List.
From Coquelicot Require Import Coquelicot.
From Infodyn Require Import Base Tilt MixtureRd.
Open Scope R_scope.

Definition velocity (f g2 : R) (x s : vec) : vec := fun k => f * x k - g2 / 2 * s k.

Theorem production_splits (d : nat) (f g2 : R) (x s : vec) : 0 < g2 ->
  2 / g2 * dot d (velocity f g2 x s) (velocity f g2 x s)
  = 2 / g2 * dot d (fun k => f * x k) (velocity f g2 x s) + - dot d s (velocity f g2 x s).
Proof.
intros hg; unfold dot.
assert (e : forall l, Sl l (fun k => velocity f g2 x s k * velocity f g2 x s k)
  = Sl l (fun k => f * x k * velocity f g2 x s k) - g2 / 2 * Sl l (fun k => s k * velocity f g2 x s k)).
{ intros l; rewrite <- Sl_scal, <- Sl_minus; apply Sl_ext; intros; unfold velocity; ring. }
rewrite e; field; lra.
Qed.

Theorem vp_decay_rate (d : nat) (g2 : R) (x s : vec) : 0 < g2 ->
  2 / g2 * dot d (velocity (- (g2 / 2)) g2 x s) (velocity (- (g2 / 2)) g2 x s)
  = g2 / 2 * dot d (fun k => s k + x k) (fun k => s k + x k).
Proof.
intros hg; unfold dot; rewrite <- !Sl_scal; apply Sl_ext; intros; unfold velocity; field; lra.
Qed.

(* means under any linear functional Em with Em<x,s> = -d and Em|s|^2 = Ess *)
Theorem flow_divergence_is_entropy_rate (d : nat) (f g2 : R) (Em : (vec -> R) -> R) (s : vec -> vec) (Ess : R) :
  (forall a b F G, Em (fun x => a * F x + b * G x) = a * Em F + b * Em G) ->
  Em (fun x => dot d x (s x)) = - INR d -> Em (fun x => dot d (s x) (s x)) = Ess ->
  Em (fun x => - dot d (s x) (velocity f g2 x (s x))) = INR d * f + g2 / 2 * Ess.
Proof.
intros lin h1 h2.
assert (e : (fun x => - dot d (s x) (velocity f g2 x (s x)))
  = (fun x => - f * dot d x (s x) + g2 / 2 * dot d (s x) (s x))).
{ apply FunctionalExtensionality.functional_extensionality; intros x; unfold dot.
  rewrite <- !Sl_scal, <- Sl_plus.
  transitivity (-1 * Sl (seq 0 d) (fun k => s x k * velocity f g2 x (s x) k)); [ring |].
  rewrite <- Sl_scal; apply Sl_ext; intros; unfold velocity; ring. }
rewrite e, lin, h1, h2; ring.
Qed.
