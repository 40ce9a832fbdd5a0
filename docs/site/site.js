// What scrolls sideways is reached by the keyboard. The theme wraps tables after the page has loaded.
addEventListener("load", () => setTimeout(() => {
  for (const part of document.querySelectorAll(".md-typeset__scrollwrap")) part.tabIndex = 0;
}, 100));
