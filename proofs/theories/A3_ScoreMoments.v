(* claim: A3; scope: 1-D, finite Gaussian mixtures; headline: A3_score_mean, A3_score_position, A3_score_divergence *)
(* A3.  E[s] = 0, E[s X_t] = -1, E[s'] = -E s^2: over the whole line, for any finite mixture of atoms and Gaussians
   and any linear process. *)
From Coq Require Import Reals Lra List.
From Coquelicot Require Import Coquelicot.
From Infodyn Require Import Base Tilt Improper Mixture1D Process1D.
Open Scope R_scope.

Section A3.
Context {I : Type}.
Variables (l : list I) (w y c : I -> R) (alpha sigma2 : R -> R) (t : R).
Hypothesis h : law l w c.
Hypothesis s0 : 0 < sigma2 t.
Notation p := (dens_t l w y c alpha sigma2 t).
Notation s := (score_t l w y c alpha sigma2 t).
Notation ds := (slope_t l w y c alpha sigma2 t).

Theorem A3_score_mean : is_IR (fun x => p x * s x) 0.
Proof.
destruct (law_ct l w c alpha t h) as [hw [hc _]]; assert (hl := law_ne _ _ _ h); now apply score_mean.
Qed.

Theorem A3_score_position : is_IR (fun x => p x * (s x * x)) (-1).
Proof.
destruct (law_ct l w c alpha t h) as [hw [hc h1]]; assert (hl := law_ne _ _ _ h).
replace (-1) with (- Sl l w) by (rewrite h1; ring); now apply score_x.
Qed.

Theorem A3_score_divergence : (forall x, is_derive s x (ds x)) /\
  is_IR (fun x => p x * ds x) (- IR (fun x => p x * s x ^ 2)) /\
  is_IR (fun x => p x * s x ^ 2) (IR (fun x => p x * s x ^ 2)).
Proof.
destruct (law_ct l w c alpha t h) as [hw [hc h1]]; assert (hl := law_ne _ _ _ h); split; [| split].
- intros x; now apply (Mixture1D.score_slope l w (yt y alpha t) (ct c alpha t) hl hw hc).
- exact (score_div l w (yt y alpha t) (ct c alpha t) hl hw hc _ s0).
- exact (fisher_exists l w (yt y alpha t) (ct c alpha t) hl hw hc _ s0).
Qed.
End A3.
