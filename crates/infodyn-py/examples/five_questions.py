"""Five questions of people with data and models, a few lines each."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

import infodyn as info

# Two classes of points in the plane stand for your data: x is [n, d] or [n, c, h, w], y has a label a point.
random = np.random.default_rng(0)
y = random.integers(0, 2, 600)
x = np.stack([2.0 * y - 1.0, 0.5 * y], axis=1) + 0.25 * random.normal(size=(600, 2))
law = info.Law.dataset(x, labels=y).fit("per-class")

# 1. Which steps for my data? And in my scheduler's own units: pipe.scheduler.set_timesteps(**steps)
sigmas = info.schedule(law, 8, sampler="dpmpp2m")
steps = sigmas.diffusers("FlowMatchEulerDiscreteScheduler")
print(sigmas, steps["sigmas"])

# 2. When are my classes decided, and within which noise does guidance work?
critical = info.critical(law, process="vp-scaled-linear")
print(critical.speciation, critical.guidance_window)


# 3. Is my model a denoiser, and where? Any function of arrays: a torch model is one lambda.
def model(x: NDArray[np.float32], sigma: NDArray[np.float32]) -> NDArray[Any]:
    return law.denoise(x, sigma)


audit = info.audit(model, law, sigmas=[0.05, 0.5, 5.0], samples=8192)
print(audit.verdict, audit.trusted, audit.reasons)

# 4. From a table that I measured: which steps, and what do they cost in nats?
table = info.profile(law, "snr:1e-4:1e4:24", quantities=["mmse"])
print(info.schedule((table.sigma, table.mmse), 12, clock="kl", sigma_max=80.0, sigma_min=0.02).path_kl)

# 5. This noise level in my other model's units?
print(info.convert([0.9, 0.5], "flow:shift=3", "ddpm-linear"))
