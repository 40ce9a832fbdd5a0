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
# # Schedules with a price
#
# A sampler takes a few steps. Where should they stand, and what does it cost that there are no more? For the ancestral
# sampler the price is exact: the Kullback-Leibler divergence between its paths and the true ones, in nats, which
# follows from the denoising error `mmse` alone.

# %%
import matplotlib.pyplot as plt
import numpy as np

import infodyn as info

law = info.Law.mixture([[-1.2], [0.4], [2.0]], covariances=[[[0.05]], [[0.1]], [[0.2]]], weights=[0.3, 0.5, 0.2])
profile = info.profile(law, "log:0.02:80:400", quantities=["mmse"])

# %% [markdown]
# ## The staircase
#
# Half the area under `mmse`, against the signal-to-noise ratio `γ`, is information. A sampler that holds what its
# denoiser says over a step goes along a stair above the curve instead, and half the area between the two is the price.

# %%
few = info.schedule(law, 6, clock="kl", sigma_max=80.0, sigma_min=0.02)
nodes = few.sigmas[:-1] ** -2.0
gamma, mmse = profile.snr[::-1], profile.mmse[::-1]
inside = (gamma >= nodes[0]) & (gamma <= nodes[-1])
gamma, mmse = gamma[inside], mmse[inside]
held = np.interp(np.log(nodes), np.log(gamma), mmse)[np.searchsorted(nodes, gamma, side="right").clip(1, len(nodes)) - 1]
figure, axis = plt.subplots(figsize=(7, 3.6))
axis.plot(gamma, gamma * mmse, label="γ mmse")
axis.fill_between(gamma, gamma * mmse, gamma * held, alpha=0.3, label="twice the price")
axis.set(xscale="log", yscale="log", xlabel="signal-to-noise ratio γ", ylabel="γ mmse, per unit of log γ")
axis.legend()
area = np.trapezoid(gamma * (held - mmse), np.log(gamma)) / 2
print(f"half the area: {area:.2f}; path_kl: {few.path_kl:.4f} ± {few.path_kl_error:.0e} nats")

# %% [markdown]
# ## Clocks
#
# A clock spreads the steps. `kl` asks for the least price; `edm` and `log` know no data.

# %%
counts = [4, 8, 16, 32]
figure, axis = plt.subplots(figsize=(7, 3.6))
for clock in ["kl", "entropic", "edm", "log"]:
    prices = [info.schedule(law, n, clock=clock, sampler="ancestral", sigma_max=80.0, sigma_min=0.02).path_kl for n in counts]
    axis.plot(counts, prices, "o-", label=clock)
    print(clock, np.round(prices, 4))
axis.set(xscale="log", yscale="log", xlabel="steps", ylabel="price, nats", xticks=counts, xticklabels=counts)
axis.legend();

# %% [markdown]
# ## From a table that you measured
#
# No law is needed: `sigma` and the error of your denoiser there are enough.

# %%
measured = info.schedule((profile.sigma, profile.mmse), 8, clock="kl", sigma_max=80.0, sigma_min=0.02)
print(measured)
print(measured.diffusers("EDMEulerScheduler"))
