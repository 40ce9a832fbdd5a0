(* Improper.v -- integrals over the whole line and differentiation of limits.
   is_IR f l : the improper Riemann integral of f over R exists and equals l
               (Coquelicot is_RInt_gen between -infinity and +infinity).
   primitive_IR       : value from the limits of a primitive.
   IR_dom             : a continuous f with |f x| <= C exp(-|x|) is integrable, and
                        |RInt f (-A) A - l| <= 2 C exp(-A).
   derive_of_limit    : F_n -> F pointwise and F_n' -> G uniformly near v give F' = G at v. *)
From Coq Require Import Reals Lra Lia.
From Coquelicot Require Import Coquelicot.
From Infodyn Require Import Base.
Open Scope R_scope.

Definition is_IR (f : R -> R) (l : R) : Prop :=
  is_RInt_gen f (Rbar_locally m_infty) (Rbar_locally p_infty) l.
Definition IR (f : R -> R) : R :=
  RInt_gen f (Rbar_locally m_infty) (Rbar_locally p_infty).

(* real-valued wrappers *)
Lemma ex_RInt_R (f : R -> R) a b : (forall x, continuous f x) -> ex_RInt f a b.
Proof. intros h; apply (ex_RInt_continuous (V := R_CompleteNormedModule)); intros; apply h. Qed.

Lemma RInt_ok (f : R -> R) a b : (forall x, continuous f x) -> is_RInt f a b (RInt f a b).
Proof. intros h; apply (RInt_correct (V := R_CompleteNormedModule)); now apply ex_RInt_R. Qed.

Lemma RInt_split (f : R -> R) a b c : (forall x, continuous f x) ->
  RInt f a b + RInt f b c = RInt f a c.
Proof. intros h; apply (RInt_Chasles (V := R_CompleteNormedModule) f a b c); now apply ex_RInt_R. Qed.

Lemma IR_unique f l : is_IR f l -> IR f = l.
Proof. exact (is_RInt_gen_unique f l). Qed.

Lemma is_IR_ext f g l : (forall x, f x = g x) -> is_IR f l -> is_IR g l.
Proof.
intros h; apply (is_RInt_gen_ext f g l); apply filter_forall; intros [a b] x _; apply h.
Qed.

Lemma is_IR_plus f g a b : is_IR f a -> is_IR g b -> is_IR (fun x => f x + g x) (a + b).
Proof. exact (is_RInt_gen_plus f g a b). Qed.
Lemma is_IR_scal c f a : is_IR f a -> is_IR (fun x => c * f x) (c * a).
Proof. exact (is_RInt_gen_scal f c a). Qed.
Lemma is_IR_minus f g a b : is_IR f a -> is_IR g b -> is_IR (fun x => f x - g x) (a - b).
Proof. exact (is_RInt_gen_minus f g a b). Qed.

Lemma primitive_IR (F f : R -> R) la lb :
  (forall x, is_derive F x (f x)) -> (forall x, continuous f x) ->
  filterlim F (Rbar_locally m_infty) (locally la) ->
  filterlim F (Rbar_locally p_infty) (locally lb) ->
  is_IR f (lb - la).
Proof.
intros hd hc h1 h2.
apply is_IR_ext with (Derive F); [intros x; now apply is_derive_unique |].
apply (is_RInt_gen_Derive F la lb); [| | exact h1 | exact h2];
  apply filter_forall; intros [a b] x _.
- now exists (f x).
- apply continuous_ext with f; [intros t; symmetry; now apply is_derive_unique | apply hc].
Qed.

(* ---- Cauchy criterion at +infinity with an explicit tail ---- *)
Definition to0 (T : R -> R) : Prop := forall eps, 0 < eps -> exists M, forall x, M <= x -> T x < eps.

Lemma cauchy_tail (F T : R -> R) :
  (forall x y, 0 <= x -> x <= y -> Rabs (F y - F x) <= T x) -> to0 T ->
  exists l, filterlim F (Rbar_locally p_infty) (locally l) /\
    forall x, 0 <= x -> Rabs (F x - l) <= T x.
