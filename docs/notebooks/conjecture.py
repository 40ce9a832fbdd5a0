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
# # Refute a conjecture
#
# You believe a line of mathematics. Write it down, and random laws are tried on it until one breaks it, or none does.
#
# To know the class must make denoising easier: the error within a class should be at most the error of the whole law.

# %%
import matplotlib.pyplot as plt
import numpy as np

import infodyn as info

checked = info.check("class[y].mmse <= mmse", process="vp-linear", explain=True)
checked

# %% [markdown]
# It is false. The smallest law on which it is false is a `Law` as any other:

# %%
law = checked.counterexample
print(law, law.weights, law.means.ravel())
print("at snr", checked.snr, "for the class", checked.label)

# %% [markdown]
# Both sides, along the noise: a wide class beside one that is a point. Within the wide class there is more to guess than
# in the whole.

# %%
grid = "snr:0.01:100:40"
whole = info.profile(law, grid, process="ve", quantities=["mmse"])
wide = info.Law.gaussian([0.0], 1.0)
within = info.profile(wide, grid, process="ve", quantities=["mmse"])
figure, axis = plt.subplots(figsize=(7, 3.4))
axis.plot(whole.snr, whole.mmse, label="the whole law")
axis.plot(within.snr, within.mmse, label="its wide class")
axis.set(xscale="log", xlabel="signal-to-noise ratio", ylabel="mmse")
axis.legend()
assert np.all(within.mmse > whole.mmse)

# %% [markdown]
# ## What would save it?
#
# `explain=True` has tried the hypotheses that it knows, one by one: of how many random laws that meet each does the
# statement hold?

# %%
print(checked.hypotheses)

# %% [markdown]
# On the mean over the classes it is true, and no law is found against it:

# %%
mean = info.check("mean_over_y(class[y].mmse) <= mmse", process="vp-linear", dim="1", cases=60)
print(mean.verdict)
