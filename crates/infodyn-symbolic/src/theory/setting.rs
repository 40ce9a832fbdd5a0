//! The setting: noise processes, Gaussian data and mixtures, in symbols.

use crate::calculus::Derivation;
use crate::expr::{Expr, Symbol};

/// The gradient with respect to the coordinates `x`.
#[must_use]
pub fn gradient(e: &Expr, x: &[Symbol]) -> Vec<Expr> {
    x.iter().map(|x| e.diff(x)).collect()
}

/// The divergence of a field with respect to the coordinates `x`.
#[must_use]
pub fn divergence(field: &[Expr], x: &[Symbol]) -> Expr {
    field.iter().zip(x).map(|(e, x)| e.diff(x)).sum()
}

/// The divergence of the gradient.
#[must_use]
pub fn laplacian(e: &Expr, x: &[Symbol]) -> Expr {
    divergence(&gradient(e, x), x)
}

/// The scalar product.
#[must_use]
pub fn dot(a: &[Expr], b: &[Expr]) -> Expr {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// The squared length.
#[must_use]
pub fn norm2(a: &[Expr]) -> Expr {
    a.iter().map(|a| a.pow(2)).sum()
}

/// The difference of two vectors.
#[must_use]
pub fn minus(a: &[Expr], b: &[Expr]) -> Vec<Expr> {
    a.iter().zip(b).map(|(a, b)| a - b).collect()
}

/// A vector times a number.
#[must_use]
pub fn scale(c: &Expr, a: &[Expr]) -> Vec<Expr> {
    a.iter().map(|a| c * a).collect()
}

/// The density at `x` of the Gaussian law with the given mean and variance per coordinate.
#[must_use]
pub fn normal(x: &[Expr], mean: &[Expr], variance: &Expr) -> Expr {
    let normalization: Expr = x.iter().map(|_| (2 * Expr::pi() * variance).sqrt().pow(-1)).product();
    normalization * (-norm2(&minus(x, mean)) / (2 * variance)).exp()
}

/// A noise process at one time: `X_t = alpha X_0 + sigma Z`, and the drift `f` and diffusion `g` there.
#[derive(Clone, Debug)]
pub struct Noise {
    /// The factor of the signal.
    pub alpha: Symbol,
    /// The standard deviation of the noise.
    pub sigma: Symbol,
    /// The linear drift coefficient.
    pub f: Symbol,
    /// The diffusion coefficient.
    pub g: Symbol,
}

impl Noise {
    /// Any process.
    #[must_use]
    pub fn general() -> Self {
        Noise {
            alpha: Symbol::positive("alpha"),
            sigma: Symbol::positive("sigma"),
            f: Symbol::real("f"),
            g: Symbol::positive("g"),
        }
    }

    /// The derivative in time at fixed `x`: `alpha' = f alpha` and `(sigma^2)' = 2 f sigma^2 + g^2`.
    #[must_use]
    pub fn in_time(&self) -> Derivation {
        let Noise { alpha, sigma, f, g } = self;
        Derivation::new([(alpha.clone(), f * alpha), (sigma.clone(), f * sigma + g.pow(2) / (2 * sigma))])
    }

    /// The signal-to-noise ratio `gamma = alpha^2/sigma^2`.
    #[must_use]
    pub fn gamma(&self) -> Expr {
        self.alpha.pow(2) / self.sigma.pow(2)
    }

    /// Half the squared diffusion, `g^2/2`.
    #[must_use]
    pub fn half_g2(&self) -> Expr {
        self.g.pow(2) / 2
    }

    /// The velocity of the probability flow, `f x - (g^2/2) s`.
    #[must_use]
    pub fn velocity(&self, x: &[Expr], score: &[Expr]) -> Vec<Expr> {
        minus(&scale(&self.f, x), &scale(&self.half_g2(), score))
    }

    /// The Fokker-Planck operator `-div(f x p) + (g^2/2) laplace p`.
    #[must_use]
    pub fn fokker_planck(&self, p: &Expr, x: &[Symbol]) -> Expr {
        let drift: Vec<Expr> = x.iter().map(|x| &self.f * x * p).collect();
        self.half_g2() * laplacian(p, x) - divergence(&drift, x)
    }
}

/// A mixture of isotropic Gaussians as the data law, observed through a noise process at the point `x`.
#[derive(Clone, Debug)]
pub struct Mixture {
    /// The noise process.
    pub noise: Noise,
    /// The coordinates of `X_t`.
    pub x: Vec<Symbol>,
    /// The weights `w_j`, not necessarily of sum 1.
    pub weights: Vec<Symbol>,
    /// The means `mu_j`.
    pub means: Vec<Vec<Expr>>,
    /// The variances `q_j` per coordinate.
    pub variances: Vec<Expr>,
}

impl Mixture {
    /// The mixture of `components` Gaussians in dimension `dim` with all parameters free.
    #[must_use]
    pub fn general(components: usize, dim: usize) -> Self {
        let name = |base: &str, j: usize, i: usize| {
            if dim == 1 { format!("{base}_{j}") } else { format!("{base}_{j}{i}") }
        };
        let coordinate = |i: usize| if dim == 1 { "x".to_string() } else { format!("x_{i}") };
        let mean = |j: usize| (1..=dim).map(|i| Symbol::real(name("mu", j, i)).into()).collect();
        Mixture {
            noise: Noise::general(),
            x: (1..=dim).map(|i| Symbol::real(coordinate(i))).collect(),
            weights: (1..=components).map(|j| Symbol::positive(format!("w_{j}"))).collect(),
            means: (1..=components).map(mean).collect(),
            variances: (1..=components).map(|j| Symbol::positive(format!("q_{j}")).into()).collect(),
        }
    }

    /// `K=.., D=..`.
    #[must_use]
    pub fn name(&self) -> String {
        format!("K={}, D={}", self.weights.len(), self.x.len())
    }

    /// The dimension as a number.
    #[must_use]
    pub fn dim(&self) -> Expr {
        Expr::sum(self.x.iter().map(|_| Expr::one()))
    }

    /// The indices of the components.
    pub fn components(&self) -> std::ops::Range<usize> {
        0..self.weights.len()
    }

    /// The coordinates as expressions.
    #[must_use]
    pub fn position(&self) -> Vec<Expr> {
        self.x.iter().map(Expr::from).collect()
    }

    /// The variance `alpha^2 q_j + sigma^2` of component `j` after noising.
    #[must_use]
    pub fn spread(&self, j: usize) -> Expr {
        self.noise.alpha.pow(2) * &self.variances[j] + self.noise.sigma.pow(2)
    }

    /// The density of component `j` after noising.
    #[must_use]
    pub fn component(&self, j: usize) -> Expr {
        normal(&self.position(), &scale(&self.noise.alpha, &self.means[j]), &self.spread(j))
    }

    /// The marginal density `p_t(x)`.
    #[must_use]
    pub fn density(&self) -> Expr {
        self.components().map(|j| &self.weights[j] * self.component(j)).sum()
    }

    /// The posterior weight `pi_j(x)` of component `j`.
    #[must_use]
    pub fn posterior(&self, j: usize) -> Expr {
        &self.weights[j] * self.component(j) / self.density()
    }

    /// The posterior average of a quantity of the component.
    pub fn average(&self, quantity: impl Fn(usize) -> Expr) -> Expr {
        let p = self.density();
        self.components().map(|j| &self.weights[j] * self.component(j) / &p * quantity(j)).sum()
    }

    /// The score, by differentiation of `log p`.
    #[must_use]
    pub fn score(&self) -> Vec<Expr> {
        gradient(&self.density().log(), &self.x)
    }

    /// The score of component `j`.
    #[must_use]
    pub fn component_score(&self, j: usize) -> Vec<Expr> {
        gradient(&self.component(j).log(), &self.x)
    }

    /// The posterior mean of `X_0` in component `j`: `mu_j + (alpha q_j/v_j) (x - alpha mu_j)`.
    #[must_use]
    pub fn component_mean(&self, j: usize) -> Vec<Expr> {
        let gain = &self.noise.alpha * &self.variances[j] / self.spread(j);
        let coordinate = |(mu, x): (&Expr, &Symbol)| mu + &gain * (x - &self.noise.alpha * mu);
        self.means[j].iter().zip(&self.x).map(coordinate).collect()
    }

    /// The posterior variance per coordinate in component `j`: `q_j sigma^2/v_j`.
    #[must_use]
    pub fn component_variance(&self, j: usize) -> Expr {
        &self.variances[j] * self.noise.sigma.pow(2) / self.spread(j)
    }

    /// The posterior mean `m(x)`.
    #[must_use]
    pub fn posterior_mean(&self) -> Vec<Expr> {
        (0..self.x.len()).map(|i| self.average(|j| self.component_mean(j).swap_remove(i))).collect()
    }

    /// The entry `(i, k)` of the posterior covariance `S(x)`.
    #[must_use]
    pub fn posterior_covariance(&self, i: usize, k: usize) -> Expr {
        let second = |j: usize| {
            let m = self.component_mean(j);
            let own = if i == k { self.component_variance(j) } else { Expr::zero() };
            own + &m[i] * &m[k]
        };
        let m = self.posterior_mean();
        self.average(second) - &m[i] * &m[k]
    }

    /// The trace of the posterior covariance.
    #[must_use]
    pub fn posterior_spread(&self) -> Expr {
        (0..self.x.len()).map(|i| self.posterior_covariance(i, i)).sum()
    }

    /// The posterior entropy `h(x) = -sum_j pi_j log pi_j`.
    #[must_use]
    pub fn posterior_entropy(&self) -> Expr {
        -self.components().map(|j| self.posterior(j) * self.posterior(j).log()).sum::<Expr>()
    }

    /// The production `b(x) = sum_j pi_j |s_j - s|^2`.
    #[must_use]
    pub fn label_production(&self) -> Expr {
        let s = self.score();
        self.average(|j| norm2(&minus(&self.component_score(j), &s)))
    }
}

/// A centered Gaussian data law with independent coordinates of variances `l_i`.
#[derive(Clone, Debug)]
pub struct Gaussian {
    /// The noise process.
    pub noise: Noise,
    /// The coordinates of `X_t`.
    pub x: Vec<Symbol>,
    /// The variances of the data.
    pub variances: Vec<Symbol>,
}

impl Gaussian {
    /// The law with free variances in dimension `dim`.
    #[must_use]
    pub fn general(dim: usize) -> Self {
        Gaussian {
            noise: Noise::general(),
            x: (1..=dim).map(|i| Symbol::real(format!("x_{i}"))).collect(),
            variances: (1..=dim).map(|i| Symbol::positive(format!("l_{i}"))).collect(),
        }
    }

    /// The variance `alpha^2 l_i + sigma^2` of coordinate `i` after noising.
    #[must_use]
    pub fn spread(&self, i: usize) -> Expr {
        self.noise.alpha.pow(2) * &self.variances[i] + self.noise.sigma.pow(2)
    }

    /// The marginal density.
    #[must_use]
    pub fn density(&self) -> Expr {
        let factor = |i: usize| normal(&[Expr::from(&self.x[i])], &[Expr::zero()], &self.spread(i));
        (0..self.x.len()).map(factor).product()
    }

    /// The score, by differentiation of `log p`.
    #[must_use]
    pub fn score(&self) -> Vec<Expr> {
        gradient(&self.density().log(), &self.x)
    }

    /// The expectation under the marginal of a polynomial of degree at most 5 in each coordinate.
    ///
    /// # Formula
    /// The mean of `F` under `N(0, v)` is `(2/3) F(0) + (F(sqrt(3v)) + F(-sqrt(3v)))/6`, coordinate by coordinate:
    /// the three-point Gauss-Hermite rule, exact to degree 5.
    #[must_use]
    pub fn mean(&self, polynomial: &Expr) -> Expr {
        let mut value = polynomial.clone();
        for (i, x) in self.x.iter().enumerate() {
            let node = (3 * self.spread(i)).sqrt();
            let at = |point: Expr| value.substitute(&[(x, point)]);
            value = 2 * at(Expr::zero()) / 3 + (at(node.clone()) + at(-node)) / 6;
        }
        value
    }

    /// `H(X_t)`, in nats.
    #[must_use]
    pub fn marginal_entropy(&self) -> Expr {
        let term = |i| (2 * Expr::pi() * Expr::one().exp() * self.spread(i)).log() / 2;
        (0..self.x.len()).map(term).sum()
    }

    /// `H(X_0 given X_t)`: the entropy of the Gaussian posterior, whose variances are
    /// `l sigma^2/(alpha^2 l + sigma^2)`.
    #[must_use]
    pub fn conditional_entropy(&self) -> Expr {
        let term = |i: usize| (2 * Expr::pi() * Expr::one().exp() * self.posterior_variance(i)).log() / 2;
        (0..self.x.len()).map(term).sum()
    }

    /// The posterior variance of coordinate `i`.
    #[must_use]
    pub fn posterior_variance(&self, i: usize) -> Expr {
        &self.variances[i] * self.noise.sigma.pow(2) / self.spread(i)
    }

    /// The minimum mean-square error, the trace of the posterior covariance.
    #[must_use]
    pub fn mmse(&self) -> Expr {
        (0..self.x.len()).map(|i| self.posterior_variance(i)).sum()
    }

    /// The dimension as a number.
    #[must_use]
    pub fn dim(&self) -> Expr {
        Expr::sum(self.x.iter().map(|_| Expr::one()))
    }
}
