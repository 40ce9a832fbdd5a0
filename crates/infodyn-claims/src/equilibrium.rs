//! Relaxation of variance-preserving processes towards `N(0, I)`.

use infodyn_core::{Detail, Estimate, NoiseProcess};
use infodyn_enclosure::{Interval, Moment, Number};

use crate::claims::{atoms, gaussian, mixture, pair, plane};
use crate::enclosed::{Slope, Stage, real, stages};
use crate::{Case, Result, Seen};

/// Laws under variance-preserving processes.
pub(crate) fn preserving() -> Result<Vec<Case>> {
    use NoiseProcess as P;
    Ok(vec![
        gaussian()?.under(P::Ou, 0.4)?,
        mixture()?.under(P::VP_LINEAR, 0.2)?,
        atoms()?.under(P::VP_COSINE, 0.5)?,
        plane()?.under(P::VP_SCALED_LINEAR, 0.2)?,
        pair()?.under(P::Ou, 1.2)?,
    ])
}

/// `log p_t(x) + |x|^2/2`: up to a constant, the logarithm of `p_t/N(0,I)`.
pub(crate) fn log_ratio(s: &Seen<'_>) -> f64 {
    s.ln_density() + 0.5 * (0..s.offset().len()).map(|i| s.x(i) * s.x(i)).sum::<f64>()
}

/// `KL(p_t, N(0,I))` of the true marginal.
pub(crate) fn relative_entropy(case: &Case) -> Result<Estimate> {
    let mean = case.truth().mean(Detail::empty(), 1, |s, out| out[0] = log_ratio(s))?[0];
    Ok(mean + Estimate::near(std::f64::consts::TAU).ln() * Estimate::given(0.5 * case.dim()))
}

/// The stages under variance-preserving processes: the last two.
pub(crate) fn preserving_stages() -> Vec<Stage> {
    stages().into_iter().skip(1).collect()
}

/// `-d/dt KL(p_t, N(0, 1))`, the cross entropy in closed form.
pub(crate) fn enclosed_decay(stage: &Stage) -> infodyn_enclosure::Result<Interval> {
    let moving = stage.moving()?;
    let components = moving.components().iter().enumerate();
    let square = components
        .fold(real::<Slope>(0.0), |sum, (k, c)| sum + c.weight * (moving.variance(k) + moving.centre(k).sqr()));
    Ok(moving.mean(Moment::LnDensity)?.slope - square.slope.times(0.5))
}
