// Filters the claims by text, family and status; the graph follows.
const [search, family, status, shown] = ["search", "family", "status", "shown"].map((id) => document.getElementById(id));
const claims = [...document.querySelectorAll("article.claim")].map((element) => ({
  element,
  id: element.id.replace("claim-", ""),
  text: element.querySelector("h3").textContent.toLowerCase() + " " + element.querySelector(".statement").textContent.toLowerCase(),
}));
function filter() {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  const kept = new Set();
  for (const { element, id, text } of claims) {
    const whole = (word) => /^[a-e]\d+$/.test(word) ? id.toLowerCase() === word : text.includes(word);
    const keep = words.every(whole) && (!family.value || element.dataset.family === family.value)
      && (!status.value || element.dataset.status === status.value);
    element.hidden = !keep;
    if (keep) kept.add(id);
  }
  for (const section of document.querySelectorAll("section.family"))
    section.hidden = !section.querySelector("article.claim:not([hidden])");
  for (const node of document.querySelectorAll("a.node")) node.classList.toggle("dim", !kept.has(node.dataset.id));
  for (const edge of document.querySelectorAll("path.edge"))
    edge.classList.toggle("dim", !kept.has(edge.dataset.from) || !kept.has(edge.dataset.to));
  shown.textContent = `${kept.size} of ${claims.length} claims`;
}
// A link to a claim that the filter hides shows it again.
window.addEventListener("hashchange", () => {
  const target = document.getElementById(location.hash.slice(1));
  if (target?.closest("[hidden]")) {
    search.value = family.value = status.value = "";
    filter();
    target.scrollIntoView();
  }
});
document.querySelector(".filter").addEventListener("submit", (event) => event.preventDefault());
for (const control of [search, family, status]) control.addEventListener("input", filter);
filter();
