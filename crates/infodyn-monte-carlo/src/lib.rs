//! Estimators with intervals of stated level, exact forward paths, streams of random numbers.
