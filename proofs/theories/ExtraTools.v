(* ExtraTools.v -- small tools for families C, D and E.
     limit_rate      : |F x - l| <= K |x - c| near c (on one side or both) gives F -> l;
     sign_root       : a strictly decreasing continuous function that changes sign has one zero;
     is_mode         : strict local maximum, and its reading through the sign of the derivative;
     is_eigenvalue, is_largest_eigenvalue : of a linear map of R^d, vectors as in MixtureRd;
     dot_*           : algebra of the scalar product of MixtureRd. *)
From Coq Require Import Reals Lra Lia List.
From Coquelicot Require Import Coquelicot.
From Infodyn Require Import Base Tilt MixtureRd.
Open Scope R_scope.

(* ---- limits from a rate ---- *)
Lemma limit_rate_left (F : R -> R) (c l K del : R) : 0 < del -> 0 <= K ->
  (forall x, c - del < x < c -> Rabs (F x - l) <= K * (c - x)) ->
  filterlim F (at_left c) (locally l).
Proof.
intros hd hK h; apply filterlim_locally; intros eps; assert (he := cond_pos eps).
set (r := Rmin del (eps / (K + 1))).
assert (hr : 0 < r) by (apply Rmin_pos; [exact hd | apply Rdiv_lt_0_compat; lra]).
exists (mkposreal r hr); intros x hb hlt.
unfold ball in hb; simpl in hb; unfold AbsRing_ball, abs, minus, plus, opp in hb; simpl in hb.
apply Rabs_def2 in hb; assert (m1 := Rmin_l del (eps / (K + 1))).
assert (m2 := Rmin_r del (eps / (K + 1))); fold r in m1, m2.
unfold ball; simpl; unfold AbsRing_ball, abs, minus, plus, opp; simpl.
apply Rle_lt_trans with (K * (c - x)); [apply h; lra |].
assert (e : (K + 1) * (eps / (K + 1)) = eps) by (field; lra); nra.
Qed.

Lemma limit_rate_right (F : R -> R) (c l K del : R) : 0 < del -> 0 <= K ->
  (forall x, c < x < c + del -> Rabs (F x - l) <= K * (x - c)) ->
  filterlim F (at_right c) (locally l).
Proof.
intros hd hK h; apply filterlim_locally; intros eps; assert (he := cond_pos eps).
set (r := Rmin del (eps / (K + 1))).
assert (hr : 0 < r) by (apply Rmin_pos; [exact hd | apply Rdiv_lt_0_compat; lra]).
exists (mkposreal r hr); intros x hb hlt.
unfold ball in hb; simpl in hb; unfold AbsRing_ball, abs, minus, plus, opp in hb; simpl in hb.
apply Rabs_def2 in hb; assert (m1 := Rmin_l del (eps / (K + 1))).
assert (m2 := Rmin_r del (eps / (K + 1))); fold r in m1, m2.
unfold ball; simpl; unfold AbsRing_ball, abs, minus, plus, opp; simpl.
apply Rle_lt_trans with (K * (x - c)); [apply h; lra |].
assert (e : (K + 1) * (eps / (K + 1)) = eps) by (field; lra); nra.
Qed.

(* limits at +infinity: |F x - l| <= K / x for x > M *)
Lemma limit_rate_infty (F : R -> R) (l K M : R) : 0 <= K ->
  (forall x, M < x -> 0 < x -> Rabs (F x - l) <= K / x) ->
  filterlim F (Rbar_locally p_infty) (locally l).
Proof.
intros hK h; apply filterlim_locally; intros eps; assert (he := cond_pos eps).
exists (Rmax (Rmax M 0) (K / eps)); intros x hx.
assert (a1 := Rmax_l (Rmax M 0) (K / eps)); assert (a2 := Rmax_r (Rmax M 0) (K / eps)).
assert (a3 := Rmax_l M 0); assert (a4 := Rmax_r M 0).
unfold ball; simpl; unfold AbsRing_ball, abs, minus, plus, opp; simpl.
apply Rle_lt_trans with (K / x); [apply h; lra |].
apply Rmult_lt_reg_r with x; [lra |].
replace (K / x * x) with K by (field; lra).
assert (e : K / eps * eps = K) by (field; lra); nra.
Qed.