Proof.
intros hc hT.
assert (hl : exists l, filterlim F (Rbar_locally p_infty) (locally l)).
{ apply (proj1 (filterlim_locally_cauchy (F := Rbar_locally p_infty) F)); intros eps.
  destruct (hT (eps / 2)) as [M hM]; [assert (h := cond_pos eps); lra |].
  set (x0 := Rmax M 0).
  assert (m1 := Rmax_l M 0); assert (m2 := Rmax_r M 0); fold x0 in m1, m2.
  exists (fun x => x0 <= x); split; [exists x0; intros; lra |].
  intros u v hu hv.
  assert (a1 := hc x0 u m2 hu); assert (a2 := hc x0 v m2 hv); assert (a3 := hM x0 m1).
  unfold ball; simpl; unfold AbsRing_ball, abs, minus, plus, opp; simpl.
  replace (F v + - F u) with ((F v - F x0) - (F u - F x0)) by ring.
  assert (a4 := Rabs_triang (F v - F x0) (- (F u - F x0))); rewrite Rabs_Ropp in a4.
  unfold Rminus at 1; lra. }
destruct hl as [l hl]; exists l; split; [exact hl |].
intros x hx; apply le_epsilon; intros eps he.
assert (h := proj1 (filterlim_locally F l) hl (mkposreal eps he)).
destruct h as [M hM].
set (y := Rmax x (M + 1)).
assert (m1 := Rmax_l x (M + 1)); assert (m2 := Rmax_r x (M + 1)); fold y in m1, m2.
specialize (hM y ltac:(lra)).
unfold ball in hM; simpl in hM; unfold AbsRing_ball, abs, minus, plus, opp in hM; simpl in hM.
assert (a1 := hc x y hx m1).
replace (F x - l) with ((F y + - l) - (F y - F x)) by ring.
assert (a4 := Rabs_triang (F y + - l) (- (F y - F x))); rewrite Rabs_Ropp in a4.
unfold Rminus at 1; lra.
Qed.

Lemma exp_neg_le x : 0 <= x -> exp (- x) <= / (1 + x).
Proof.
intros hx; rewrite exp_Ropp; apply Rinv_le_contravar; [lra |].
assert (h := exp_ineq1_le x); lra.
Qed.

Lemma to0_exp C : 0 <= C -> to0 (fun x => C * exp (- x)).
Proof.
intros hC eps he; exists (C / eps); intros x hx.
assert (h0 : 0 <= C / eps) by (apply Rmult_le_pos; [lra | left; now apply Rinv_0_lt_compat]).
assert (h := exp_neg_le x ltac:(lra)).
apply Rle_lt_trans with (C * / (1 + x)); [now apply Rmult_le_compat_l |].
apply Rmult_lt_reg_r with (1 + x); [lra |].
rewrite Rmult_assoc, Rinv_l by lra.
assert (C / eps * eps <= x * eps) by (apply Rmult_le_compat_r; lra).
unfold Rdiv in *; rewrite Rmult_assoc, Rinv_l in H by lra; lra.
Qed.

Lemma to0_ext T T' : (forall x, T x = T' x) -> to0 T -> to0 T'.
Proof. intros e h eps he; destruct (h eps he) as [M hM]; exists M; intros; rewrite <- e; auto. Qed.

Lemma RInt_exp_tail (f : R -> R) C x y :
  (forall t, continuous f t) -> (forall t, 0 <= t -> Rabs (f t) <= C * exp (- t)) ->
  0 <= C -> 0 <= x -> x <= y -> Rabs (RInt f x y) <= C * exp (- x).
Proof.
intros hc hb hC hx hy.
assert (e : is_RInt (fun t => C * exp (- t)) x y (- C * exp (- y) - - C * exp (- x))).
{ apply (is_RInt_derive (fun t => - C * exp (- t)) (fun t => C * exp (- t))).
  - intros t _; auto_derive; [trivial | ring].
  - intros t _; apply (ex_derive_continuous (fun t => C * exp (- t))); auto_derive; trivial. }
assert (i : is_RInt f x y (RInt f x y))
  by now apply RInt_ok.
assert (h := norm_RInt_le f (fun t => C * exp (- t)) x y _ _ hy
  (fun t ht => hb t ltac:(lra)) i e).
change (norm (RInt f x y)) with (Rabs (RInt f x y)) in h.
assert (h1 := exp_pos (- y)); nra.
Qed.

Lemma IR_dom (f : R -> R) C :
  (forall x, continuous f x) -> (forall x, Rabs (f x) <= C * exp (- Rabs x)) ->
  exists l, is_IR f l /\ forall A, 0 <= A -> Rabs (RInt f (- A) A - l) <= 2 * C * exp (- A).
Proof.
intros hc hb.
assert (hC : 0 <= C).
{ assert (h := hb 0); rewrite Rabs_R0, Ropp_0, exp_0 in h.
  assert (h1 := Rabs_pos (f 0)); lra. }
assert (hex : forall a b, ex_RInt f a b) by (intros; now apply ex_RInt_R).
set (F := fun x => RInt f 0 x).
assert (hF : forall x, is_derive F x (f x)).
{ intros x; apply is_derive_RInt with (a := 0); [| apply hc].
  apply filter_forall; intros t; now apply RInt_ok. }
