(* StatementsAB.v -- what is proved of families A and B, with every definition in full.
   Read top to bottom: first the definitions, each as an equation that holds by computation, then the theorems.
   A theorem or a definition that is weakened makes this file fail.  IR is the integral over the whole line. *)
From Coq Require Import Reals List.
From Coquelicot Require Import Coquelicot.
From Infodyn Require Import Base Tilt Improper BinEntropy MixtureRd Mixture1D Process1D A1_Tweedie A2_TweedieCovariance
  A3_ScoreMoments A4_ScorePde B1_MarginalProduction B2_ConditionalProduction B2_ProductRd B3_EquivalentForms B4_LabelProduction
  B5_Chain B6_BandwidthBounds B7_TotalInformation B9_WienerFilter B12_PluginBound.
Open Scope R_scope.

(* ---- integrals, sums, densities ---- *)
Check (fun f a => eq_refl : is_IR f a = is_RInt_gen f (Rbar_locally m_infty) (Rbar_locally p_infty) a).
Check (fun f => eq_refl : IR f = RInt_gen f (Rbar_locally m_infty) (Rbar_locally p_infty)).
Check (fun I (f : I -> R) => eq_refl : Sl nil f = 0).
Check (fun I (i : I) l f => eq_refl : Sl (i :: l) f = f i + Sl l f).
Check (fun I (l : list I) f h => eq_refl : Ex l f h = Sl l (fun i => f i * h i) / Sl l f).
Check (fun I (l : list I) f h g => eq_refl : Cov l f h g = Ex l f (fun i => h i * g i) - Ex l f h * Ex l f g).
Check (fun v r => eq_refl : phi v r = exp (- r ^ 2 / (2 * v)) / sqrt (2 * PI * v)).
Check (fun q => eq_refl : eta q = - (q * ln q)).

(* ---- the law of X_0: sum_i w_i N(y_i, c_i), an atom where c_i = 0 ---- *)
Check (fun I (l : list I) w c => eq_refl : law l w c =
  ((forall i, In i l -> 0 < w i) /\ (forall i, In i l -> 0 <= c i) /\ Sl l w = 1)).
Check (fun I (l : list I) w y c x0 => eq_refl : prior l w y c x0 = Sl l (fun i => w i * phi (c i) (x0 - y i))).
Check (fun I (w y c : I -> R) v x i => eq_refl : comp w y c v x i = w i * phi (c i + v) (x - y i)).
Check (fun I (l : list I) w y c v x => eq_refl : dens l w y c v x = Sl l (comp w y c v x)).
Check (fun I (y c : I -> R) v x i => eq_refl : zz y c v x i = (x - y i) / (c i + v)).
Check (fun I (l : list I) w y c v x => eq_refl :
  dens1 l w y c v x = Sl l (fun i => - zz y c v x i * comp w y c v x i)).
Check (fun I (l : list I) w y c v x => eq_refl :
  dens2 l w y c v x = Sl l (fun i => (zz y c v x i ^ 2 - / (c i + v)) * comp w y c v x i)).
Check (fun I (l : list I) w y c v x => eq_refl : Mixture1D.score l w y c v x = dens1 l w y c v x / dens l w y c v x).
Check (fun I (l : list I) w y c v x => eq_refl :
  slope l w y c v x = dens2 l w y c v x / dens l w y c v x - Mixture1D.score l w y c v x ^ 2).
Check (fun I (l : list I) w y c v x => eq_refl :
  pmean l w y c v x = Ex l (comp w y c v x) (fun i => (c i * x + v * y i) / (c i + v))).
Check (fun I (l : list I) w y c v x => eq_refl : pvar l w y c v x =
  Ex l (comp w y c v x) (fun i => c i * v / (c i + v) + ((c i * x + v * y i) / (c i + v)) ^ 2) - pmean l w y c v x ^ 2).
Check (fun I (l : list I) w y c v => eq_refl : Hm l w y c v = IR (fun x => - (dens l w y c v x * ln (dens l w y c v x)))).
Check (fun v => eq_refl : Hnoise v = / 2 * ln (2 * PI * exp 1 * v)).

(* ---- along a process X_t = alpha X_0 + sigma Z ---- *)
Check (fun alpha sigma2 f g t => eq_refl : linear_process alpha sigma2 f g t =
  (is_derive alpha t (f * alpha t) /\ is_derive sigma2 t (2 * f * sigma2 t + g ^ 2) /\ 0 < alpha t /\ 0 < sigma2 t)).
Check (fun I (l : list I) w y c alpha sigma2 t x => eq_refl : dens_t l w y c alpha sigma2 t x =
  dens l w (fun i => alpha t * y i) (fun i => alpha t ^ 2 * c i) (sigma2 t) x).
