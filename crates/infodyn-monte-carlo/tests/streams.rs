//! Every chunk reads random numbers of its own: two on one stream would leave every interval too narrow.
#![allow(clippy::unwrap_used)]

use std::collections::HashSet;
use std::sync::Mutex;

use infodyn_closed_form::{Marginal, MixtureLaw};
use infodyn_core::{Channel, Detail, Mixture, NoiseProcess};
use infodyn_monte_carlo::{Batch, Settings, Span, View, mean_of, mean_of_trials, mean_over_time};

/// Numbers that were drawn, by their bits; each counts how often it came.
#[derive(Default)]
struct Drawn(Mutex<(HashSet<u64>, usize)>);

impl Drawn {
    fn note(&self, numbers: impl Iterator<Item = u64>) {
        let mut seen = self.0.lock().unwrap();
        for number in numbers {
            seen.0.insert(number);
            seen.1 += 1;
        }
    }

    /// All were different, and there were as many as were asked for.
    fn distinct(&self, least: usize) {
        let seen = self.0.lock().unwrap();
        assert!(seen.1 >= least && seen.0.len() == seen.1, "{} numbers, {} different", seen.1, seen.0.len());
    }
}

#[test]
fn no_two_samples_are_the_same() {
    let settings = Settings { samples: 1 << 16, ..Settings::default() };
    let law = MixtureLaw::of(Mixture::gaussian(&[0.0], infodyn_core::Covariance::isotropic(1.0).unwrap()).unwrap());
    let noise = |batch: &Batch<'_>| batch.draws.noise.iter().map(|z| z.to_bits()).collect::<Vec<_>>();

    let level = NoiseProcess::Ou.at(0.5).unwrap();
    let marginal = Marginal::new(&law, &level);
    let (drawn, views) = (Drawn::default(), [View::new(level, &marginal)]);
    mean_of(&settings, &*law, &views, 1, &[], |batch, _| drawn.note(noise(batch).into_iter())).unwrap();
    drawn.distinct(1 << 16);

    let drawn = Drawn::default();
    let channel = Channel::new(law.clone(), NoiseProcess::Ou, 0.5).unwrap();
    let span = Span { t0: 0.4, t1: 0.6, ends: Detail::SCORES, between: Detail::SCORES };
    mean_over_time(&settings, &channel, &span, 1, &[], |batch, _| drawn.note(noise(batch).into_iter())).unwrap();
    drawn.distinct(1 << 16);

    let drawn = Drawn::default();
    mean_of_trials(&settings, 1, &[], |_, rng, out| -> infodyn_monte_carlo::Result<()> {
        drawn.note((0..out.len()).map(|_| rng.next_u64()));
        Ok(())
    })
    .unwrap();
    drawn.distinct(1 << 16);
}
