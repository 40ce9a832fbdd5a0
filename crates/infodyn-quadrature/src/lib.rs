//! Deterministic integration of entropies and expectations of any density.
