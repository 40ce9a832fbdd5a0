(* MixtureRd.v -- a finite mixture sum_i w_i delta_{y_i} in R^d, smoothed by N(0, v I).
   Vectors are functions nat -> R of which only coordinates k < d matter.
   D1. tweedie_Rd : the derivative of ln p(.,v) at x in direction u is <u, m(x) - x>/v,
       m the posterior mean.
   D2. hessian_Rd : the derivative of <z, score> in direction u is
       Cov(<z,Y>,<u,Y>)/v^2 - <z,u>/v    (second-order Tweedie).
   D3. divergence_Rd : sum_k d_k s_k = sum_k Var(Y_k)/v^2 - d/v.
   E1. heat_Rd    : dp/dv = (1/2) sum_k d_k d_k p.
   E2. burgers_Rd : ds_k/dv = (1/2) d_k (div s + |s|^2).
   K-local. entropy_density_Rd : du/dv = (1/2) Laplacian u + p tr Cov/(2 v^2). *)
From Coq Require Import Reals Lra List FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From Infodyn Require Import Base Tilt.
Open Scope R_scope.

Definition vec := nat -> R.
Definition basis (k : nat) : vec := fun j => if Nat.eq_dec k j then 1 else 0.

(* D is the directional derivative of F at x along u *)
Definition is_dir (F : vec -> R) (x u : vec) (D : R) : Prop :=
  is_derive (fun t => F (fun k => x k + t * u k)) 0 D.

Lemma line_0 (x u : vec) : (fun k => x k + 0 * u k) = x.
Proof. apply functional_extensionality; intros; ring. Qed.

Section Rd.
Variable d : nat.
Definition dot (x y : vec) : R := Sl (seq 0 d) (fun k => x k * y k).
Definition vsub (x y : vec) : vec := fun k => x k - y k.

Lemma dot_basis_aux (x : vec) k l : NoDup l ->
  Sl l (fun j => basis k j * x j) = if in_dec Nat.eq_dec k l then x k else 0.
Proof.
induction l as [| j l IH]; intros nd; [reflexivity |].
apply NoDup_cons_iff in nd; destruct nd as [nj nl].
cbn [Sl]; rewrite IH by assumption; unfold basis.
destruct (Nat.eq_dec k j) as [e | e].
- subst j; destruct (in_dec Nat.eq_dec k l); [contradiction |].
  destruct (in_dec Nat.eq_dec k (k :: l)) as [h | h]; [ring | simpl in h; tauto].
- destruct (in_dec Nat.eq_dec k l) as [h | h];
  destruct (in_dec Nat.eq_dec k (j :: l)) as [h' | h']; simpl in h'; try ring;
  exfalso; intuition congruence.
Qed.

Lemma dot_basis (x : vec) k : (k < d)%nat -> dot (basis k) x = x k.
Proof.
intros hk; unfold dot; rewrite dot_basis_aux by apply seq_NoDup.
destruct (in_dec Nat.eq_dec k (seq 0 d)) as [h | h]; [reflexivity |].
exfalso; apply h, in_seq; simpl; split; [apply Nat.le_0_l | exact hk].
Qed.

Lemma dot_sub_r u x y : dot u (vsub x y) = dot u x - dot u y.
Proof. unfold dot; rewrite <- Sl_minus; apply Sl_ext; intros; unfold vsub; ring. Qed.

Definition phid (v : R) (r : vec) : R := exp (- dot r r / (2 * v)) / sqrt (2 * PI * v) ^ d.

Lemma phid_pos v r : 0 < v -> 0 < phid v r.
Proof.
intros hv; apply Rdiv_lt_0_compat; [apply exp_pos |].
now apply pow_lt, sqrt_lt_R0, two_pi_v_pos.
Qed.

Lemma dot_line (x u y : vec) :
  is_derive (fun t => dot (vsub (fun k => x k + t * u k) y) (vsub (fun k => x k + t * u k) y)) 0
    (2 * dot u (vsub x y)).
Proof.
unfold dot; rewrite <- Sl_scal.
apply (Sl_derive (seq 0 d) (fun k t => (x k + t * u k - y k) * (x k + t * u k - y k))
  (fun k _ => 2 * (u k * vsub x y k))).
