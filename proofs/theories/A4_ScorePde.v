(* claim: A4; scope: 1-D, finite Gaussian mixtures; headline: A4_score_pde, A4_fokker_planck, A4_heat, A4_burgers, A4_heat_Rd, A4_score_pde_Rd *)
(* A4.  d/dt s = grad[ (g^2/2)(div s + |s|^2) - f (D + x.s) ];  for ve, u = - s solves Burgers u_t + u u_x = (1/2) u_xx.
     A4_score_pde, A4_fokker_planck : any finite mixture of atoms and Gaussians on the line, any linear process;
     A4_heat, A4_burgers : the same in the clock v (alpha = 1);
     A4_heat_Rd, A4_score_pde_Rd : finitely many atoms in R^d, clock v. *)
From Coq Require Import Reals Lra List.
From Coquelicot Require Import Coquelicot.
From Infodyn Require Import Base Tilt Improper MixtureRd Mixture1D Process1D.
Open Scope R_scope.

Lemma phi_chain (V r : R -> R) t dV dr : 0 < V t -> is_derive V t dV -> is_derive r t dr ->
  is_derive (fun t => phi (V t) (r t)) t
    ((- (r t / V t) * dr + / 2 * ((r t / V t) ^ 2 - / V t) * dV) * phi (V t) (r t)).
Proof.
intros hV hd hr; unfold phi; assert (hp := two_pi_v_pos _ hV); assert (hs := sqrt_lt_R0 _ hp).
eapply D_val.
- apply (D_div (fun t => exp (- (r t ^ 2) / (2 * V t))) (fun t => sqrt (2 * PI * V t))); [lra | |].
  + apply (D_comp exp (fun t => - (r t ^ 2) / (2 * V t))); [auto_derive; [trivial | reflexivity] |].
    apply (D_div (fun t => - (r t ^ 2)) (fun t => 2 * V t)); [lra | | apply D_scal; exact hd].
    apply D_opp, (is_derive_pow r 2 t); exact hr.
  + apply (D_comp sqrt (fun t => 2 * PI * V t)); [auto_derive; [exact hp | reflexivity] | apply D_scal; exact hd].
- cbv beta; assert (e : PI = sqrt (2 * PI * V t) * sqrt (2 * PI * V t) / (2 * V t))
    by (rewrite sqrt_sqrt by lra; field; lra).
  set (s := sqrt (2 * PI * V t)) in *; clearbody s; rewrite e; unfold Rdiv; simpl; field; lra.
Qed.

Section A4.
Context {I : Type}.
Variables (l : list I) (w y c : I -> R) (alpha sigma2 : R -> R) (f g t : R).
Hypothesis h : law l w c.
Hypothesis hp : linear_process alpha sigma2 f g t.
Notation Y := (yt y alpha).
Notation C := (ct c alpha).

Lemma V_pos i : In i l -> 0 < C t i + sigma2 t.
Proof.
intros hi; destruct (law_ct l w c alpha t h) as [_ [hc _]]; assert (k := hc i hi).
destruct hp as [_ [_ [_ s0]]]; lra.
Qed.

Lemma V_dt i : is_derive (fun t => C t i + sigma2 t) t (2 * f * (C t i + sigma2 t) + g ^ 2).
Proof.
destruct hp as [da [ds _]]; unfold ct; eapply D_val.
- apply D_plus; [| exact ds].
  apply (D_mult (fun t => alpha t ^ 2) (fun _ => c i)); [apply (is_derive_pow alpha 2 t); exact da | apply D_const].
- simpl; ring.
Qed.

Lemma comp_dt x i : In i l -> is_derive (fun t => comp w (Y t) (C t) (sigma2 t) x i) t
  (g ^ 2 / 2 * ((zz (Y t) (C t) (sigma2 t) x i ^ 2 - / (C t i + sigma2 t)) * comp w (Y t) (C t) (sigma2 t) x i)
   - f * (comp w (Y t) (C t) (sigma2 t) x i
          + x * (- zz (Y t) (C t) (sigma2 t) x i * comp w (Y t) (C t) (sigma2 t) x i))).
