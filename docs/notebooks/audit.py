# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Audit of a trained network
#
# A small network was trained to denoise handwritten digits, and stored as an ONNX file. Is it a denoiser, and over which
# noise levels?

# %%
import matplotlib.pyplot as plt
import numpy as np

import infodyn as info

digits = info.Law.from_file("../../examples/digits.toml")
audit = info.audit("../../tests/models/digits.onnx", digits, sigmas=[0.02, 0.1, 0.3, 1.0, 3.0, 10.0, 40.0], samples=1797)
print(audit)

# %% [markdown]
# A denoiser is a conditional mean, and that has consequences that need no truth to compare with: its error is no larger
# than that of a Wiener filter, its errors are uncorrelated with what it says, its divergence is its error. Each is
# measured with an interval; where they hold, the network is trusted.

# %%
audit.plot()
print("trusted from", *audit.trusted)
for warning in audit.warnings:
    print("-", warning)

# %% [markdown]
# ## Steps for the network that you have
#
# Where the network errs more than the law, steps are spent better elsewhere. The audit's own table of errors makes the
# schedule.

# %%
schedule = audit.schedule(8)
print(np.round(schedule.sigmas, 3))
schedule.plot();

# %% [markdown]
# ## Any function is a model
#
# A network of PyTorch or JAX is one `lambda`. Here the exact denoiser of three Gaussians stands for it, made too bold by
# a tenth:

# %%
law = info.Law.mixture([[-1.0, 0.0], [1.0, 0.0], [0.0, 1.5]], covariance=0.05)
bold = info.audit(lambda x, sigma: 1.1 * law.denoise(x, sigma), law, sigmas=[0.05, 0.5, 5.0], samples=8192)
print(bold.verdict, bold.trusted)
for warning in bold.warnings:
    print("-", warning)

# %% [markdown]
# ## Told wrongly
#
# The same function, answering with the noise in place of the point: the audit refuses it, and says what the answer looks
# like.

# %%
def noise(x, sigma):
    return (x - law.denoise(x, sigma)) / sigma[:, None]


wrong = info.audit(noise, law, sigmas=[0.05, 0.5, 5.0], samples=8192)
print(wrong.verdict)
for reason in wrong.reasons:
    print("-", reason)