intros k _; auto_derive; [trivial |]; unfold vsub; ring.
Qed.

Lemma phid_line v x u y : 0 < v ->
  is_derive (fun t => phid v (vsub (fun k => x k + t * u k) y)) 0
    (- dot u (vsub x y) / v * phid v (vsub x y)).
Proof.
intros hv; unfold phid.
set (c := sqrt (2 * PI * v) ^ d).
assert (hc : 0 < c) by now apply pow_lt, sqrt_lt_R0, two_pi_v_pos.
eapply D_val.
- apply (D_comp (fun z => exp (- z / (2 * v)) / c)); [| apply dot_line].
  auto_derive; [lra | reflexivity].
- rewrite line_0; unfold Rdiv; field; lra.
Qed.

Lemma phid_v v r : 0 < v ->
  is_derive (fun v => phid v r) v (/ 2 * (dot r r / v ^ 2 - INR d / v) * phid v r).
Proof.
intros hv; unfold phid; set (q := dot r r).
assert (hp := two_pi_v_pos v hv).
assert (hs : 0 < sqrt (2 * PI * v)) by now apply sqrt_lt_R0.
assert (hd : is_derive (fun v => sqrt (2 * PI * v) ^ d) v
  (INR d * / (2 * v) * sqrt (2 * PI * v) ^ d)).
{ eapply D_val.
  - apply (is_derive_pow (fun v => sqrt (2 * PI * v)) d v (sqrt (2 * PI * v) * / (2 * v))).
    eapply D_val; [auto_derive; [lra | reflexivity] |].
    assert (e : PI = sqrt (2 * PI * v) * sqrt (2 * PI * v) / (2 * v))
      by (rewrite sqrt_sqrt by lra; field; lra).
    set (s := sqrt (2 * PI * v)) in *; clearbody s; rewrite e; field; lra.
  - destruct d as [| n]; [simpl; ring |].
    simpl pred; replace (sqrt (2 * PI * v) ^ S n) with (sqrt (2 * PI * v) * sqrt (2 * PI * v) ^ n)
      by reflexivity; ring. }
assert (hsd : 0 < sqrt (2 * PI * v) ^ d) by now apply pow_lt.
eapply D_val.
- apply (D_div (fun v => exp (- q / (2 * v)))); [lra | | exact hd].
  auto_derive; [lra | reflexivity].
- unfold Rdiv; simpl; field; lra.
Qed.

(* ---- the mixture ---- *)
Context {I : Type}.
Variables (l : list I) (w : I -> R) (y : I -> vec).
Hypothesis hl : l <> nil.
Hypothesis hw : forall i, In i l -> 0 < w i.

Definition fi (v : R) (x : vec) (i : I) : R := w i * phid v (vsub x (y i)).
Definition p (v : R) (x : vec) : R := Sl l (fi v x).
(* posterior expectation and covariance of functions of the atom index *)
Definition E (v : R) (x : vec) (h : I -> R) : R := Ex l (fi v x) h.
Definition C (v : R) (x : vec) (h g : I -> R) : R := Cov l (fi v x) h g.
Definition mean (v : R) (x : vec) : vec := fun k => E v x (fun i => y i k).
Definition score (v : R) (x : vec) : vec := fun k => (mean v x k - x k) / v.

Lemma p_pos v x : 0 < v -> 0 < p v x.
Proof.
intros hv; apply Sl_pos; [exact hl |].
intros i hi; apply Rmult_lt_0_compat; [now apply hw | now apply phid_pos].
Qed.
Lemma p_neq v x : 0 < v -> Sl l (fi v x) <> 0.
Proof. intros hv; apply Rgt_not_eq; now apply (p_pos v x). Qed.

Lemma fi_line v x u i : 0 < v ->
  is_derive (fun t => fi v (fun k => x k + t * u k) i) 0
    ((/ v * dot u (y i) + - (dot u x / v)) * fi v (fun k => x k + 0 * u k) i).
Proof.
intros hv; rewrite line_0; unfold fi; eapply D_val.
- apply D_scal; now apply phid_line.
- rewrite dot_sub_r; field; lra.
Qed.

Lemma fi_v v x i : 0 < v ->
  is_derive (fun v => fi v x i) v
    ((/ (2 * v ^ 2) * dot (vsub x (y i)) (vsub x (y i)) + - (INR d / (2 * v))) * fi v x i).