Proof.
intros hi; assert (hV := V_pos i hi); unfold comp at 1; eapply D_val.
- apply D_scal, (phi_chain (fun t => C t i + sigma2 t) (fun t => x - Y t i)); [exact hV | apply V_dt |].
  apply D_minus; [apply D_const |]; destruct hp as [da _].
  apply (D_mult alpha (fun _ => y i)); [exact da | apply D_const].
- cbv beta; unfold comp, zz; set (V := C t i + sigma2 t) in *; unfold yt.
  generalize (phi V (x - alpha t * y i)); intros P; field; lra.
Qed.

Lemma zz_dt x i : In i l -> is_derive (fun t => zz (Y t) (C t) (sigma2 t) x i) t
  (- (f * x + g ^ 2 * zz (Y t) (C t) (sigma2 t) x i) / (C t i + sigma2 t) - f * zz (Y t) (C t) (sigma2 t) x i).
Proof.
intros hi; assert (hV := V_pos i hi); unfold zz at 1; eapply D_val.
- apply (D_div (fun t => x - Y t i) (fun t => C t i + sigma2 t)); [lra | | apply V_dt].
  apply D_minus; [apply D_const |]; destruct hp as [da _].
  apply (D_mult alpha (fun _ => y i)); [exact da | apply D_const].
- cbv beta; unfold zz; set (V := C t i + sigma2 t) in *; unfold yt; field; lra.
Qed.

Notation p := (dens l w (Y t) (C t) (sigma2 t)).
Notation p1 := (dens1 l w (Y t) (C t) (sigma2 t)).
Notation p2 := (dens2 l w (Y t) (C t) (sigma2 t)).
Notation p3 := (dens3 l w (Y t) (C t) (sigma2 t)).

Lemma dens_dt x : is_derive (fun t => dens l w (Y t) (C t) (sigma2 t) x) t
  (g ^ 2 / 2 * p2 x - f * (p x + x * p1 x)).
Proof.
unfold dens at 1; eapply D_val.
- apply (Sl_derive l (fun i t => comp w (Y t) (C t) (sigma2 t) x i) (fun i _ =>
   g ^ 2 / 2 * ((zz (Y t) (C t) (sigma2 t) x i ^ 2 - / (C t i + sigma2 t)) * comp w (Y t) (C t) (sigma2 t) x i)
   - f * (comp w (Y t) (C t) (sigma2 t) x i
          + x * (- zz (Y t) (C t) (sigma2 t) x i * comp w (Y t) (C t) (sigma2 t) x i)))); intros i hi.
  exact (comp_dt x i hi).
- rewrite Sl_minus, !Sl_scal, Sl_plus, Sl_scal; reflexivity.
Qed.

Lemma dens1_dt x : is_derive (fun t => dens1 l w (Y t) (C t) (sigma2 t) x) t
  (g ^ 2 / 2 * p3 x - f * (2 * p1 x + x * p2 x)).
Proof.
unfold dens1 at 1; eapply D_val.
- apply (Sl_derive l (fun i t => - zz (Y t) (C t) (sigma2 t) x i * comp w (Y t) (C t) (sigma2 t) x i) (fun i _ =>
    g ^ 2 / 2 * ((3 * zz (Y t) (C t) (sigma2 t) x i / (C t i + sigma2 t) - zz (Y t) (C t) (sigma2 t) x i ^ 3)
      * comp w (Y t) (C t) (sigma2 t) x i)
    - f * (2 * (- zz (Y t) (C t) (sigma2 t) x i * comp w (Y t) (C t) (sigma2 t) x i)
       + x * ((zz (Y t) (C t) (sigma2 t) x i ^ 2 - / (C t i + sigma2 t)) * comp w (Y t) (C t) (sigma2 t) x i)))).
  intros i hi; assert (hV := V_pos i hi); eapply D_val.
  + apply (D_mult (fun t => - zz (Y t) (C t) (sigma2 t) x i)); [apply D_opp; now apply zz_dt | now apply comp_dt].
  + cbv beta; set (z := zz (Y t) (C t) (sigma2 t) x i); set (K := comp w (Y t) (C t) (sigma2 t) x i); field; lra.
