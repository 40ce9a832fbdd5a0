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
# # Bifurcations of a mixture
#
# Under much noise the density of a mixture has one peak, under little noise one for each component. On the way the
# zeros of the score branch. Where? And is that where it is decided which component a sample belongs to?

# %%
import matplotlib.pyplot as plt
import numpy as np

import infodyn as info

pair = info.Law.mixture([[-1.0], [1.0]], covariance=0.05)
critical = info.critical(pair)
critical.plot();

# %% [markdown]
# One zero becomes three in a *pitchfork*. For two Gaussians of variance `q` at `±m` it stands where the noise and `q`
# together are as large as the variance `m²` between the means, at the signal-to-noise ratio `1/(m² - q)`:

# %%
fork = {name: column[0] for name, column in critical.bifurcations.items()}
print(fork["kind"], fork["snr"], "±", fork["error"], "; by the formula", 1 / (1 - 0.05))

# %% [markdown]
# ## Two components that are not alike
#
# A pitchfork takes a symmetry. With unequal weights the branch of the heavier component goes through, and the other is
# born beside it, with an unstable partner: a *fold*.

# %%
uneven = info.Law.mixture([[-1.0], [1.0]], covariance=0.05, weights=[0.4, 0.6])
fold = info.critical(uneven)
fold.plot()
print(fold.bifurcations["kind"][0], fold.bifurcations["snr"][0])

# %% [markdown]
# ## Is anything decided there?
#
# The doubt about the component falls over a decade of noise, and the variance of the pathwise doubt, `Var h`, peaks
# where paths differ most in how decided they are. Neither happens *at* the bifurcation.

# %%
profile = info.profile(pair, "snr:0.05:50:40", quantities=["label_entropy", "label_posterior_entropy_variance"])
order = np.argsort(profile.snr)
figure, (above, below) = plt.subplots(2, 1, sharex=True, figsize=(7, 5))
above.plot(profile.snr, profile.label_entropy / np.log(2))
above.set_ylabel("doubt left, of log 2")
below.plot(profile.snr, profile.label_posterior_entropy_variance)
below.set(ylabel="Var h, nats²", xlabel="signal-to-noise ratio", xscale="log")
for axis in (above, below):
    axis.axvline(fork["snr"], linestyle="dashed", color="grey")
left = np.interp(np.log(fork["snr"]), np.log(profile.snr[order]), profile.label_entropy[order]) / np.log(2)
print(f"at the pitchfork {left:.0%} of the doubt are left")
