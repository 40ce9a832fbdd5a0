"""The peer of `peers.rs`: `H(Y given X_t)` of two atoms at k = 1 by FLINT's acb.integral, through python-flint.

For each line read, one enclosure: its seconds, then its ends. The tails beyond 10 standard deviations (1e-21) are left out: less
work than the other side does. Precision and tolerance are the least at which the width is not above ours.
"""
import sys
import time

import flint

flint.ctx.prec = 64
G = flint.arb(1)
ROOT = G.sqrt()
NORM = (2 * flint.arb.pi()).rsqrt()


def enclose():
    f = lambda z, analytic: (-z * z / 2).exp() * NORM * (1 + (-2 * G - 2 * ROOT * z).exp()).log(analytic=analytic)
    return flint.acb.integral(f, -10, 10, abs_tol=TOLERANCE, rel_tol=TOLERANCE).real


TOLERANCE = float(sys.argv[1])
for line in sys.stdin:
    start = time.perf_counter()
    value = enclose()
    seconds = time.perf_counter() - start
    print(seconds, value.lower().str(22, radius=False), value.upper().str(22, radius=False), flush=True)
