(* Certified.v -- from the first law on written by `cargo xtask certify`; do not edit that.
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

Definition two : list (R * R) := [(1/2, 1); (1/2, -1)].
Lemma two_ne : two <> nil. Proof. discriminate. Qed.
Lemma two_pos a : In a two -> 0 < fst a. Proof. revert a; positive. Qed.
Lemma two_one : Sl two fst = 1. Proof. simpl; lra. Qed.
Theorem H_two_4 : Rabs (H two fst snd (4) - 0.5817256983752) <= 1.0e-9.
Proof. by_cut @H_cut two two_ne two_pos (4) 36 (-31)%Z 9.0e-10. Qed.
Theorem M_two_4 : Rabs (mmse two fst snd (4) - 0.7959457343665) <= 3.6e-9.
Proof. by_cut @M_cut two two_ne two_pos (4) 36 (-29)%Z 3.2e-9. Qed.
Theorem Rate_two_4 : Rabs (Derive (H two fst snd) (4) - 0.0248733041990) <= 4.0e-9.
Proof. apply (rate_near _ _ _ two_ne two_pos (4) ltac:(lra) _ _ _ _ M_two_4); interval. Qed.
Theorem Divergence_two_4 : Rabs (IR (fun x => p two fst snd (4) x * Derive (score two fst snd (4)) x) - -0.2002533916021) <= 4.0e-9.
Proof. apply (divergence_near _ _ _ two_ne two_pos (4) ltac:(lra) _ _ _ _ two_one M_two_4); interval. Qed.
Lemma Eh2_two_4 : Rabs (IR (fun x => p two fst snd (4) x * h_at two fst snd (4) x ^ 2) - 0.3526860187031) <= 1.0e-9.
Proof. by_cut @hh_cut two two_ne two_pos (4) 36 (-31)%Z 9.0e-10. Qed.
Theorem Var_h_two_4 : Rabs (Var_h two fst snd (4) - 0.0142812305530) <= 4.0e-9.
Proof. apply (Var_h_near _ _ _ two_ne two_pos (4) ltac:(lra) _ _ _ _ _ _ Eh2_two_4 H_two_4); interval. Qed.
Lemma Ei2_two_4 : Rabs (E_iota two fst snd (4) 2 - 0.5168700304601) <= 1.0e-9.
Proof. by_cut @ii_cut two two_ne two_pos (4) 36 (-31)%Z 9.0e-10. Qed.
Theorem Var_iota_two_4 : Rabs (Var_iota two fst snd (4) - 0.1784652423099) <= 4.0e-9.
Proof. apply (Var_iota_near _ _ _ two_ne two_pos (4) ltac:(lra) _ _ _ _ _ _ Ei2_two_4 H_two_4); interval. Qed.
Theorem H_two_2 : Rabs (H two fst snd (2) - 0.4918017089751) <= 1.0e-9.
Proof. by_cut @H_cut two two_ne two_pos (2) 36 (-31)%Z 9.0e-10. Qed.
Theorem M_two_2 : Rabs (mmse two fst snd (2) - 0.6498865953249) <= 3.6e-9.
Proof. by_cut @M_cut two two_ne two_pos (2) 36 (-29)%Z 3.2e-9. Qed.
Theorem Rate_two_2 : Rabs (Derive (H two fst snd) (2) - 0.0812358244156) <= 4.0e-9.
Proof. apply (rate_near _ _ _ two_ne two_pos (2) ltac:(lra) _ _ _ _ M_two_2); interval. Qed.
Theorem Divergence_two_2 : Rabs (IR (fun x => p two fst snd (2) x * Derive (score two fst snd (2)) x) - -0.3375283511688) <= 4.0e-9.
Proof. apply (divergence_near _ _ _ two_ne two_pos (2) ltac:(lra) _ _ _ _ two_one M_two_2); interval. Qed.
Lemma Eh2_two_2 : Rabs (IR (fun x => p two fst snd (2) x * h_at two fst snd (2) x ^ 2) - 0.2738622801165) <= 1.0e-9.
Proof. by_cut @hh_cut two two_ne two_pos (2) 36 (-31)%Z 9.0e-10. Qed.
Theorem Var_h_two_2 : Rabs (Var_h two fst snd (2) - 0.0319933591656) <= 4.0e-9.
Proof. apply (Var_h_near _ _ _ two_ne two_pos (2) ltac:(lra) _ _ _ _ _ _ Eh2_two_2 H_two_2); interval. Qed.
Lemma Ei2_two_2 : Rabs (E_iota two fst snd (2) 2 - 0.5082495006077) <= 1.0e-9.
Proof. by_cut @ii_cut two two_ne two_pos (2) 36 (-31)%Z 9.0e-10. Qed.
Theorem Var_iota_two_2 : Rabs (Var_iota two fst snd (2) - 0.2663805796569) <= 4.0e-9.
Proof. apply (Var_iota_near _ _ _ two_ne two_pos (2) ltac:(lra) _ _ _ _ _ _ Ei2_two_2 H_two_2); interval. Qed.
Theorem H_two_1 : Rabs (H two fst snd (1) - 0.3563163602131) <= 1.0e-9.
Proof. by_cut @H_cut two two_ne two_pos (1) 32 (-31)%Z 9.0e-10. Qed.
Theorem M_two_1 : Rabs (mmse two fst snd (1) - 0.4495995092067) <= 3.6e-9.
Proof. by_cut @M_cut two two_ne two_pos (1) 32 (-29)%Z 3.2e-9. Qed.
Theorem Rate_two_1 : Rabs (Derive (H two fst snd) (1) - 0.2247997546033) <= 4.0e-9.
Proof. apply (rate_near _ _ _ two_ne two_pos (1) ltac:(lra) _ _ _ _ M_two_1); interval. Qed.
Theorem Divergence_two_1 : Rabs (IR (fun x => p two fst snd (1) x * Derive (score two fst snd (1)) x) - -0.5504004907933) <= 4.0e-9.
Proof. apply (divergence_near _ _ _ two_ne two_pos (1) ltac:(lra) _ _ _ _ two_one M_two_1); interval. Qed.
Lemma Eh2_two_1 : Rabs (IR (fun x => p two fst snd (1) x * h_at two fst snd (1) x ^ 2) - 0.1778186660169) <= 1.0e-9.
Proof. by_cut @hh_cut two two_ne two_pos (1) 32 (-31)%Z 9.0e-10. Qed.
Theorem Var_h_two_1 : Rabs (Var_h two fst snd (1) - 0.0508573174614) <= 4.0e-9.
Proof. apply (Var_h_near _ _ _ two_ne two_pos (1) ltac:(lra) _ _ _ _ _ _ Eh2_two_1 H_two_1); interval. Qed.
Lemma Ei2_two_1 : Rabs (E_iota two fst snd (1) 2 - 0.4439069936215) <= 1.0e-9.
Proof. by_cut @ii_cut two two_ne two_pos (1) 32 (-31)%Z 9.0e-10. Qed.
Theorem Var_iota_two_1 : Rabs (Var_iota two fst snd (1) - 0.3169456450659) <= 4.0e-9.
Proof. apply (Var_iota_near _ _ _ two_ne two_pos (1) ltac:(lra) _ _ _ _ _ _ Ei2_two_1 H_two_1); interval. Qed.
Theorem H_two_1_2 : Rabs (H two fst snd (1/2) - 0.1930750444931) <= 1.0e-9.
Proof. by_cut @H_cut two two_ne two_pos (1/2) 32 (-31)%Z 9.0e-10. Qed.
Theorem M_two_1_2 : Rabs (mmse two fst snd (1/2) - 0.2310182219293) <= 9.0e-10.
Proof. by_cut @M_cut two two_ne two_pos (1/2) 32 (-31)%Z 8.1e-10. Qed.
Theorem Rate_two_1_2 : Rabs (Derive (H two fst snd) (1/2) - 0.4620364438586) <= 4.0e-9.
Proof. apply (rate_near _ _ _ two_ne two_pos (1/2) ltac:(lra) _ _ _ _ M_two_1_2); interval. Qed.
Theorem Divergence_two_1_2 : Rabs (IR (fun x => p two fst snd (1/2) x * Derive (score two fst snd (1/2)) x) - -1.0759271122828) <= 4.0e-9.
Proof. apply (divergence_near _ _ _ two_ne two_pos (1/2) ltac:(lra) _ _ _ _ two_one M_two_1_2); interval. Qed.
Lemma Eh2_two_1_2 : Rabs (IR (fun x => p two fst snd (1/2) x * h_at two fst snd (1/2) x ^ 2) - 0.0853241223428) <= 1.0e-9.
Proof. by_cut @hh_cut two two_ne two_pos (1/2) 32 (-31)%Z 9.0e-10. Qed.
Theorem Var_h_two_1_2 : Rabs (Var_h two fst snd (1/2) - 0.0480461495368) <= 4.0e-9.
Proof. apply (Var_h_near _ _ _ two_ne two_pos (1/2) ltac:(lra) _ _ _ _ _ _ Eh2_two_1_2 H_two_1_2); interval. Qed.
Lemma Ei2_two_1_2 : Rabs (E_iota two fst snd (1/2) 2 - 0.2934900838469) <= 1.0e-9.
Proof. by_cut @ii_cut two two_ne two_pos (1/2) 32 (-31)%Z 9.0e-10. Qed.
Theorem Var_iota_two_1_2 : Rabs (Var_iota two fst snd (1/2) - 0.2562121110409) <= 4.0e-9.
Proof. apply (Var_iota_near _ _ _ two_ne two_pos (1/2) ltac:(lra) _ _ _ _ _ _ Ei2_two_1_2 H_two_1_2); interval. Qed.
Theorem H_two_1_4 : Rabs (H two fst snd (1/4) - 0.0604269868231) <= 1.0e-9.
Proof. by_cut @H_cut two two_ne two_pos (1/4) 32 (-31)%Z 9.0e-10. Qed.
Theorem M_two_1_4 : Rabs (mmse two fst snd (1/4) - 0.0685974087907) <= 2.3e-10.
Proof. by_cut @M_cut two two_ne two_pos (1/4) 32 (-33)%Z 2.0e-10. Qed.
Theorem Rate_two_1_4 : Rabs (Derive (H two fst snd) (1/4) - 0.5487792703259) <= 4.0e-9.
Proof. apply (rate_near _ _ _ two_ne two_pos (1/4) ltac:(lra) _ _ _ _ M_two_1_4); interval. Qed.
Theorem Divergence_two_1_4 : Rabs (IR (fun x => p two fst snd (1/4) x * Derive (score two fst snd (1/4)) x) - -2.9024414593482) <= 4.0e-9.
Proof. apply (divergence_near _ _ _ two_ne two_pos (1/4) ltac:(lra) _ _ _ _ two_one M_two_1_4); interval. Qed.
Lemma Eh2_two_1_4 : Rabs (IR (fun x => p two fst snd (1/4) x * h_at two fst snd (1/4) x ^ 2) - 0.0237936185413) <= 1.0e-9.
Proof. by_cut @hh_cut two two_ne two_pos (1/4) 32 (-31)%Z 9.0e-10. Qed.
Theorem Var_h_two_1_4 : Rabs (Var_h two fst snd (1/4) - 0.0201421978048) <= 4.0e-9.
Proof. apply (Var_h_near _ _ _ two_ne two_pos (1/4) ltac:(lra) _ _ _ _ _ _ Eh2_two_1_4 H_two_1_4); interval. Qed.
Lemma Ei2_two_1_4 : Rabs (E_iota two fst snd (1/4) 2 - 0.1104155483615) <= 1.0e-9.
Proof. by_cut @ii_cut two two_ne two_pos (1/4) 32 (-31)%Z 9.0e-10. Qed.
Theorem Var_iota_two_1_4 : Rabs (Var_iota two fst snd (1/4) - 0.1067641276250) <= 4.0e-9.
Proof. apply (Var_iota_near _ _ _ two_ne two_pos (1/4) ltac:(lra) _ _ _ _ _ _ Ei2_two_1_4 H_two_1_4); interval. Qed.

Definition three : list (R * R) := [(3/10, -1); (1/2, 1/2); (1/5, 2)].
Lemma three_ne : three <> nil. Proof. discriminate. Qed.
Lemma three_pos a : In a three -> 0 < fst a. Proof. revert a; positive. Qed.
Lemma three_one : Sl three fst = 1. Proof. simpl; lra. Qed.
Theorem H_three_2 : Rabs (H three fst snd (2) - 0.8105588282286) <= 1.0e-9.
Proof. by_cut @H_cut three three_ne three_pos (2) 36 (-31)%Z 9.0e-10. Qed.
Theorem M_three_2 : Rabs (mmse three fst snd (2) - 0.7061562815757) <= 3.6e-9.
Proof. by_cut @M_cut three three_ne three_pos (2) 36 (-29)%Z 3.2e-9. Qed.
Theorem Rate_three_2 : Rabs (Derive (H three fst snd) (2) - 0.0882695351970) <= 4.0e-9.
Proof. apply (rate_near _ _ _ three_ne three_pos (2) ltac:(lra) _ _ _ _ M_three_2); interval. Qed.
Theorem Divergence_three_2 : Rabs (IR (fun x => p three fst snd (2) x * Derive (score three fst snd (2)) x) - -0.3234609296061) <= 4.0e-9.
Proof. apply (divergence_near _ _ _ three_ne three_pos (2) ltac:(lra) _ _ _ _ three_one M_three_2); interval. Qed.
Lemma Eh2_three_2 : Rabs (IR (fun x => p three fst snd (2) x * h_at three fst snd (2) x ^ 2) - 0.6727571956604) <= 1.0e-9.
Proof. by_cut @hh_cut three three_ne three_pos (2) 36 (-31)%Z 9.0e-10. Qed.
Theorem Var_h_three_2 : Rabs (Var_h three fst snd (2) - 0.0157515816411) <= 4.0e-9.
Proof. apply (Var_h_near _ _ _ three_ne three_pos (2) ltac:(lra) _ _ _ _ _ _ Eh2_three_2 H_three_2); interval. Qed.
Lemma Ei2_three_2 : Rabs (E_iota three fst snd (2) 2 - 0.9817322923367) <= 1.0e-9.
Proof. by_cut @ii_cut three three_ne three_pos (2) 36 (-31)%Z 9.0e-10. Qed.
Theorem Var_iota_three_2 : Rabs (Var_iota three fst snd (2) - 0.3247266783175) <= 4.0e-9.
Proof. apply (Var_iota_near _ _ _ three_ne three_pos (2) ltac:(lra) _ _ _ _ _ _ Ei2_three_2 H_three_2); interval. Qed.
Theorem H_three_1_2 : Rabs (H three fst snd (1/2) - 0.4571241367685) <= 1.0e-9.
Proof. by_cut @H_cut three three_ne three_pos (1/2) 32 (-31)%Z 9.0e-10. Qed.
Theorem M_three_1_2 : Rabs (mmse three fst snd (1/2) - 0.3229094009201) <= 9.0e-10.
Proof. by_cut @M_cut three three_ne three_pos (1/2) 32 (-31)%Z 8.1e-10. Qed.
Theorem Rate_three_1_2 : Rabs (Derive (H three fst snd) (1/2) - 0.6458188018401) <= 4.0e-9.
Proof. apply (rate_near _ _ _ three_ne three_pos (1/2) ltac:(lra) _ _ _ _ M_three_1_2); interval. Qed.
Theorem Divergence_three_1_2 : Rabs (IR (fun x => p three fst snd (1/2) x * Derive (score three fst snd (1/2)) x) - -0.7083623963197) <= 4.0e-9.
Proof. apply (divergence_near _ _ _ three_ne three_pos (1/2) ltac:(lra) _ _ _ _ three_one M_three_1_2); interval. Qed.
Lemma Eh2_three_1_2 : Rabs (IR (fun x => p three fst snd (1/2) x * h_at three fst snd (1/2) x ^ 2) - 0.2450419773222) <= 1.0e-9.
Proof. by_cut @hh_cut three three_ne three_pos (1/2) 32 (-31)%Z 9.0e-10. Qed.
Theorem Var_h_three_1_2 : Rabs (Var_h three fst snd (1/2) - 0.0360795009059) <= 4.0e-9.
Proof. apply (Var_h_near _ _ _ three_ne three_pos (1/2) ltac:(lra) _ _ _ _ _ _ Eh2_three_1_2 H_three_1_2); interval. Qed.
Lemma Ei2_three_1_2 : Rabs (E_iota three fst snd (1/2) 2 - 0.6224246170428) <= 1.0e-9.
Proof. by_cut @ii_cut three three_ne three_pos (1/2) 32 (-31)%Z 9.0e-10. Qed.
Theorem Var_iota_three_1_2 : Rabs (Var_iota three fst snd (1/2) - 0.4134621406265) <= 4.0e-9.
Proof. apply (Var_iota_near _ _ _ three_ne three_pos (1/2) ltac:(lra) _ _ _ _ _ _ Ei2_three_1_2 H_three_1_2); interval. Qed.
Theorem H_three_1_4 : Rabs (H three fst snd (1/4) - 0.2313004158611) <= 1.0e-9.
Proof. by_cut @H_cut three three_ne three_pos (1/4) 32 (-31)%Z 9.0e-10. Qed.
Theorem M_three_1_4 : Rabs (mmse three fst snd (1/4) - 0.1536103259491) <= 2.3e-10.
Proof. by_cut @M_cut three three_ne three_pos (1/4) 32 (-33)%Z 2.0e-10. Qed.
Theorem Rate_three_1_4 : Rabs (Derive (H three fst snd) (1/4) - 1.2288826075926) <= 4.0e-9.
Proof. apply (rate_near _ _ _ three_ne three_pos (1/4) ltac:(lra) _ _ _ _ M_three_1_4); interval. Qed.
Theorem Divergence_three_1_4 : Rabs (IR (fun x => p three fst snd (1/4) x * Derive (score three fst snd (1/4)) x) - -1.5422347848148) <= 4.0e-9.
Proof. apply (divergence_near _ _ _ three_ne three_pos (1/4) ltac:(lra) _ _ _ _ three_one M_three_1_4); interval. Qed.
Lemma Eh2_three_1_4 : Rabs (IR (fun x => p three fst snd (1/4) x * h_at three fst snd (1/4) x ^ 2) - 0.0999823134891) <= 1.0e-9.
Proof. by_cut @hh_cut three three_ne three_pos (1/4) 32 (-31)%Z 9.0e-10. Qed.
Theorem Var_h_three_1_4 : Rabs (Var_h three fst snd (1/4) - 0.0464824311115) <= 4.0e-9.
Proof. apply (Var_h_near _ _ _ three_ne three_pos (1/4) ltac:(lra) _ _ _ _ _ _ Eh2_three_1_4 H_three_1_4); interval. Qed.
Lemma Ei2_three_1_4 : Rabs (E_iota three fst snd (1/4) 2 - 0.3695023888678) <= 1.0e-9.
Proof. by_cut @ii_cut three three_ne three_pos (1/4) 32 (-31)%Z 9.0e-10. Qed.
Theorem Var_iota_three_1_4 : Rabs (Var_iota three fst snd (1/4) - 0.3160025064903) <= 4.0e-9.
Proof. apply (Var_iota_near _ _ _ three_ne three_pos (1/4) ltac:(lra) _ _ _ _ _ _ Ei2_three_1_4 H_three_1_4); interval. Qed.

(* C2, C3: critical times *)
Theorem alpha2_reverse : exists x, Rabs (x - 0.4142135623731) <= 4e-9 /\ forall alpha, alpha ^ 2 = x -> reverse_critical alpha.
Proof. exists (sqrt 2 - 1); split; [interval | exact reverse_at]. Qed.
Theorem t_marginal_ou : exists x, Rabs (x - 0.3465735902800) <= 4e-9 /\ marginal_critical (exp (- x)).
Proof. exists (- ln (/ 2) / 2); split; [interval | apply marginal_at, exp_half; interval]. Qed.
Theorem t_marginal_vp_linear : exists x, Rabs (x - 0.2589602624328) <= 4e-9 /\ marginal_critical (exp (- (x / 20 + 199 / 40 * x ^ 2))).
Proof. exists (vp_time (- ln (/ 2) / 2)); split; [unfold vp_time; interval |]; rewrite vp_time_ok by interval; apply marginal_at, exp_half; interval. Qed.
Theorem t_reverse_ou : exists x, Rabs (x - 0.4406867935097) <= 4e-9 /\ reverse_critical (exp (- x)).
Proof. exists (- ln (sqrt 2 - 1) / 2); split; [interval | apply reverse_at, exp_half; interval]. Qed.
Theorem t_reverse_vp_linear : exists x, Rabs (x - 0.2926416543281) <= 4e-9 /\ reverse_critical (exp (- (x / 20 + 199 / 40 * x ^ 2))).
Proof. exists (vp_time (- ln (sqrt 2 - 1) / 2)); split; [unfold vp_time; interval |]; rewrite vp_time_ok by interval; apply reverse_at, exp_half; interval. Qed.

(* C8: peaks *)
Theorem k_H : exists x, Rabs (x - 1.5083306287864) <= 4e-9 /\ rate_peaks_at 1 x.
Proof. destruct (rate_peak_between 1 1.5083306247864 1.5083306327864) as [x [h1 h2]]; [lra | lra | lra | replace (/ 1.5083306327864) with (10000000000000 / 15083306327864) by lra; peak_side (10000000000000 / 15083306327864) 2.0805328154916 1.5952082949475 (-36)%Z 5e-11 | replace (/ 1.5083306247864) with (10000000000000 / 15083306247864) by lra; peak_side (10000000000000 / 15083306247864) 2.0805328126869 1.5952082877527 (-36)%Z 5e-11 |];
exists x; split; [apply Rabs_le_between'; lra | exact h2]. Qed.
Theorem k_s : exists x, Rabs (x - 2.4126488958333) <= 4e-9 /\ rate_peaks_at (3/2) x.
Proof. destruct (rate_peak_between (3/2) 2.4126488918333 2.4126488998333) as [x [h1 h2]]; [lra | lra | lra | replace (/ 2.4126488998333) with (10000000000000 / 24126488998333) by lra; peak_side (10000000000000 / 24126488998333) 2.3180516486733 2.3077986831170 (-36)%Z 5e-11 | replace (/ 2.4126488918333) with (10000000000000 / 24126488918333) by lra; peak_side (10000000000000 / 24126488918333) 2.3180516470874 2.3077986775956 (-36)%Z 5e-11 |];
exists x; split; [apply Rabs_le_between'; lra | exact h2]. Qed.
Theorem k_v : exists x, Rabs (x - 3.3486681687459) <= 4e-9 /\ rate_peaks_at 2 x.
Proof. destruct (rate_peak_between 2 3.3486681647459 3.3486681727459) as [x [h1 h2]]; [lra | lra | lra | replace (/ 3.3486681727459) with (10000000000000 / 33486681727459) by lra; peak_side (10000000000000 / 33486681727459) 2.4671810182923 2.8806164072202 (-36)%Z 5e-11 | replace (/ 3.3486681647459) with (10000000000000 / 33486681647459) by lra; peak_side (10000000000000 / 33486681647459) 2.4671810172648 2.8806164028765 (-36)%Z 5e-11 |];
exists x; split; [apply Rabs_le_between'; lra | exact h2]. Qed.
Theorem k_V : exists x, Rabs (x - 1.3454776697250) <= 4e-9 /\ variance_peaks_at two fst snd 1.3454776657250 1.3454776737250 x.
Proof. destruct (variance_peak_between two fst snd 1.3454776657250 1.3454776737250) as [x [h1 h2]]; [exact two_ne | exact two_pos | lra | lra | replace (/ 1.3454776737250) with (10000000000000 / 13454776737250) by lra; slope_side two two_ne two_pos (10000000000000 / 13454776737250) 0.2872543985001 0.3544681507547 0.0774856583881 0.1793081939725 (-36)%Z 2e-11 | replace (/ 1.3454776657250) with (10000000000000 / 13454776657250) by lra; slope_side two two_ne two_pos (10000000000000 / 13454776657250) 0.2872543999179 0.3544681526660 0.0774856587409 0.1793081950730 (-36)%Z 2e-11 |];
exists x; split; [apply Rabs_le_between'; lra | exact h2]. Qed.