- rewrite Sl_minus, !Sl_scal, Sl_plus, !Sl_scal; reflexivity.
Qed.

(* d/dt p = - d/dx (f x p) + (g^2/2) d2/dx2 p *)
Theorem A4_fokker_planck x :
  is_derive (fun t => dens_t l w y c alpha sigma2 t x) t (g ^ 2 / 2 * p2 x - f * (p x + x * p1 x)) /\
  (forall x, is_derive (dens_t l w y c alpha sigma2 t) x (p1 x)) /\ (forall x, is_derive p1 x (p2 x)).
Proof.
assert (hl := law_ne _ _ _ h); destruct (law_ct l w c alpha t h) as [hw [hc _]]; destruct hp as [_ [_ [_ s0]]].
split; [apply dens_dt | split]; intros z; [now apply dens_dx | now apply dens1_dx].
Qed.

Theorem A4_score_pde x : exists D : R,
  is_derive (fun x => g ^ 2 / 2 * (slope_t l w y c alpha sigma2 t x + score_t l w y c alpha sigma2 t x ^ 2)
                      - f * (1 + x * score_t l w y c alpha sigma2 t x)) x D /\
  is_derive (fun t => score_t l w y c alpha sigma2 t x) t D.
Proof.
assert (hl := law_ne _ _ _ h); destruct (law_ct l w c alpha t h) as [hw [hc _]].
assert (s0 : 0 < sigma2 t) by (destruct hp as [_ [_ [_ s0]]]; exact s0).
assert (pp := fun x => dens_pos l w (Y t) (C t) hl hw hc (sigma2 t) x s0).
exists (g ^ 2 / 2 * ((p3 x * p x - p2 x * p1 x) / p x ^ 2)
  - f * (score_t l w y c alpha sigma2 t x + x * slope_t l w y c alpha sigma2 t x)); split.
- apply (is_derive_ext (fun x => g ^ 2 / 2 * (p2 x / p x) - f * (1 + x * score_t l w y c alpha sigma2 t x))).
  { intros z; unfold slope_t, slope; fold (score_t l w y c alpha sigma2 t z); req; ring. }
  eapply D_val.
  + apply D_minus; apply D_scal.
    * apply D_div; [apply Rgt_not_eq, pp | now apply dens2_dx | now apply dens_dx].
    * apply D_plus; [apply D_const |]; apply (D_mult (fun x => x)); [apply D_id |].
      now apply (Mixture1D.score_slope l w (Y t) (C t) hl hw hc).
  + cbv beta; fold (slope_t l w y c alpha sigma2 t x); ring.
- unfold score_t at 1, score; eapply D_val.
  + apply (D_div (fun t => dens1 l w (Y t) (C t) (sigma2 t) x) (fun t => dens l w (Y t) (C t) (sigma2 t) x));
      [apply Rgt_not_eq, pp | apply dens1_dt | apply dens_dt].
  + unfold slope_t, slope, score_t, score; field; apply Rgt_not_eq, pp.
Qed.
End A4.

(* in the clock v *)
Theorem A4_heat {I} (l : list I) (w y c : I -> R) v x : law l w c -> 0 < v -> exists p1 p2 : R -> R,
  (forall z, is_derive (dens l w y c v) z (p1 z)) /\ (forall z, is_derive p1 z (p2 z)) /\
  is_derive (fun v => dens l w y c v x) v (/ 2 * p2 x).
Proof.
intros h hv; assert (hl := law_ne _ _ _ h); destruct h as [hw [hc _]].
exists (dens1 l w y c v), (dens2 l w y c v); split; [| split].
- intros z; now apply dens_dx.
- intros z; now apply dens1_dx.
- now apply dens_dv.
Qed.

