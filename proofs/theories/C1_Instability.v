(* claim: C1; scope: finite atoms; headline: jacobian_of_score, score_derivative, largest_zero, singular_iff *)
(* Finitely many atoms y_i in R^d with weights w_i > 0, X_t = alpha X_0 + sigma Z, s2 = sigma^2, and x any
   point.  S(x) = post_cov x is the posterior covariance of X_0, as a linear map.
     score_derivative : the derivative of the k-th coordinate of the score in direction u is jac x u k;
     jacobian_of_score: jac x = (alpha^2/sigma^4) S(x) - I/sigma^2;
     largest_zero     : the largest eigenvalue of jac x is 0 exactly when that of S(x) is sigma^2/alpha^2,
                        that is alpha^2 lambda_max(S(x)) = sigma^2;
     singular_iff     : jac x is singular exactly when sigma^2/alpha^2 is an eigenvalue of S(x). *)
From Coq Require Import Reals Lra Lia List.
From Coquelicot Require Import Coquelicot.
From Infodyn Require Import Base Tilt MixtureRd ExtraTools.
Open Scope R_scope.

Section C1.
Variables (d : nat) (I : Type) (l : list I) (w : I -> R) (y : I -> vec) (alpha s2 : R).
Hypothesis hl : l <> nil.
Hypothesis hw : forall i, In i l -> 0 < w i.
Hypothesis ha : alpha <> 0.
Hypothesis hs : 0 < s2.

(* the atoms of alpha X_0, the score of X_t *)
Definition scaled (alpha : R) (y : I -> vec) (i : I) : vec := fun k => alpha * y i k.
Definition score_t (x : vec) : vec := score d l w (scaled alpha y) s2 x.
(* the posterior covariance of X_0 given X_t = x, as a linear map *)
Definition post_cov (x u : vec) : vec := fun k =>
  C d l w (scaled alpha y) s2 x (fun i => y i k) (fun i => dot d u (y i)).
Definition jac (x u : vec) : vec := fun k =>
  C d l w (scaled alpha y) s2 x (fun i => scaled alpha y i k) (fun i => dot d u (scaled alpha y i)) / s2 ^ 2
  - u k / s2.

Theorem score_derivative x u k : is_dir (fun x => score_t x k) x u (jac x u k).
Proof. exact (hessian_Rd d l w (scaled alpha y) hl hw s2 x u k hs). Qed.

Theorem jacobian_of_score x u k : jac x u k = alpha ^ 2 / s2 ^ 2 * post_cov x u k - u k / s2.
Proof.
unfold jac, post_cov, C.
assert (hP := p_neq d l w (scaled alpha y) hl hw s2 x hs).
rewrite (Cov_ext l _ (fun i => scaled alpha y i k) (fun i => alpha * y i k + 0) _
  (fun i => alpha * dot d u (y i) + 0)).
- rewrite Cov_affine_l, Cov_affine_r by exact hP; field; lra.
- intros; unfold scaled; ring.
- intros i _; unfold dot, scaled; rewrite <- Sl_scal, Rplus_0_r; apply Sl_ext; intros; ring.
Qed.

Lemma affine_jac x : forall u k, (k < d)%nat -> jac x u k = alpha ^ 2 / s2 ^ 2 * post_cov x u k - / s2 * u k.
Proof. intros u k _; rewrite jacobian_of_score; unfold Rdiv; ring. Qed.

Lemma coef_pos : 0 < alpha ^ 2 / s2 ^ 2.
Proof. apply Rdiv_lt_0_compat; [now apply pow2_gt_0 | now apply pow_lt]. Qed.

Theorem largest_zero x :
  is_largest_eigenvalue d (jac x) 0 <-> is_largest_eigenvalue d (post_cov x) (s2 / alpha ^ 2).
Proof.
rewrite (largest_affine d (post_cov x) (jac x) _ _ 0 coef_pos (affine_jac x)).
replace ((0 + / s2) / (alpha ^ 2 / s2 ^ 2)) with (s2 / alpha ^ 2); [reflexivity |].
field; repeat split; auto; lra.
Qed.

Theorem singular_iff x : is_singular d (jac x) <-> is_eigenvalue d (post_cov x) (s2 / alpha ^ 2).
Proof.
rewrite singular_eigen, (eigen_affine d (post_cov x) (jac x) _ _ 0 coef_pos (affine_jac x)).
replace ((0 + / s2) / (alpha ^ 2 / s2 ^ 2)) with (s2 / alpha ^ 2); [reflexivity |].
field; repeat split; auto; lra.
Qed.
End C1.
