(* claim: D1; scope: 1-D, finite Gaussian mixtures; headline: kernel_composition, reverse_martingale, schedule_kernel, reverse_martingale_schedule *)
(* On the line.  X_0 is a finite mixture of normal laws with weights w_i > 0, means m_i and variances q_i >= 0
   (q_i = 0: atoms).  At a time s the joint law of (i, X_s) has density w_i phi_{V_i}(x - alpha_s m_i),
   V_i = alpha_s^2 q_i + sigma_s^2, and for s < t the forward kernel is X_t = c X_s + sqrt r Z, c = alpha_t/alpha_s,
   r = sigma_t^2 - c^2 sigma_s^2.
     kernel_composition : the kernel carries component i at s to component i at t;
     reverse_martingale : E[ E[h(i) given X_s] given X_t = x'] = E[h(i) given X_t = x'] for every function h of
       the component; h the indicator of the components of a label y is E[pi_y(X_s) given X_t] = pi_y(X_t).
   The conditional law of X_s given X_t = x' has density p_s(x) phi_r(x' - c x)/p_t(x') (Bayes). *)
From Coq Require Import Reals Lra List.
From Coquelicot Require Import Coquelicot.
From Infodyn Require Import Base Tilt Improper GaussInt C2_Pitchfork.
Open Scope R_scope.

Section D1.
Context {I : Type}.
Variables (l : list I) (w m V : I -> R).
Hypothesis hl : l <> nil.
Hypothesis hw : forall i, In i l -> 0 < w i.
Hypothesis hV : forall i, In i l -> 0 < V i.

(* joint density of (component, position) for component means m and variances V *)
Definition joint (w m V : I -> R) (x : R) (i : I) : R := w i * phi (V i) (x - m i).
Definition marginal (w m V : I -> R) (x : R) : R := Sl l (joint w m V x).
Definition posterior (w m V : I -> R) (h : I -> R) (x : R) : R := Ex l (joint w m V x) h.

Lemma marginal_pos x : 0 < marginal w m V x.
Proof.
apply Sl_pos; [exact hl |]; intros i hi; apply Rmult_lt_0_compat; [now apply hw | now apply phi_pos, hV].
Qed.

Section Kernel.
Variables (c r : R).
Hypothesis hc : 0 < c.
Hypothesis hr : 0 < r.
Definition m_next (c : R) (m : I -> R) (i : I) : R := c * m i.
Definition V_next (c r : R) (V : I -> R) (i : I) : R := c ^ 2 * V i + r.

Theorem kernel_composition i x' : In i l ->
  is_IR (fun x => joint w m V x i * phi r (x' - c * x)) (joint w (m_next c m) (V_next c r V) x' i).
Proof.
intros hi; assert (h := component_marginal c (V i) r (m i) x' hc (hV i hi) hr).
assert (h1 := is_IR_scal (w i) _ _ h); refine (is_IR_ext _ _ _ _ h1); intros x; unfold joint; ring.
Qed.

Lemma sum_composition (h : I -> R) x' :
  is_IR (fun x => Sl l (fun i => joint w m V x i * h i) * phi r (x' - c * x))
    (Sl l (fun i => joint w (m_next c m) (V_next c r V) x' i * h i)).
Proof.
assert (e : forall k, (forall i, In i k -> In i l) ->
  is_IR (fun x => Sl k (fun i => joint w m V x i * h i) * phi r (x' - c * x))
    (Sl k (fun i => joint w (m_next c m) (V_next c r V) x' i * h i))).
{ induction k as [| i k IH]; intros hk.
  - apply (is_IR_ext (fun x => 0 * phi r (x - 0)) _ 0); [intros; simpl; ring |].
    assert (h0 := is_IR_scal 0 _ 1 (IR_phi r 0 hr)); now rewrite Rmult_0_l in h0.
  - assert (h1 := is_IR_scal (h i) _ _ (kernel_composition i x' (hk i (or_introl eq_refl)))).
    assert (h2 := is_IR_plus _ _ _ _ h1 (IH (fun j hj => hk j (or_intror hj)))).
    replace (Sl (i :: k) (fun i => joint w (m_next c m) (V_next c r V) x' i * h i)) with
      (h i * joint w (m_next c m) (V_next c r V) x' i
       + Sl k (fun i => joint w (m_next c m) (V_next c r V) x' i * h i)) by (simpl; ring).
    refine (is_IR_ext _ _ _ _ h2); intros x; simpl; ring. }
exact (e l (fun i hi => hi)).
Qed.

Lemma next_pos x' : 0 < marginal w (m_next c m) (V_next c r V) x'.
Proof.
apply Sl_pos; [exact hl |]; intros i hi; apply Rmult_lt_0_compat; [now apply hw |].
apply phi_pos; unfold V_next; assert (h := hV i hi); assert (h2 := pow_lt c 2 hc).
assert (0 < c ^ 2 * V i) by (now apply Rmult_lt_0_compat); lra.
Qed.

Theorem reverse_martingale (h : I -> R) x' :
  is_IR (fun x => posterior w m V h x
           * (marginal w m V x * phi r (x' - c * x) / marginal w (m_next c m) (V_next c r V) x'))
    (posterior w (m_next c m) (V_next c r V) h x').
Proof.
assert (hp := next_pos x').
assert (h1 := is_IR_scal (/ marginal w (m_next c m) (V_next c r V) x') _ _ (sum_composition h x')).
replace (posterior w (m_next c m) (V_next c r V) h x') with
  (/ marginal w (m_next c m) (V_next c r V) x'
   * Sl l (fun i => joint w (m_next c m) (V_next c r V) x' i * h i))
  by (unfold posterior, Ex, marginal; unfold Rdiv; ring).
refine (is_IR_ext _ _ _ _ h1); intros x; assert (hx := marginal_pos x).
unfold posterior, Ex; fold (marginal w m V x); field; split; lra.
Qed.
End Kernel.
End D1.

(* for a schedule: times s < t with (a_s, s2_s) and (a_t, s2_t) *)
Theorem schedule_kernel (a_s s2_s a_t s2_t q m : R) : 0 < a_s ->
  let c := a_t / a_s in let r := s2_t - c ^ 2 * s2_s in
  c * (a_s * m) = a_t * m /\ c ^ 2 * (a_s ^ 2 * q + s2_s) + r = a_t ^ 2 * q + s2_t.
Proof. intros ha c r; unfold r, c; split; field; lra. Qed.

Theorem reverse_martingale_schedule {I} (l : list I) (w m q h : I -> R) (a_s s2_s a_t s2_t x' : R) :
  l <> nil -> (forall i, In i l -> 0 < w i) -> (forall i, In i l -> 0 <= q i) ->
  0 < a_s -> 0 < a_t -> 0 < s2_s -> a_t ^ 2 / a_s ^ 2 * s2_s < s2_t ->
  let f a s2 x i := w i * phi (a ^ 2 * q i + s2) (x - a * m i) in
  let p a s2 x := Sl l (f a s2 x) in
  let pi a s2 x := Ex l (f a s2 x) h in
  let kernel x' x := phi (s2_t - (a_t / a_s) ^ 2 * s2_s) (x' - a_t / a_s * x) in
  is_IR (fun x => pi a_s s2_s x * (p a_s s2_s x * kernel x' x / p a_t s2_t x')) (pi a_t s2_t x').
Proof.
intros hl hw hq h1 h2 h3 h4 f p pi kernel.
assert (hV : forall i, In i l -> 0 < a_s ^ 2 * q i + s2_s).
{ intros i hi; assert (k := hq i hi); assert (k2 := pow_lt a_s 2 h1); nra. }
assert (hc : 0 < a_t / a_s) by now apply Rdiv_lt_0_compat.
assert (hr : 0 < s2_t - (a_t / a_s) ^ 2 * s2_s).
{ replace ((a_t / a_s) ^ 2) with (a_t ^ 2 / a_s ^ 2) by (field; lra); lra. }
assert (k := reverse_martingale l w (fun i => a_s * m i) (fun i => a_s ^ 2 * q i + s2_s) hl hw hV
  (a_t / a_s) (s2_t - (a_t / a_s) ^ 2 * s2_s) hc hr h x').
assert (e : forall i, joint w (m_next (a_t / a_s) (fun i => a_s * m i))
  (V_next (a_t / a_s) (s2_t - (a_t / a_s) ^ 2 * s2_s) (fun i => a_s ^ 2 * q i + s2_s)) x' i = f a_t s2_t x' i).
{ intros i; unfold joint, m_next, V_next, f.
  destruct (schedule_kernel a_s s2_s a_t s2_t (q i) (m i) h1) as [e1 e2]; now rewrite e1, e2. }
assert (ep : marginal l w (m_next (a_t / a_s) (fun i => a_s * m i))
  (V_next (a_t / a_s) (s2_t - (a_t / a_s) ^ 2 * s2_s) (fun i => a_s ^ 2 * q i + s2_s)) x' = p a_t s2_t x').
{ unfold marginal, p; apply Sl_ext; intros; apply e. }
assert (epi : posterior l w (m_next (a_t / a_s) (fun i => a_s * m i))
  (V_next (a_t / a_s) (s2_t - (a_t / a_s) ^ 2 * s2_s) (fun i => a_s ^ 2 * q i + s2_s)) h x' = pi a_t s2_t x').
{ unfold posterior, pi, Ex; f_equal; apply Sl_ext; intros; rewrite e; reflexivity. }
rewrite ep, epi in k; exact k.
Qed.
