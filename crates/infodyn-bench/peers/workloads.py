"""The workloads: ours and theirs side by side, when two results agree, and the least work that there is to do."""

import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import work

ROOT = Path(__file__).resolve().parents[3]
LAWS = ROOT / "target/bench/laws"
SIGMAS = 6  # two sampled means agree within so many standard errors of their difference


@dataclass
class Workload:
    group: str
    name: str
    job: str  # what our side does (`jobs.rs`)
    item: str
    items: float
    theirs: dict[str, Callable]
    differ: Callable  # of our result and theirs: how far apart, in units of what is allowed
    flops: float = 0  # the least work of an item
    exps: float = 0
    normals: float = 0


# Laws, in files that our side reads.


def law(name, **fields):
    LAWS.mkdir(parents=True, exist_ok=True)
    path = LAWS / f"{name}.json"
    path.write_text(json.dumps(fields))
    return path.relative_to(ROOT)


def random_means(K, D):
    return np.random.default_rng(0).normal(size=(K, D)) * 2 / math.sqrt(D)


def mixture_law(means, sd):
    K, D = means.shape
    name = f"mixture-{K}-{D}-{len(set(sd))}"
    return law(name, kind="mixture", means=means.tolist(), covariances=(sd**2).tolist())


def atoms_law(y):
    return law(f"atoms-{len(y)}-{y.shape[1]}", kind="atoms", points=y.tolist())


def points_law(N, D):
    points, name = np.random.default_rng(1).random((N, D)), f"points-{N}-{D}"
    path = law(name, kind="dataset", path=f"{name}.npy")
    np.save(LAWS / f"{name}.npy", points)
    return points, path


def digits_law():
    return np.load(ROOT / "examples/digits.npz")["x"] * 0.125 - 1.0, "examples/digits.toml"


def ou(a):
    """The time of the Ornstein-Uhlenbeck process at which the signal has scale `a`."""
    return -math.log(a)


# Workloads; `show` gives the result of a job of ours.


def sampled_differ(ours, theirs):
    """Means and standard errors in turn."""
    mean, error = np.subtract(ours[::2], theirs[::2]), np.hypot(ours[1::2], theirs[1::2])
    return max(abs(mean) / (SIGMAS * error))


def mixture(show, K, D, n):
    means, sd = random_means(K, D), np.random.default_rng(2).uniform(0.2, 0.5, K)
    job = f"mixture {mixture_law(means, sd)} {ou(0.8)} {n}"
    a, v = 0.8 * means, 0.64 * sd**2 + 0.36
    theirs = {"NumPy": work.mixture_numpy(a, v, n), "JAX": work.mixture_jax(a, v, n)}
    least = dict(flops=4 * K * D + 6 * D + 12 * K, exps=K, normals=D)
    return Workload(
        "Monte Carlo of mixtures", f"mixture, K={K}, D={D}", job, "sample", n, theirs, sampled_differ, **least
    )


def reduced(show, K, D, n):
    """The least work is that of the sample in the span of the means."""
    means, sd = random_means(K, D), np.full(K, 0.35)
    job = f"reduced {mixture_law(means, sd)} {ou(0.8)} {n}"
    a, v = 0.8 * means, 0.64 * sd**2 + 0.36
    theirs = {"NumPy": work.mixture_numpy(a, v, n), "JAX": work.mixture_jax(a, v, n)}

    def differ(ours, theirs):
        """Ours is a radius of level 1 - 1e-9, as wide as six standard errors."""
        mean, error = theirs[::2][:3], theirs[1::2][:3]
        return max(abs(ours[::2] - mean) / (ours[1::2] + SIGMAS * error))

    d = min(K - 1, D)
    least = dict(flops=4 * K * d + 6 * d + 12 * K, exps=K, normals=d)
    return Workload(
        "of mixtures of one variance", f"one variance, K={K}, D={D}", job, "sample", n, theirs, differ, **least
    )


def dataset(show, name, points, a, n):
    (y, path), s2 = points(), 1 - a * a
    N, D = y.shape
    job = f"dataset {path} {ou(a)} {n}"
    x = a * y[13 * np.arange(n) % N] + show(job)[: n * D].reshape(n, D)
    theirs = {"NumPy": work.dataset_numpy(y, x, a, s2), "JAX": work.dataset_jax(y, x, a, s2)}
    if N * n * D < 2e8:
        theirs["scikit-learn"] = work.dataset_sklearn(y, x, a, s2)
    # A log-weight is a sum of D + 2 products, each rounded: weights of two sides are apart by a factor of exp(4 off) at
    # most, and a mean of points within the radius by that part of the diameter.
    radius = np.sqrt((y * y).sum(1).max())
    off = (D + 2) * np.finfo(float).eps * a / s2 * radius * np.sqrt((x * x).sum(1).max())
    allowed = math.expm1(4 * off)

    def differ(ours, theirs):
        score, rest = ours[n * D : 2 * n * D].reshape(n, D), ours[2 * n * D :].reshape(3, n)
        if not isinstance(theirs, tuple):
            return np.abs(rest[2] - theirs).max() / (4 * off)
        parts = [
            (score - theirs[0]) * s2 / a / (2 * radius),
            (rest[0] - theirs[1]) / (1 + math.log(N)),
            (rest[1] - theirs[2]) * (s2 / a) ** 2 / (4 * radius**2),
        ]
        return max(np.abs(part).max() for part in parts) / allowed

    name = f"{name}, N={N}, D={D}, alpha={a}"
    return Workload("scores of data sets", name, job, "pair", N * n, theirs, differ, flops=4 * D, exps=1)


