// Opens the interactive page from its file, works its sliders by the keyboard, and holds its numbers against the
// program's.
//   node explore.mjs PAGE PROGRAM [FOLDER FOR SCREENSHOTS]
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { LOOKS, accessible, fits, launch, open, silent } from "./browser.mjs";

const [page_file, program, folder = "target/browser"] = process.argv.slice(2);
const address = pathToFileURL(resolve(page_file)).href;
const browser = await launch(folder);
const place = mkdtempSync(join(tmpdir(), "explore-"));

/** What the form is set to: an event as of a hand that moves a slider. */
const set = (page, values) => page.evaluate((values) => {
  for (const [name, value] of Object.entries(values)) {
    const radio = document.querySelector(`input[name=${name}][value="${value}"]`);
    if (radio) radio.checked = true;
    else document.getElementById(name).value = value;
  }
  document.querySelector("form").dispatchEvent(new Event("input"));
}, values);
const done = (page) => page.waitForFunction(() => document.body.dataset.state === "done", null, { timeout: 60000 });

/** The numbers of the page's table: name to value and error. */
const numbers = (page) => page.$$eval("#numbers tr", (rows) => rows.map((row) =>
  [row.querySelector("th").textContent, ...Array.from(row.querySelectorAll("data"), (d) => Number(d.value))]));

/** Each number of the page is the program's, within the errors of both; returns how many were compared. */
async function same(page) {
  writeFileSync(join(place, "law.toml"), await page.locator("#law").textContent());
  const words = (await page.locator("#command").textContent()).split(" ").slice(1);
  const told = JSON.parse(execFileSync(resolve(program), [...words, "--json"], { cwd: place })).points[0];
  let count = 0;
  for (const [name, value, error] of await numbers(page)) {
    const other = typeof told[name] === "object" ? told[name] : { value: told[name], error: 0 };
    // What is no estimate is read to the rounding of a process's formulas.
    const room = error === undefined ? 8 * Number.EPSILON * Math.abs(value) : error + other.error;
    assert.ok(Math.abs(value - other.value) <= room, `${words.join(" ")}: ${name} ${value} ${error}, ${JSON.stringify(other)}`);
    count += 1;
  }
  return count;
}

/** The program's bifurcations of the score. */
function bifurcations(words) {
  const told = JSON.parse(execFileSync(resolve(program), ["critical", ...words, "--json"], { cwd: place }));
  return told.bifurcations.filter((b) => b.energy === "marginal");
}

try {
  for (const [width, scheme] of LOOKS) {
    const opened = await open(browser, address, width, scheme);
    const { page, close } = opened;
    await done(page);
    assert.equal(await same(page), 9);
    assert.ok(await page.locator("#fault").isHidden());

    // By the keyboard alone: every control is reached, has a name, and moves.
    for (const name of ["weight", "distance", "width", "noise"]) {
      const slider = page.locator(`#${name}`), before = await slider.inputValue();
      await slider.focus();
      await page.keyboard.press("ArrowRight");
      assert.notEqual(await slider.inputValue(), before, name);
      assert.equal(await page.locator(`output[for=${name}]`).innerText(), await slider.getAttribute("aria-valuetext"));
    }
    await done(page);
    await same(page);
    await fits(page);
    await accessible(page);
    await page.screenshot({ path: `${folder}/explore-${width}-${scheme}.png`, fullPage: true });
    silent(opened);
    await close();
  }

  const opened = await open(browser, address, 1440);
  const { page, close } = opened;
  await done(page);
  const cases = [
    { components: 2, weight: 0.5, distance: 2, width: 0.25, process: "edm", noise: 0, energy: 0 },
    { components: 2, weight: 0.2, distance: 2, width: 0, process: "ou", noise: 0.5, energy: 1 },
    { components: 3, weight: 0.6, distance: 3, width: 0.5, process: "ou", noise: -0.7, energy: 2 },
    { components: 3, weight: 0.02, distance: 6, width: 0, process: "edm", noise: -1.5, energy: 0 },
    { components: 2, weight: 0.96, distance: 0.1, width: 1.5, process: "ou", noise: 1.5, energy: 1 },
  ];
  for (const values of cases) {
    await set(page, values);
    await done(page);
    assert.ok(await page.locator("#fault").isHidden(), await page.locator("#fault").innerText());
    await same(page);
    for (const id of ["density", "energies", "branches", "paths", "rate", "variance"]) {
      assert.ok((await page.locator(`#${id} polyline`).count()) > 0, `${id}: ${JSON.stringify(values)}`);
      const shapes = await page.locator(`#${id}`).innerHTML();
      assert.ok(!shapes.includes("NaN") && !shapes.includes("Infinity"), `${id}: ${JSON.stringify(values)}`);
    }
  }

  // The symmetric pair has one pitchfork, where the program says, and three fixed points at less noise.
  await set(page, cases[0]);
  await done(page);
  writeFileSync(join(place, "law.toml"), await page.locator("#law").textContent());
  const [fork] = bifurcations(["--law", "law.toml", "--process", "edm"]);
  const told = await page.locator("#branches").getAttribute("aria-label");
  const level = (snr) => String(Number((snr ** -0.5).toPrecision(3)));
  assert.equal(told, `Branches of fixed points; bifurcations at noise levels: ${level(fork.snr)}`);
  assert.equal(await page.locator("#branches .fork").count(), 1);
  assert.match(await page.locator("#density").getAttribute("aria-label"), /1 stable and 0 unstable/);
  await set(page, { noise: -0.5 });
  await done(page);
  assert.match(await page.locator("#density").getAttribute("aria-label"), /2 stable and 1 unstable/);

  // A slider that is dragged: the page ends with what it ends at.
  for (let i = 0; i < 40; i += 1) await set(page, { noise: -1 + 0.05 * i });
  await done(page);
  await same(page);
  silent(opened);
  await close();
  console.log("the interactive page has the program's numbers");
} finally {
  await browser.close();
}