Proof.
intros hv; unfold fi; eapply D_val.
- apply D_scal; now apply phid_v.
- field; lra.
Qed.

(* <u, mean> as a posterior expectation *)
Lemma E_dot v x u : E v x (fun i => dot u (y i)) = dot u (mean v x).
Proof.
unfold E, Ex, dot, mean, E, Ex.
rewrite (Sl_ext l _ (fun i => Sl (seq 0 d) (fun k => fi v x i * (u k * y i k))))
  by (intros; now rewrite Sl_scal).
rewrite Sl_swap; unfold Rdiv; rewrite <- Sl_scal_r; apply Sl_ext; intros k _.
rewrite (Sl_ext l _ (fun i => u k * (fi v x i * y i k))) by (intros; ring).
rewrite Sl_scal; ring.
Qed.

(* D1: posterior-mean (Tweedie) identity *)
Theorem tweedie_Rd v x u : 0 < v ->
  is_dir (fun x => ln (p v x)) x u (dot u (score v x)).
Proof.
intros hv; unfold is_dir, p.
eapply D_val.
- apply (tilt_log l (fun j t => fi v (fun k => x k + t * u k) j)
    (fun i => / v * dot u (y i) + - (dot u x / v)) 0).
  + intros i _; now apply fi_line.
  + rewrite line_0; now apply p_pos.
- rewrite line_0, Ex_affine by now apply p_neq.
  change (Ex l _ _) with (E v x (fun j => dot u (y j))).
  rewrite E_dot.
  unfold score, dot, Rdiv.
  rewrite <- Ropp_mult_distr_l_reverse, (Rmult_comm (/ v)), <- Rmult_plus_distr_r.
  replace (Sl (seq 0 d) (fun k => u k * mean v x k) + - Sl (seq 0 d) (fun k => u k * x k))
    with (Sl (seq 0 d) (fun k => u k * mean v x k) - Sl (seq 0 d) (fun k => u k * x k)) by ring.
  rewrite <- Sl_minus, <- Sl_scal_r; apply Sl_ext; intros; ring.
Qed.

(* derivative of any posterior expectation along a line, and in v *)
Lemma E_line v x u h : 0 < v ->
  is_dir (fun x => E v x h) x u (C v x h (fun i => dot u (y i)) / v).
Proof.
intros hv; unfold is_dir, E.
eapply D_val.
- apply (tilt_mean l (fun j t => fi v (fun k => x k + t * u k) j)
    (fun i => / v * dot u (y i) + - (dot u x / v)) 0) with (h := fun i _ => h i) (dh := fun _ => 0).
  + intros i _; now apply fi_line.
  + rewrite line_0; now apply p_neq.
  + intros; apply D_const.
- rewrite line_0, Cov_affine_r by now apply p_neq.
  rewrite Ex_const by now apply p_neq.
  change (Cov l _ _ _) with (C v x h (fun i => dot u (y i))); field; lra.
Qed.

Lemma E_v v x h : 0 < v ->
  is_derive (fun v => E v x h) v
    (C v x h (fun i => dot (vsub x (y i)) (vsub x (y i))) / (2 * v ^ 2)).
Proof.
intros hv; unfold E.
eapply D_val.
- apply (tilt_mean l (fun j v => fi v x j)
    (fun i => / (2 * v ^ 2) * dot (vsub x (y i)) (vsub x (y i)) + - (INR d / (2 * v))) v)
    with (h := fun i _ => h i) (dh := fun _ => 0).
  + intros i _; now apply fi_v.
  + now apply p_neq.
  + intros; apply D_const.
- rewrite Cov_affine_r by now apply p_neq.
  rewrite Ex_const by now apply p_neq.
  change (Cov l _ _ _) with (C v x h (fun i => dot (vsub x (y i)) (vsub x (y i)))).
  field; lra.
Qed.

(* D2: second-order Tweedie, coordinate form: d_u s_k = Cov(Y_k, <u,Y>)/v^2 - u_k/v *)
Theorem hessian_Rd v x u k : 0 < v ->
  is_dir (fun x => score v x k) x u
    (C v x (fun i => y i k) (fun i => dot u (y i)) / v ^ 2 - u k / v).