assert (inc : forall x y, F y - F x = RInt f x y).
{ intros x y; unfold F; assert (h := RInt_split f 0 x y hc); lra. }
destruct (cauchy_tail F (fun x => C * exp (- x))) as [lp [hp bp]].
{ intros x y hx hy; rewrite inc; apply RInt_exp_tail; auto.
  intros t ht; assert (h := hb t); now rewrite (Rabs_right t) in h by lra. }
{ now apply to0_exp. }
destruct (cauchy_tail (fun x => F (- x)) (fun x => C * exp (- x))) as [lm [hm bm]].
{ intros x y hx hy; rewrite inc.
  rewrite <- (is_RInt_unique (V := R_CompleteNormedModule) (fun t => - f (- t)) x y _
    (is_RInt_comp_opp (V := R_NormedModule) f x y _ (RInt_ok f (- x) (- y) hc))).
  apply RInt_exp_tail; auto.
  - intros t; apply (continuous_opp (fun t => f (- t)) t).
    apply (continuous_comp Ropp f t); [apply (continuous_opp (fun t => t) t), continuous_id | apply hc].
  - intros t ht; rewrite Rabs_Ropp; assert (h := hb (- t)).
    now rewrite Rabs_Ropp, (Rabs_right t) in h by lra. }
{ now apply to0_exp. }
exists (lp - lm); split.
- apply (primitive_IR F f); [exact hF | exact hc | | exact hp].
  apply filterlim_ext with (fun x => F (- - x)); [intros; now rewrite Ropp_involutive |].
  apply (filterlim_comp _ _ _ Ropp (fun x => F (- x)) _ (Rbar_locally p_infty) _); [| exact hm].
  apply (filterlim_Rbar_opp m_infty).
- intros A hA; rewrite <- inc.
  assert (a1 := bp A hA); assert (a2 := bm A hA).
  replace (F A - F (- A) - (lp - lm)) with ((F A - lp) - (F (- A) - lm)) by ring.
  assert (a3 := Rabs_triang (F A - lp) (- (F (- A) - lm))); rewrite Rabs_Ropp in a3.
  unfold Rminus at 1; lra.
Qed.

(* ---- differentiation of a limit with uniformly convergent derivatives ---- *)
Theorem derive_of_limit (Fn Gn : nat -> R -> R) (F G : R -> R) (e1 e2 : nat -> R) (c d v : R) :
  c < v < d ->
  (forall n x, c < x < d -> is_derive (Fn n) x (Gn n x)) ->
  (forall n x, c < x < d -> Rabs (Fn n x - F x) <= e1 n) ->
  (forall n x, c < x < d -> Rabs (Gn n x - G x) <= e2 n) ->
  (forall eps, 0 < eps -> exists N, forall n, (N <= n)%nat -> e1 n < eps) ->
  (forall eps, 0 < eps -> exists N, forall n, (N <= n)%nat -> e2 n < eps) ->
  is_derive F v (G v).
