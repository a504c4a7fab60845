// SPDX-License-Identifier: Apache-2.0
// What the theme and sphinx-tabs leave out.
"use strict";

// A box that scrolls can be reached by keyboard, so that it can be scrolled by keyboard.
const boxes = new ResizeObserver(entries => {
  for (const {target} of entries) {
    if (target.scrollWidth > target.clientWidth) target.tabIndex = 0;
    else target.removeAttribute("tabindex");
  }
});

// Tabs of one label open together on all pages (sphinx-tabs), also in another window
// and on another day: the last choices are kept, the newest last.
const CHOICES = "tabs";
const KEPT = 10;

function choices() {
  try {
    return JSON.parse(localStorage.getItem(CHOICES)) ?? [];
  } catch { // not allowed here, or written by something else
    return [];
  }
}

function choose(event) {
  const name = event.target.closest(".group-tab")?.getAttribute("name");
  if (!name) return;
  const kept = [...choices().filter(other => other !== name), name].slice(-KEPT);
  try {
    localStorage.setItem(CHOICES, JSON.stringify(kept));
  } catch { /* not allowed here: sphinx-tabs opens the others of this page all the same */ }
}

document.addEventListener("DOMContentLoaded", () => {
  for (const box of document.querySelectorAll(".highlight pre, .table-wrapper, .picture-box"))
    boxes.observe(box);
  document.addEventListener("click", choose);
  // Where there are no tabs, sphinx-tabs is not there either.
  if (document.querySelector(".sphinx-tabs"))
    for (const name of choices()) selectNamedTabs(name);
});
