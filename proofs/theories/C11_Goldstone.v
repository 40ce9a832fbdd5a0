(* claim: C11; scope: algebraic core; headline: origin_jacobian, origin_unstable_iff *)
(* Stability of the origin for a law on the sphere of radius R in R^d with the moments of the uniform law: weights
   w_i > 0 of sum 1, |y_i| = R, mean 0, covariance (R^2/d) I (for example +-R e_k with equal weights, or any
   spherical 2-design).  The sphere itself is not discretised: only these moments enter.
     origin_jacobian     : the Jacobian of the score at 0 is ((alpha^2 R^2/d - sigma^2)/sigma^4) I;
     origin_unstable_iff : it is positive exactly when sigma^2 < alpha^2 R^2/d.
   Not proved: the uniform law itself, the sphere of fixed points and its zero modes. *)
From Coq Require Import Reals Lra Lia List.
From Coquelicot Require Import Coquelicot.
From Infodyn Require Import Base Tilt MixtureRd ExtraTools C1_Instability.
Open Scope R_scope.

Section C11.
Variables (d : nat) (I : Type) (l : list I) (w : I -> R) (y : I -> vec) (alpha s2 radius : R).
Hypothesis hd : (0 < d)%nat.
Hypothesis hl : l <> nil.
Hypothesis hw : forall i, In i l -> 0 < w i.
Hypothesis hw1 : Sl l w = 1.
Hypothesis ha : alpha <> 0.
Hypothesis hs : 0 < s2.
Hypothesis on_sphere : forall i, In i l -> dot d (y i) (y i) = radius ^ 2.
Hypothesis mean0 : forall k, (k < d)%nat -> Sl l (fun i => w i * y i k) = 0.
Hypothesis isotropic : forall k m, (k < d)%nat -> (m < d)%nat ->
  Sl l (fun i => w i * (y i k * y i m)) = if Nat.eq_dec k m then radius ^ 2 / INR d else 0.

Definition origin : vec := fun _ => 0.

Lemma fi_origin i : In i l -> fi d w (scaled I alpha y) s2 origin i =
  exp (- (alpha ^ 2 * radius ^ 2) / (2 * s2)) / sqrt (2 * PI * s2) ^ d * w i.
Proof.
intros hi; unfold fi, phid.
assert (e : dot d (vsub origin (scaled I alpha y i)) (vsub origin (scaled I alpha y i)) = alpha ^ 2 * radius ^ 2).
{ rewrite <- (on_sphere i hi); unfold dot, vsub, origin, scaled; rewrite <- Sl_scal; apply Sl_ext; intros; ring. }
rewrite e; unfold Rdiv; ring.
Qed.

Lemma Ex_origin h : Ex l (fi d w (scaled I alpha y) s2 origin) h = Sl l (fun i => w i * h i).
Proof.
unfold Ex; set (c := exp (- (alpha ^ 2 * radius ^ 2) / (2 * s2)) / sqrt (2 * PI * s2) ^ d).
assert (hc : 0 < c).
{ apply Rdiv_lt_0_compat; [apply exp_pos | now apply pow_lt, sqrt_lt_R0, two_pi_v_pos]. }
rewrite (Sl_ext l (fun i => fi d w (scaled I alpha y) s2 origin i * h i) (fun i => c * (w i * h i)))
  by (intros i hi; rewrite fi_origin by exact hi; fold c; ring).
rewrite (Sl_ext l (fi d w (scaled I alpha y) s2 origin) (fun i => c * w i)) by (intros i hi; now apply fi_origin).
rewrite !Sl_scal, hw1; field; lra.
Qed.

Theorem origin_jacobian u k : (k < d)%nat ->
  jac d I l w y alpha s2 origin u k = (alpha ^ 2 * radius ^ 2 / INR d - s2) / s2 ^ 2 * u k.
Proof.
intros hk; rewrite jacobian_of_score by assumption; unfold post_cov, C, Cov; rewrite !Ex_origin, mean0 by exact hk.
assert (e : Sl l (fun i => w i * (y i k * dot d u (y i))) = radius ^ 2 / INR d * u k).
{ unfold dot.
  rewrite (Sl_ext l _ (fun i => Sl (seq 0 d) (fun m => u m * (w i * (y i k * y i m)))))
    by (intros; rewrite <- !Sl_scal; apply Sl_ext; intros; ring).
  rewrite Sl_swap.
  rewrite (Sl_ext (seq 0 d) _ (fun m => basis k m * (radius ^ 2 / INR d * u m))).
  - assert (b := dot_basis d (fun m => radius ^ 2 / INR d * u m) k hk); unfold dot in b; exact b.
  - intros m hm; apply in_seq in hm; rewrite Sl_scal, isotropic by lia; unfold basis.
    destruct (Nat.eq_dec k m); ring. }
rewrite e, Rmult_0_l, Rminus_0_r.
assert (hn : 0 < INR d) by now apply lt_0_INR.
field; repeat split; lra.
Qed.

Theorem origin_unstable_iff : 0 < (alpha ^ 2 * radius ^ 2 / INR d - s2) / s2 ^ 2 <-> s2 < alpha ^ 2 * radius ^ 2 / INR d.
Proof.
assert (h : 0 < / s2 ^ 2) by (apply Rinv_0_lt_compat, pow_lt, hs).
unfold Rdiv at 1; set (X := alpha ^ 2 * radius ^ 2 / INR d); split; intros k.
- apply Rnot_le_lt; intros n; assert (0 <= (s2 - X) * / s2 ^ 2) by (apply Rmult_le_pos; lra); lra.
- apply Rmult_lt_0_compat; lra.
Qed.
End C11.
