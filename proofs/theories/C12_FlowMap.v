(* claim: C12; scope: finite atoms; headline: log_density_along_flow, quantile_preserved, divergence_of_flow *)
(* Finitely many atoms y_i, X_t = alpha X_0 + sigma Z, alpha' = f alpha, (sigma^2)' = 2 f sigma^2 + g2 (g2 = g^2),
   probability flow u = f x - (g2/2) s.
     divergence_of_flow     : in R^d, div u = f d - (g2/2) div s, each diagonal term the derivative of u_k;
     log_density_along_flow : in R^d, if x'(t) = u(t, x(t)) then d/dt log p_t(x(t)) = -div u at (t, x(t));
     quantile_preserved     : on the line, the distribution function F_t(x(t)) is constant along the flow. *)
From Coq Require Import Reals Lra Lia List.
From Coquelicot Require Import Coquelicot.
From Infodyn Require Import Base Tilt Improper GaussInt MixtureRd ExtraTools.
From Infodyn Require EntropyRate.
Open Scope R_scope.

Section Rd.
Variables (d : nat) (I : Type) (l : list I) (w : I -> R) (y : I -> vec).
Variables (alpha s2 f g2 : R -> R).
Hypothesis hl : l <> nil.
Hypothesis hw : forall i, In i l -> 0 < w i.

Definition atoms_t (alpha : R -> R) (y : I -> vec) (t : R) (i : I) : vec := fun k => alpha t * y i k.
Definition p_t (t : R) (x : vec) : R := p d l w (atoms_t alpha y t) (s2 t) x.
Definition s_t (t : R) (x : vec) (k : nat) : R := score d l w (atoms_t alpha y t) (s2 t) x k.
Definition ds_t (t : R) (x : vec) (k : nat) : R := dk_score d l w (atoms_t alpha y t) (s2 t) x k.
Definition flow (t : R) (x : vec) (k : nat) : R := f t * x k - g2 t / 2 * s_t t x k.
Definition div_flow (t : R) (x : vec) : R :=
  f t * INR d - g2 t / 2 * Sl (seq 0 d) (fun k => ds_t t x k).

Theorem divergence_of_flow t x k : 0 < s2 t -> (k < d)%nat ->
  is_dir (fun x => flow t x k) x (basis k) (f t - g2 t / 2 * ds_t t x k).
Proof.
intros hs hk; assert (h := dk_score_ok d l w (atoms_t alpha y t) hl hw (s2 t) x k hs hk); unfold is_dir in *.
unfold flow; apply D_minus.
- eapply D_val; [auto_derive; [trivial | reflexivity] |].
  unfold basis; destruct (Nat.eq_dec k k); [ring | congruence].
- apply D_scal; exact h.
Qed.

Section Path.
Variables (x : R -> vec) (t : R).
Hypothesis hs : 0 < s2 t.
Hypothesis da : is_derive alpha t (f t * alpha t).
Hypothesis dv : is_derive s2 t (2 * f t * s2 t + g2 t).
Hypothesis dx : forall k, (k < d)%nat -> is_derive (fun t => x t k) t (flow t (x t) k).

Let v := s2 t.
Let r i k := x t k - alpha t * y i k.
Let sq i := dot d (r i) (r i).
Let rs i := dot d (r i) (s_t t (x t)).

Lemma phid_path i :
  is_derive (fun t => phid d (s2 t) (vsub (x t) (atoms_t alpha y t i))) t
    (((g2 t / (2 * v)) * rs i + (g2 t / (2 * v ^ 2)) * sq i - INR d * (f t + g2 t / (2 * v)))
     * phid d v (r i)).
