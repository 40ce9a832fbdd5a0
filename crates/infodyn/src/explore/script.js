"use strict";
const $ = (id) => document.getElementById(id);
const chosen = (name) => document.querySelector(`input[name=${name}]:checked`).value;
const SLIDERS = ["weight", "distance", "width", "noise"];
const LOW = 1e-3, HIGH = 1e3;
const QUANTITIES = ["conditional_entropy_rate", "mmse", "label_entropy", "label_entropy_rate",
  "label_posterior_entropy_variance", "mutual_information"];

const worker = new Worker(URL.createObjectURL(new Blob([$("worker").textContent], { type: "text/javascript" })));
worker.postMessage({ wasm: Uint8Array.from(atob($("wasm").textContent), (c) => c.charCodeAt(0)) });

/** What the form says. */
function question() {
  const [weight, distance, width, noise] = SLIDERS.map((name) => Number($(name).value));
  const components = Number(chosen("components")), rest = components - 1;
  const each = Array.from({ length: components }, (_, k) => k);
  return {
    law: [components, weight, distance, width, chosen("process") === "edm" ? 0 : 1],
    means: each.map((k) => (k - 0.5 * rest) * distance),
    weights: each.map((k) => (k === 0 ? weight : (1 - weight) / rest)),
    width, ratio: 10 ** noise, snr: 10 ** (-2 * noise), process: chosen("process"),
    reach: 0.5 * rest * distance + 3 * Math.hypot(width, Math.min(10 ** noise, 1.5)) + 0.2,
    low: LOW, high: HIGH, energy: Number(chosen("energy")),
  };
}

function ask() {
  const q = question();
  const shown = { weight: q.law[1].toFixed(2), distance: q.law[2].toFixed(2), width: q.width.toFixed(2), noise: q.ratio.toPrecision(3) };
  for (const name of SLIDERS) {
    document.querySelector(`output[for=${name}]`).textContent = shown[name];
    $(name).setAttribute("aria-valuetext", shown[name]);
  }
  $("law").textContent = `kind = "mixture"\nweights = [${q.weights.join(", ")}]\n` +
    `means = [${q.means.map((m) => `[${m}]`).join(", ")}]\ncovariance = ${q.width * q.width}\n`;
  $("command").textContent = `infodyn profile --law law.toml --process ${q.process} --grid snr:${q.snr}`;
  document.body.dataset.state = "asking";
  mark(q.ratio);
  worker.postMessage(q);
}

// Pictures: SVG, of the width that the page has, up to a size that it scales.
const W = Math.min(480, Math.max(320, $("density").clientWidth)), H = 250, LEFT = 48, RIGHT = 10, TOP = 10, BOTTOM = 36;
const format = (x) => (x === 0 ? "0" : Math.abs(x) < 0.01 || Math.abs(x) >= 1e4 ? x.toExponential(0) : String(Number(x.toPrecision(3))));

/** A picture's axes: from what is drawn to where it stands. */
function axes(svg, x, y, label, says) {
  const place = (axis, from, to) => {
    const map = axis.log ? Math.log : (v) => v;
    const [a, b] = axis.range.map(map);
    return (v) => from + ((map(v) - a) / (b - a)) * (to - from);
  };
  const sx = place(x, LEFT, W - RIGHT), sy = place(y, H - BOTTOM, TOP);
  const parts = [];
  for (const t of ticks(x)) {
    parts.push(`<path class="grid" d="M${sx(t).toFixed(1)} ${TOP}V${H - BOTTOM}"/><text x="${sx(t).toFixed(1)}" y="${H - BOTTOM + 14}" text-anchor="middle">${format(t)}</text>`);
  }
  for (const t of ticks(y)) {
    parts.push(`<path class="grid" d="M${LEFT} ${sy(t).toFixed(1)}H${W - RIGHT}"/><text x="${LEFT - 5}" y="${(sy(t) + 4).toFixed(1)}" text-anchor="end">${format(t)}</text>`);
  }
  parts.push(`<text x="${(LEFT + W - RIGHT) / 2}" y="${H - 5}" text-anchor="middle">${label}</text>`);
  svg.setAttribute("viewBox", `0 0 ${W} ${H}`);
  svg.setAttribute("aria-label", says);
  const clip = `clip-${svg.id}`;
  return {
    sx, sy,
    draw: (inner) => {
      svg.innerHTML = `<clipPath id="${clip}"><rect x="${LEFT}" y="${TOP - 2}" width="${W - LEFT - RIGHT}" height="${H - TOP - BOTTOM + 4}"/></clipPath>` +
        parts.join("") + `<g clip-path="url(#${clip})">${inner.join("")}</g>`;
    },
  };
}

