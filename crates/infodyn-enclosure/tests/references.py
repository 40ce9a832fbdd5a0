"""References of 30 digits and more for `references.rs`: expectations under random mixtures on the line, in Arb's ball arithmetic.

    pip install python-flint==0.9.0
    python3 references.py --count 10000 --seed 1 --jobs 2 > longer.tsv       # random mixtures of up to 8 components
    INFODYN_REFERENCES=$PWD/longer.tsv cargo test --release -p infodyn-enclosure --test references -- --ignored --nocapture
    python3 references.py --laws references.tsv > again.tsv                  # the laws of a table, their numbers anew

A row: kind, weights, means, variances, alpha, sigma^2 (each the double that is written; weights are divided by their exact sum), then
H(X_t), E s^2, mmse, H(Y given X_t), Var h, E b, E (h')^2, E sum pi^2, Var iota, the component as label.

Every number is the midpoint of a ball that contains the integral over the line cut 15 of the largest standard deviations beyond the
outermost centre, where densities are below 1e-48 (the cut is not in the ball): Gauss-Legendre panels in 160 bits, their error bounded
on a Bernstein ellipse. The formulas are the plain sums over the components. Every `--check`-th row is integrated once more by FLINT's own adaptive routine, `acb.integral`, and the balls must meet.
"""
import argparse
import functools
import math
import multiprocessing
import random
import sys

import flint
from flint import acb, arb

BITS = 160
# Absolute error of each integral, in all; the printed digits end before it.
GOAL = arb("1e-37")
ORDERS = (4, 8, 16, 24, 32, 40, 48, 64, 80)
SLABS = 4
NAMES = ("H(X_t)", "E s^2", "mmse", "H(Y|X_t)", "Var h", "E b", "E h'^2", "E sum pi^2", "Var iota")


def against(law, anchor, mid):
    """The components as polynomials in `u = x - mid`: the anchor's log-density and score, and of each the difference to it."""
    mid = arb(mid)
    c, inverse, constant, mean, gain, _ = anchor
    d = mid - c
    own = (constant - d * d * inverse / 2, -d * inverse, -inverse / 2)
    others = []
    for centre, i, k, mu, g, residual in law:
        e = mid - centre
        ln = (k - e * e * i / 2 - own[0], -e * i - own[1], -i / 2 - own[2])
        others.append((ln, ln[1], 2 * ln[2], mu + g * e - mean - gain * d, g - gain, residual))
    # The anchor is first, exactly 1 against itself.
    at = law.index(anchor)
    return own, [others[at]] + others[:at] + others[at + 1 :]


def functions(own, components, u):
    """p times -log p, s^2, S, h, h^2, b, h'^2, sum pi^2, sum pi log^2 pi, at a real or complex ball."""
    parts = [(1, 0, 0, 0, components[0][5])]
    total = 1
    for ln, s0, s1, m0, m1, residual in components[1:]:
        log = ln[0] + u * (ln[1] + u * ln[2])
        ratio = log.exp()
        total += ratio
        parts.append((ratio, log, s0 + s1 * u, m0 + m1 * u, residual))
    base = own[0] + u * (own[1] + u * own[2])
    score = own[1] + 2 * own[2] * u
    if len(parts) == 1:
        return [base.exp() * f for f in (-base, score * score, components[0][5], 0, 0, 0, 0, 1, 0)]
    share, ln_total = 1 / total, total.log()
    s = m = agreement = 0
    seen = []
    for ratio, log, pull, mean, residual in parts:
        pi = ratio * share
        s += pi * pull
        m += pi * mean
        agreement += pi * pi
        seen.append((pi, log - ln_total, pull, mean, residual))
    h = slope = square = variance = production = 0
    for pi, log, pull, mean, residual in seen:
        term = pi * log
        away, off = pull - s, mean - m
        h -= term
        square += term * log
        slope -= term * away
        variance += pi * (off * off + residual)
        production += pi * away * away
    p = base.exp() * total
    score += s
    return [p * f for f in (-(base + ln_total), score * score, variance, h, h * h, production, slope * slope, agreement, square)]


@functools.cache
def rule(order):
    return [arb.legendre_p_root(order, k, weight=True) for k in range(order)]


def describe(weights, means, variances, alpha, sigma2):
    """Per component: centre, 1/v, log(w/sqrt(2 pi v)), mean, gain, posterior variance."""
    total = sum((arb(w) for w in weights), arb(0))
    alpha, sigma2 = arb(alpha), arb(sigma2)
    law = []
    for w, mu, q in zip(weights, means, variances):
        w, mu, q = arb(w) / total, arb(mu), arb(q)
        v = alpha * alpha * q + sigma2
        law.append((alpha * mu, 1 / v, w.log() - (2 * arb.pi() * v).log() / 2, mu, alpha * q / v, sigma2 * q / v))
    return law


def ends(law):
    centres = [float(c[0]) for c in law]
    reach = 15 * max(float(1 / c[1]) for c in law) ** 0.5
    return min(centres) - reach, max(centres) + reach


def dominant(law, x):
    return max(law, key=lambda c: float(c[2]) - (x - float(c[0])) ** 2 * float(c[1]) / 2)


