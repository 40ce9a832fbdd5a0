"""What the measurements say, in words and tables: BENCHMARKS.md with its figure, and the sentence in README.md."""

import datetime
import platform
import textwrap
from importlib.metadata import version
from pathlib import Path

import matplotlib
import numpy as np
import threadpoolctl

matplotlib.use("svg")
from matplotlib import pyplot

PEERS = ["NumPy", "JAX", "SciPy", "FLINT", "scikit-learn"]
UNITS = [(1, "s"), (1e-3, "ms"), (1e-6, "us"), (1e-9, "ns"), (1e-12, "ps")]
PART = "scikit-learn"  # does a part of the work
START, END = "<!-- speed: written by cargo xtask bench --peers -->\n", "<!-- end of speed -->"


def machine(cores):
    text = Path("/proc/cpuinfo").read_text().split("\n\n")[0]
    info = {k.strip(): v.strip() for k, v in (row.split(":", 1) for row in text.splitlines() if ":" in row)}
    known = [name for name, flag in (("AVX-512", "avx512f"), ("AVX2", "avx2")) if flag in info.get("flags", "").split()]
    blas = [lib for lib in threadpoolctl.threadpool_info() if lib["user_api"] == "blas"]
    libraries = ["numpy", "scipy", "jax", "scikit-learn", "python-flint"]
    return {
        "processor": info.get("model name", platform.processor()),
        "vectors": known[0] if known else "no AVX2",
        "cores": cores,
        "system": f"{platform.system()} {platform.machine()}",
        "blas": sorted({f"{lib['internal_api']} {lib['version']}, kernel {lib['architecture']}" for lib in blas}),
        "date": datetime.date.today().isoformat(),
        "versions": {"Python": platform.python_version()} | {name: version(name) for name in libraries},
    }


def described(m):
    versions = ", ".join(f"{name} {v}" for name, v in m["versions"].items())
    return (
        f"{m['processor']}, {m['vectors']}, {m['cores']} cores, {m['system']}; {versions}; matrix products of NumPy and"
        f" SciPy by {'; '.join(m['blas'])}"
    )


def short(x):
    return f"{x:.0f}" if x >= 99.5 else f"{x:.2g}"


def time(row):
    size, name = next((u for u in UNITS if row["seconds"] >= u[0]), UNITS[-1])
    return f"{short(row['seconds'] / size)} {name} a {row['item']}"


def share(row):
    return "" if row["share_of_limit"] is None else f"{short(100 * row['share_of_limit'])} %"


def line(row):
    ratios = ", ".join(f"{name} {short(r['median'])}" for name, r in row["ratios"].items())
    return f"{row['name']}: {time(row)}, {share(row) or '-'} of the limit; times faster than {ratios}"


def sentence(report):
    spans, m = {}, report["machine"]
    for row in report["workloads"]:
        fastest = min(r["median"] for name, r in row["ratios"].items() if name != PART)
        spans.setdefault(row["group"], []).append(fastest)
    spans = ", ".join(f"{group} {short(min(r))} to {short(max(r))}" for group, r in spans.items())
    return wrapped(
        f"Speed on one core ({m['processor']}, {m['vectors']}) in multiples of the fastest of NumPy, SciPy, JAX and "
        f"FLINT at the same work: {spans} ([BENCHMARKS.md](BENCHMARKS.md))."
    )


def wrapped(text):
    return textwrap.fill(text, 120, break_on_hyphens=False)


def table(head, rows):
    lines = [head, ["---"] + ["---:"] * (len(head) - 1), *rows]
    return "\n".join("| " + " | ".join(map(str, row)) + " |" for row in lines)