function ticks({ range: [a, b], log }) {
  if (log) return [0.03, 0.1, 0.3, 1, 3, 10, 30].filter((t) => t >= a * 0.999 && t <= b * 1.001);
  const step = [1, 2, 5, 10].map((m) => m * 10 ** Math.floor(Math.log10((b - a) / 5))).find((s) => (b - a) / s <= 6);
  const first = Math.ceil(a / step), count = Math.floor(b / step + 1e-9) - first + 1;
  return Array.from({ length: count }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

const line = (points, kind) => `<polyline class="${kind}" points="${points.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(" ")}"/>`;
const dot = (x, y, kind, open) => `<circle class="${kind}${open ? " open" : ""}" cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="4.5"/>`;
const rows = (told, width) => Array.from({ length: told.length / width }, (_, i) => told.slice(i * width, (i + 1) * width));
const NOISE = { range: [HIGH ** -0.5, LOW ** -0.5], log: true }, NOISE_LABEL = "noise level σ/α";
const noise = (snr) => snr ** -0.5;
const about = (x) => Number(x.toPrecision(3));

/** The line of the chosen noise level in the pictures along all of them. */
function mark(ratio) {
  const x = LEFT + (Math.log(ratio / NOISE.range[0]) / Math.log(NOISE.range[1] / NOISE.range[0])) * (W - LEFT - RIGHT);
  for (const id of ["branches", "paths", "rate", "variance"]) {
    $(id).querySelector(".now")?.remove();
    $(id).insertAdjacentHTML("beforeend", `<path class="now" d="M${x.toFixed(1)} ${TOP}V${H - BOTTOM}"/>`);
  }
}

let resting = [];
const draw = {
  level(told) {
    const cell = (x) => `<data value="${x}">${Number(x.toPrecision(10))}</data>`;
    const row = (name, value, error) => `<tr><th scope="row"><code>${name.replaceAll("_", "_<wbr>")}</code></th><td>${cell(value)}</td>` +
      `<td>${error === undefined ? "" : `<data value="${error}">${error.toExponential(0)}</data>`}</td></tr>`;
    $("numbers").innerHTML = row("t", told[0]) + row("alpha", told[1]) + row("sigma", told[2]) +
      QUANTITIES.map((name, i) => row(name, told[3 + 2 * i], told[4 + 2 * i])).join("");
  },
  resting(told) {
    resting = rows(told, 4);
  },
  curves(told, q) {
    const points = rows(told, 5);
    const at = (x, column) => {
      const i = Math.min(points.length - 2, Math.max(0, Math.floor((x / q.reach + 1) / 2 * (points.length - 1))));
      const [a, b] = [points[i], points[i + 1]];
      return a[column] + ((x - a[0]) / (b[0] - a[0])) * (b[column] - a[column]);
    };
    const x = { range: [-q.reach, q.reach] };
    const most = Math.max(...points.map((p) => p[1]));
    const zeros = resting.filter((r) => r[0] === 0);
    const stable = zeros.filter((r) => r[3] === 0).length;
    const density = axes($("density"), x, { range: [0, 1.08 * most] }, "x/α",
      `Density with ${stable} stable and ${zeros.length - stable} unstable zeros of the score`);
    density.draw([line(points.map((p) => [density.sx(p[0]), density.sy(p[1])]), "k0"),
      ...zeros.map((r) => dot(density.sx(r[1]), density.sy(at(r[1], 1)), r[3] ? "k1" : "k0", r[3] > 0))]);
    const shown = q.law[4] === 0 ? [0] : [0, 1, 2];
    const lowest = shown.map((e) => Math.min(...points.map((p) => p[2 + e])));
    // As high as the barriers need, and a little more.
    const high = Math.max(2, ...resting.filter((r) => shown.includes(r[0])).map((r) => 1.6 * (at(r[1], 2 + r[0]) - lowest[r[0]])));
    const energies = axes($("energies"), x, { range: [-0.06 * high, high] }, "x/α",
      `Energies; minima: ${shown.map((e) => resting.filter((r) => r[0] === e && r[3] === 0).length).join(", ")}`);
    energies.draw(shown.flatMap((e) => [
      line(points.map((p) => [energies.sx(p[0]), energies.sy(p[2 + e] - lowest[e])]), `k${e}`),
      ...resting.filter((r) => r[0] === e).map((r) => dot(energies.sx(r[1]), energies.sy(at(r[1], 2 + e) - lowest[e]), `k${e}`, r[3] > 0)),
    ]));
  },
  reverse(told, q) {
    const count = 61, snr = told.slice(0, count), paths = rows(told.slice(count), count);
    // In units in which noise and data are as large: noise at the right does not hide the rest.
    const scaled = (x, i) => x / Math.hypot(1, noise(snr[i]));
    const most = Math.max(3, 0.5 * (q.law[0] - 1) * q.law[2] + 3 * q.width);
    const nearest = (x) => q.means.reduce((best, m, k) => (Math.abs(m - x) < Math.abs(q.means[best] - x) ? k : best), 0);
    const ends = q.means.map((_, k) => paths.filter((p) => nearest(p[0]) === k).length);
    const picture = axes($("paths"), NOISE, { range: [-most, most] }, NOISE_LABEL,
      `${paths.length} reverse paths; ends near the components: ${ends.join(", ")}`);
    picture.draw(paths.map((p) => line(Array.from(p, (x, i) => [picture.sx(noise(snr[i])), picture.sy(scaled(x, i))]), `path k${nearest(p[0])}`)));
    mark(q.ratio);
  },
  along(told, q) {
    const levels = rows(told, 13);
    const curve = (svg, columns, says) => {
      // As high as the last needs, and a little more: of a law with a density the whole grows without end.
      const largest = columns.map((c) => Math.max(...levels.map((l) => l[c])));
      const most = Math.min(Math.max(...largest), 2.5 * largest.at(-1));
      const least = Math.min(0, ...columns.flatMap((c) => levels.map((l) => l[c])));
      const picture = axes(svg, NOISE, { range: [least, most > least ? 1.08 * most : least + 1] }, NOISE_LABEL, says(levels));
      picture.draw(columns.map((c, i) => line(levels.map((l) => [picture.sx(noise(l[0])), picture.sy(l[c])]), `k${i}`)));
    };
    const peak = (name, c) => (ls) => {
      const top = ls.reduce((best, l) => (l[c] > best[c] ? l : best));
      return `${name}: largest, ${about(top[c])}, near noise level ${about(noise(top[0]))}`;
    };
    curve($("rate"), [1, 7], peak("Conditional entropy rate", 1));
    curve($("variance"), [9], peak("Variance of the pathwise entropy", 9));
    mark(q.ratio);
  },
  branches(told, q) {
    const points = rows(told, 4);
    const places = points.map((p) => Math.abs(p[2])).filter((x) => x < 1e3);
    const most = 1.15 * Math.max(0.5 * (q.law[0] - 1) * q.law[2], ...places.filter((x) => x < 3 * q.law[2]));
    const forks = points.filter((p) => p[0] < 0);
    const picture = axes($("branches"), NOISE, { range: [-most, most] }, NOISE_LABEL,
      `Branches of fixed points; bifurcations at noise levels: ${forks.map((p) => about(noise(p[1]))).join(", ") || "none"}`);
    const parts = [];
    let run = [], last = null;
    const end = () => run.length > 1 && parts.push(line(run, last[3] ? "k1 unstable" : "k0"));
    for (const p of points.filter((p) => p[0] >= 0)) {
      const here = [picture.sx(noise(p[1])), picture.sy(p[2])];
      if (last && last[0] === p[0]) run.push(here);
      if (!last || last[0] !== p[0] || (last[3] > 0) !== (p[3] > 0)) {
        end();
        run = [here];
      }
      last = p;
    }
    end();
    for (const p of forks) parts.push(dot(picture.sx(noise(p[1])), picture.sy(p[2]), "fork", true));
    picture.draw(parts);
    mark(q.ratio);
  },
  done() {
    document.body.dataset.state = "done";
  },
};

worker.onmessage = ({ data: { asked, name, told, fault } }) => {
  const wrong = fault ?? (told && told.length === 0 ? "no answer" : "");
  $("fault").hidden = !wrong;
  if (wrong) $("fault").textContent = `${name}: ${wrong}`;
  else draw[name](told, asked);
};
worker.onerror = (error) => {
  $("fault").hidden = false;
  $("fault").textContent = `The program did not start: ${error.message}`;
};
document.querySelector("form").addEventListener("input", ask);
document.querySelector("form").addEventListener("submit", (event) => event.preventDefault());
ask();