def line(show, snr):
    """Both results come with an error."""
    job = f"line examples/two-atoms.toml {1 / math.sqrt(snr)}"
    theirs = {"NumPy": work.line_numpy(snr), "SciPy": work.line_scipy(snr)}
    differ = lambda ours, theirs: abs(ours[0] - theirs[0]) / (ours[1] + theirs[1])
    least = dict(exps=3 * 2 * work.TAIL / work.step(snr))
    return Workload("entropies on the line", f"two atoms, snr={snr}", job, "value", 1, theirs, differ, **least)


def paths(show, K, D, n, steps=200):
    y = random_means(K, D)
    job = f"paths {atoms_law(y)} {steps} {n}"
    theirs = {"NumPy": work.paths_numpy(y, steps, n), "JAX": work.paths_jax(y, steps, n)}

    def seen(x):
        """Of the end: distance^2 to the nearest atom, whether that is one of the first half, |x|^2."""
        x = np.reshape(x, (n, D))
        d2 = ((x[:, None] - y) ** 2).sum(2)
        columns = np.stack([d2.min(1), d2.argmin(1) < K / 2, (x * x).sum(1)])
        return work.spread(columns.sum(1), (columns**2).sum(1), n)

    differ = lambda ours, theirs: sampled_differ(seen(ours), seen(theirs))
    least = dict(flops=4 * K * D, exps=K, normals=D)
    return Workload("reverse paths", f"reverse paths, K={K}, D={D}", job, "step", n * steps, theirs, differ, **least)


def enclosure(show, snr):
    """Two intervals of one number have a point in common."""
    job = f"enclosure examples/two-atoms.toml {1 / math.sqrt(snr)}"
    differ = lambda ours, theirs: 2.0 * (max(ours[0], theirs[0]) > min(ours[1], theirs[1]))
    theirs = {"FLINT": work.enclosure_flint(snr)}
    return Workload("enclosures", f"enclosure, two atoms, snr={snr}", job, "value", 1, theirs, differ)


WORKLOADS = [
    *((mixture, K, D, n) for K, D, n in [(2, 2, 1 << 17), (16, 2, 1 << 16), (256, 2, 1 << 14)]),
    *((mixture, K, D, n) for K, D, n in [(2, 64, 1 << 15), (16, 64, 1 << 14), (256, 64, 1 << 13)]),
    *((reduced, K, D, n) for K, D, n in [(16, 64, 1 << 14), (2, 1024, 1 << 13)]),
    *((dataset, "digits", digits_law, a, 1024) for a in (0.8, 0.98)),
    (dataset, "uniform points", lambda: points_law(10_000, 784), 0.8, 256),
    *((line, snr) for snr in (0.25, 1, 4, 16)),
    *((paths, K, D, n) for K, D, n in [(2, 2, 4800), (2, 64, 480), (256, 2, 480), (256, 64, 240)]),
    *((enclosure, snr) for snr in (1, 16)),
]


# How the time of ours grows: in what, and the job of each size; `h` halves sizes.


def scaling(h):
    mixed = lambda n, K, D: f"mixture {mixture_law(random_means(K, D), np.full(K, 0.35))} {ou(0.8)} {n}"
    doubled = lambda least, count: [least * 2**i // (1 + h) for i in range(count)]
    return [
        ("mixture, K=16, D=8", "samples", doubled(1 << 13, 5), lambda n: mixed(n, 16, 8)),
        ("mixture, D=8", "K", doubled(16, 5), lambda K: mixed(8192, K, 8)),
        ("mixture, K=16", "D", doubled(16, 5), lambda D: mixed(8192, 16, D)),
        ("data set, D=64", "N", doubled(1000, 4), lambda N: f"dataset {points_law(N, 64)[1]} {ou(0.8)} 128"),
        ("data set, N=2000", "D", doubled(64, 4), lambda D: f"dataset {points_law(2000, D)[1]} {ou(0.8)} 128"),
        (
            "reverse paths, K=16, D=8",
            "paths",
            doubled(128, 4),
            lambda n: f"paths {atoms_law(random_means(16, 8))} 50 {n}",
        ),
    ]
