(* Certified.v -- written by `cargo xtask certify`; do not edit.
   Numbers that the program prints, each enclosed by the kernel: `Rabs (TERM - VALUE) <= RADIUS`, VALUE is the program's.
   TERM is an integral over the whole line, or something that is proved to exist near VALUE.  A law is a list of (weight,
   place); X_t = X_0 + sqrt v Z, and k = 1/v is the signal-to-noise ratio.
     H l fst snd v              H(X_0 given X_t), in nats
     mmse l fst snd v           E Var[X_0 given X_t]
     Derive (H l fst snd) v     dH/dv, the rate of `ve`
     IR (p * Derive score)      E[ds/dx], the mean divergence of the score
     Var_h, Var_iota            variances of the posterior entropy and of the surprisal
     rate_peaks_at j k          k^j mmse is largest at k, and only there (j = 1: k_H, 3/2: k_s, 2: k_v of C8)
     variance_peaks_at          Var h has slope 0 at k, and no larger value in the interval (k_V of C8)
     reverse_critical alpha     the reverse SDE of a VP process turns unstable at the origin (C3; atoms at +-1)
   The integrals run over [-A, A]; theories/Truncation.v bounds what is lost.  Kernel floats and integers are used. *)
From Coq Require Import Reals Lra Lia List.
From Coquelicot Require Import Coquelicot.
From Interval Require Import Tactic.
From Infodyn Require Import Base Tilt Improper GaussInt EntropyRate D4_TotalVariance D3_VarianceProduction
  C3_ThreeEnergies C8_UniversalOffsets Truncation.
Import ListNotations.
Open Scope R_scope.

(* the integral over [-A, A] within e1, to a width of 2^n; then what is lost *)
Ltac finite n L := unfold H_at, M_at, hh_at, ii_at, gg_at, hb_at, h_of, M_at, grad_of, odds, f, phi, L;
  cbn [Sl fst snd]; integral with (i_width n, i_degree 7, i_fuel 10000).
Ltac lost L := unfold NN, Y1, Y2, K0, L; cbn [Sl fst snd]; interval.
Ltac by_cut c L ne pos v A n e1 :=
  apply (c (R * R)%type L fst snd ne pos (v * 99 / 100) v (v * 101 / 100) ltac:(lra) ltac:(lra) A _ e1);
  [lra | finite n L | lost L].
Ltac positive := let a := fresh in let h := fresh in intros a h; repeat destruct h as [<- | h]; simpl; try lra; contradiction.

(* the same for the integrals of C8, b = B v and c = N v *)
Ltac peak_side v b c n e1 :=
  let hb := fresh in let hc := fresh in
  assert (hb : b - 2 * e1 <= B v <= b + 2 * e1)
    by (apply Rabs_le_between', (MM_cut 0 v 40 b e1); [lia | lra | lra | unfold ker; simpl pow; unfold cosh;
        integral with (i_width n, i_degree 7, i_fuel 10000) | interval]);
  assert (hc : c - 2 * e1 <= N v <= c + 2 * e1)
    by (apply Rabs_le_between', (MM_cut 1 v 40 c e1); [lia | lra | lra | unfold ker; simpl pow; unfold cosh;
        integral with (i_width n, i_degree 7, i_fuel 10000) | interval]);
  revert hb hc; unfold psi, theta; generalize (B v), (N v); intros; interval.

(* the sign of the derivative of Var h, from H, mmse and the two integrals of D3 *)
Ltac slope_side L ne pos v a b g m n e1 :=
  let ha := fresh in let hb := fresh in let hg := fresh in let hm := fresh in
  assert (ha : Rabs (H L fst snd v - a) <= 2 * e1) by (by_cut @H_cut L ne pos v 40 n e1);
  assert (hb : Rabs (mmse L fst snd v - b) <= 2 * e1) by (by_cut @M_cut L ne pos v 40 n e1);
  assert (hg : Rabs (v ^ 2 * E_of L fst snd v (fun x => grad L fst snd v x ^ 2) - g) <= 2 * e1)
    by (by_cut @gg_cut L ne pos v 40 n e1);
  assert (hm : Rabs (v ^ 2 * E_of L fst snd v (fun x => ent L fst snd v x * stretch L fst snd v x) - m) <= 2 * e1)
    by (by_cut @hb_cut L ne pos v 40 n e1);
  apply Rabs_le_between' in ha, hb, hg, hm; unfold slope_num; revert ha hb hg hm;
  generalize (H L fst snd v), (mmse L fst snd v), (v ^ 2 * E_of L fst snd v (fun x => grad L fst snd v x ^ 2)),
    (v ^ 2 * E_of L fst snd v (fun x => ent L fst snd v x * stretch L fst snd v x));
  intros; interval.

Definition reverse_critical (alpha : R) : Prop := 0 < alpha ^ 2 < 1 /\
  forall beta, 0 < beta -> - (- beta / 2) + beta * slope0 (alpha * 1) (1 - alpha ^ 2) = 0.
Lemma sqrt2 : 0 < sqrt 2 - 1 < 1. Proof. split; interval. Qed.
Lemma reverse_at alpha : alpha ^ 2 = sqrt 2 - 1 -> reverse_critical alpha.
Proof.
intros e; assert (h := sqrt2); split; [lra |]; intros beta hb.
apply vp_reverse_critical; [exact hb | lra | exact e].
Qed.
Definition marginal_critical (alpha : R) : Prop := 0 < alpha ^ 2 < 1 /\ slope0 alpha (1 - alpha ^ 2) = 0.
Lemma marginal_at alpha : alpha ^ 2 = / 2 -> marginal_critical alpha.
Proof. intros e; split; [lra |]; apply slope0_zero; lra. Qed.
(* alpha = exp (- t) in ou, exp (- (t/20 + (199/40) t^2)) in vp-linear *)
Definition vp_time (L : R) : R := (- (1 / 20) + sqrt (1 / 400 + 199 / 10 * L)) * (20 / 199).
Lemma vp_time_ok L : 0 <= L -> vp_time L / 20 + 199 / 40 * vp_time L ^ 2 = L.
Proof.
intros h; unfold vp_time; assert (e := sqrt_sqrt (1 / 400 + 199 / 10 * L) ltac:(lra)).
set (r := sqrt _) in *; transitivity ((r * r - 1 / 400) / (199 / 10)); [field | rewrite e; field].
Qed.
Lemma exp_half L : 0 < L -> exp (- (- ln L / 2)) ^ 2 = L.
Proof.
intros h; replace (exp (- (- ln L / 2)) ^ 2) with (exp (- (- ln L / 2)) * exp (- (- ln L / 2))) by ring.
rewrite <- exp_plus; replace (- (- ln L / 2) + - (- ln L / 2)) with (ln L) by field; now apply exp_ln.
Qed.