def page(report):
    m, limits = report["machine"], report["limits"]
    ratio = lambda row, peer: short(row["ratios"][peer]["median"]) if peer in row["ratios"] else ""
    workloads = [[row["name"], time(row), *(ratio(row, p) for p in PEERS), share(row)] for row in report["workloads"]]
    units = zip(limits.items(), ["GFLOP/s, multiplied and added", "G/s", "G/s", "GB/s"])
    rates = [[name, f"{short(1e-9 / seconds)} {unit}"] for (name, seconds), unit in units]
    ends = lambda sizes: f"{short(sizes[0])} to {short(sizes[-1])}"
    scaling = [
        [row["name"], row["variable"], ends(row["sizes"]), f"{row['exponent']:.2f}", f"{row['within']:.2f}"]
        for row in report["scaling"]
    ]
    threads = "; ".join(
        f"{name}, " + ", ".join(f"{n} threads {times:.2f}" for n, times in job.items())
        for name, job in report["threads"].items()
    )
    measured = wrapped(f"Written by `cargo xtask bench --peers` on {m['date']}: {described(m)}.")
    return f"""# Speed

{measured}

Every workload goes through public functions of the crates (`crates/infodyn-bench/src/jobs.rs`), and is done by the
peers in double precision as a careful user would write it (`crates/infodyn-bench/peers/work.py`). All take turns on one
core. A number is the median over the rounds of what it compares within a round, and **above 1 ours is faster**. Results
must agree, or nothing is written: sampled means within six standard errors of their difference, scores within what
rounding allows, integrals within their errors, enclosures in a common point. scikit-learn gives the log-density alone,
a part of the work. The limit of a mixture of one variance is that of its sample in the span of its means.

{table(["workload", "ours", *PEERS, "of the limit"], workloads)}

The limit is the time that the least work of an item takes on this core: its operations, exponentials and normal
numbers, one after the other, each at the fastest rate that anyone in this run reached.

{table(["resource", "rate"], rates)}

How the time grows: the exponent fitted to sizes doubled in turn, and the largest factor between a time and the fit.

{table(["job", "in", "from", "exponent", "within"], scaling)}

![Time against size, and speed against threads](docs/scaling.svg)

Against one thread, with the same bits: {threads}.
"""


def figure(report, file):
    """How the time grows with each size, with the fit; and how it falls with threads."""
    plain = {"svg.hashsalt": "infodyn", "svg.fonttype": "none", "font.size": 9, "axes.spines.top": False}
    with pyplot.rc_context(plain | {"axes.spines.right": False, "lines.markersize": 4}):
        drawing, (sizes, threads) = pyplot.subplots(1, 2, figsize=(9, 4.2), width_ratios=(2, 1), layout="constrained")
        for row in report["scaling"]:
            if row["variable"] != "standard error":
                x, y = np.array(row["sizes"]), np.array(row["seconds"])
                label = f"{row['name']}: {row['variable']}^{row['exponent']:.2f}"
                (points,) = sizes.loglog(x, 1e3 * y, "o", label=label)
                constant = np.exp(np.mean(np.log(y) - row["exponent"] * np.log(x)))
                sizes.loglog(x, 1e3 * constant * x ** row["exponent"], "-", color=points.get_color(), linewidth=1)
        sizes.set(xlabel="size", ylabel="milliseconds")
        sizes.legend(frameon=False, fontsize=8)
        counts = [1, *(int(n) for job in report["threads"].values() for n in job)]
        ends = [1, max(counts)]
        threads.plot(ends, ends, ":", color="grey", label="as many times as threads")
        for name, job in report["threads"].items():
            threads.plot([1, *map(int, job)], [1, *job.values()], "o-", label=name)
        threads.set(xlabel="threads", ylabel="times as fast as one", xticks=range(1, max(counts) + 1))
        threads.set(ylim=(0, None), xlim=(0.9, max(counts) + 0.1))
        threads.legend(frameon=False, fontsize=8)
        drawing.savefig(file, metadata={"Date": None})


def write(root, report):
    (root / "BENCHMARKS.md").write_text(page(report))
    figure(report, root / "docs/scaling.svg")
    readme = root / "README.md"
    before, rest = readme.read_text().split(START)
    readme.write_text(f"{before}{START}{sentence(report)}\n{END}{rest.split(END)[1]}")
    print("target/bench/peers.json, BENCHMARKS.md, docs/scaling.svg and README.md written")
