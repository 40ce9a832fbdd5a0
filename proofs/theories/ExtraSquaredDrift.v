(* ExtraSquaredDrift.v -- the square of the posterior entropy under the reverse generator, at a point, in R^d, for
   labels with densities f_y(t, x) that solve the Fokker-Planck equation (setting and hypotheses of D2):
     squared_entropy_drift : the generator applied to h^2 is g^2 (|grad h|^2 - h b), b = sum_y pi_y |s_y - s|^2;
     variance_balance      : hence, when the means of h and of h^2 change in reverse time by the means of their
       generators, d/dtau Var h = g^2 ( E|grad h|^2 - Cov(h, b) ). *)
From Coq Require Import Reals Lra Lia List.
From Coquelicot Require Import Coquelicot.
From Infodyn Require Import Base Tilt MixtureRd D2_PosteriorEntropySde.
Open Scope R_scope.

Theorem squared_entropy_drift {J} (d : nat) (l : list J) (f g2 : R) (F : J -> R -> vec -> R)
  (F1 : J -> vec -> nat -> R) (F2 : J -> nat -> R) (Ft : J -> R) (t : R) (x : vec) :
  l <> nil ->
  (forall j z, In j l -> 0 < F j t z) ->
  (forall j z k, In j l -> (k < d)%nat -> is_dir (fun z => F j t z) z (basis k) (F1 j z k)) ->
  (forall j k, In j l -> (k < d)%nat -> is_dir (fun z => F1 j z k) x (basis k) (F2 j k)) ->
  (forall j, In j l -> is_derive (fun s => F j s x) t (Ft j)) ->
  (forall j, In j l -> Ft j =
     - f * Sl (seq 0 d) (fun k => F j t x + x k * F1 j x k) + g2 / 2 * Sl (seq 0 d) (fun k => F2 j k)) ->
  exists Ht Hkk,
    is_derive (fun s => h_lab l F s x ^ 2) t Ht /\
    (forall z k, (k < d)%nat ->
       is_dir (fun z => h_lab l F t z ^ 2) z (basis k) (2 * h_lab l F t z * grad_h l F F1 t z k)) /\
    (forall k, (k < d)%nat ->
       is_dir (fun z => 2 * h_lab l F t z * grad_h l F F1 t z k) x (basis k) (Hkk k)) /\
    - Ht + Sl (seq 0 d) (fun k => (g2 * s_all l F F1 t x k - f * x k) * (2 * h_lab l F t x * grad_h l F F1 t x k))
      + g2 / 2 * Sl (seq 0 d) Hkk
    = g2 * (Sl (seq 0 d) (fun k => grad_h l F F1 t x k ^ 2) - h_lab l F t x * b_lab d l F F1 t x).
Proof.
intros hl hF d1 d2 dt fp.
destruct (posterior_entropy_drift d l f g2 F F1 F2 Ft t x hl hF d1 d2 dt fp) as [ht [hkk [e1 [e2 e3]]]].
assert (dg := entropy_gradient d l F F1 t hl hF d1).
set (h := h_lab l F t x) in *; set (G := grad_h l F F1 t x) in *.
exists (2 * h * ht), (fun k => 2 * G k ^ 2 + 2 * h * hkk k); split; [| split; [| split]].
- eapply D_val; [apply (D_comp (fun z => z ^ 2) (fun s => h_lab l F s x)); [| exact e1] |].
  + auto_derive; [trivial | reflexivity].
  + fold h; ring.
- intros z k hk; assert (e := dg z k hk); unfold is_dir in *; eapply D_val.
  + apply (D_comp (fun u => u ^ 2) (fun s => h_lab l F t (fun i => z i + s * basis k i))); [| exact e].
    auto_derive; [trivial | reflexivity].
  + cbv beta; rewrite line_0; ring.
- intros k hk; assert (e := dg x k hk); assert (e' := e2 k hk); unfold is_dir in *; eapply D_val.
  + apply (D_mult (fun s => 2 * h_lab l F t (fun i => x i + s * basis k i))); [| exact e'].
    apply D_scal; exact e.
  + cbv beta; rewrite !line_0; fold h; fold G; ring.
- rewrite Sl_plus, !Sl_scal.
  rewrite (Sl_ext (seq 0 d) _ (fun k => 2 * h * ((g2 * s_all l F F1 t x k - f * x k) * G k)))
    by (intros; ring).
  rewrite Sl_scal.
  assert (e3' : - ht + Sl (seq 0 d) (fun k => (g2 * s_all l F F1 t x k - f * x k) * G k)
    + g2 / 2 * Sl (seq 0 d) hkk = - (g2 / 2) * b_lab d l F F1 t x) by exact e3.
  change (Sl (seq 0 d) (fun k => hkk k)) with (Sl (seq 0 d) hkk).
  set (A := Sl (seq 0 d) (fun k => (g2 * s_all l F F1 t x k - f * x k) * G k)) in *.
  set (B := Sl (seq 0 d) hkk) in *; set (C := Sl (seq 0 d) (fun k => G k ^ 2)); set (bb := b_lab d l F F1 t x) in *.
  transitivity (2 * h * (- ht + A + g2 / 2 * B) + g2 * C); [field | rewrite e3'; field].
Qed.

(* Eh, Eh2: means of h and h^2 as functions of reverse time; Eb, Egrad2, Ehb: means of b, |grad h|^2, h b *)
Theorem variance_balance (Eh Eh2 : R -> R) (g2 Eb Egrad2 Ehb tau : R) :
  is_derive Eh tau (- (g2 / 2) * Eb) ->
  is_derive Eh2 tau (g2 * (Egrad2 - Ehb)) ->
  is_derive (fun tau => Eh2 tau - Eh tau ^ 2) tau (g2 * (Egrad2 - (Ehb - Eh tau * Eb))).
Proof.
intros h1 h2; eapply D_val.
- apply D_minus; [exact h2 |].
  apply (D_comp (fun z => z ^ 2) Eh); [| exact h1]; auto_derive; [trivial | reflexivity].
- cbv beta; field.
Qed.