Proof.
intros hv hd hF hG h1 h2.
(* increments of F - F_n are controlled by the uniform distance of derivatives *)
assert (inc : forall n x, c < x < d -> Rabs ((F x - F v) - (Fn n x - Fn n v)) <= Rabs (x - v) * (2 * e2 n)).
{ intros n x hx; apply le_epsilon; intros eps he.
  assert (hm : exists m, 2 * e1 m < eps / 2 /\ Rabs (x - v) * e2 m <= Rabs (x - v) * e2 n + eps / 2).
  { destruct (h1 (eps / 4) ltac:(lra)) as [N1 k1].
    assert (r := Rabs_pos (x - v)).
    assert (e2p : 0 <= e2 n) by (eapply Rle_trans; [apply Rabs_pos | apply (hG n v hv)]).
    set (et := eps / (2 * (1 + Rabs (x - v)))).
    assert (het : 0 < et) by (unfold et; apply Rdiv_lt_0_compat; lra).
    assert (hee : Rabs (x - v) * et <= eps / 2).
    { unfold et; apply Rmult_le_reg_r with (2 * (1 + Rabs (x - v))); [lra |].
      unfold Rdiv; rewrite !Rmult_assoc, Rinv_l by lra; nra. }
    destruct (h2 et het) as [N2 k2].
    exists (N1 + N2)%nat; split.
    - specialize (k1 (N1 + N2)%nat ltac:(lia)); lra.
    - specialize (k2 (N1 + N2)%nat ltac:(lia)); nra. }
  destruct hm as [m [m1 m2]].
  assert (b1 := hF m x hx); assert (b2 := hF m v hv).
  assert (mv : exists z, c < z < d /\
     (Fn m x - Fn n x) - (Fn m v - Fn n v) = (Gn m z - Gn n z) * (x - v)).
  { destruct (MVT_gen (fun t => Fn m t - Fn n t) v x (fun t => Gn m t - Gn n t)) as [z [hz ez]].
    - intros t ht; apply D_minus; apply hd;
        destruct (Rle_dec v x); [rewrite Rmin_left, Rmax_right in ht by lra
          | rewrite Rmin_right, Rmax_left in ht by lra | rewrite Rmin_left, Rmax_right in ht by lra
          | rewrite Rmin_right, Rmax_left in ht by lra]; lra.
    - intros t ht; apply continuity_pt_filterlim.
      assert (ht' : c < t < d).
      { destruct (Rle_dec v x); [rewrite Rmin_left, Rmax_right in ht by lra
          | rewrite Rmin_right, Rmax_left in ht by lra]; lra. }
      apply (ex_derive_continuous (fun t => Fn m t - Fn n t)).
      exists (Gn m t - Gn n t); apply D_minus; now apply hd.
    - exists z; split; [| exact ez].
      destruct (Rle_dec v x); [rewrite Rmin_left, Rmax_right in hz by lra
          | rewrite Rmin_right, Rmax_left in hz by lra]; lra. }
  destruct mv as [z [hz ez]].
  assert (g1 := hG m z hz); assert (g2 := hG n z hz).
  assert (gg : Rabs (Gn m z - Gn n z) <= e2 m + e2 n).
  { replace (Gn m z - Gn n z) with ((Gn m z - G z) + - (Gn n z - G z)) by ring.
    eapply Rle_trans; [apply Rabs_triang | rewrite Rabs_Ropp; lra]. }
  assert (r := Rabs_pos (x - v)).
  assert (gz : Rabs ((Gn m z - Gn n z) * (x - v)) <= Rabs (x - v) * (e2 m + e2 n)).
  { rewrite Rabs_mult, Rmult_comm; now apply Rmult_le_compat_l. }
  replace ((F x - F v) - (Fn n x - Fn n v)) with
    ((- (Fn m x - F x) + (Fn m v - F v)) + (Gn m z - Gn n z) * (x - v)) by (rewrite <- ez; ring).
  eapply Rle_trans; [apply Rabs_triang |].
  assert (t1 := Rabs_triang (- (Fn m x - F x)) (Fn m v - F v)); rewrite Rabs_Ropp in t1.
  nra. }
apply is_derive_Reals; intros eps he.
destruct (h2 (eps / 8) ltac:(lra)) as [n hn]; specialize (hn n (le_n n)).
assert (dn := proj1 (is_derive_Reals _ _ _) (hd n v hv) (eps / 4) ltac:(lra)).
destruct dn as [del hdel].
assert (hr : 0 < Rmin del (Rmin (v - c) (d - v))).
{ repeat apply Rmin_pos; try apply cond_pos; lra. }
exists (mkposreal _ hr); simpl; intros h h0 hh.
assert (a1 := Rmin_l del (Rmin (v - c) (d - v))).
assert (a2 := Rmin_r del (Rmin (v - c) (d - v))).
assert (a3 := Rmin_l (v - c) (d - v)); assert (a4 := Rmin_r (v - c) (d - v)).
assert (hin : c < v + h < d) by (apply Rabs_def2 in hh; lra).
specialize (hdel h h0 ltac:(lra)).
assert (i1 := inc n (v + h) hin).
replace (v + h - v) with h in i1 by ring.
assert (g := hG n v hv).
assert (r : 0 < Rabs h) by now apply Rabs_pos_lt.
assert (i2 : Rabs (((F (v + h) - F v) - (Fn n (v + h) - Fn n v)) / h) <= 2 * e2 n).
{ unfold Rdiv; rewrite Rabs_mult, Rabs_inv.
  apply Rmult_le_reg_r with (Rabs h); [exact r |].
  rewrite Rmult_assoc, Rinv_l by lra; lra. }
replace ((F (v + h) - F v) / h - G v) with
  (((F (v + h) - F v) - (Fn n (v + h) - Fn n v)) / h
   + (((Fn n (v + h) - Fn n v) / h - Gn n v) + (Gn n v - G v))) by (field; assumption).
eapply Rle_lt_trans; [apply Rabs_triang |].
assert (t := Rabs_triang ((Fn n (v + h) - Fn n v) / h - Gn n v) (Gn n v - G v)).
lra.
Qed.