Check (fun I (l : list I) w y c alpha sigma2 t x => eq_refl : score_t l w y c alpha sigma2 t x =
  Mixture1D.score l w (fun i => alpha t * y i) (fun i => alpha t ^ 2 * c i) (sigma2 t) x).
Check (fun I (l : list I) w y c alpha sigma2 t x => eq_refl : slope_t l w y c alpha sigma2 t x =
  slope l w (fun i => alpha t * y i) (fun i => alpha t ^ 2 * c i) (sigma2 t) x).
Check (fun I (l : list I) w y c alpha sigma2 t x => eq_refl : pmean_t l w y c alpha sigma2 t x =
  pmean l w (fun i => alpha t * y i) (fun i => alpha t ^ 2 * c i) (sigma2 t) x / alpha t).
Check (fun I (l : list I) w y c alpha sigma2 t x => eq_refl : pvar_t l w y c alpha sigma2 t x =
  pvar l w (fun i => alpha t * y i) (fun i => alpha t ^ 2 * c i) (sigma2 t) x / alpha t ^ 2).
Check (fun I (l : list I) w y c alpha sigma2 t => eq_refl : info_t l w y c alpha sigma2 t =
  IR (fun x => - (dens_t l w y c alpha sigma2 t x * ln (dens_t l w y c alpha sigma2 t x))) - Hnoise (sigma2 t)).
Check (fun I (l : list I) w y c alpha sigma2 t => eq_refl : mmse_t l w y c alpha sigma2 t =
  IR (fun x => dens_t l w y c alpha sigma2 t x * pvar_t l w y c alpha sigma2 t x)).
(* labels: classes ks, the components of class k are ls k *)
Check (fun K I (ks : list K) (ls : K -> list I) w c => eq_refl : labelled_law ks ls w c =
  ((forall k, In k ks -> ls k <> nil) /\ law (flat_map ls ks) w c)).
Check (fun K I (ks : list K) (ls : K -> list I) => eq_refl : whole ks ls = flat_map ls ks).

(* ---- A1 ---- *)
Check (@A1_tweedie : forall I (l : list I) w y c alpha sigma2 t x, law l w c -> 0 < alpha t -> 0 < sigma2 t ->
  is_derive (fun x => ln (dens_t l w y c alpha sigma2 t x)) x
    ((alpha t * pmean_t l w y c alpha sigma2 t x - x) / sigma2 t)).
Check (@A1_posterior_mean : forall I (l : list I) w y c v x, law l w c -> (forall i, In i l -> 0 < c i) -> 0 < v ->
  is_IR (fun x0 => x0 * (prior l w y c x0 * phi v (x - x0) / dens l w y c v x)) (pmean l w y c v x)).
(* atoms in R^d: a vector is a function of which the coordinates k < d matter *)
Check (fun F x u D => eq_refl : is_dir F x u D = is_derive (fun t => F (fun k => x k + t * u k)) 0 D).
Check (fun d x y => eq_refl : dot d x y = Sl (seq 0 d) (fun k => x k * y k)).
Check (fun k => eq_refl : basis k = fun j => if PeanoNat.Nat.eq_dec k j then 1 else 0).
Check (fun d v r => eq_refl : phid d v r = exp (- dot d r r / (2 * v)) / sqrt (2 * PI * v) ^ d).
Check (fun d I (l : list I) w y v x => eq_refl :
  MixtureRd.p d l w y v x = Sl l (fun i => w i * phid d v (fun k => x k - y i k))).
Check (fun d I (l : list I) w y v x h => eq_refl :
  MixtureRd.E d l w y v x h = Ex l (fun i => w i * phid d v (fun k => x k - y i k)) h).
Check (fun d I (l : list I) w y v x h g => eq_refl :
  MixtureRd.C d l w y v x h g = Cov l (fun i => w i * phid d v (fun k => x k - y i k)) h g).
Check (fun d I (l : list I) w y v x k => eq_refl :
  MixtureRd.score d l w y v x k = (MixtureRd.E d l w y v x (fun i => y i k) - x k) / v).
Check (@A1_tweedie_Rd : forall d I (l : list I) w y alpha sigma2 x u,
  l <> nil -> (forall i, In i l -> 0 < w i) -> alpha <> 0 -> 0 < sigma2 ->
  is_dir (fun x => ln (MixtureRd.p d l w (fun i k => alpha * y i k) sigma2 x)) x u
    (dot d u (fun k => (alpha * MixtureRd.E d l w (fun i k => alpha * y i k) sigma2 x (fun i => y i k) - x k) / sigma2))).

(* ---- A2 ---- *)
Check (@A2_score_slope : forall I (l : list I) w y c alpha sigma2 t x, law l w c -> 0 < alpha t -> 0 < sigma2 t ->
  is_derive (score_t l w y c alpha sigma2 t) x
    (alpha t ^ 2 / sigma2 t ^ 2 * pvar_t l w y c alpha sigma2 t x - / sigma2 t)).
