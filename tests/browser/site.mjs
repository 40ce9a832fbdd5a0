// Serves the site of the documentation to a headless Chromium and reads it: every link, the search, the mathematics,
// widths, both colour schemes, accessibility; with --quick each page at one width and scheme, in turn.
//   node site.mjs FOLDER [FOLDER FOR SCREENSHOTS] [--quick]
import assert from "node:assert/strict";
import { existsSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize, resolve } from "node:path";
import { LOOKS, accessible, fits, launch, open, silent } from "./browser.mjs";

const quick = process.argv.includes("--quick");
const [folder, shots = "target/browser"] = process.argv.slice(2).filter((word) => word !== "--quick");
const root = resolve(folder);
const TYPES = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".json": "application/json", ".svg": "image/svg+xml", ".png": "image/png" };

const file = (path) => {
  const there = join(root, normalize(decodeURIComponent(path)));
  return existsSync(there) && statSync(there).isDirectory() ? join(there, "index.html") : there;
};
const server = createServer((request, response) => {
  const there = file(new URL(request.url, "http://site").pathname);
  if (!existsSync(there)) return response.writeHead(404).end();
  response.writeHead(200, { "content-type": TYPES[extname(there)] ?? "application/octet-stream" }).end(readFileSync(there));
});
await new Promise((go) => server.listen(0, "127.0.0.1", go));
const base = `http://127.0.0.1:${server.address().port}/`;

/** Every page that links lead to, from the first on; rustdoc holds its own links together. */
function pages() {
  const found = new Map(), waiting = ["index.html"], anchors = [], external = new Set(), wrong = [];
  const text = (html) => html.replaceAll("&amp;", "&");
  while (waiting.length) {
    const page = waiting.pop();
    if (found.has(page)) continue;
    const html = readFileSync(file(page), "utf8");
    found.set(page, new Set(Array.from(html.matchAll(/\s(?:id|name)="([^"]+)"/g), (m) => text(m[1]))));
    for (const [, link] of html.matchAll(/<(?:a|link|script|img|iframe)\s[^>]*?(?:href|src)="([^"]+)"/g)) {
      const to = new URL(text(link), base + page);
      if (!to.href.startsWith(base)) {
        if (to.protocol.startsWith("http")) external.add(to.href);
        continue;
      }
      const path = decodeURIComponent(to.pathname.slice(1)) || "index.html";
      if (!existsSync(file(path))) {
        wrong.push(`${page}: ${link} leads nowhere`);
        continue;
      }
      if (extname(file(path)) !== ".html" || path.startsWith("rust/")) continue;
      waiting.push(path);
      if (to.hash.length > 1) anchors.push([page, link, path, decodeURIComponent(to.hash.slice(1))]);
    }
  }
  // What a script makes is no anchor of the file.
  for (const [page, link, path, anchor] of anchors) {
    if (!found.get(path).has(anchor) && !anchor.startsWith("__")) wrong.push(`${page}: ${link}: no such place on the page`);
  }
  assert.deepEqual(wrong, []);
  return { pages: [...found.keys()].sort(), external };
}

const { pages: all, external } = pages();
assert.ok(all.length >= 75, `${all.length} pages`);
assert.ok(existsSync(file("rust/infodyn/index.html")), "the documentation of the crates");
console.log(`${all.length} pages, every link leads somewhere; ${external.size} lead elsewhere`);

const browser = await launch(shots);
try {
  // The notes of the proofs are alike: one stands for them.
  const looked = all.filter((page) => !page.startsWith("proofs/") || page === "proofs/notes/B2.html");
  for (const [i, name] of looked.entries()) {
    for (const [width, scheme] of quick ? [LOOKS[i % LOOKS.length]] : LOOKS) {
      const opened = await open(browser, base + name, width, scheme, base);
      const { page, close } = opened;
      const at = `${name} at ${width} px, ${scheme}:`;
      if (name === "interactive.html") await page.waitForFunction(() => document.body.dataset.state === "done", null, { timeout: 60000 });
      await fits(page, at);
      await accessible(page, at);
      const raw = await page.evaluate(() => {
        const prose = document.body.cloneNode(true);
        prose.querySelectorAll("code, pre, script, style, math").forEach((e) => e.remove());
        return prose.textContent.match(/\\[([]|\\(?:frac|sigma|alpha|log|sum)\b/g);
      });
      assert.equal(raw, null, `${at} mathematics that is not rendered`);
      await page.screenshot({ path: `${shots}/site-${name.replaceAll("/", "-")}-${width}-${scheme}.png` });
      silent(opened, at);
      await close();
    }
  }

  const opened = await open(browser, `${base}claims.html`, 1440, "light", base);
  const { page, close } = opened;
  const shown = await page.$$eval("math", (all) => all.filter((m) => m.getBoundingClientRect().width > 0).length);
  assert.ok(shown > 100, `${shown} formulas`);
  await page.locator("[data-md-component=search-query]").click();
  await page.keyboard.type("pitchfork");
  const first = page.locator(".md-search-result__link").first();
  await first.waitFor({ timeout: 20000 });
  await first.click();
  await page.waitForLoadState();
  assert.match((await page.locator("article, .md-content").first().innerText()).toLowerCase(), /pitchfork/);
  silent(opened);
  await close();
  console.log(`${looked.length} pages can be read; ${shown} formulas; the search finds`);
} finally {
  await browser.close();
  server.close();
}