Theorem A4_burgers {I} (l : list I) (w y c : I -> R) v x : law l w c -> 0 < v ->
  let u := fun v x => - Mixture1D.score l w y c v x in
  exists (ux : R -> R) (uxx ut : R),
    (forall z, is_derive (u v) z (ux z)) /\ is_derive ux x uxx /\ is_derive (fun v => u v x) v ut /\
    ut + u v x * ux x = / 2 * uxx.
Proof.
intros h hv u; assert (hl := law_ne _ _ _ h); destruct h as [hw [hc _]].
assert (pp := dens_pos l w y c hl hw hc v x hv).
set (p := dens l w y c v x) in *; set (q1 := dens1 l w y c v x); set (q2 := dens2 l w y c v x);
  set (q3 := dens3 l w y c v x).
exists (fun z => - Mixture1D.slope l w y c v z),
  (- ((q3 * p - q2 * q1) / p ^ 2 - 2 * Mixture1D.score l w y c v x * Mixture1D.slope l w y c v x)),
  (- (/ 2 * (q3 / p - q1 * q2 / p ^ 2))); split; [| split; [| split]].
- intros z; apply D_opp; now apply Mixture1D.score_slope.
- apply D_opp; unfold Mixture1D.slope at 1; eapply D_val.
  + apply D_minus.
    * apply (D_div (dens2 l w y c v) (dens l w y c v)); [apply Rgt_not_eq; exact pp | now apply dens2_dx | now apply dens_dx].
    * apply (is_derive_pow (Mixture1D.score l w y c v) 2 x); now apply Mixture1D.score_slope.
  + fold p q1 q2 q3; simpl; ring.
- apply D_opp; now apply Mixture1D.score_dv.
- unfold u, Mixture1D.slope, Mixture1D.score; fold p q1 q2; field; lra.
Qed.

Theorem A4_heat_Rd (d : nat) {I} (l : list I) (w : I -> R) (y : I -> vec) (v : R) (x : vec) :
  l <> nil -> (forall i, In i l -> 0 < w i) -> 0 < v ->
  is_derive (fun v => MixtureRd.p d l w y v x) v (/ 2 * Sl (seq 0 d) (MixtureRd.dkk_p d l w y v x)) /\
  (forall k x, (k < d)%nat -> is_dir (MixtureRd.p d l w y v) x (basis k) (MixtureRd.dk_p d l w y v x k)) /\
  (forall k x, (k < d)%nat -> is_dir (fun x => MixtureRd.dk_p d l w y v x k) x (basis k) (MixtureRd.dkk_p d l w y v x k)).
Proof.
intros hl hw hv; split; [| split].
- now apply MixtureRd.heat_Rd.
- intros k z hk; now apply MixtureRd.dk_p_ok.
- intros k z hk; now apply MixtureRd.dkk_p_ok.
Qed.

Theorem A4_score_pde_Rd (d : nat) {I} (l : list I) (w : I -> R) (y : I -> vec) (v : R) (x : vec) (k : nat) :
  l <> nil -> (forall i, In i l -> 0 < w i) -> 0 < v -> (k < d)%nat -> exists D : R,
    is_dir (fun x => Sl (seq 0 d) (fun j => MixtureRd.dk_score d l w y v x j + MixtureRd.score d l w y v x j ^ 2)) x (basis k) D /\
    is_derive (fun v => MixtureRd.score d l w y v x k) v (/ 2 * D) /\
    (forall j x, (j < d)%nat -> is_dir (fun x => MixtureRd.score d l w y v x j) x (basis j) (MixtureRd.dk_score d l w y v x j)).
Proof.
intros hl hw hv hk; destruct (MixtureRd.burgers_Rd d l w y hl hw v x k hv hk) as [D [h1 h2]].
exists D; split; [exact h1 | split; [exact h2 |]]; intros j z hj; now apply MixtureRd.dk_score_ok.
Qed.