Proof.
intros hv; assert (h := E_line v x u (fun i => y i k) hv); unfold is_dir in *.
unfold score, mean; eapply D_val.
- apply (D_div (fun t => E v (fun k => x k + t * u k) (fun i => y i k) - (x k + t * u k))
    (fun _ => v)); [lra | | apply D_const].
  apply D_minus; [exact h |]; auto_derive; [trivial | reflexivity].
- field; lra.
Qed.

(* D3: divergence of the score = (trace of posterior covariance)/v^2 - d/v *)
Theorem divergence_Rd v x : 0 < v ->
  exists J : nat -> R,
    (forall k, (k < d)%nat -> is_dir (fun x => score v x k) x (basis k) (J k)) /\
    Sl (seq 0 d) J = Sl (seq 0 d) (fun k => C v x (fun i => y i k) (fun i => y i k)) / v ^ 2
      - INR d / v.
Proof.
intros hv; exists (fun k => C v x (fun i => y i k) (fun i => y i k) / v ^ 2 - / v); split.
- intros k hk; eapply D_val; [now apply hessian_Rd |].
  f_equal.
  + f_equal; apply Cov_ext; intros i _; [reflexivity | now rewrite dot_basis].
  + unfold basis; destruct (Nat.eq_dec k k); [unfold Rdiv; ring | congruence].
- rewrite Sl_minus; unfold Rdiv; rewrite Sl_scal_r; f_equal.
  generalize 0%nat; induction d as [| n IH]; intros s; [simpl; ring |].
  change (/ v + Sl (seq (S s) n) (fun _ => / v) = INR (S n) * / v).
  rewrite IH, S_INR; ring.
Qed.

(* mean squared distance = trace of covariance + squared bias *)
Definition sqd (x : vec) (i : I) : R := dot (vsub x (y i)) (vsub x (y i)).

Lemma E_sqd v x : 0 < v ->
  E v x (sqd x) = Sl (seq 0 d) (fun k => C v x (fun i => y i k) (fun i => y i k)
                                          + (mean v x k - x k) ^ 2).
Proof.
intros hv; assert (hP := p_neq v x hv).
assert (e : forall k, C v x (fun i => y i k) (fun i => y i k) + (mean v x k - x k) ^ 2
  = E v x (fun i => (x k - y i k) * (x k - y i k))).
{ intros k; unfold C, E, Cov, mean, E; set (m := Ex l (fi v x) (fun i => y i k)).
  rewrite (Ex_ext l (fi v x) (fun i => (x k - y i k) * (x k - y i k))
    (fun i => y i k * y i k + ((- 2 * x k) * y i k + x k * x k))) by (intros; ring).
  rewrite Ex_plus, Ex_affine by assumption; fold m; ring. }
rewrite (Sl_ext (seq 0 d) _ _ (fun k _ => e k)).
unfold E, Ex, Rdiv; rewrite Sl_scal_r, <- Sl_swap; f_equal.
apply Sl_ext; intros i _; unfold sqd, dot; rewrite <- Sl_scal; apply Sl_ext; intros; reflexivity.
Qed.

(* explicit first and second partial derivatives *)
Definition dk_score (v : R) (x : vec) (k : nat) : R :=
  C v x (fun i => y i k) (fun i => y i k) / v ^ 2 - / v.
Definition dk_p (v : R) (x : vec) (k : nat) : R := p v x * score v x k.
Definition dkk_p (v : R) (x : vec) (k : nat) : R := p v x * (score v x k ^ 2 + dk_score v x k).

Lemma dk_score_ok v x k : 0 < v -> (k < d)%nat ->
  is_dir (fun x => score v x k) x (basis k) (dk_score v x k).
Proof.
intros hv hk; eapply D_val; [now apply hessian_Rd |]; unfold dk_score.
f_equal.
- f_equal; apply Cov_ext; intros i _; [reflexivity | now rewrite dot_basis].
- unfold basis; destruct (Nat.eq_dec k k); [unfold Rdiv; ring | congruence].
Qed.

Lemma dk_p_ok v x k : 0 < v -> (k < d)%nat ->
  is_dir (fun x => p v x) x (basis k) (dk_p v x k).
