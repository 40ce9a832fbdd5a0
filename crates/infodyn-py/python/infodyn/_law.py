"""Laws: the data, as a distribution."""

from __future__ import annotations

import csv
import json
import os
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from infodyn import _infodyn
from infodyn._ask import SEED, Floats, Folder, Seed, seed_word, told


def finite(name: str, values: ArrayLike) -> Floats:
    """A copy in double precision, without what is no number."""
    array = np.array(values, dtype=np.float64)
    if not np.isfinite(array).all():
        bad = array[~np.isfinite(array)].flat[0]
        raise ValueError(f"{name}: {bad}, expected finite numbers")
    return array


def covariance_field(values: ArrayLike) -> Any:
    return finite("covariance", values).tolist()


class Law:
    """The distribution of the data: a mixture of Gaussians, points, a data set or a sphere.

    A law cannot be changed, and keeps no array that it was made of.
    """

    __slots__ = ("_folder", "_held", "_name", "_path", "_shape")

    _path: str
    _held: _infodyn.Law
    _name: str
    _shape: tuple[int, ...]
    _folder: Folder | None

    def __init__(self) -> None:
        raise TypeError("Law: expected Law.from_file, gaussian, mixture, atoms, sphere, dataset or from_sklearn")

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"Law is frozen, cannot set {name}")

    @classmethod
    def _read(cls, path: str, name: str | None, folder: Folder | None = None) -> Law:
        law = object.__new__(cls)
        for field, value in (("_path", path), ("_name", name or path), ("_folder", folder)):
            object.__setattr__(law, field, value)
        try:
            object.__setattr__(law, "_held", _infodyn.Law(path))
        except ValueError as refused:
            raise ValueError(told(refused, law._renamed)) from None
        object.__setattr__(law, "_shape", (law.dim,))
        return law

    @classmethod
    def _write(cls, name: str, fields: dict[str, Any], arrays: dict[str, NDArray[Any]] | None = None) -> Law:
        """A law file that lasts as long as the law does."""
        folder = Folder()
        for file, array in (arrays or {}).items():
            np.save(os.path.join(folder.name, file), array)
        path = os.path.join(folder.name, "law.json")
        Path(path).write_text(json.dumps({k: v for k, v in fields.items() if v is not None}), encoding="utf-8")
        return cls._read(path, name, folder)

    @property
    def _renamed(self) -> tuple[str, str] | None:
        return None if self._folder is None else (self._path, self._name)

    @staticmethod
    def from_file(path: str | os.PathLike[str]) -> Law:
        """The law of a law file, TOML or JSON."""
        return Law._read(os.fspath(path), None)

    @staticmethod
    def gaussian(mean: ArrayLike, covariance: ArrayLike) -> Law:
        """One Gaussian: ``mean`` of length D; ``covariance`` a number (isotropic), D numbers (diagonal) or D x D."""
        centre = np.atleast_1d(finite("Law.gaussian: mean", mean))
        fields = {"kind": "gaussian", "mean": centre.tolist(), "covariance": covariance_field(covariance)}
        return Law._write("Law.gaussian", fields)

    @staticmethod
    def mixture(
        means: ArrayLike,
        covariances: ArrayLike | None = None,
        weights: ArrayLike | None = None,
        *,
        covariance: ArrayLike | None = None,
        labels: ArrayLike | None = None,
    ) -> Law:
        """A mixture of K Gaussians.

        ``means``: K x D, or K numbers on the line. ``covariances``: K of them, as in ``gaussian``; or one
        ``covariance`` for all. ``weights``: equal, where none are given. ``labels``: one a component, whole numbers
        or names; without them the label is the component.
        """
        centres = finite("Law.mixture: means", means)
        if centres.ndim == 1:
            centres = centres[:, None]
        fields = {
            "kind": "mixture",
            "means": centres.tolist(),
            "covariances": None if covariances is None else covariance_field(covariances),
            "covariance": None if covariance is None else covariance_field(covariance),
            "weights": None if weights is None else finite("Law.mixture: weights", weights).tolist(),
            "labels": None if labels is None else np.asarray(labels).tolist(),
        }
        return Law._write("Law.mixture", fields)

    @staticmethod
    def atoms(points: ArrayLike, weights: ArrayLike | None = None, *, labels: ArrayLike | None = None) -> Law:
        """K points, K x D or K numbers on the line, with their weights and labels."""
        places = finite("Law.atoms: points", points)
        if places.ndim == 1:
            places = places[:, None]
        fields = {
            "kind": "atoms",
            "points": places.tolist(),
            "weights": None if weights is None else finite("Law.atoms: weights", weights).tolist(),
            "labels": None if labels is None else np.asarray(labels).tolist(),
        }
        return Law._write("Law.atoms", fields)

    @staticmethod
    def sphere(dim: int, radius: float) -> Law:
        """The uniform law on a sphere about 0."""
        return Law._write("Law.sphere", {"kind": "sphere", "dim": int(dim), "radius": float(radius)})

    @staticmethod
    def dataset(x: ArrayLike, labels: ArrayLike | None = None) -> Law:
        """The law of a data set: every point an atom. The first axis of ``x`` counts the points, all others are
        flattened; ``labels`` has one label a point, a whole number or a text. ``fit`` gives the law behind it.
        """
        array = np.asarray(x)
        if array.ndim == 0 or array.size == 0:
            raise ValueError(f"Law.dataset: x: shape {array.shape}, expected one point or more")
        shape = array.shape[1:] or (1,)
        points = np.array(array, dtype=np.float64).reshape(len(array), -1)
        fields: dict[str, Any] = {"kind": "dataset", "path": "x.npy"}
        arrays: dict[str, NDArray[Any]] = {"x.npy": points}
        texts: list[str] | None = None
        if labels is not None:
            names = np.asarray(labels)
            if names.shape != (len(points),):
                raise ValueError(f"Law.dataset: labels: shape {names.shape}, expected ({len(points)},)")
            if names.dtype.kind in "iub":
                arrays["labels.npy"] = names.astype(np.int64)
                fields["labels"] = "labels.npy"
            elif names.dtype.kind in "UO" and all(isinstance(n, str) for n in names.tolist()):
                fields.update(labels="labels.csv", labels_header=False)
                texts = names.tolist()
            else:
                raise ValueError(f"Law.dataset: labels: of type {names.dtype}, expected whole numbers or texts")
        folder = Folder()
        for file, values in arrays.items():
            np.save(os.path.join(folder.name, file), values)
        if texts is not None:
            with open(os.path.join(folder.name, "labels.csv"), "w", newline="", encoding="utf-8") as out:
                csv.writer(out, quoting=csv.QUOTE_ALL).writerows([text] for text in texts)
        path = os.path.join(folder.name, "law.json")
        Path(path).write_text(json.dumps(fields), encoding="utf-8")
        law = Law._read(path, "Law.dataset", folder)
        object.__setattr__(law, "_shape", shape)
        return law

    @staticmethod
    def from_sklearn(model: Any) -> Law:
        """The law of a fitted ``sklearn.mixture.GaussianMixture``, or of what has its attributes."""
        kind = getattr(model, "covariance_type", None)
        if kind not in ("full", "tied", "diag", "spherical") or not hasattr(model, "means_"):
            raise ValueError(f"Law.from_sklearn: {type(model).__name__}, expected a fitted GaussianMixture")
        name = "covariance" if kind == "tied" else "covariances"
        return Law.mixture(model.means_, weights=model.weights_, **{name: model.covariances_})

    @property
    def dim(self) -> int:
        """Dimension D."""
        return self._held.dim

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of one point: ``(D,)``, or that of a point of the data set."""
        return self._shape

    @property
    def kind(self) -> str:
        """``gaussian``, ``mixture``, ``atoms``, ``sphere``, ``tree``, ``patterns`` or ``dataset``."""
        return self._held.kind

    @property
    def components(self) -> int:
        """Number of components K."""
        return self._held.components

    @property
    def weights(self) -> Floats:
        """Weights of the components."""
        return self._held.weights

    @property
    def means(self) -> Floats:
        """Means of the components, K x D."""
        return self._held.means.reshape(-1, self.dim)

    @property
    def labels(self) -> NDArray[np.int64]:
        """The label of each component, a number of ``label_names`` where there are names."""
        return self._held.labels

    @property
    def label_names(self) -> list[str] | None:
        """The names of labels 0, 1, ..., where labels were given."""
        return self._held.label_names

    @property
    def notes(self) -> list[str]:
        """Sentences on what was read as something else than it may seem."""
        return self._held.notes

    @property
    def sha256(self) -> str:
        """A digest of the law itself."""
        return self._held.sha256

    def sample(
        self,
        n: int,
        *,
        seed: Seed = SEED,
        label: int | None = None,
        at: float | None = None,
        process: str = "edm",
    ) -> Floats:
        """``n`` exact draws, n x D: of the data, or of ``X_t`` at the time ``at`` of a process; with ``label``, of
        what the law is given that label. ``infodyn.sample`` has labels and samplers too.
        """
        number = int(seed_word(seed))
        points, _ = self._held.sample(int(n), number, process, None if at is None else float(at), label)
        return points.reshape(-1, self.dim)

    def _rows(self, x: ArrayLike) -> tuple[Floats, tuple[int, ...]]:
        array = np.array(x, dtype=np.float64)
        if array.ndim == 0:
            raise ValueError(f"x: a number, expected rows of length {self.dim}")
        one = array.ndim == 1 and (self.dim > 1 or array.shape == (1,))
        rows = array[None, :] if one else array.reshape(len(array), -1)
        return np.ascontiguousarray(rows), array.shape

    def denoise(self, x: ArrayLike, sigma: ArrayLike) -> Floats:
        """``E[X_0 given X_0 + sigma Z = x]``, for each row of ``x``; ``sigma`` is a number, or one a row."""
        rows, shape = self._rows(x)
        levels = np.array(sigma, dtype=np.float64).reshape(-1)
        if len(levels) not in (1, len(rows)):
            raise ValueError(f"sigma: {len(levels)} numbers, expected 1 or {len(rows)}")
        if not (np.isfinite(levels).all() and (levels > 0).all()):
            raise ValueError(f"sigma: {levels[~(np.isfinite(levels) & (levels > 0))][0]}, expected positive numbers")
        if len(levels) == 1:
            return self._held.denoise(rows, float(levels[0])).reshape(shape)
        out = np.empty_like(rows)
        for level in np.unique(levels):
            there = levels == level
            out[there] = self._held.denoise(np.ascontiguousarray(rows[there]), float(level)).reshape(-1, self.dim)
        return out.reshape(shape)

    def score(self, x: ArrayLike, t: float, process: str = "edm") -> Floats:
        """The score of ``X_t``, ``grad log p_t``, at each row of ``x``."""
        rows, shape = self._rows(x)
        return self._held.score(rows, float(t), process).reshape(shape)

    def fit(
        self,
        components: int | Literal["per-class", "auto"] | None = None,
        *,
        covariance: str | None = None,
        ridge: float | Literal["auto"] = "auto",
        held_out: float = 0.2,
        seed: Seed = SEED,
    ) -> Law:
        """The law behind a data set; ``infodyn.fit`` also tells how well it holds on points held out."""
        from infodyn import fit

        found = fit(self, components, covariance=covariance, ridge=ridge, held_out=held_out, seed=seed)
        return found.law

    def __repr__(self) -> str:
        plural = "" if self.components == 1 else "s"
        return f"<Law {self.kind}: {self.components} component{plural} in dimension {self.dim}>"