Check (@A2_mean_slope : forall I (l : list I) w y c alpha sigma2 t x, law l w c -> 0 < alpha t -> 0 < sigma2 t ->
  is_derive (pmean_t l w y c alpha sigma2 t) x (alpha t / sigma2 t * pvar_t l w y c alpha sigma2 t x)).
Check (@A2_posterior_variance : forall I (l : list I) w y c v x, law l w c -> (forall i, In i l -> 0 < c i) -> 0 < v ->
  is_IR (fun x0 => (x0 - pmean l w y c v x) ^ 2 * (prior l w y c x0 * phi v (x - x0) / dens l w y c v x))
    (pvar l w y c v x)).
Check (@A2_hessian_Rd : forall d I (l : list I) w y alpha sigma2 x u k,
  l <> nil -> (forall i, In i l -> 0 < w i) -> alpha <> 0 -> 0 < sigma2 ->
  is_dir (fun x => MixtureRd.score d l w (fun i k => alpha * y i k) sigma2 x k) x u
    (alpha ^ 2 / sigma2 ^ 2
      * MixtureRd.C d l w (fun i k => alpha * y i k) sigma2 x (fun i => y i k) (fun i => dot d u (y i)) - u k / sigma2)).

(* ---- A3 ---- *)
Check (@A3_score_mean : forall I (l : list I) w y c alpha sigma2 t, law l w c -> 0 < sigma2 t ->
  is_IR (fun x => dens_t l w y c alpha sigma2 t x * score_t l w y c alpha sigma2 t x) 0).
Check (@A3_score_position : forall I (l : list I) w y c alpha sigma2 t, law l w c -> 0 < sigma2 t ->
  is_IR (fun x => dens_t l w y c alpha sigma2 t x * (score_t l w y c alpha sigma2 t x * x)) (-1)).
Check (@A3_score_divergence : forall I (l : list I) w y c alpha sigma2 t, law l w c -> 0 < sigma2 t ->
  (forall x, is_derive (score_t l w y c alpha sigma2 t) x (slope_t l w y c alpha sigma2 t x)) /\
  is_IR (fun x => dens_t l w y c alpha sigma2 t x * slope_t l w y c alpha sigma2 t x)
    (- IR (fun x => dens_t l w y c alpha sigma2 t x * score_t l w y c alpha sigma2 t x ^ 2)) /\
  is_IR (fun x => dens_t l w y c alpha sigma2 t x * score_t l w y c alpha sigma2 t x ^ 2)
    (IR (fun x => dens_t l w y c alpha sigma2 t x * score_t l w y c alpha sigma2 t x ^ 2))).

(* ---- A4 ---- *)
Check (@A4_score_pde : forall I (l : list I) w y c alpha sigma2 f g t, law l w c -> linear_process alpha sigma2 f g t ->
  forall x, exists D : R,
  is_derive (fun x => g ^ 2 / 2 * (slope_t l w y c alpha sigma2 t x + score_t l w y c alpha sigma2 t x ^ 2)
                      - f * (1 + x * score_t l w y c alpha sigma2 t x)) x D /\
  is_derive (fun t => score_t l w y c alpha sigma2 t x) t D).
Check (@A4_fokker_planck : forall I (l : list I) w y c alpha sigma2 f g t, law l w c -> linear_process alpha sigma2 f g t ->
  let p1 := dens1 l w (yt y alpha t) (ct c alpha t) (sigma2 t) in
  let p2 := dens2 l w (yt y alpha t) (ct c alpha t) (sigma2 t) in
  forall x, is_derive (fun t => dens_t l w y c alpha sigma2 t x) t
    (g ^ 2 / 2 * p2 x - f * (dens_t l w y c alpha sigma2 t x + x * p1 x)) /\
  (forall x, is_derive (dens_t l w y c alpha sigma2 t) x (p1 x)) /\ (forall x, is_derive p1 x (p2 x))).
Check (@A4_heat : forall I (l : list I) w y c v x, law l w c -> 0 < v -> exists p1 p2 : R -> R,
  (forall z, is_derive (dens l w y c v) z (p1 z)) /\ (forall z, is_derive p1 z (p2 z)) /\
  is_derive (fun v => dens l w y c v x) v (/ 2 * p2 x)).
Check (@A4_burgers : forall I (l : list I) w y c v x, law l w c -> 0 < v ->
  let u := fun v x => - Mixture1D.score l w y c v x in
  exists (ux : R -> R) (uxx ut : R), (forall z, is_derive (u v) z (ux z)) /\ is_derive ux x uxx /\
    is_derive (fun v => u v x) v ut /\ ut + u v x * ux x = / 2 * uxx).
