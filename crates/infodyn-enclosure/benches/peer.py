"""H(Y given X_t) of two atoms at k = 1 by python-flint's acb.integral: time per call and width, to set beside `cargo bench`."""
import statistics
import time

import flint

flint.ctx.prec = 64
G = flint.arb(1)
ROOT = G.sqrt()
NORM = (2 * flint.arb.pi()).rsqrt()


def enclose():
    f = lambda z, analytic: (-z * z / 2).exp() * NORM * (1 + (-2 * G - 2 * ROOT * z).exp()).log(analytic=analytic)
    return flint.acb.integral(f, -10, 10, abs_tol=1e-15, rel_tol=1e-15).real


times = []
for _ in range(60):
    start = time.perf_counter()
    value = enclose()
    times.append(time.perf_counter() - start)
print(f"{value}  width {2 * float(value.rad()):.1e}  median {statistics.median(times) * 1e6:.0f} us  best {min(times) * 1e6:.0f} us")