Proof.
assert (hp := two_pi_v_pos v hs).
assert (hsq : 0 < sqrt (2 * PI * v)) by now apply sqrt_lt_R0.
set (w' := 2 * f t * v + g2 t).
(* the quadratic form along the path *)
assert (dq : is_derive (fun t => dot d (vsub (x t) (atoms_t alpha y t i)) (vsub (x t) (atoms_t alpha y t i))) t
  (2 * f t * sq i - g2 t * rs i)).
{ eapply D_val.
  - apply (Sl_derive (seq 0 d)
      (fun k t => (x t k - alpha t * y i k) * (x t k - alpha t * y i k))
      (fun k _ => 2 * (r i k * (f t * r i k - g2 t / 2 * s_t t (x t) k)))).
    intros k hk; apply in_seq in hk.
    assert (h1 : is_derive (fun t => x t k - alpha t * y i k) t (flow t (x t) k - f t * alpha t * y i k)).
    { apply D_minus; [apply dx; lia |].
      eapply D_val; [apply D_mult; [exact da | apply D_const] | cbv beta; ring]. }
    eapply D_val; [apply D_mult; exact h1 |]; unfold flow, r; cbv beta; ring.
  - unfold sq, rs, dot; rewrite <- !Sl_scal, <- Sl_minus; apply Sl_ext; intros; field. }
(* the normalisation *)
assert (dn : is_derive (fun t => sqrt (2 * PI * s2 t) ^ d) t (INR d * (w' / (2 * v)) * sqrt (2 * PI * v) ^ d)).
{ assert (h1 : is_derive (fun t => sqrt (2 * PI * s2 t)) t (w' / (2 * v) * sqrt (2 * PI * v))).
  { eapply D_val.
    - apply (D_comp sqrt (fun t => 2 * PI * s2 t)).
      + apply is_derive_Reals, derivable_pt_lim_sqrt; exact hp.
      + apply D_scal; exact dv.
    - fold v w'; assert (e : sqrt (2 * PI * v) * sqrt (2 * PI * v) = 2 * PI * v) by (apply sqrt_sqrt; lra).
      set (S := sqrt (2 * PI * v)) in *; clearbody S.
      assert (e2 : PI = S * S / (2 * v)) by (rewrite e; field; fold v in hs; lra).
      rewrite e2; field; fold v in hs; split; lra. }
  eapply D_val; [apply (is_derive_pow (fun t => sqrt (2 * PI * s2 t)) d t _ h1) |].
  destruct d as [| n]; [simpl; ring |]; simpl pred.
  replace (sqrt (2 * PI * v) ^ S n) with (sqrt (2 * PI * v) * sqrt (2 * PI * v) ^ n) by reflexivity.
  fold v; ring. }
assert (hn : 0 < sqrt (2 * PI * v) ^ d) by now apply pow_lt.
assert (dE : is_derive (fun t => exp (- dot d (vsub (x t) (atoms_t alpha y t i)) (vsub (x t) (atoms_t alpha y t i))
    / (2 * s2 t))) t ((- (2 * f t * sq i - g2 t * rs i) * (2 * v) + sq i * (2 * w')) / (2 * v) ^ 2
    * exp (- sq i / (2 * v)))).
{ eapply D_val.
  - apply (D_comp exp); [apply is_derive_exp |].
    apply D_div; [fold v; fold v in hs; lra | apply D_opp; exact dq | apply D_scal; exact dv].
  - cbv beta; fold v; fold w'; change (dot d (vsub (x t) (atoms_t alpha y t i)) (vsub (x t) (atoms_t alpha y t i))) with (sq i).
    unfold Rdiv; ring. }
unfold phid; eapply D_val.
- apply D_div; [fold v; lra | exact dE | exact dn].
- cbv beta; fold v; change (dot d (vsub (x t) (atoms_t alpha y t i)) (vsub (x t) (atoms_t alpha y t i))) with (sq i).
  change (dot d (r i) (r i)) with (sq i); unfold w'.
  set (N := sqrt (2 * PI * v) ^ d) in *; clearbody N; fold v in hs; field; split; lra.
Qed.

Theorem log_density_along_flow :
  is_derive (fun t => ln (p_t t (x t))) t (- div_flow t (x t)).
Proof.
assert (hpp := p_pos d l w (atoms_t alpha y t) hl hw (s2 t) (x t) hs).
eapply D_val.
- apply (tilt_log l (fun i t => w i * phid d (s2 t) (vsub (x t) (atoms_t alpha y t i)))
    (fun i => (g2 t / (2 * v)) * rs i + (g2 t / (2 * v ^ 2)) * sq i - INR d * (f t + g2 t / (2 * v))) t).
  + intros i _; eapply D_val; [apply D_scal, phid_path |].
    change (vsub (x t) (atoms_t alpha y t i)) with (r i); fold v; ring.
  + exact hpp.
- assert (hv : 0 < v) by exact hs.
  change (fun i => w i * phid d (s2 t) (vsub (x t) (atoms_t alpha y t i)))
    with (fi d w (atoms_t alpha y t) v (x t)).
  assert (hP : Sl l (fi d w (atoms_t alpha y t) v (x t)) <> 0) by (apply Rgt_not_eq; exact hpp).
  assert (eA : Ex l (fi d w (atoms_t alpha y t) v (x t)) sq / v ^ 2 - INR d / v
    = Sl (seq 0 d) (fun k => ds_t t (x t) k + s_t t (x t) k ^ 2)).
  { symmetry; exact (div_plus_sq d l w (atoms_t alpha y t) hl hw v (x t) hv). }
  assert (eB : Ex l (fi d w (atoms_t alpha y t) v (x t)) rs = - v * Sl (seq 0 d) (fun k => s_t t (x t) k ^ 2)).
  { unfold Ex, rs, dot, r.
    rewrite (Sl_ext l _ (fun i => Sl (seq 0 d) (fun k => s_t t (x t) k
       * (fi d w (atoms_t alpha y t) v (x t) i * (x t k - atoms_t alpha y t i k)))))
      by (intros; rewrite <- Sl_scal; apply Sl_ext; intros; unfold atoms_t; ring).
    rewrite Sl_swap; unfold Rdiv; rewrite <- Sl_scal_r, <- Sl_scal; apply Sl_ext; intros k _.
    rewrite Sl_scal.
    assert (e : Sl l (fun i => fi d w (atoms_t alpha y t) v (x t) i * (x t k - atoms_t alpha y t i k))
      = - v * s_t t (x t) k * Sl l (fi d w (atoms_t alpha y t) v (x t))).
    { rewrite (Sl_ext l _ (fun i => x t k * fi d w (atoms_t alpha y t) v (x t) i
        - fi d w (atoms_t alpha y t) v (x t) i * atoms_t alpha y t i k)) by (intros; ring).
      rewrite Sl_minus, Sl_scal; unfold s_t, score, mean, E, Ex; fold v; field; repeat split; try exact hP; lra. }
    rewrite e; field; exact hP. }
  rewrite (Ex_ext l _ _ (fun i => (g2 t / (2 * v)) * rs i
     + ((g2 t / (2 * v ^ 2)) * sq i + - (INR d * (f t + g2 t / (2 * v)))))) by (intros; ring).
  rewrite Ex_plus, Ex_affine, Ex_scal, eB by exact hP.
  assert (eA' : Ex l (fi d w (atoms_t alpha y t) v (x t)) sq = v ^ 2 * (INR d / v
    + Sl (seq 0 d) (fun k => ds_t t (x t) k + s_t t (x t) k ^ 2))) by (rewrite <- eA; field; lra).
  rewrite eA', Sl_plus; unfold div_flow.
  change (fun k => ds_t t (x t) k) with (ds_t t (x t)); field; lra.
Qed.
End Path.
End Rd.

(* ---- the line: quantiles ---- *)
Section Line.
Variables (I : Type) (l : list I) (w y : I -> R) (alpha s2 f g2 x : R -> R) (t0 t1 : R).
Hypothesis hl : l <> nil.
Hypothesis hw : forall i, In i l -> 0 < w i.
Hypothesis ht : t0 < t1.
Hypothesis hs : forall t, t0 <= t <= t1 -> 0 < s2 t.
Hypothesis da : forall t, t0 <= t <= t1 -> is_derive alpha t (f t * alpha t).
Hypothesis dv : forall t, t0 <= t <= t1 -> is_derive s2 t (2 * f t * s2 t + g2 t).

Definition at1 (alpha : R -> R) (y : I -> R) (t : R) (i : I) : R := alpha t * y i.
Definition score1 (t z : R) : R := EntropyRate.score l w (at1 alpha y t) (s2 t) z.
Definition flow1 (t z : R) : R := f t * z - g2 t / 2 * score1 t z.
(* distribution function of X_t: Phi v y is that of N(y, v), less 1/2 (GaussInt) *)
Definition cdf (t z : R) : R := Sl l (fun i => w i * (/ 2 + Phi (s2 t) (at1 alpha y t i) z)).

Hypothesis dx : forall t, t0 <= t <= t1 -> is_derive x t (flow1 t (x t)).

Lemma cdf_derive t : t0 <= t <= t1 -> is_derive (fun t => cdf t (x t)) t 0.
Proof.
intros h; assert (hv := hs t h); assert (hpi := PI_RGT_0).
assert (h2 : 0 < sqrt PI) by (now apply sqrt_lt_R0).
assert (h1 : 0 < sqrt (2 * s2 t)) by (apply sqrt_lt_R0; lra).
assert (key : forall i, is_derive (fun t => Phi (s2 t) (at1 alpha y t i) (x t)) t
  (phi (s2 t) (x t - at1 alpha y t i) * (- (g2 t / 2) * (score1 t (x t) + (x t - at1 alpha y t i) / s2 t)))).
{ intros i; unfold Phi, at1.
  assert (dz : is_derive (fun t => (x t - alpha t * y i) / sqrt (2 * s2 t)) t
    (- (g2 t / 2) * (score1 t (x t) + (x t - alpha t * y i) / s2 t) / sqrt (2 * s2 t))).
  { assert (dsq : is_derive (fun t => sqrt (2 * s2 t)) t ((2 * f t * s2 t + g2 t) / sqrt (2 * s2 t))).
    { eapply D_val.
      - apply (D_comp sqrt (fun t => 2 * s2 t)).
        + apply is_derive_Reals, derivable_pt_lim_sqrt; lra.
        + apply D_scal; exact (dv t h).
      - field; lra. }
    eapply D_val.
    - apply D_div; [lra | | exact dsq].
      apply D_minus; [exact (dx t h) | apply D_mult; [exact (da t h) | apply D_const]].
    - unfold flow1; cbv beta.
      assert (e : s2 t = sqrt (2 * s2 t) * sqrt (2 * s2 t) / 2) by (rewrite sqrt_sqrt by lra; field).
      set (S := sqrt (2 * s2 t)) in *; clearbody S; rewrite e; field; lra. }
  eapply D_val.
  - apply (D_div (fun t => gI ((x t - alpha t * y i) / sqrt (2 * s2 t))) (fun _ => sqrt PI)); [lra | | apply D_const].
    apply (D_comp gI (fun t => (x t - alpha t * y i) / sqrt (2 * s2 t))); [apply gI_derive | exact dz].
  - cbv beta; unfold phi.
    assert (e1 : sqrt (2 * PI * s2 t) = sqrt (2 * s2 t) * sqrt PI).
    { rewrite <- sqrt_mult; [f_equal; ring | lra | lra]. }
    assert (e2 : - ((x t - alpha t * y i) / sqrt (2 * s2 t) * ((x t - alpha t * y i) / sqrt (2 * s2 t)))
      = - (x t - alpha t * y i) ^ 2 / (2 * s2 t)).
    { rewrite <- (sqrt_sqrt (2 * s2 t)) at 3 by lra; field; lra. }
    rewrite e1, e2; field; repeat split; lra. }
eapply D_val.
- apply (Sl_derive l (fun i t => w i * (/ 2 + Phi (s2 t) (at1 alpha y t i) (x t)))
    (fun i _ => w i * (0 + phi (s2 t) (x t - at1 alpha y t i)
      * (- (g2 t / 2) * (score1 t (x t) + (x t - at1 alpha y t i) / s2 t))))).
  intros i _; apply D_scal, D_plus; [apply D_const | apply key].
- (* sum_i w_i phi_i (s + (x - y_i)/v) = p s + (x - m) p / v = 0 *)
  assert (hp := EntropyRate.p_pos l w (at1 alpha y t) hl hw (s2 t) (x t) hv).
  rewrite (Sl_ext l _ (fun i => - (g2 t / 2) * ((score1 t (x t) + x t / s2 t)
     * EntropyRate.f w (at1 alpha y t) (s2 t) (x t) i
     - / s2 t * (EntropyRate.f w (at1 alpha y t) (s2 t) (x t) i * at1 alpha y t i))))
    by (intros; unfold EntropyRate.f; field; lra).
  rewrite Sl_scal, Sl_minus, !Sl_scal.
  unfold score1, EntropyRate.score, EntropyRate.m, Ex, EntropyRate.p in *; field; split; lra.
Qed.

Theorem quantile_preserved : cdf t1 (x t1) = cdf t0 (x t0).
Proof.
destruct (mvt (fun t => cdf t (x t)) (fun _ => 0) t0 t1 ht cdf_derive) as [c [hc e]]; lra.
Qed.
End Line.
