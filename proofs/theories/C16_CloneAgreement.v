(* claim: C16; scope: two atoms; headline: agreement_given_x, agreement_two, agreement_pair, agreement_universal *)
(* Two reverse trajectories that share X_t = x and then run independently end in labels drawn independently
   from pi(x) (each ends in the label y with probability pi_y(x): D1).
     agreement_given_x   : the probability that the two labels agree is sum_y pi_y(x)^2 (any finite label set);
     agreement_two       : for a symmetric pair it is 1 - (1 - tanh^2)/2 = 1 - sech^2/2;
     agreement_pair      : averaged over p_t (integral over the whole line) phi = 1 - mmse(k)/2,
                           mmse(k) = E sech^2 that of unit atoms at k = b^2/v;
     agreement_universal : `ou`, q = 1, |mu|^2 = D, t_S = (1/2) log D: k = 1 whatever D, so phi = 1 - mmse(1)/2. *)
From Coq Require Import Reals Lra List.
From Coquelicot Require Import Coquelicot.
From Infodyn Require Import Base Tilt TwoDelta Improper TwoDeltaEntropy ScheduleEntropy TwoDeltaBounds C2_Pitchfork.
Open Scope R_scope.

(* probability that two independent draws from pi agree *)
Definition agree {J} (eq_dec : forall x y : J, {x = y} + {x <> y}) (l : list J) (pi : J -> R) : R :=
  Sl l (fun y1 => Sl l (fun y2 => pi y1 * pi y2 * (if eq_dec y1 y2 then 1 else 0))).

Theorem agreement_given_x {J} (eq_dec : forall x y : J, {x = y} + {x <> y}) (l : list J) (pi : J -> R) :
  NoDup l -> agree eq_dec l pi = Sl l (fun y => pi y ^ 2).
Proof.
intros nd; unfold agree; apply Sl_ext; intros y hy.
assert (e : forall s, NoDup s -> Sl s (fun y2 => pi y * pi y2 * (if eq_dec y y2 then 1 else 0))
  = if in_dec eq_dec y s then pi y ^ 2 else 0).
{ induction s as [| j s IH]; intros ns; [reflexivity |].
  apply NoDup_cons_iff in ns; destruct ns as [nj ns]; cbn [Sl]; rewrite IH by exact ns.
  destruct (eq_dec y j) as [e | e].
  - subst j; destruct (in_dec eq_dec y s); [contradiction |].
    destruct (in_dec eq_dec y (y :: s)) as [h | h]; [ring | exfalso; apply h; now left].
  - destruct (in_dec eq_dec y s) as [h | h]; destruct (in_dec eq_dec y (j :: s)) as [h' | h']; try ring;
      exfalso; simpl in h'; intuition congruence. }
rewrite (e l nd); destruct (in_dec eq_dec y l); [reflexivity | contradiction].
Qed.

Theorem agreement_two b v x : 0 < v ->
  q2 b v x ^ 2 + (1 - q2 b v x) ^ 2 = 1 - / 2 * (1 - tanh (b * x / v) ^ 2).
Proof. intros hv; rewrite q2_tanh by exact hv; field. Qed.

Theorem agreement_pair b v : 0 < b -> 0 < v ->
  is_IR (fun x => p2 b v x * (q2 b v x ^ 2 + (1 - q2 b v x) ^ 2)) (1 - / 2 * mmse2 1 (v / b ^ 2)).
Proof.
intros hb hv; assert (hv' : 0 < v / b ^ 2) by (apply Rdiv_lt_0_compat; [exact hv | now apply pow_lt]).
assert (e := mmse2_scaling b 1 (v / b ^ 2) hb hv').
replace (b * 1) with b in e by ring; replace (b ^ 2 * (v / b ^ 2)) with v in e by (field; lra).
assert (h := is_IR_minus _ _ _ _ (p2_mass b v hv) (is_IR_scal (/ (2 * b ^ 2)) _ _ (mmse2_exists b v hv))).
rewrite e in h.
replace (1 - / 2 * mmse2 1 (v / b ^ 2)) with (1 - / (2 * b ^ 2) * (b ^ 2 * mmse2 1 (v / b ^ 2)))
  by (field; lra).
refine (is_IR_ext _ _ _ _ h); intros x; cbv beta; rewrite agreement_two by exact hv; field; lra.
Qed.

Theorem agreement_universal (D : R) : 0 < D -> let t := / 2 * ln D in
  let b := exp (- t) * sqrt D in let v := veff (exp (- t)) 1 (1 - exp (- 2 * t)) in
  b = 1 /\ v = 1 /\
  is_IR (fun x => p2 b v x * (q2 b v x ^ 2 + (1 - q2 b v x) ^ 2)) (1 - / 2 * mmse2 1 1).
Proof.
intros hD t b v.
assert (et : exp t = sqrt D).
{ assert (hs := sqrt_lt_R0 D hD).
  assert (e : ln D = ln (sqrt D) + ln (sqrt D)) by (rewrite <- ln_mult by exact hs; f_equal; symmetry; apply sqrt_sqrt; lra).
  unfold t; replace (/ 2 * ln D) with (ln (sqrt D)) by lra; now apply exp_ln. }
assert (hb : b = 1).
{ unfold b; rewrite exp_Ropp, et; field; apply Rgt_not_eq; now apply sqrt_lt_R0. }
assert (hv : v = 1).
{ unfold v, veff; replace (- 2 * t) with (- t + - t) by ring; rewrite exp_plus; ring. }
split; [exact hb | split; [exact hv |]]; rewrite hb, hv.
assert (h := agreement_pair 1 1 Rlt_0_1 Rlt_0_1); replace (1 / 1 ^ 2) with 1 in h by field; exact h.
Qed.
