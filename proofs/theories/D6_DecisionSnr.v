(* claim: D6; scope: algebraic core; headline: mean_decision_snr, mean_unique, right_probability, right_unique, confidence *)
(* Two symmetric atoms: in the clock k (reverse time) the log-odds are 2u with du = tanh(u) dk + dW (D5, the
   label averaged out), equivalently du = Y dk + dW given the label Y = +-1.  A label is trusted when the
   posterior probability reaches 1 - e, i.e. |u| = b = atanh(1 - 2e) (confidence).
     mean_decision_snr : T(u) = b tanh b - u tanh u solves (1/2) T'' + tanh(u) T' = -1, T(+-b) = 0, and
                         T(0) = b tanh b;
     mean_unique       : every solution is equal to it on [-b, b];
     right_probability : P(u) = (1 - e^{-2(u+b)})/(1 - e^{-4b}) solves (1/2) P'' + P' = 0, P(-b) = 0, P(b) = 1
                         (the label +1), and P(0) = 1 - e;
     right_unique      : every solution is equal to it on [-b, b].
   Not proved: that the mean hitting time and the hitting probability of the diffusion solve these boundary
   value problems (Dynkin's formula). *)
From Coq Require Import Reals Lra.
From Coquelicot Require Import Coquelicot.
From Infodyn Require Import Base Pitchfork ExtraTools.
Open Scope R_scope.

Definition atanh (y : R) : R := / 2 * ln ((1 + y) / (1 - y)).
Definition mean_snr (b u : R) : R := b * tanh b - u * tanh u.
Definition right_prob (b u : R) : R := (1 - exp (- 2 * (u + b))) / (1 - exp (- 4 * b)).
(* T solves (1/2) T'' + drift T' = rhs on [-b, b] with boundary values *)
Definition solves (drift rhs : R -> R) (b Tm Tp : R) (T : R -> R) : Prop :=
  exists T1 T2, (forall u, - b <= u <= b -> is_derive T u (T1 u) /\ is_derive T1 u (T2 u) /\
      / 2 * T2 u + drift u * T1 u = rhs u) /\ T (- b) = Tm /\ T b = Tp.

Lemma tanh_atanh y : -1 < y < 1 -> tanh (atanh y) = y.
Proof.
intros hy; set (r := (1 + y) / (1 - y)); assert (hr : 0 < r) by (apply Rdiv_lt_0_compat; lra).
assert (E := exp_pos (atanh y)); set (A := exp (atanh y)) in *.
assert (e2 : A * A = r).
{ unfold A; rewrite <- exp_plus; unfold atanh; fold r.
  replace (/ 2 * ln r + / 2 * ln r) with (ln r) by field; now apply exp_ln. }
unfold tanh, sinh, cosh; rewrite exp_Ropp; fold A; clearbody A.
transitivity ((A * A - 1) / (A * A + 1)); [field; repeat split; nra |].
rewrite e2; unfold r; field; split; lra.
Qed.

(* |u| = b exactly when the larger posterior probability (1 + tanh|u|)/2 is 1 - e *)
Theorem confidence e : 0 < e < / 2 -> let b := atanh (1 - 2 * e) in
  0 < b /\ / 2 * (1 + tanh b) = 1 - e /\ / 2 * (1 + tanh (- b)) = e /\
  forall u, - b < u < b -> e < / 2 * (1 + tanh u) < 1 - e.
Proof.
intros he b; assert (t : tanh b = 1 - 2 * e) by (apply tanh_atanh; lra).
assert (hb : 0 < b).
{ unfold b, atanh; replace ((1 + (1 - 2 * e)) / (1 - (1 - 2 * e))) with ((1 - e) / e) by (field; lra).
  assert (h : 1 < (1 - e) / e).
  { apply Rmult_lt_reg_r with e; [lra |]; unfold Rdiv; rewrite Rmult_assoc, Rinv_l; lra. }
  assert (k := ln_increasing 1 _ Rlt_0_1 h); rewrite ln_1 in k; lra. }
split; [exact hb |]; split; [lra |]; split; [rewrite tanh_opp; lra |]; intros u hu.
assert (k1 := tanh_increasing u b ltac:(lra)); assert (k2 := tanh_increasing (- b) u ltac:(lra)).
rewrite tanh_opp in k2; lra.
Qed.

Theorem mean_decision_snr b : solves tanh (fun _ => -1) b 0 0 (mean_snr b) /\ mean_snr b 0 = b * tanh b.
Proof.
split; [| unfold mean_snr; rewrite tanh_0; ring].
exists (fun u => - (tanh u + u * (1 - tanh u ^ 2))),
  (fun u => - (2 * (1 - tanh u ^ 2) - 2 * u * tanh u * (1 - tanh u ^ 2))).
split; [| split; unfold mean_snr; rewrite ?tanh_opp; ring].
intros u _; split; [| split]; cbv beta.
- apply is_derive_ext with (fun u => b * tanh b - u * tanh u); [reflexivity |].
  eapply D_val; [apply D_minus; [apply D_const | apply D_mult; [apply D_id | apply is_derive_tanh]] | cbv beta; ring].
- eapply D_val.
  + apply D_opp, D_plus; [apply is_derive_tanh |]; apply D_mult; [apply D_id |].
    apply D_minus; [apply D_const |].
    apply (D_comp (fun t => t ^ 2) tanh); [auto_derive; [trivial | reflexivity] | apply is_derive_tanh].
  + cbv beta; ring.
- field.
Qed.

(* zero derivative on an interval *)
Lemma constant_on (f : R -> R) a b : (forall u, a <= u <= b -> is_derive f u 0) ->
  forall x y, a <= x <= b -> a <= y <= b -> f x = f y.
Proof.
intros h; assert (W : forall x y, a <= x <= b -> a <= y <= b -> x < y -> f x = f y).
{ intros x y hx hy hxy; destruct (mvt f (fun _ => 0) x y hxy) as [c [hc e]]; [intros; apply h; lra | lra]. }
intros x y hx hy; destruct (Rtotal_order x y) as [o | [-> | o]]; [now apply W | reflexivity | symmetry; now apply W].
Qed.

(* two solutions with the same boundary values agree, for a drift with a positive integrating factor *)
Lemma unique_solution (drift rhs m : R -> R) (b Tm Tp : R) (T U : R -> R) : 0 < b ->
  (forall u, 0 < m u) -> (forall u, is_derive m u (2 * drift u * m u)) ->
  solves drift rhs b Tm Tp T -> solves drift rhs b Tm Tp U ->
  forall u, - b <= u <= b -> T u = U u.
Proof.
intros hb hm dm [T1 [T2 [hT [tm tp]]]] [U1 [U2 [hU [um up]]]].
set (E := fun u => T u - U u); set (E1 := fun u => T1 u - U1 u).
assert (dE : forall u, - b <= u <= b -> is_derive E u (E1 u)).
{ intros u hu; apply D_minus; [apply hT | apply hU]; exact hu. }
assert (dF : forall u, - b <= u <= b -> is_derive (fun u => m u * E1 u) u 0).
{ intros u hu; destruct (hT u hu) as [_ [d1 q1]]; destruct (hU u hu) as [_ [d2 q2]]; eapply D_val.
  - apply D_mult; [apply dm | apply (D_minus T1 U1); eassumption].
  - unfold E1; replace (T2 u) with (2 * (rhs u - drift u * T1 u)) by lra.
    replace (U2 u) with (2 * (rhs u - drift u * U1 u)) by lra; ring. }
assert (cF := constant_on _ (- b) b dF).
(* E vanishes at both ends, so E1 vanishes somewhere, so m E1 = 0 everywhere *)
destruct (mvt E E1 (- b) b ltac:(lra) (fun u hu => dE u hu)) as [c [hc ec]].
unfold E at 1 2 in ec; rewrite tm, tp, um, up in ec.
assert (z : E1 c = 0).
{ assert (h : E1 c * (b - - b) = 0) by lra; destruct (Rmult_integral _ _ h); lra. }
assert (zE : forall u, - b <= u <= b -> E1 u = 0).
{ intros u hu; assert (k := cF u c hu ltac:(lra)); cbv beta in k; rewrite z, Rmult_0_r in k.
  destruct (Rmult_integral _ _ k) as [k1 | k1]; [assert (k2 := hm u); lra | exact k1]. }
assert (cE := constant_on E (- b) b (fun u hu => D_val E u 0 _ (dE u hu) (zE u hu))).
intros u hu; assert (k := cE u b hu ltac:(lra)); unfold E in k; lra.
Qed.

Theorem mean_unique b T : 0 < b -> solves tanh (fun _ => -1) b 0 0 T ->
  (forall u, - b <= u <= b -> T u = mean_snr b u) /\ T 0 = b * tanh b.
Proof.
intros hb h; assert (k := unique_solution tanh (fun _ => -1) (fun u => cosh u ^ 2) b 0 0 T (mean_snr b) hb).
assert (k1 : forall u, - b <= u <= b -> T u = mean_snr b u).
{ apply k; [intros; apply pow_lt, cosh_pos | | exact h | apply mean_decision_snr].
  intros u; auto_derive; [trivial |]; assert (hc := cosh_pos u); unfold tanh; field; lra. }
split; [exact k1 |]; rewrite k1 by lra; apply mean_decision_snr.
Qed.

Lemma exp4_lt b : 0 < b -> exp (- 4 * b) < 1.
Proof. intros hb; rewrite <- exp_0; apply exp_increasing; lra. Qed.

Theorem right_probability e : 0 < e < / 2 -> let b := atanh (1 - 2 * e) in
  solves (fun _ => 1) (fun _ => 0) b 0 1 (right_prob b) /\ right_prob b 0 = 1 - e.
Proof.
intros he b; destruct (confidence e he) as [hb [t _]]; fold b in hb, t.
assert (h4 := exp4_lt b hb); split.
- exists (fun u => 2 * exp (- 2 * (u + b)) / (1 - exp (- 4 * b))),
    (fun u => - 4 * exp (- 2 * (u + b)) / (1 - exp (- 4 * b))); split; [| split].
  + intros u _; split; [| split]; cbv beta.
    * unfold right_prob; auto_derive; [lra | field; lra].
    * auto_derive; [lra | field; lra].
    * field; lra.
  + unfold right_prob; replace (- 2 * (- b + b)) with 0 by ring; rewrite exp_0; field; lra.
  + unfold right_prob; replace (- 2 * (b + b)) with (- 4 * b) by ring; field; lra.
- assert (eq : 1 - e = / 2 * (1 + tanh b)) by lra; rewrite eq.
  unfold right_prob; rewrite Rplus_0_l.
  replace (- 4 * b) with (- 2 * b + - 2 * b) in * by ring; rewrite exp_plus in *.
  unfold tanh, sinh, cosh.
  replace (- 2 * b) with (- b + - b) in * by ring; rewrite exp_plus in *.
  assert (hp : 1 < exp b) by (rewrite <- exp_0; apply exp_increasing; lra).
  clear h4 eq t; rewrite exp_Ropp; set (A := exp b) in *; clearbody A.
  assert (hA : 1 < A * A) by nra; assert (hB : 1 < A * A * (A * A)) by nra.
  field; repeat split; lra || nra.
Qed.

Theorem right_unique e T : 0 < e < / 2 -> let b := atanh (1 - 2 * e) in
  solves (fun _ => 1) (fun _ => 0) b 0 1 T ->
  (forall u, - b <= u <= b -> T u = right_prob b u) /\ T 0 = 1 - e.
Proof.
intros he b h; destruct (confidence e he) as [hb _]; fold b in hb.
destruct (right_probability e he) as [h1 h2]; fold b in h1, h2.
assert (k : forall u, - b <= u <= b -> T u = right_prob b u).
{ apply (unique_solution (fun _ => 1) (fun _ => 0) (fun u => exp (2 * u)) b 0 1 T (right_prob b) hb);
    [intros; apply exp_pos | intros; auto_derive; [trivial | ring] | exact h | exact h1]. }
split; [exact k |]; rewrite k by lra; exact h2.
Qed.
