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
# # Digits: which class when
#
# 1797 handwritten digits of 8 x 8 pixels. At which noise levels is it settled which digit comes out, and which two are
# told apart last?

# %%
import matplotlib.pyplot as plt
import numpy as np

import infodyn as info

arrays = np.load("../../examples/digits.npz")
x, y = arrays["x"] / 8.0 - 1.0, arrays["y"]
data = info.Law.dataset(x.reshape(-1, 8, 8), labels=y)
print(data)

# %% [markdown]
# A data set knows its own points by heart. The law behind it is fitted: one Gaussian a class, each of one variance here,
# which makes the questions below quick. As a denoiser it is poor: its gain over a Wiener filter is negative. When classes
# are told apart it knows: with `covariance="low-rank:8"` the doubt below differs by less than a tenth of a nat, and
# takes a hundred times as long.

# %%
fitted = info.fit(data, components="per-class", covariance="isotropic")
law = fitted.law
print(law)
print(fitted)

# %% [markdown]
# ## Ten classes
#
# `label_entropy` is the doubt about the digit that is left, in nats: the logarithm of 10 in pure noise. Guidance toward
# a class is of use between the levels where a twentieth of it is gone, and where a twentieth is left.

# %%
profile = info.profile(law, "log:0.2:20:24", quantities=["label_entropy"], samples=8192)
profile.plot()
doubt = profile.label_entropy / np.log(10)
order = np.argsort(doubt)
opens, closes = np.interp([0.95, 0.05], doubt[order], profile.sigma[order])
print(f"guidance is of use from sigma {opens:.1f} down to {closes:.2f}")

# %% [markdown]
# ## One digit on its way
#
# A nine under growing noise, and what the law's denoiser makes of it: sharp while the class is known, then the mean of
# those that it may be.

# %%
random = np.random.default_rng(0)
nine, noise = x[y == 9][0], random.normal(size=64)
sigmas = [0.2, 0.5, 1.0, 2.0, 4.0, 8.0]
figure, axes = plt.subplots(2, len(sigmas), figsize=(9, 3.2))
for (noisy, clean), sigma in zip(axes.T, sigmas):
    seen = nine + sigma * noise
    noisy.imshow(seen.reshape(8, 8), cmap="gray_r")
    noisy.set_title(f"sigma {sigma:g}")
    clean.imshow(law.denoise(seen.reshape(1, 8, 8), sigma)[0].reshape(8, 8), cmap="gray_r", vmin=-1, vmax=1)
    for axis in (noisy, clean):
        axis.set(xticks=[], yticks=[])

# %% [markdown]
# ## Which two are told apart last?
#
# Two classes alone are a law of two Gaussians; with one variance for both it lies on a line, and quadrature answers to
# many digits. A cell is the noise level at which half of the doubt between the two is gone: the darker, the later in
# generation.

# %%
grid = np.geomspace(0.2, 10.0, 40)
half = np.full((10, 10), np.nan)
for i in range(10):
    for j in range(i):
        classes = [x[y == k] for k in (i, j)]
        variance = np.mean([c.var(axis=0).mean() for c in classes])
        two = info.Law.mixture([c.mean(axis=0) for c in classes], covariance=variance)
        left = info.profile(two, grid, quantities=["label_entropy"]).label_entropy
        half[i, j] = np.interp(np.log(2) / 2, left, grid)
figure, axis = plt.subplots(figsize=(5.5, 5))
image = axis.imshow(half, cmap="viridis")
axis.set(xticks=range(10), yticks=range(10), xlabel="digit", ylabel="digit")
figure.colorbar(image, label="sigma at which half of the doubt is gone")
i, j = np.unravel_index(np.nanargmin(half), half.shape)
print(f"told apart last: {i} and {j}, at sigma {half[i, j]:.2f}")
