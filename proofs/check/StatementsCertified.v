(* StatementsCertified.v -- the terms that ../numeric/Certified.v encloses, each in full; the other definitions that they
   use are in StatementsCDE.v. *)
From Coq Require Import Reals List.
From Coquelicot Require Import Coquelicot.
From Infodyn Require Import Base Tilt Improper EntropyRate D3_VarianceProduction C8_UniversalOffsets Truncation.
Open Scope R_scope.

Check (fun I (w y : I -> R) v x i => eq_refl : f w y v x i = w i * phi v (x - y i)).
Check (fun I (l : list I) w y v x => eq_refl : p l w y v x = Sl l (fun i => w i * phi v (x - y i))).
Check (fun I (l : list I) w y v => eq_refl :
  H l w y v = IR (fun x => Sl l (fun i => - 1 * f w y v x i * ln (f w y v x i / p l w y v x)))).
Check (fun I (l : list I) w y v => eq_refl :
  mmse l w y v = IR (fun x => p l w y v x * Cov l (f w y v x) y y)).
Check (fun I (l : list I) w y v x => eq_refl : score l w y v x = (Ex l (f w y v x) y - x) / v).
Check (fun I (l : list I) w y v => eq_refl : Var_ent l w y v =
  IR (fun x => p l w y v x * ent l w y v x ^ 2) - IR (fun x => p l w y v x * ent l w y v x) ^ 2).
Check (fun I (l : list I) w y v x => eq_refl : ent l w y v x =
  Sl l (fun i => - 1 * f w y v x i * ln (f w y v x i / p l w y v x)) / p l w y v x).
Check (fun j v => eq_refl : rate j v = Rpower v (- j) * TwoDeltaEntropy.mmse2 1 v).
Check (fun j k => eq_refl : rate_peaks_at j k = (0 < k /\ forall z, 0 < z -> z <> k -> rate j (/ z) < rate j (/ k))).
Check (fun I (l : list I) w y lo hi k => eq_refl : variance_peaks_at l w y lo hi k =
  (is_derive (Var_ent l w y) (/ k) 0 /\ forall z, lo <= z <= hi -> Var_ent l w y (/ z) <= Var_ent l w y (/ k))).