Proof.
intros hv hk; assert (h := tweedie_Rd v x (basis k) hv); unfold is_dir in *.
rewrite dot_basis in h by assumption.
apply is_derive_ext with (fun t => exp (ln (p v (fun j => x j + t * basis k j)))).
{ intros t; apply exp_ln; now apply p_pos. }
eapply D_val.
- apply (D_comp exp); [apply is_derive_exp | exact h].
- rewrite exp_ln by now apply p_pos.
  rewrite line_0; unfold dk_p; ring.
Qed.

Lemma dkk_p_ok v x k : 0 < v -> (k < d)%nat ->
  is_dir (fun x => dk_p v x k) x (basis k) (dkk_p v x k).
Proof.
intros hv hk; unfold is_dir, dk_p; eapply D_val.
- apply D_mult; [now apply (dk_p_ok v x k) | now apply (dk_score_ok v x k)].
- cbv beta; rewrite !line_0; unfold dkk_p, dk_p; ring.
Qed.

Lemma sum_const c n s : Sl (seq s n) (fun _ => c) = INR n * c.
Proof.
revert s; induction n as [| n IH]; intros s; [simpl; ring |].
change (c + Sl (seq (S s) n) (fun _ => c) = INR (S n) * c); rewrite IH, S_INR; ring.
Qed.

(* div s + |s|^2 = E|x - Y|^2 / v^2 - d/v *)
Lemma div_plus_sq v x : 0 < v ->
  Sl (seq 0 d) (fun k => dk_score v x k + score v x k ^ 2) = E v x (sqd x) / v ^ 2 - INR d / v.
Proof.
intros hv; rewrite E_sqd by assumption.
unfold Rdiv; rewrite <- (sum_const (/ v) d 0), <- Sl_scal_r, <- Sl_minus.
apply Sl_ext; intros k _; unfold dk_score, score; field; lra.
Qed.

(* E1: heat equation *)
Theorem heat_Rd v x : 0 < v ->
  is_derive (fun v => p v x) v (/ 2 * Sl (seq 0 d) (dkk_p v x)).
Proof.
intros hv; unfold p at 1; eapply D_val.
- apply (Sl_derive l (fun i v => fi v x i) (fun i _ =>
   (/ (2 * v ^ 2) * dot (vsub x (y i)) (vsub x (y i)) + - (INR d / (2 * v))) * fi v x i)).
  intros i _; now apply fi_v.
- unfold dkk_p; rewrite Sl_scal.
  rewrite (Sl_ext (seq 0 d) _ (fun k => dk_score v x k + score v x k ^ 2)) by (intros; ring).
  rewrite div_plus_sq by assumption.
  unfold E, Ex; fold (p v x); assert (hp := p_pos v x hv).
  rewrite (Sl_ext l _ (fun i => / (2 * v ^ 2) * (fi v x i * sqd x i)
     + - (INR d / (2 * v)) * fi v x i)) by (intros; unfold sqd; ring).
  rewrite Sl_plus, !Sl_scal; fold (p v x); field; lra.
Qed.

(* E2: score PDE (viscous Burgers) *)
Theorem burgers_Rd v x k : 0 < v -> (k < d)%nat ->
  exists D : R,
    is_dir (fun x => Sl (seq 0 d) (fun j => dk_score v x j + score v x j ^ 2)) x (basis k) D /\
    is_derive (fun v => score v x k) v (/ 2 * D).
