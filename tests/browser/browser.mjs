// What the tests of pages share: a headless Chromium, a page at a width and colour scheme, and what every page must keep.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const axe = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

/** Widths and colour schemes at which each page is looked at. */
export const LOOKS = [[390, "light"], [1440, "light"], [390, "dark"], [1440, "dark"]];

export async function launch(folder) {
  mkdirSync(folder, { recursive: true });
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
}

/** A page at a width and colour scheme, with all that it says, and asks for beyond `own`. */
export async function open(browser, address, width, colorScheme = "light", own = "file:") {
  const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme });
  const page = await context.newPage();
  const said = [], asked = [];
  page.on("console", (message) => ["error", "warning"].includes(message.type()) && said.push(message.text()));
  page.on("pageerror", (error) => said.push(String(error)));
  page.on("request", (request) => /^(https?|wss?|ftp):/.test(request.url()) && !request.url().startsWith(own) && asked.push(request.url()));
  await page.goto(address);
  return { page, said, asked, close: () => context.close() };
}

/** Nothing is wider than the page. */
export async function fits(page, what = "content") {
  const [inner, outer] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
  assert.ok(inner <= outer, `${what} is ${inner} px wide at ${outer} px`);
}

/** Nothing keeps anybody out: no serious violation that axe finds. */
export async function accessible(page, what = "") {
  await page.addScriptTag({ path: axe });
  const { violations } = await page.evaluate(() => axe.run(document, { resultTypes: ["violations"] }));
  const serious = violations.filter((v) => ["serious", "critical"].includes(v.impact));
  assert.deepEqual(serious.map((v) => `${v.id}: ${v.nodes[0].html.slice(0, 200)}`), [], what);
}

/** Nothing was said on the console, and nothing asked of the network. */
export function silent({ said, asked }, what = "") {
  assert.deepEqual(said, [], `${what} the console stays silent`);
  assert.deepEqual(asked, [], `${what} nothing is asked of the network`);
}