Check (@A4_heat_Rd : forall d I (l : list I) w y v x, l <> nil -> (forall i, In i l -> 0 < w i) -> 0 < v ->
  is_derive (fun v => MixtureRd.p d l w y v x) v (/ 2 * Sl (seq 0 d) (MixtureRd.dkk_p d l w y v x)) /\
  (forall k x, (k < d)%nat -> is_dir (MixtureRd.p d l w y v) x (basis k) (MixtureRd.dk_p d l w y v x k)) /\
  (forall k x, (k < d)%nat -> is_dir (fun x => MixtureRd.dk_p d l w y v x k) x (basis k) (MixtureRd.dkk_p d l w y v x k))).
Check (@A4_score_pde_Rd : forall d I (l : list I) w y v x k, l <> nil -> (forall i, In i l -> 0 < w i) -> 0 < v ->
  (k < d)%nat -> exists D : R,
  is_dir (fun x => Sl (seq 0 d) (fun j => MixtureRd.dk_score d l w y v x j + MixtureRd.score d l w y v x j ^ 2)) x (basis k) D /\
  is_derive (fun v => MixtureRd.score d l w y v x k) v (/ 2 * D) /\
  (forall j x, (j < d)%nat ->
    is_dir (fun x => MixtureRd.score d l w y v x j) x (basis j) (MixtureRd.dk_score d l w y v x j))).

(* ---- B1 ---- *)
Check (@B1_marginal_production : forall I (l : list I) w y c alpha sigma2 f g t,
  law l w c -> linear_process alpha sigma2 f g t ->
  is_derive (fun t => IR (fun x => - (dens_t l w y c alpha sigma2 t x * ln (dens_t l w y c alpha sigma2 t x)))) t
    (f + g ^ 2 / 2 * IR (fun x => dens_t l w y c alpha sigma2 t x * score_t l w y c alpha sigma2 t x ^ 2))).

(* ---- B2 ---- *)
Check (@B2_conditional_production : forall I (l : list I) w y c alpha sigma2 f g t,
  law l w c -> linear_process alpha sigma2 f g t ->
  is_derive (fun t => - info_t l w y c alpha sigma2 t) t
    (g ^ 2 / 2 * (1 / sigma2 t
      + IR (fun x => dens_t l w y c alpha sigma2 t x * slope_t l w y c alpha sigma2 t x)))).
Check (fun I (l : list I) w y v => eq_refl : atoms_entropy l w y v = IR (fun x => dens l w y (fun _ => 0) v x
    * Sl l (fun i => eta (comp w y (fun _ => 0) v x i / dens l w y (fun _ => 0) v x)))).
Check (@B2_atoms : forall I (l : list I) w y alpha sigma2 f g t,
  law l w (fun _ => 0) -> linear_process alpha sigma2 f g t ->
  is_derive (fun t => atoms_entropy l w (fun i => alpha t * y i) (sigma2 t)) t
    (g ^ 2 / 2 * (1 / sigma2 t
      + IR (fun x => dens_t l w y (fun _ => 0) alpha sigma2 t x * slope_t l w y (fun _ => 0) alpha sigma2 t x)))).
Check (@B2_information_atoms : forall I (l : list I) w y v, law l w (fun _ => 0) -> 0 < v ->
  atoms_entropy l w y v = Sl l (fun i => eta (w i)) - (Hm l w y (fun _ => 0) v - Hnoise v)).
Check (@B2_information : forall I (l : list I) w y c v, law l w c -> (forall i, In i l -> 0 < c i) -> 0 < v ->
  exists inner : R -> R,
    (forall x, is_IR (fun x0 => prior l w y c x0 * phi v (x - x0) * ln (phi v (x - x0) / dens l w y c v x)) (inner x))
    /\ is_IR inner (Hm l w y c v - Hnoise v)).

(* ---- B2 in R^d, independent coordinates: is_IRd d F r integrates F over one line after another ---- *)
Check (fun F r => eq_refl : is_IRd 0 F r = (F (fun _ => 0) = r)).
Check (fun d F r => eq_refl : is_IRd (S d) F r =
  exists g : R -> R, (forall x0, is_IRd d (fun x => F (vcons x0 x)) (g x0)) /\ is_IR g r).
Check (fun x0 x => eq_refl : vcons x0 x = fun k => match k with O => x0 | S k => x k end).
Check (@is_IRd_unique : forall d F a b, is_IRd d F a -> is_IRd d F b -> a = b).
Check (fun P x => eq_refl : prodd 0 P x = 1).
Check (fun d P x => eq_refl : prodd (S d) P x = P O (x O) * prodd d (fun k => P (S k)) (fun k => x (S k))).
Check (fun A x => eq_refl : sumd 0 A x = 0).
Check (fun d A x => eq_refl : sumd (S d) A x = A O (x O) + sumd d (fun k => A (S k)) (fun k => x (S k))).
Check (fun a => eq_refl : sumn 0 a = 0).
Check (fun d a => eq_refl : sumn (S d) a = a O + sumn d (fun k => a (S k))).
Check (fun I (l : nat -> list I) w y c alpha sigma2 t k => eq_refl : dens_k l w y c alpha sigma2 t k =
  dens_t (l k) (w k) (y k) (c k) alpha sigma2 t).