(* ---- mean value theorem with Coquelicot derivatives ---- *)
Lemma mvt (f df : R -> R) a b : a < b -> (forall x, a <= x <= b -> is_derive f x (df x)) ->
  exists c, a < c < b /\ f b - f a = df c * (b - a).
Proof.
intros h hd; destruct (MVT_cor2 f df a b h) as [c [e hc]].
- intros c hc; apply is_derive_Reals; now apply hd.
- exists c; split; assumption.
Qed.

(* intermediate value for a differentiable function *)
Lemma ivt (f : R -> R) a b : (forall x, continuous f x) -> a < b -> f a < 0 -> 0 < f b ->
  exists z, a < z < b /\ f z = 0.
Proof.
intros hc hab ha hb; destruct (IVT f a b) as [z [hz ez]]; try assumption.
- intros x; apply continuity_pt_filterlim; apply hc.
- exists z; split; [| exact ez].
  destruct hz as [[h1 | h1] [h2 | h2]]; try lra; subst; lra.
Qed.

Lemma ivt_down (f : R -> R) a b : (forall x, continuous f x) -> a < b -> 0 < f a -> f b < 0 ->
  exists z, a < z < b /\ f z = 0.
Proof.
intros hc hab ha hb; destruct (ivt (fun x => - f x) a b) as [z [hz ez]]; try lra.
- intros x; apply (continuous_opp f x), hc.
- exists z; split; [exact hz | lra].
Qed.

(* ---- strict local maxima ---- *)
Definition is_mode (f : R -> R) (x : R) : Prop :=
  exists eps, 0 < eps /\ forall y, y <> x -> Rabs (y - x) < eps -> f y < f x.

(* the derivative changes from + to - *)
Lemma mode_of_sign (f df : R -> R) x eps : 0 < eps -> (forall y, is_derive f y (df y)) ->
  (forall y, x - eps < y < x -> 0 < df y) -> (forall y, x < y < x + eps -> df y < 0) ->
  is_mode f x.
Proof.
intros he hd hl hr; exists eps; split; [exact he |]; intros y hy hb; apply Rabs_def2 in hb.
destruct (Rtotal_order y x) as [h | [h | h]]; [| lra |].
- destruct (mvt f df y x h) as [c [hc ec]]; [intros; apply hd |].
  assert (hp := hl c ltac:(lra)); nra.
- destruct (mvt f df x y h) as [c [hc ec]]; [intros; apply hd |].
  assert (hp := hr c ltac:(lra)); nra.
Qed.

(* at a mode the derivative is negative at points close on the right, positive close on the left *)
Lemma mode_right (f df : R -> R) x r : (forall y, is_derive f y (df y)) -> is_mode f x -> 0 < r ->
  exists y, x < y < x + r /\ df y < 0.
