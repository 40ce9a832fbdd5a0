"""`cargo xtask bench --peers`: our side of each workload and the peers', turn by turn on one core.

Writes target/bench/peers.json; without --quick also BENCHMARKS.md and the sentence on speed in README.md.
"""

import json
import os
import subprocess
import sys
import time
from statistics import median

CORES = os.sched_getaffinity(0)
os.sched_setaffinity(0, {max(CORES)})  # before any library counts the cores

import numpy as np

import page
from workloads import ROOT, WORKLOADS, scaling

QUICK = "--quick" in sys.argv[1:]
SECONDS, ROUNDS, TURN = (0.4, 3, 0.001) if QUICK else (6, 7, 0.004)  # of a workload, at least, and of a turn


class Ours:
    """Our side: a process that does what it is told (`main.rs`)."""

    def __init__(self, threads=1):
        command = [ROOT / "target/release/infodyn-bench", "--serve"]
        pipes = dict(stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        environment = os.environ | {"RAYON_NUM_THREADS": str(threads)}
        self.process = subprocess.Popen(command, **pipes, cwd=ROOT, env=environment)

    def ask(self, order):
        print(order, file=self.process.stdin, flush=True)
        answer = self.process.stdout.readline()
        return json.loads(answer) if answer else sys.exit(f"bench: no answer to {order}")

    def show(self, job):
        return np.array(self.ask(f"show {job}"))

    def seconds(self, job, calls=1):
        return self.ask(f"{calls} {job}")


def clock(f, calls=1):
    start = time.perf_counter()
    for _ in range(calls):
        f()
    return (time.perf_counter() - start) / calls


def calls(seconds):
    """How often to repeat what takes so long, for one turn."""
    return max(1, min(10_000, round(TURN / seconds)))


def limits(ours):
    """For each resource the seconds of one unit of it, as a function: whoever is fastest."""
    x, y, rng = -np.arange(1024) / 32, np.empty(1024), np.random.Generator(np.random.SFC64(2))
    jobs = {
        "fma": "fma 4000",
        "exp": "exp 100",
        "normals": "normals 20",
        "triad": f"triad {1 << 22 if QUICK else 1 << 23}",
    }
    by = {name: [lambda job=job, n=ours.show(job)[0]: ours.seconds(job) / n] for name, job in jobs.items()}
    by["exp"].append(lambda: clock(lambda: np.exp(x, out=y), 50) / len(x))
    by["normals"].append(lambda: clock(lambda: rng.standard_normal(out=y), 50) / len(y))
    return {name: min(some, key=lambda f: median(f() for _ in range(5))) for name, some in by.items()}


def interleaved(ours, limit, w):
    """Rounds of one turn each; medians of what is compared within a round."""
    result = ours.show(w.job)
    apart = {name: float(w.differ(result, f())) for name, f in w.theirs.items()}
    for name, d in apart.items():
        if not d <= 1:
            sys.exit(f"bench: {w.name}: ours and {name} differ by {d:.2g} times what is allowed")
    own, turns = calls(ours.seconds(w.job)), {name: calls(clock(f)) for name, f in w.theirs.items()}
    least = {"fma": w.flops, "exp": w.exps, "normals": w.normals}
    times, shares, ratios = [], [], {name: [] for name in w.theirs}
    start = time.perf_counter()
    while len(times) < ROUNDS or time.perf_counter() - start < SECONDS:
        t = ours.seconds(w.job, own)
        times.append(t)
        shares.append(w.items * sum(n * limit[name]() for name, n in least.items() if n) / t)
        for name, f in w.theirs.items():
            ratios[name].append(clock(f, turns[name]) / t)
    return {
        "group": w.group,
        "name": w.name,
        "job": w.job,
        "item": w.item,
        "seconds": median(times) / w.items,
        "ratios": {name: {"median": median(r), "least": min(r), "most": max(r)} for name, r in ratios.items()},
        "apart": apart,
        "share_of_limit": median(shares) if any(least.values()) else None,
        "rounds": len(times),
    }


def fit(sizes, seconds):
    """The exponent of the times, and the largest factor between one of them and the fit."""
    x, y = np.log(sizes), np.log(seconds)
    line = np.polyfit(x, y, 1)
    return {"exponent": line[0], "within": np.exp(abs(y - np.polyval(line, x)).max())}


def growth(ours):
    """Of each job in `scaling`, the fit to the least of its times."""
    found = []
    for name, variable, sizes, job in scaling(QUICK):
        jobs = [job(size) for size in sizes]
        for j in jobs:
            ours.seconds(j)  # grows its buffers
        turns = [calls(ours.seconds(j)) for j in jobs]
        rounds = [[ours.seconds(j, n) for j, n in zip(jobs, turns)] for _ in range(3 if QUICK else 9)]
        seconds = np.min(rounds, axis=0).tolist()
        row = {"name": name, "variable": variable, "sizes": sizes, "seconds": seconds}
        found.append(row | fit(sizes, seconds))
        if variable == "samples":
            errors = [ours.show(j)[1] for j in jobs]  # of the mean entropy of the component
            found.append(row | {"variable": "standard error", "sizes": errors} | fit(errors, seconds))
    return found


def threads(jobs):
    """How many times faster than one thread 2, 3, .. are, up to one a core, by job."""
    one, found = Ours(), {}
    os.sched_setaffinity(0, CORES)
    for name, job in jobs.items():
        one.seconds(job)
        found[name] = {}
        for count in range(2, len(CORES) + 1):
            more = Ours(count)
            more.seconds(job)
            found[name][count] = median(one.seconds(job) / more.seconds(job) for _ in range(3 if QUICK else 9))
    os.sched_setaffinity(0, {max(CORES)})
    return found


def main():
    ours, report = Ours(), {"schema": "infodyn.bench/1", "machine": page.machine(len(CORES))}
    print(page.described(report["machine"]), flush=True)
    limit = limits(ours)
    report["limits"] = {name: median(f() for _ in range(5 if QUICK else 15)) for name, f in limit.items()}
    report["workloads"] = []
    for make, *arguments in WORKLOADS:
        report["workloads"].append(interleaved(ours, limit, make(ours.show, *arguments)))
        print(page.line(report["workloads"][-1]), flush=True)
    report["scaling"] = growth(ours)
    samples, points, paths = (next(row for row in scaling(False) if row[1] == what) for what in ("samples", "N", "paths"))
    report["threads"] = threads(
        {"mixture": samples[3](1 << 16), "data set": points[3](4000), "reverse paths": paths[3](2048)}
    )
    (ROOT / "target/bench/peers.json").write_text(json.dumps(report, indent=1) + "\n")
    if QUICK:
        print("target/bench/peers.json written; BENCHMARKS.md and README.md are left as they are")
    else:
        page.write(ROOT, report)


main()