Check (fun I (l : nat -> list I) w y c alpha sigma2 t k => eq_refl : score_k l w y c alpha sigma2 t k =
  score_t (l k) (w k) (y k) (c k) alpha sigma2 t).
Check (fun I (l : nat -> list I) w y c alpha sigma2 t k => eq_refl : slope_k l w y c alpha sigma2 t k =
  slope_t (l k) (w k) (y k) (c k) alpha sigma2 t).
Check (fun I d (l : nat -> list I) w y c alpha sigma2 t x => eq_refl : dens_d d l w y c alpha sigma2 t x =
  prodd d (dens_k l w y c alpha sigma2 t) x).
Check (fun I d (l : nat -> list I) w y c alpha sigma2 t x => eq_refl : div_score_d d l w y c alpha sigma2 t x =
  sumd d (slope_k l w y c alpha sigma2 t) x).
Check (fun I d (l : nat -> list I) w y c alpha sigma2 t => eq_refl : entropy_d d l w y c alpha sigma2 t =
  sumn d (fun k => IR (fun z => - (dens_k l w y c alpha sigma2 t k z * ln (dens_k l w y c alpha sigma2 t k z))))).
Check (fun I d (l : nat -> list I) w y c alpha sigma2 t => eq_refl : info_d d l w y c alpha sigma2 t =
  entropy_d d l w y c alpha sigma2 t - INR d * Hnoise (sigma2 t)).
Check (@B2_product_entropy : forall I d (l : nat -> list I) w y c alpha sigma2,
  (forall k, law (l k) (w k) (c k)) -> forall t, 0 < sigma2 t ->
  is_IRd d (dens_d d l w y c alpha sigma2 t) 1 /\
  is_IRd d (fun x => - (dens_d d l w y c alpha sigma2 t x * ln (dens_d d l w y c alpha sigma2 t x)))
    (entropy_d d l w y c alpha sigma2 t)).
Check (@B2_product_score : forall I d (l : nat -> list I) w y c alpha sigma2,
  (forall k, law (l k) (w k) (c k)) -> forall t x k, 0 < sigma2 t -> (k < d)%nat ->
  is_dir (fun x => ln (dens_d d l w y c alpha sigma2 t x)) x (basis k) (score_k l w y c alpha sigma2 t k (x k)) /\
  is_derive (score_k l w y c alpha sigma2 t k) (x k) (slope_k l w y c alpha sigma2 t k (x k))).
Check (@B2_product_production : forall I d (l : nat -> list I) w y c alpha sigma2,
  (forall k, law (l k) (w k) (c k)) -> forall f g t, linear_process alpha sigma2 f g t ->
  exists m, is_IRd d (fun x => dens_d d l w y c alpha sigma2 t x * div_score_d d l w y c alpha sigma2 t x) m /\
    is_derive (fun t => - info_d d l w y c alpha sigma2 t) t (g ^ 2 / 2 * (INR d / sigma2 t + m))).

(* ---- B3 ---- *)
Check (@B3_fisher_form : forall I (l : list I) w y c alpha sigma2 f g t, law l w c -> linear_process alpha sigma2 f g t ->
  is_derive (fun t => - info_t l w y c alpha sigma2 t) t (g ^ 2 / 2 * (1 / sigma2 t
    - IR (fun x => dens_t l w y c alpha sigma2 t x * score_t l w y c alpha sigma2 t x ^ 2)))).
Check (@B3_mmse_form : forall I (l : list I) w y c alpha sigma2 f g t, law l w c -> linear_process alpha sigma2 f g t ->
  is_derive (fun t => - info_t l w y c alpha sigma2 t) t (g ^ 2 * alpha t ^ 2 / (2 * sigma2 t ^ 2)
    * IR (fun x => dens_t l w y c alpha sigma2 t x * pvar_t l w y c alpha sigma2 t x))).
Check (fun I (l : list I) w y c gamma => eq_refl :
  info_gamma l w y c gamma = Hm l w y c (/ gamma) - Hnoise (/ gamma)).
Check (@B3_immse : forall I (l : list I) w y c gamma, law l w c -> 0 < gamma ->
  is_derive (info_gamma l w y c) gamma
    (/ 2 * IR (fun x => dens l w y c (/ gamma) x * pvar l w y c (/ gamma) x))).
Check (@B3_one_curve : forall I (l : list I) w y c alpha sigma2 t, law l w c -> 0 < alpha t -> 0 < sigma2 t ->
  info_t l w y c alpha sigma2 t = info_gamma l w y c (alpha t ^ 2 / sigma2 t)).

