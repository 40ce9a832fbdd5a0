(* claim: B4; scope: 1-D, finite Gaussian mixtures; headline: B4_label_production, B4_divergence_form, B4_label_entropy_exists *)
(* B4.  d/dt H(Y given X_t) = (g^2/2) E sum_y pi_y |s_y - s|^2 = (g^2/2)( E[div s] - E[div s_Y] ), over the whole line,
   for any finite mixture of atoms and Gaussians whose components are grouped into labels in any way (each component,
   each atom or each class a label), and any linear process. *)
From Coq Require Import Reals Lra List.
From Coquelicot Require Import Coquelicot.
From Infodyn Require Import Base Tilt Improper BinEntropy Mixture1D Process1D.
Open Scope R_scope.

Section B4.
Context {K I : Type}.
Variables (ks : list K) (ls : K -> list I) (w y c : I -> R) (alpha sigma2 : R -> R) (f g t : R).
Hypothesis h : labelled_law ks ls w c.

(* E h(X_t), h = - sum_y pi_y ln pi_y *)
Definition label_entropy_t (z : R) : R := IR (fun x =>
  dens_t (whole ks ls) w y c alpha sigma2 z x
  * Sl ks (fun k => eta (dens_t (ls k) w y c alpha sigma2 z x / dens_t (whole ks ls) w y c alpha sigma2 z x))).

Lemma lab_ct z k i : In k ks -> In i (ls k) -> 0 <= ct c alpha z i.
Proof. intros hk hi; apply Rmult_le_pos; [apply pow2_ge_0 | exact (lab_c ks ls w c h k i hk hi)]. Qed.

Lemma label_entropy_t_val z : 0 < sigma2 z -> label_entropy_t z =
  Sl ks (fun k => Hm_t (ls k) w y c alpha sigma2 z) - Hm_t (whole ks ls) w y c alpha sigma2 z.
Proof.
intros s0; exact (label_entropy_val ks ls w (yt y alpha z) (ct c alpha z) (lab_ne _ _ _ _ h) (proj1 h)
  (lab_w _ _ _ _ h) (lab_ct z) (sigma2 z) s0).
Qed.

Theorem B4_label_entropy_exists : 0 < sigma2 t -> is_IR (fun x =>
  dens_t (whole ks ls) w y c alpha sigma2 t x
  * Sl ks (fun k => eta (dens_t (ls k) w y c alpha sigma2 t x / dens_t (whole ks ls) w y c alpha sigma2 t x)))
  (label_entropy_t t).
Proof.
intros s0; rewrite label_entropy_t_val by exact s0.
exact (label_split ks ls w (yt y alpha t) (ct c alpha t) (lab_ne _ _ _ _ h) (proj1 h)
  (lab_w _ _ _ _ h) (lab_ct t) (sigma2 t) s0).
Qed.

Hypothesis hp : linear_process alpha sigma2 f g t.

Lemma label_rate : is_derive label_entropy_t t (g ^ 2 / 2 *
  (Sl ks (fun k => fisher_t (ls k) w y c alpha sigma2 t) - fisher_t (whole ks ls) w y c alpha sigma2 t)).
Proof.
destruct hp as [da [ds [a0 s0]]].
apply (is_derive_ext_loc (fun z => Sl ks (fun k => Hm_t (ls k) w y c alpha sigma2 z)
  - Hm_t (whole ks ls) w y c alpha sigma2 z)).
{ apply (filter_imp (fun z => 0 < alpha z /\ 0 < sigma2 z)).
  2: exact (near_pos alpha sigma2 f g t da ds a0 s0).
  intros z [_ hz]; symmetry; now apply label_entropy_t_val. }
eapply D_val.
- apply D_minus.
  + apply (Sl_derive ks (fun k z => Hm_t (ls k) w y c alpha sigma2 z)
      (fun k _ => Sl (ls k) w * f + g ^ 2 / 2 * fisher_t (ls k) w y c alpha sigma2 t)).
    intros k hk; apply marginal_rate; try assumption.
    * exact (proj1 h k hk).
    * intros i hi; exact (lab_w _ _ _ _ h k i hk hi).
    * intros i hi; exact (lab_c _ _ _ _ h k i hk hi).
  + apply (marginal_rate (whole ks ls) w y c alpha sigma2 (law_ne _ _ _ (proj2 h)) (proj1 (proj2 h))
      (proj1 (proj2 (proj2 h))) f g t); assumption.
- rewrite Sl_plus, Sl_scal, Sl_scal_r; unfold whole at 1; rewrite Sl_flat; ring.
Qed.

Theorem B4_label_production : is_derive label_entropy_t t (g ^ 2 / 2 * IR (fun x =>
  dens_t (whole ks ls) w y c alpha sigma2 t x
  * Sl ks (fun k => dens_t (ls k) w y c alpha sigma2 t x / dens_t (whole ks ls) w y c alpha sigma2 t x
       * (score_t (ls k) w y c alpha sigma2 t x - score_t (whole ks ls) w y c alpha sigma2 t x) ^ 2))).
Proof.
eapply D_val; [apply label_rate |]; f_equal; symmetry; apply IR_unique.
destruct hp as [da [ds [a0 s0]]].
exact (label_fisher ks ls w (yt y alpha t) (ct c alpha t) (lab_ne _ _ _ _ h) (proj1 h)
  (lab_w _ _ _ _ h) (lab_ct t) (sigma2 t) s0).
Qed.

(* E[div s_Y] = sum over labels of the integral of (their part of the density) x (slope of their score) *)
Theorem B4_divergence_form : is_derive label_entropy_t t (g ^ 2 / 2 *
  (IR (fun x => dens_t (whole ks ls) w y c alpha sigma2 t x * slope_t (whole ks ls) w y c alpha sigma2 t x)
   - Sl ks (fun k => IR (fun x => dens_t (ls k) w y c alpha sigma2 t x * slope_t (ls k) w y c alpha sigma2 t x)))).
Proof.
eapply D_val; [apply label_rate |]; destruct hp as [da [ds [a0 s0]]].
rewrite (IR_unique _ _ (slope_t_val (whole ks ls) w y c alpha sigma2 (law_ne _ _ _ (proj2 h)) (proj1 (proj2 h))
      (proj1 (proj2 (proj2 h))) t s0)).
rewrite (Sl_ext ks (fun k => IR _) (fun k => (-1) * fisher_t (ls k) w y c alpha sigma2 t)).
- rewrite Sl_scal; ring.
- intros k hk; rewrite (IR_unique _ _ (slope_t_val (ls k) w y c alpha sigma2 (proj1 h k hk)
    (fun i hi => lab_w _ _ _ _ h k i hk hi) (fun i hi => lab_c _ _ _ _ h k i hk hi) t s0)); ring.
Qed.
End B4.
