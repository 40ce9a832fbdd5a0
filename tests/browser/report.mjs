// Opens the report in headless Chromium and uses it as a reader would.
//   node report.mjs PAGE [FOLDER FOR SCREENSHOTS]
import assert from "node:assert/strict";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { LOOKS, accessible, fits, launch, open, silent } from "./browser.mjs";

const [page_file, folder = "target/browser"] = process.argv.slice(2);
const address = pathToFileURL(resolve(page_file)).href;
const browser = await launch(folder);

try {
  for (const [width, scheme] of LOOKS) {
    const opened = await open(browser, address, width, scheme);
    const { page, close } = opened;
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
    await fits(page);
    await page.evaluate(() => document.querySelectorAll("details").forEach((d) => { d.open = false; }));

    await accessible(page);

    await page.evaluate(() => scrollTo(0, 0));
    await page.screenshot({ path: `${folder}/report-${width}-${scheme}.png` });
    await claim.scrollIntoViewIfNeeded();
    await claim.screenshot({ path: `${folder}/claim-${width}-${scheme}.png` });
    silent(opened);
    await close();
  }
  console.log("the report can be read, filtered and followed");
} finally {
  await browser.close();
}