(* ---- B4 ---- *)
Check (fun K I (ks : list K) (ls : K -> list I) w y c alpha sigma2 t => eq_refl :
  label_entropy_t ks ls w y c alpha sigma2 t = IR (fun x => dens_t (whole ks ls) w y c alpha sigma2 t x
  * Sl ks (fun k => eta (dens_t (ls k) w y c alpha sigma2 t x / dens_t (whole ks ls) w y c alpha sigma2 t x)))).
Check (@B4_label_entropy_exists : forall K I (ks : list K) (ls : K -> list I) w y c alpha sigma2 t,
  labelled_law ks ls w c -> 0 < sigma2 t ->
  is_IR (fun x => dens_t (whole ks ls) w y c alpha sigma2 t x
  * Sl ks (fun k => eta (dens_t (ls k) w y c alpha sigma2 t x / dens_t (whole ks ls) w y c alpha sigma2 t x)))
  (label_entropy_t ks ls w y c alpha sigma2 t)).
Check (@B4_label_production : forall K I (ks : list K) (ls : K -> list I) w y c alpha sigma2 f g t,
  labelled_law ks ls w c -> linear_process alpha sigma2 f g t ->
  is_derive (label_entropy_t ks ls w y c alpha sigma2) t (g ^ 2 / 2 * IR (fun x =>
    dens_t (whole ks ls) w y c alpha sigma2 t x
    * Sl ks (fun k => dens_t (ls k) w y c alpha sigma2 t x / dens_t (whole ks ls) w y c alpha sigma2 t x
       * (score_t (ls k) w y c alpha sigma2 t x - score_t (whole ks ls) w y c alpha sigma2 t x) ^ 2)))).
Check (@B4_divergence_form : forall K I (ks : list K) (ls : K -> list I) w y c alpha sigma2 f g t,
  labelled_law ks ls w c -> linear_process alpha sigma2 f g t ->
  is_derive (label_entropy_t ks ls w y c alpha sigma2) t (g ^ 2 / 2 *
  (IR (fun x => dens_t (whole ks ls) w y c alpha sigma2 t x * slope_t (whole ks ls) w y c alpha sigma2 t x)
   - Sl ks (fun k => IR (fun x => dens_t (ls k) w y c alpha sigma2 t x * slope_t (ls k) w y c alpha sigma2 t x))))).

(* ---- B5 ---- *)
Check (fun K I (ls : K -> list I) w k => eq_refl : W ls w k = Sl (ls k) w).
Check (fun K I (ks : list K) (ls : K -> list I) w y c alpha sigma2 t => eq_refl :
  label_info ks ls w y c alpha sigma2 t = IR (fun x => Sl ks (fun k => dens_t (ls k) w y c alpha sigma2 t x
    * ln (dens_t (ls k) w y c alpha sigma2 t x / (W ls w k * dens_t (whole ks ls) w y c alpha sigma2 t x))))).
Check (fun K I (ks : list K) (ls : K -> list I) w y c alpha sigma2 t => eq_refl :
  inner_info ks ls w y c alpha sigma2 t
    = Sl ks (fun k => W ls w k * info_t (ls k) (fun i => w i / W ls w k) y c alpha sigma2 t)).
Check (@B5_class_law : forall K I (ks : list K) (ls : K -> list I) w c, labelled_law ks ls w c ->
  forall k, In k ks -> law (ls k) (fun i => w i / W ls w k) c).
Check (@B5_label_information : forall K I (ks : list K) (ls : K -> list I) w y c alpha sigma2, labelled_law ks ls w c ->
  forall t, 0 < sigma2 t ->
  is_IR (fun x => Sl ks (fun k => dens_t (ls k) w y c alpha sigma2 t x
    * ln (dens_t (ls k) w y c alpha sigma2 t x / (W ls w k * dens_t (whole ks ls) w y c alpha sigma2 t x))))
    (Sl ks (fun k => eta (W ls w k)) - label_entropy_t ks ls w y c alpha sigma2 t)).
Check (@B5_chain : forall K I (ks : list K) (ls : K -> list I) w y c alpha sigma2, labelled_law ks ls w c ->
  forall t, 0 < sigma2 t -> info_t (whole ks ls) w y c alpha sigma2 t
    = label_info ks ls w y c alpha sigma2 t + inner_info ks ls w y c alpha sigma2 t).
