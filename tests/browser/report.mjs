// Opens the report in headless Chromium and uses it as a reader would.
//   node report.mjs PAGE [FOLDER FOR SCREENSHOTS]
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const axe = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const [page_file, folder = "target/browser"] = process.argv.slice(2);
const address = pathToFileURL(resolve(page_file)).href;
mkdirSync(folder, { recursive: true });

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});

/** A page at a width and colour scheme, with all that it says and asks for. */
async function open(width, colorScheme = "light") {
  const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme });
  const page = await context.newPage();
  const said = [], asked = [];
  page.on("console", (message) => ["error", "warning"].includes(message.type()) && said.push(message.text()));
  page.on("pageerror", (error) => said.push(String(error)));
  page.on("request", (request) => /^(https?|wss?|ftp):/.test(request.url()) && asked.push(request.url()));
  await page.goto(address);
  return { page, said, asked, close: () => context.close() };
}

try {
  for (const [width, scheme] of [[390, "light"], [1440, "light"], [390, "dark"], [1440, "dark"]]) {
    const { page, said, asked, close } = await open(width, scheme);
    const shown = () => page.locator("article.claim:not([hidden])").count();
    const all = await shown();
    assert.ok(all >= 40, `${all} claims`);

    // Filters: by id, by word, by family, by status, and back.
    await page.fill("#search", "b2");
    assert.equal(await shown(), 1);
    assert.equal(await page.locator("article.claim:not([hidden])").getAttribute("id"), "claim-B2");
    await page.fill("#search", "sensitivity");
    assert.ok((await shown()) >= 1);
    await page.fill("#search", "");
    await page.selectOption("#family", "D");
    const of_family = await shown();
    assert.ok(of_family > 0 && of_family < all);
    await page.selectOption("#family", "");
    await page.selectOption("#status", "refuted");
    const refuted = await shown();
    assert.equal(refuted, await page.locator("article.claim[data-status=refuted]").count());
    assert.equal(refuted > 0, (await page.title()).startsWith("REFUTED"));

    // A link to a hidden claim shows it; from the graph to a claim, its evidence, its proof and its figure.
    await page.evaluate(() => { location.hash = "claim-C2"; });
    await page.waitForFunction((n) => document.querySelectorAll("article.claim:not([hidden])").length === n, all);
    await page.locator("a.node[data-id=C2]").click();
    assert.ok(page.url().endsWith("#claim-C2"));
    const claim = page.locator("#claim-C2");
    const checks = claim.locator("summary", { hasText: "Checks" });
    await checks.click();
    assert.ok((await claim.locator("details[open] tbody tr").count()) > 0);
    const proof = claim.locator("details.proof");
    await proof.locator("summary").click();
    assert.match(await proof.locator("pre code").first().innerText(), /^(Theorem|Lemma)/);
    console.log(`${width} px, ${scheme}: ${all} claims; ${await proof.locator("summary").innerText()}`);
    await claim.locator("a[href^='#figure-']").first().click();
    assert.match(page.url(), /#figure-/);

    // Nothing wider than the page, with everything unfolded.
    await page.evaluate(() => document.querySelectorAll("details").forEach((d) => { d.open = true; }));
    const [inner, outer] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
    assert.ok(inner <= outer, `content is ${inner} px wide at ${outer} px`);
    await page.evaluate(() => document.querySelectorAll("details").forEach((d) => { d.open = false; }));

    await page.addScriptTag({ path: axe });
    const { violations } = await page.evaluate(() => axe.run(document, { resultTypes: ["violations"] }));
    const serious = violations.filter((v) => ["serious", "critical"].includes(v.impact));
    assert.deepEqual(serious.map((v) => `${v.id}: ${v.nodes[0].html.slice(0, 200)}`), []);

    await page.evaluate(() => scrollTo(0, 0));
    await page.screenshot({ path: `${folder}/report-${width}-${scheme}.png` });
    await claim.scrollIntoViewIfNeeded();
    await claim.screenshot({ path: `${folder}/claim-${width}-${scheme}.png` });
    assert.deepEqual(said, [], "the console stays silent");
    assert.deepEqual(asked, [], "nothing is asked of the network");
    await close();
  }
  console.log("the report can be read, filtered and followed");
} finally {
  await browser.close();
}
