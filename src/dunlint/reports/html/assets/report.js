// What every report page does: the language switch, tables that sort, panels that open for print.
"use strict";

const spoken = JSON.parse(document.getElementById("spoken").textContent);
const root = document.documentElement;
const all = (selector, from = document) => Array.from(from.querySelectorAll(selector));

/** A sentence of the script in the language shown, its blanks filled. */
function say(key, values = {}) {
  return spoken[root.dataset.lang][key].replace(/\{(\w+)\}/g, (_, name) => String(values[name]));
}

/** Tell screen readers, and nobody else. */
function announce(words) {
  document.getElementById("live").textContent = words;
}

function speak(lang) {
  root.dataset.lang = lang;
  root.lang = lang === "zh" ? "zh-Hans" : "en";
  for (const button of all("[data-switch]")) button.setAttribute("aria-pressed", String(button.dataset.switch === lang));
  for (const element of all("[data-attr]")) {
    if (element.dataset.attr === "text") element.textContent = element.dataset[lang];
    else element.setAttribute(element.dataset.attr, element.dataset[lang]);
  }
  document.dispatchEvent(new CustomEvent("dunlint:language"));
}

for (const button of all("[data-switch]")) button.addEventListener("click", () => speak(button.dataset.switch));

/** What a cell is sorted by: its data-value, or the words that show in the present language. */
function key(row, column, kind) {
  const cell = row.cells[column];
  const shown = cell.querySelector(`.t[lang|="${root.dataset.lang}"]`);
  const words = cell.dataset.value ?? (shown ?? cell).textContent.trim();
  return kind === "number" ? parseFloat(words.replace(/[,%]/g, "")) : words;
}

function compare(left, right) {
  if (typeof left === "string") return left.localeCompare(right, root.lang, { numeric: true });
  if (Number.isNaN(left) || Number.isNaN(right)) return Number.isNaN(left) - Number.isNaN(right);
  return left - right;
}

function sortTable(header) {
  const rising = header.getAttribute("aria-sort") !== "ascending";
  const kind = header.dataset.sort;
  const body = header.closest("table").tBodies[0];
  const keyed = Array.from(body.rows, (row) => [key(row, header.cellIndex, kind), row]);
  keyed.sort((one, other) => compare(one[0], other[0]) * (rising ? 1 : -1));
  body.append(...keyed.map((pair) => pair[1]));
  markSorted(header, rising);
}

function markSorted(header, rising) {
  for (const other of all("th[aria-sort]", header.parentElement)) other.setAttribute("aria-sort", "none");
  header.setAttribute("aria-sort", rising ? "ascending" : "descending");
}

for (const header of all("table.sortable th[data-sort]")) {
  header.firstElementChild.addEventListener("click", () => sortTable(header));
}

/** The law of a finding stands once on the page; a panel that opens takes a copy of it. */
document.addEventListener("toggle", (event) => {
  const panel = event.target;
  if (!panel.matches?.("details[data-law][open]")) return;
  const copies = all("section", document.getElementById(panel.dataset.law)).map((part) => part.cloneNode(true));
  panel.replaceChildren(panel.firstElementChild, ...copies);
}, true);

let closed = [];
addEventListener("beforeprint", () => {
  closed = all("details:not([open])");
  for (const panel of closed) panel.open = true;
});
addEventListener("afterprint", () => {
  for (const panel of closed) panel.open = false;
});