Check (@B5_rates : forall K I (ks : list K) (ls : K -> list I) w y c alpha sigma2, labelled_law ks ls w c ->
  forall f g t, linear_process alpha sigma2 f g t -> exists rY r0 : R,
  is_derive (label_info ks ls w y c alpha sigma2) t (- rY) /\
  is_derive (inner_info ks ls w y c alpha sigma2) t (- r0) /\
  is_derive (info_t (whole ks ls) w y c alpha sigma2) t (- (rY + r0)) /\
  rY = g ^ 2 / 2 * IR (fun x => dens_t (whole ks ls) w y c alpha sigma2 t x
         * Sl ks (fun k => dens_t (ls k) w y c alpha sigma2 t x / dens_t (whole ks ls) w y c alpha sigma2 t x
         * (score_t (ls k) w y c alpha sigma2 t x - score_t (whole ks ls) w y c alpha sigma2 t x) ^ 2)) /\
  r0 = g ^ 2 / 2 * Sl ks (fun k => W ls w k * (1 / sigma2 t + IR (fun x =>
         dens_t (ls k) (fun i => w i / W ls w k) y c alpha sigma2 t x
         * slope_t (ls k) (fun i => w i / W ls w k) y c alpha sigma2 t x)))).

(* ---- B6 ---- *)
Check (fun I (l : list I) w y => eq_refl : mean0 l w y = Sl l (fun i => w i * y i)).
Check (fun I (l : list I) w y c => eq_refl :
  var0 l w y c = Sl l (fun i => w i * (c i + y i ^ 2)) - mean0 l w y ^ 2).
Check (fun I (l : list I) w y c alpha sigma2 t => eq_refl : eta_t l w y c alpha sigma2 t =
  1 + sigma2 t * IR (fun x => dens_t l w y c alpha sigma2 t x * slope_t l w y c alpha sigma2 t x)).
Check (fun alpha sigma2 t => eq_refl : gamma_t alpha sigma2 t = alpha t ^ 2 / sigma2 t).
Check (@B6_moments : forall I (l : list I) w y c, law l w c -> forall v, 0 < v ->
  is_IR (fun x => x * dens l w y c v x) (mean0 l w y) /\
  is_IR (fun x => (x - mean0 l w y) ^ 2 * dens l w y c v x) (var0 l w y c + v)).
Check (@B6_fraction : forall I (l : list I) w y c alpha sigma2 t, law l w c -> 0 < alpha t -> 0 < sigma2 t ->
  eta_t l w y c alpha sigma2 t = gamma_t alpha sigma2 t * mmse_t l w y c alpha sigma2 t /\
  0 <= eta_t l w y c alpha sigma2 t < 1).
Check (@B6_upper_bound : forall I (l : list I) w y c alpha sigma2 t, law l w c -> 0 < alpha t -> 0 < sigma2 t ->
  mmse_t l w y c alpha sigma2 t <= var0 l w y c / (1 + gamma_t alpha sigma2 t * var0 l w y c)).
Check (@B6_equality : forall I (l : list I) w y c alpha sigma2 t, law l w c -> 0 < alpha t -> 0 < sigma2 t ->
  mmse_t l w y c alpha sigma2 t = var0 l w y c / (1 + gamma_t alpha sigma2 t * var0 l w y c) <->
  forall x, dens_t l w y c alpha sigma2 t x
    = phi (alpha t ^ 2 * var0 l w y c + sigma2 t) (x - alpha t * mean0 l w y)).

(* ---- B7 ---- *)
Check (fun I (l : list I) w y c gamma => eq_refl :
  mmse_gamma l w y c gamma = IR (fun x => dens l w y c (/ gamma) x * pvar l w y c (/ gamma) x)).
Check (@B7_mmse_nonincreasing : forall I (l : list I) w y c g1 g2, law l w c -> 0 < g1 -> g1 <= g2 ->
  mmse_gamma l w y c g2 <= mmse_gamma l w y c g1).
Check (@B7_interval : forall I (l : list I) w y c g1 g0, law l w c -> 0 < g1 -> g1 <= g0 ->
  is_RInt (fun g => / 2 * mmse_gamma l w y c g) g1 g0 (info_gamma l w y c g0 - info_gamma l w y c g1)).
Check (@B7_bounds : forall I (l : list I) w y c g, law l w c -> 0 < g ->
  0 <= info_gamma l w y c g <= / 2 * ln (1 + g * var0 l w y c)).
Check (fun I (l : list I) w y g => eq_refl : pairs l w y g =
  Sl l (fun i => Sl l (fun j => if Req_EM_T (y i) (y j) then 0
    else sqrt (w i * w j) * exp (- g * (y i - y j) ^ 2 / 8)))).
Check (@B7_atoms_bound : forall I (l : list I) w y g, law l w (fun _ => 0) -> NoDup (map y l) -> 0 < g ->
  atoms_entropy l w y (/ g) <= 2 * pairs l w y g).
Check (@B7_total : forall I (l : list I) w y, law l w (fun _ => 0) -> NoDup (map y l) ->
  is_RInt_gen (fun g => / 2 * mmse_gamma l w y (fun _ => 0) g) (at_right 0) (Rbar_locally p_infty)
    (Sl l (fun i => eta (w i)))).

