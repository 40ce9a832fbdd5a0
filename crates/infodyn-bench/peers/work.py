"""The work of `jobs.rs` by other libraries, as a careful user of each would write it.

Each function prepares, and returns a function that does the work once and returns what it computes. Means are `K x D`,
variances `K`, points `n x D`; `a` and `s2` are the signal scale and the noise variance.
"""

import math

import flint
import jax
import jax.numpy as jnp
import numpy as np
import scipy.integrate
from sklearn.neighbors import KernelDensity

BATCH = 128
TAIL = 9.2  # standard deviations, beyond which lies 4e-20


def spread(total, squares, n):
    """Mean and standard error of each column, in turn, from the sums of the columns and of their squares."""
    mean = np.asarray(total) / n
    return np.ravel([mean, np.sqrt((np.asarray(squares) / n - mean**2) / n)], order="F")


# Monte Carlo of isotropic Gaussians: entropy of the component, |s|^2, div s, surprisal of the class k mod 2.


def mixture_numpy(means, v, n):
    K, D = means.shape
    rng = np.random.Generator(np.random.SFC64(3))
    batch = min(n, max(256, min(8192, (1 << 19) // max(K, D))))
    log_weight, m2, sd = -math.log(K) - D / 2 * np.log(v), (means * means).sum(1), np.sqrt(v)
    columns, odd = np.ascontiguousarray(means.T), np.arange(K) % 2 == 1

    def work():
        total, squares = np.zeros(4), np.zeros(4)
        for _ in range(n // batch):
            k = rng.integers(0, K, batch)
            x = rng.standard_normal((batch, D))
            x *= sd[k][:, None]
            x += means[k]
            l = x @ columns
            l *= -2
            l += m2
            l += np.einsum("ij,ij->i", x, x)[:, None]
            d2 = l.copy()
            l *= -0.5 / v
            l += log_weight
            l -= l.max(1, keepdims=True)
            e = np.exp(l)
            z = e.sum(1)
            p = e / z[:, None]
            entropy = np.log(z) - (p * l).sum(1)
            pv = p / v
            s = pv @ means
            s -= x * pv.sum(1)[:, None]
            s_2 = np.einsum("ij,ij->i", s, s)
            div = (pv * (d2 / v - D)).sum(1) - s_2
            surprisal = -np.log(np.where(k % 2 == 1, p[:, odd].sum(1), p[:, ~odd].sum(1)))
            q = np.stack([entropy, s_2, div, surprisal])
            total += q.sum(1)
            squares += (q * q).sum(1)
        return spread(total, squares, n)

    return work


def mixture_jax(means, v, n):
    K, D = means.shape
    batch = min(n, max(256, min(8192, (1 << 19) // max(K, D))))
    means, v = jnp.array(means), jnp.array(v)
    log_weight, m2, sd, odd = -math.log(K) - D / 2 * jnp.log(v), (means * means).sum(1), jnp.sqrt(v), jnp.arange(K) % 2

    def step(_, state):
        key, total, squares = state
        key, a, b = jax.random.split(key, 3)
        k = jax.random.randint(a, (batch,), 0, K)
        x = means[k] + sd[k][:, None] * jax.random.normal(b, (batch, D))
        d2 = (x * x).sum(1)[:, None] - 2 * x @ means.T + m2
        l = log_weight - 0.5 * d2 / v
        l = l - l.max(1, keepdims=True)
        e = jnp.exp(l)
        z = e.sum(1)
        p = e / z[:, None]
        pv = p / v
        s = pv @ means - x * pv.sum(1)[:, None]
        s_2 = (s * s).sum(1)
        div = (pv * (d2 / v - D)).sum(1) - s_2
        surprisal = -jnp.log(jnp.where(k % 2 == 1, (p * odd).sum(1), (p * (1 - odd)).sum(1)))
        q = jnp.stack([jnp.log(z) - (p * l).sum(1), s_2, div, surprisal])
        return key, total + q.sum(1), squares + (q * q).sum(1)

    @jax.jit
    def run(key):
        return jax.lax.fori_loop(0, n // batch, step, (key, jnp.zeros(4), jnp.zeros(4)))[1:]

    return lambda: spread(*run(jax.random.key(5)), n)


# A data set under Gaussian noise: score, entropy of the atom, div s at each point.


def dataset_numpy(y, x, a, s2):
    D, y2, columns = y.shape[1], (y * y).sum(1), np.ascontiguousarray(y.T)

    def work():
        score, entropy, div = np.empty_like(x), np.empty(len(x)), np.empty(len(x))
        for i in range(0, len(x), BATCH):
            rows = slice(i, i + BATCH)
            l = x[rows] @ columns
            l *= a / s2
            l -= 0.5 * a * a / s2 * y2
            l -= l.max(1, keepdims=True)
            e = np.exp(l)
            z = e.sum(1)
            m = (e @ y) / z[:, None]
            l *= e
            entropy[rows] = np.log(z) - l.sum(1) / z
            div[rows] = -D / s2 + (a / s2) ** 2 * ((e @ y2) / z - (m * m).sum(1))
            score[rows] = (a * m - x[rows]) / s2
        return score, entropy, div

    return work


def dataset_jax(y, x, a, s2):
    D, y, x = y.shape[1], jnp.array(y), jnp.array(x).reshape(-1, BATCH, y.shape[1])
    y2 = (y * y).sum(1)

    def some(x):
        l = (x @ y.T) * (a / s2) - 0.5 * a * a / s2 * y2
        l = l - l.max(1, keepdims=True)
        e = jnp.exp(l)
        z = e.sum(1)
        m = (e @ y) / z[:, None]
        div = -D / s2 + (a / s2) ** 2 * ((e @ y2) / z - (m * m).sum(1))
        return (a * m - x) / s2, jnp.log(z) - (l * e).sum(1) / z, div

    run = jax.jit(lambda x: jax.lax.map(some, x))

    def work():
        score, entropy, div = jax.block_until_ready(run(x))
        return np.asarray(score).reshape(-1, D), np.ravel(entropy), np.ravel(div)

    return work


def dataset_sklearn(y, x, a, s2):
    """The log-density alone, a part of the work. In one leaf: with more its tree loses all digits in 64 dimensions."""
    density = KernelDensity(bandwidth=math.sqrt(s2), rtol=0, atol=0, leaf_size=len(y)).fit(a * y)
    return lambda: density.score_samples(x)


# H(Y given X_t) of two atoms at +-1 beside noise of variance 1/snr: the mean of log(1 + exp(-2 snr - 2 sqrt(snr) Z)).


def step(snr):
    """The step at which the error of the trapezoidal rule is that of rounding."""
    return min(0.6, 0.255 / math.sqrt(snr))


def line_numpy(snr):
    root = math.sqrt(snr)

    def work():
        h = step(snr)
        z = np.arange(-TAIL, TAIL + h, h)
        return float(np.exp(-0.5 * z * z) @ np.logaddexp(0, -2 * snr - 2 * root * z)) * h / math.sqrt(
            2 * math.pi
        ), 1e-14

    return work


def line_scipy(snr):
    root = math.sqrt(snr)

    def f(z):
        u = -2 * snr - 2 * root * z
        return math.exp(-0.5 * z * z) / math.sqrt(2 * math.pi) * (max(u, 0.0) + math.log1p(math.exp(-abs(u))))

    return lambda: scipy.integrate.quad(f, -TAIL, TAIL, epsabs=1e-13, epsrel=1e-13, limit=200)[:2]


def enclosure_flint(snr):
    """Between -10 and 10, no tails; precision and tolerance are the least at which the width is not above ours."""
    flint.ctx.prec = 64
    g = flint.arb(snr)
    root, norm = g.sqrt(), (2 * flint.arb.pi()).rsqrt()

    def f(z, analytic):
        return (-z * z / 2).exp() * norm * (1 + (-2 * g - 2 * root * z).exp()).log(analytic=analytic)

    def work():
        value = flint.acb.integral(f, -10, 10, abs_tol=1e-15, rel_tol=1e-15).real
        return tuple(float(end.str(22, radius=False)) for end in (value.lower(), value.upper()))

    return work


# Reverse paths from the exact law at the noisiest level, by the exponential integrator with the noise of the diffusion.


def path_steps(steps):
    """Per step, what multiplies x, the posterior mean and the noise, and the linear and constant part of a log-weight;
    then the signal scale and the noise of the start."""
    snr = np.exp(np.linspace(*(-np.log(np.expm1(2 * t)) for t in (2.5, 0.0005)), steps + 1))
    a, v = np.sqrt(snr / (1 + snr)), 1 / snr
    rho = v[1:] / v[:-1]
    ways = [a[1:] * rho / a[:-1], a[1:] * (1 - rho), a[1:] * np.sqrt(v[1:] * (1 - rho)), (snr / a)[:-1], snr[:-1] / 2]
    return np.transpose(ways), a[0], 1 / math.sqrt(1 + snr[0])


def paths_numpy(y, steps, n):
    K, D = y.shape
    rng = np.random.Generator(np.random.SFC64(1))
    (ways, a, s), y2, columns = path_steps(steps), (y * y).sum(1), np.ascontiguousarray(y.T)

    def work():
        x = a * y[rng.integers(0, K, n)] + s * rng.standard_normal((n, D))
        for keep, pull, kick, linear, constant in ways:
            l = x @ columns
            l *= linear
            l -= constant * y2
            l -= l.max(1, keepdims=True)
            np.exp(l, out=l)
            m = l @ y
            m *= pull / l.sum(1)[:, None]
            x *= keep
            x += m
            x += kick * rng.standard_normal((n, D))
        return x

    return work


def paths_jax(y, steps, n):
    K, D = y.shape
    (ways, a, s), y = path_steps(steps), jnp.array(y)
    y2 = (y * y).sum(1)

    def step(state, way):
        x, key = state
        keep, pull, kick, linear, constant = way
        key, now = jax.random.split(key)
        m = jax.nn.softmax(linear * (x @ y.T) - constant * y2, axis=1) @ y
        return (keep * x + pull * m + kick * jax.random.normal(now, x.shape), key), None

    @jax.jit
    def run(key):
        key, one, two = jax.random.split(key, 3)
        x = a * y[jax.random.randint(one, (n,), 0, K)] + s * jax.random.normal(two, (n, D))
        return jax.lax.scan(step, (x, key), jnp.array(ways))[0][0]

    return lambda: np.asarray(run(jax.random.key(0)))