Proof.
intros hv hk.
exists (((2 * (x k - mean v x k)) + C v x (sqd x) (fun i => y i k) / v) / v ^ 2); split.
- unfold is_dir.
  apply is_derive_ext with (fun t => E v (fun j => x j + t * basis k j)
     (sqd (fun j => x j + t * basis k j)) / v ^ 2 - INR d / v).
  { intros t; symmetry; now apply div_plus_sq. }
  assert (h : is_derive (fun t => E v (fun j => x j + t * basis k j)
     (sqd (fun j => x j + t * basis k j))) 0
     ((2 * (x k - mean v x k)) + C v x (sqd x) (fun i => y i k) / v)).
  { unfold E; eapply D_val.
    - apply (tilt_mean l (fun i t => fi v (fun j => x j + t * basis k j) i)
        (fun i => / v * dot (basis k) (y i) + - (dot (basis k) x / v)) 0)
        with (h := fun i t => sqd (fun j => x j + t * basis k j) i)
             (dh := fun i => 2 * dot (basis k) (vsub x (y i))).
      + intros i _; now apply fi_line.
      + rewrite line_0; now apply p_neq.
      + intros i _; apply dot_line.
    - rewrite line_0, Cov_affine_r by now apply p_neq.
      rewrite (Ex_ext l _ _ (fun i => (- 2) * y i k + 2 * x k))
        by (intros; rewrite dot_basis by assumption; unfold vsub; ring).
      rewrite Ex_affine by now apply p_neq.
      rewrite (Cov_ext l _ _ (sqd x) _ (fun i => y i k));
        [| reflexivity | intros; now apply dot_basis].
      change (Cov l _ _ _) with (C v x (sqd x) (fun i => y i k)).
      change (Ex l _ _) with (mean v x k); field; lra. }
  eapply D_val.
  + apply D_minus; [apply D_div; [apply pow_nonzero; lra | exact h | apply D_const] | apply D_const].
  + cbv beta; field; lra.
- unfold score; eapply D_val.
  + apply (D_div (fun v => mean v x k - x k) (fun v => v)); [lra | | apply D_id].
    apply D_minus; [apply (E_v v x (fun i => y i k) hv) | apply D_const].
  + unfold C; rewrite Cov_sym.
    change (Cov l _ (fun i => dot _ _) _) with (C v x (sqd x) (fun i => y i k)).
    unfold C; field; lra.
Qed.

(* K-local in R^d: entropy density u = - sum_i f_i ln q_i, its partial derivatives
   flux_k = d_k u = sum_i ((x_k - y_ik)/v) f_i ln q_i, dk_flux_k = d_k d_k u; then
     du/dv = (1/2) sum_k d_k d_k u + p tr Cov/(2 v^2). *)
Definition lq (v : R) (x : vec) (i : I) : R := ln (fi v x i / p v x).
Definition u (v : R) (x : vec) : R := Sl l (fun i => - 1 * fi v x i * lq v x i).
Definition flux (v : R) (x : vec) (k : nat) : R := Sl l (fun i => (x k - y i k) / v * fi v x i * lq v x i).
Definition dk_flux (v : R) (x : vec) (k : nat) : R :=
  Sl l (fun i => (/ v - ((x k - y i k) / v) ^ 2) * fi v x i * lq v x i)
  - p v x * C v x (fun i => y i k) (fun i => y i k) / v ^ 2.

Lemma fi_pos v x i : 0 < v -> In i l -> 0 < fi v x i.
Proof. intros hv hi; apply Rmult_lt_0_compat; [now apply hw | now apply phid_pos]. Qed.

Theorem du_Rd v x k : 0 < v -> (k < d)%nat ->
  is_dir (fun x => u v x) x (basis k) (flux v x k).
Proof.
intros hv hk; unfold is_dir; eapply D_val.
- apply (logsum_derive l (fun i t => fi v (fun j => x j + t * basis k j) i) (fun _ _ => - 1)
    (fun i => / v * dot (basis k) (y i) + - (dot (basis k) x / v)) (fun _ => 0) 0).
  + intros; now apply fi_pos.
  + intros; now apply fi_line.
  + intros; apply D_const.
  + exact hl.
- rewrite line_0.
  assert (c0 : forall g, Cov l (fun i => fi v x i) (fun _ => - 1) g = 0).
  { intros g; unfold Cov; rewrite Ex_scal, Ex_const by (now apply p_neq); ring. }
  rewrite c0, Rmult_0_r, Rplus_0_r; unfold flux, lq; apply Sl_ext; intros i _.
  rewrite !dot_basis by assumption; change (Sl l (fun j => fi v x j)) with (p v x); unfold Rdiv; f_equal; f_equal; field; lra.
Qed.

Theorem dflux_Rd v x k : 0 < v -> (k < d)%nat ->
  is_dir (fun x => flux v x k) x (basis k) (dk_flux v x k).