(* ---- B9 ---- *)
Check (@B9_gaussian_gain : forall lam mu alpha sigma2 t x, 0 <= lam -> 0 < alpha t -> 0 < sigma2 t ->
  is_derive (fun x => alpha t * pmean_t (tt :: nil) (fun _ => 1) (fun _ => mu) (fun _ => lam) alpha sigma2 t x) x
    (alpha t ^ 2 * lam / (alpha t ^ 2 * lam + sigma2 t))).
Check (@B9_gain_nonnegative : forall I (l : list I) w y c alpha sigma2 t x, law l w c -> 0 < alpha t -> 0 < sigma2 t ->
  exists gain, is_derive (fun x => alpha t * pmean_t l w y c alpha sigma2 t x) x gain /\ 0 <= gain).
Check (@B9_expected_gain : forall I (l : list I) w y c alpha sigma2 t, law l w c -> 0 < alpha t -> 0 < sigma2 t ->
  is_IR (fun x => dens_t l w y c alpha sigma2 t x * Derive (fun x => alpha t * pmean_t l w y c alpha sigma2 t x) x)
    (1 + sigma2 t * IR (fun x => dens_t l w y c alpha sigma2 t x * slope_t l w y c alpha sigma2 t x))).
Check (B9_gain_can_exceed_one : is_derive
  (pmean (true :: false :: nil) (fun _ => / 2) (fun b : bool => if b then 2 else -2) (fun _ => 0) 1) 0 4).

(* ---- B12: r is the approximate score ---- *)
Check (fun I (l : list I) w y c alpha sigma2 t r => eq_refl : loss l w y c alpha sigma2 t r =
  IR (fun x => dens_t l w y c alpha sigma2 t x * (pvar_t l w y c alpha sigma2 t x
    + (pmean_t l w y c alpha sigma2 t x - (x + sigma2 t * r x) / alpha t) ^ 2))).
Check (@B12_conditional : forall I (l : list I) w y c v x b, law l w c -> (forall i, In i l -> 0 < c i) -> 0 < v ->
  is_IR (fun x0 => (x0 - b) ^ 2 * (prior l w y c x0 * phi v (x - x0) / dens l w y c v x))
    (pvar l w y c v x + (pmean l w y c v x - b) ^ 2)).
Check (@B12_stein : forall I (l : list I) w y c alpha sigma2 f g t, law l w c -> linear_process alpha sigma2 f g t ->
  forall r dr C, (forall x, is_derive r x (dr x)) -> (forall x, continuous dr x) ->
  (forall x, Rabs (r x) <= C * (1 + Rabs x)) -> (forall x, Rabs (dr x) <= C * (1 + Rabs x) ^ 2) ->
  is_IR (fun x => dens_t l w y c alpha sigma2 t x * (r x * score_t l w y c alpha sigma2 t x))
    (- IR (fun x => dens_t l w y c alpha sigma2 t x * dr x))).
Check (@B12_above_rate : forall I (l : list I) w y c alpha sigma2 f g t, law l w c -> linear_process alpha sigma2 f g t ->
  forall r dr C, (forall x, is_derive r x (dr x)) -> (forall x, continuous dr x) ->
  (forall x, Rabs (r x) <= C * (1 + Rabs x)) -> (forall x, Rabs (dr x) <= C * (1 + Rabs x) ^ 2) -> exists rate : R,
  is_derive (fun t => - info_t l w y c alpha sigma2 t) t rate /\
  g ^ 2 * alpha t ^ 2 / (2 * sigma2 t ^ 2) * loss l w y c alpha sigma2 t r
    = rate + g ^ 2 / 2 * IR (fun x => dens_t l w y c alpha sigma2 t x * (r x - score_t l w y c alpha sigma2 t x) ^ 2) /\
  0 <= IR (fun x => dens_t l w y c alpha sigma2 t x * (r x - score_t l w y c alpha sigma2 t x) ^ 2)).
Check (@B12_computable : forall I (l : list I) w y c alpha sigma2 f g t, law l w c -> linear_process alpha sigma2 f g t ->
  forall r dr C, (forall x, is_derive r x (dr x)) -> (forall x, continuous dr x) ->
  (forall x, Rabs (r x) <= C * (1 + Rabs x)) -> (forall x, Rabs (dr x) <= C * (1 + Rabs x) ^ 2) ->
  g ^ 2 * alpha t ^ 2 / (2 * sigma2 t ^ 2) * loss l w y c alpha sigma2 t r
  = g ^ 2 / 2 * (1 / sigma2 t + IR (fun x => dens_t l w y c alpha sigma2 t x * r x ^ 2)
      + 2 * IR (fun x => dens_t l w y c alpha sigma2 t x * dr x))).