def size_of(f):
    """A float not below `|f|`, infinite where that is not known."""
    size = float(abs(arb(f) if isinstance(f, int) else f).upper()) * 1.0001
    return size if size < 1e300 else math.inf


def order_of(own, components, half, rho):
    """The lowest order good enough, by the ellipse of `rho`, and its errors."""
    flint.ctx.prec = 53
    a, b = half * (rho + 1 / rho) / 2, half * (rho - 1 / rho) / 2
    bound = [0.0] * 9
    for i in range(SLABS):
        # The upper half of the ellipse: the integrands are real on the line.
        lo, hi = 2 * i / SLABS - 1, 2 * (i + 1) / SLABS - 1
        inner = 0 if lo < 0 < hi else min(abs(lo), abs(hi))
        height = b * (1 - inner * inner) ** 0.5 * 1.0001
        u = acb(a * arb((lo + hi) / 2, (hi - lo) / 2 * 1.0001), arb(height / 2, height / 2))
        for k, f in enumerate(functions(own, components, u)):
            size = size_of(f)
            if size == math.inf:
                flint.ctx.prec = BITS
                return None
            bound[k] = max(bound[k], size)
    flint.ctx.prec = BITS
    goal = float(GOAL) / 100
    for order in ORDERS:
        factor = 1.01 * half * 64 / 15 * rho ** (-2 * order) / (1 - rho**-2)
        if all(m * factor <= goal for m in bound):
            return order, [arb(0, m * factor) for m in bound]
    return None


def moments(law):
    lo, hi = ends(law)
    stack = [(lo, hi)]
    sums = [arb(0)] * 9
    while stack:
        lo, hi = stack.pop()
        mid, half = (lo + hi) / 2, (hi - lo) / 2
        own, components = against(law, dominant(law, mid), mid)
        chosen = None
        for rho in (4.0, 2.3):
            chosen = order_of(own, components, half, rho)
            if chosen:
                break
        if chosen is None:
            stack += [(mid, hi), (lo, mid)]
            continue
        order, errors = chosen
        shift, r = (arb(lo) + arb(hi)) / 2 - arb(mid), (arb(hi) - arb(lo)) / 2
        part = [arb(0)] * 9
        for x, w in rule(order):
            part = [s + w * f for s, f in zip(part, functions(own, components, shift + r * x))]
        sums = [s + r * q + e for s, q, e in zip(sums, part, errors)]
    return sums


def by_library(law):
    """The same by acb.integral, one function at a time, between points at which the widest change of anchor happens."""
    lo, hi = ends(law)
    result = []
    for k in range(9):

        def integrand(z, analytic, k=k):
            mid = float(z.real.mid())
            return acb(functions(*against(law, dominant(law, mid), mid), z - arb(mid))[k])

        result.append(acb.integral(integrand, lo, hi, abs_tol=arb("1e-33"), rel_tol=arb("1e-33"), eval_limit=200000).real)
    return result


def finish(sums):
    h = sums[3]
    return sums[:4] + [sums[4] - h * h] + sums[5:8] + [sums[8] - h * h]


def row(task):
    index, kind, fields, check = task
    flint.ctx.prec = BITS
    numbers = [[float(x) for x in f.split(",")] for f in fields]
    law = describe(numbers[0], numbers[1], numbers[2], numbers[3][0], numbers[4][0])
    sums = moments(law)
    if check:
        for name, x, y in zip(NAMES, sums, by_library(law)):
            if not x.overlaps(y):
                raise SystemExit(f"row {index}, {name}: {x} against acb.integral's {y}")
    values = finish(sums)
    for name, x in zip(NAMES, values):
        if not x.rad() <= arb("1e-35"):
            raise SystemExit(f"row {index}, {name}: {x} is not sharp enough")
    return "\t".join([kind, *fields, *(x.mid().str(34, radius=False) for x in values)])


def random_law(rng):
    """Up to 8 components, parameters of four digits, so that the table stays short."""
    count = rng.randint(1, 8)
    short = lambda x: repr(float(f"{x:.4g}"))
    weights = [short(rng.uniform(0.05, 1)) for _ in range(count)]
    means = [short(rng.gauss(0, 2)) for _ in range(count)]
    variances = [short(0.0 if rng.random() < 0.3 else 10 ** rng.uniform(-3, 0.3)) for _ in range(count)]
    alpha, sigma2 = rng.uniform(0.2, 1), 10 ** rng.uniform(-2.5, 0.7)
    return [",".join(weights), ",".join(means), ",".join(variances), short(alpha), short(sigma2)]


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--count", type=int, default=1000)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--jobs", type=int, default=1)
    options.add_argument("--check", type=int, default=500, help="also integrate every so many-th row by acb.integral; 0: none")
    options.add_argument("--laws", help="recompute the references of this table's laws")
    options = options.parse_args()
    if options.laws:
        lines = [line.rstrip("\n").split("\t") for line in open(options.laws) if not line.startswith("#")]
        laws = [(f[0], f[1:6]) for f in lines]
    else:
        rng = random.Random(options.seed)
        laws = [("random", random_law(rng)) for _ in range(options.count)]
    tasks = [(i, kind, law, options.check and i % options.check == 0) for i, (kind, law) in enumerate(laws)]
    with multiprocessing.Pool(options.jobs) as pool:
        for line in pool.imap(row, tasks, chunksize=4):
            print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