Proof.
intros hd [e [he hm]] hr; set (s := Rmin r e / 2).
assert (h1 := Rmin_l r e); assert (h2 := Rmin_r r e); assert (h3 := Rmin_pos r e hr he).
destruct (mvt f df x (x + s)) as [c [hc ec]]; [unfold s; lra | intros; apply hd |].
exists c; split; [unfold s in *; lra |].
assert (hl := hm (x + s) ltac:(unfold s; lra)).
assert (hl' : f (x + s) < f x) by (apply hl; rewrite Rabs_right; unfold s; lra).
assert (0 < s) by (unfold s; lra); nra.
Qed.

Lemma mode_left (f df : R -> R) x r : (forall y, is_derive f y (df y)) -> is_mode f x -> 0 < r ->
  exists y, x - r < y < x /\ 0 < df y.
Proof.
intros hd [e [he hm]] hr; set (s := Rmin r e / 2).
assert (h1 := Rmin_l r e); assert (h2 := Rmin_r r e); assert (h3 := Rmin_pos r e hr he).
destruct (mvt f df (x - s) x) as [c [hc ec]]; [unfold s; lra | intros; apply hd |].
exists c; split; [unfold s in *; lra |].
assert (hl' : f (x - s) < f x).
{ apply hm; [unfold s; lra |].
  replace (x - s - x) with (- s) by ring; rewrite Rabs_Ropp, Rabs_right; unfold s; lra. }
assert (0 < s) by (unfold s; lra); nra.
Qed.

Lemma mode_affine (f : R -> R) k b u : 0 < k ->
  (is_mode (fun u => f (k * u + b)) u <-> is_mode f (k * u + b)).
Proof.
intros hk; split; intros [e [he h]].
- exists (k * e); split; [nra |]; intros y hy hb.
  specialize (h ((y - b) / k)).
  replace (k * ((y - b) / k) + b) with y in h by (field; lra).
  apply h.
  + intros e1; apply hy; rewrite <- e1; field; lra.
  + replace ((y - b) / k - u) with ((y - (k * u + b)) / k) by (field; lra).
    unfold Rdiv; rewrite Rabs_mult, (Rabs_right (/ k)) by (left; now apply Rinv_0_lt_compat).
    apply Rmult_lt_reg_r with k; [exact hk |].
    rewrite Rmult_assoc, Rinv_l by lra; lra.
- exists (e / k); split; [now apply Rdiv_lt_0_compat |]; intros y hy hb.
  apply h.
  + intros e1; apply hy; nra.
  + replace (k * y + b - (k * u + b)) with (k * (y - u)) by ring.
    rewrite Rabs_mult, (Rabs_right k) by lra.
    apply Rmult_lt_compat_l with (r := k) in hb; [| exact hk].
    replace (k * (e / k)) with e in hb by (field; lra); exact hb.
Qed.

Lemma mode_ln (f : R -> R) x : (forall y, 0 < f y) -> (is_mode (fun y => ln (f y)) x <-> is_mode f x).
Proof.
intros hp; split; intros [e [he h]]; exists e; (split; [exact he |]); intros y hy hb.
- apply ln_lt_inv; try apply hp; now apply h.
- apply ln_increasing; [apply hp | now apply h].
Qed.

(* ---- scalar product of MixtureRd ---- *)
Section Dot.
Variable d : nat.

Lemma dot_comb (a b : R) (u m : vec) :
  dot d (fun k => a * u k - b * m k) (fun k => a * u k - b * m k)
  = a ^ 2 * dot d u u - 2 * a * b * dot d u m + b ^ 2 * dot d m m.
Proof. unfold dot; induction (seq 0 d) as [| j s IH]; simpl in *; [ring | rewrite IH; ring]. Qed.

Lemma dot_nonneg u : 0 <= dot d u u.
Proof. apply Sl_nonneg; intros; nra. Qed.

Lemma dot_sym u m : dot d u m = dot d m u.
Proof. apply Sl_ext; intros; ring. Qed.

Lemma dot_scal_l c u m : dot d (fun k => c * u k) m = c * dot d u m.
Proof. unfold dot; rewrite <- Sl_scal; apply Sl_ext; intros; ring. Qed.

Lemma dot_ext u u' m : (forall k, (k < d)%nat -> u k = u' k) -> dot d u m = dot d u' m.
Proof.
intros h; apply Sl_ext; intros k hk; apply in_seq in hk; rewrite h by lia; reflexivity.
Qed.

Lemma dot_pos u k : (k < d)%nat -> u k <> 0 -> 0 < dot d u u.
Proof.
intros hk hu; apply Rlt_le_trans with (u k * u k); [nra |].
apply (Sl_ge_term (seq 0 d) (fun j => u j * u j)); [intros; nra | apply in_seq; lia].
Qed.

Lemma cauchy_schwarz u m : dot d u m ^ 2 <= dot d u u * dot d m m.
Proof.
destruct (Rle_lt_or_eq_dec 0 (dot d m m) (dot_nonneg m)) as [h | h].
- assert (e := dot_comb (dot d m m) (dot d u m) u m).
  assert (e0 := dot_nonneg (fun k => dot d m m * u k - dot d u m * m k)).
  rewrite e in e0.
  assert (e1 : 0 <= dot d m m * (dot d m m * dot d u u - dot d u m ^ 2)) by nra.
  assert (0 <= dot d m m * dot d u u - dot d u m ^ 2) by nra; lra.
- assert (z : forall k, (k < d)%nat -> m k = 0).
  { intros k hk; destruct (Req_dec (m k) 0) as [e | e]; [exact e |].
    assert (hp := dot_pos m k hk e); lra. }
  rewrite (dot_sym u m), (dot_ext m (fun k => 0 * m k) u) by (intros k hk; rewrite z by exact hk; ring).
  rewrite dot_scal_l, <- h; lra.
Qed.

(* derivative of a linear form along a line *)
Lemma dot_line_lin m x u : is_dir (fun x => dot d m x) x u (dot d m u).
Proof.
unfold is_dir, dot.
apply (Sl_derive (seq 0 d) (fun k t => m k * (x k + t * u k)) (fun k _ => m k * u k)).
intros k _; auto_derive; [trivial | ring].
Qed.

(* ---- eigenvalues of a map of R^d (only coordinates below d matter) ---- *)
Definition is_eigenvalue (M : vec -> vec) (lam : R) : Prop :=
  exists u : vec, (exists k, (k < d)%nat /\ u k <> 0) /\
    forall k, (k < d)%nat -> M u k = lam * u k.

Definition is_largest_eigenvalue (M : vec -> vec) (lam : R) : Prop :=
  is_eigenvalue M lam /\ forall mu, is_eigenvalue M mu -> mu <= lam.

(* singular: some nonzero vector is sent to 0 *)
Definition is_singular (M : vec -> vec) : Prop :=
  exists u : vec, (exists k, (k < d)%nat /\ u k <> 0) /\ forall k, (k < d)%nat -> M u k = 0.

Lemma eigen_affine (M N : vec -> vec) (a b lam : R) : 0 < a ->
  (forall u k, (k < d)%nat -> N u k = a * M u k - b * u k) ->
  (is_eigenvalue N lam <-> is_eigenvalue M ((lam + b) / a)).
Proof.
intros ha hN; split; intros [u [hu h]]; exists u; (split; [exact hu |]); intros k hk.
- assert (e := h k hk); rewrite hN in e by exact hk.
  apply Rmult_eq_reg_l with a; [| lra].
  replace (a * ((lam + b) / a * u k)) with ((lam + b) * u k) by (field; lra); lra.
- rewrite hN, h by exact hk; field; lra.
Qed.

Lemma largest_affine (M N : vec -> vec) (a b lam : R) : 0 < a ->
  (forall u k, (k < d)%nat -> N u k = a * M u k - b * u k) ->
  (is_largest_eigenvalue N lam <-> is_largest_eigenvalue M ((lam + b) / a)).
Proof.
intros ha hN; split; intros [h1 h2]; split.
- now apply (eigen_affine M N a b lam ha hN).
- intros mu hm.
  assert (hn : is_eigenvalue N (a * mu - b)).
  { apply (eigen_affine M N a b _ ha hN); replace ((a * mu - b + b) / a) with mu by (field; lra).
    exact hm. }
  specialize (h2 _ hn); apply Rmult_le_reg_l with a; [exact ha |].
  replace (a * ((lam + b) / a)) with (lam + b) by (field; lra); lra.
- now apply (eigen_affine M N a b lam ha hN).
- intros mu hm; apply (eigen_affine M N a b mu ha hN) in hm; specialize (h2 _ hm).
  assert (e : a * ((mu + b) / a) <= a * ((lam + b) / a)) by (apply Rmult_le_compat_l; lra).
  replace (a * ((mu + b) / a)) with (mu + b) in e by (field; lra).
  replace (a * ((lam + b) / a)) with (lam + b) in e by (field; lra); lra.
Qed.

Lemma singular_eigen (M : vec -> vec) : is_singular M <-> is_eigenvalue M 0.
Proof.
split; intros [u [hu h]]; exists u; (split; [exact hu |]); intros k hk; rewrite h by exact hk; ring.
Qed.
End Dot.