Proof.
intros hv hk; unfold is_dir; eapply D_val.
- apply (logsum_derive l (fun i t => fi v (fun j => x j + t * basis k j) i)
    (fun i t => (x k + t * basis k k - y i k) / v)
    (fun i => / v * dot (basis k) (y i) + - (dot (basis k) x / v)) (fun _ => / v) 0).
  + intros; now apply fi_pos.
  + intros; now apply fi_line.
  + intros; unfold basis; destruct (Nat.eq_dec k k); [| congruence].
    auto_derive; [trivial | unfold Rdiv; ring].
  + exact hl.
- rewrite line_0.
  assert (c0 : Cov l (fun i => fi v x i) (fun i => (x k + 0 * basis k k - y i k) / v)
     (fun i => / v * dot (basis k) (y i) + - (dot (basis k) x / v))
     = - (C v x (fun i => y i k) (fun i => y i k) / v ^ 2)).
  { rewrite Cov_affine_r by now apply p_neq.
    rewrite (Cov_ext l _ _ (fun i => - / v * y i k + x k / v) _ (fun i => y i k))
      by (intros; try (now apply dot_basis); unfold Rdiv; ring).
    rewrite Cov_affine_l by now apply p_neq.
    change (Cov l _ _ _) with (C v x (fun i => y i k) (fun i => y i k)); field; lra. }
  rewrite c0; unfold dk_flux, lq; change (Sl l (fun i => fi v x i)) with (p v x).
  rewrite (Sl_ext l (fun i => (/ v - ((x k - y i k) / v) ^ 2) * fi v x i * ln (fi v x i / p v x))
    (fun i => (/ v + (x k + 0 * basis k k - y i k) / v
       * (/ v * dot (basis k) (y i) + - (dot (basis k) x / v))) * fi v x i * ln (fi v x i / p v x))).
  + unfold Rdiv; ring.
  + intros i _; rewrite !dot_basis by assumption; field; lra.
Qed.

Theorem entropy_density_Rd v x : 0 < v ->
  is_derive (fun v => u v x) v
    (/ 2 * Sl (seq 0 d) (dk_flux v x)
     + p v x * Sl (seq 0 d) (fun k => C v x (fun i => y i k) (fun i => y i k)) / (2 * v ^ 2)).
Proof.
intros hv; assert (hp := p_pos v x hv); eapply D_val.
- apply (logsum_derive l (fun i v => fi v x i) (fun _ _ => - 1)
    (fun i => / (2 * v ^ 2) * dot (vsub x (y i)) (vsub x (y i)) + - (INR d / (2 * v))) (fun _ => 0) v).
  + intros; now apply fi_pos.
  + intros; now apply fi_v.
  + intros; apply D_const.
  + exact hl.
- assert (c0 : forall g, Cov l (fun i => fi v x i) (fun _ => - 1) g = 0).
  { intros g; unfold Cov; rewrite Ex_scal, Ex_const by (now apply p_neq); ring. }
  rewrite c0, Rmult_0_r, Rplus_0_r; change (Sl l (fun i => fi v x i)) with (p v x).
  unfold dk_flux; rewrite Sl_minus, Sl_swap.
  rewrite (Sl_ext (seq 0 d) (fun k => p v x * C v x (fun i => y i k) (fun i => y i k) / v ^ 2)
    (fun k => p v x / v ^ 2 * C v x (fun i => y i k) (fun i => y i k)))
    by (intros; unfold Rdiv; ring).
  rewrite Sl_scal.
  set (T := Sl (seq 0 d) (fun k => C v x (fun i => y i k) (fun i => y i k))).
  rewrite (Sl_ext l (fun j => Sl (seq 0 d) _) (fun i => (INR d / v - dot (vsub x (y i)) (vsub x (y i)) / v ^ 2)
    * fi v x i * lq v x i)).
  + rewrite (Sl_ext l _ (fun i => / 2 * ((INR d / v - dot (vsub x (y i)) (vsub x (y i)) / v ^ 2)
      * fi v x i * lq v x i))) by (intros; unfold lq; field; lra).
    rewrite Sl_scal; field; lra.
  + intros i _; rewrite Sl_scal_r, Sl_scal_r; do 2 f_equal.
    rewrite Sl_minus, sum_const; unfold dot, Rdiv; rewrite <- Sl_scal_r; f_equal.
    apply Sl_ext; intros k _; unfold vsub; field; lra.
Qed.
End Rd.
