// The case page: one set of filters for the table of findings, the contacts and the timeline.
const form = document.querySelector(".filters");
const rows = all(".findings tbody tr");
const cards = all(".beside > .card");
const entries = all(".entry");
const dots = new Map(all(".dot[data-entry]").map((dot) => [dot.dataset.entry, dot]));
const texts = new WeakMap();

/** Words of an element in both languages, in small letters; read once. */
function textOf(element) {
  if (!texts.has(element)) texts.set(element, element.textContent.toLowerCase());
  return texts.get(element);
}

function choices() {
  const chosen = all("select[data-filter]", form).filter((select) => select.value);
  return chosen.map((select) => [select.dataset.filter, select.value]);
}

function matches(element, chosen) {
  return chosen.every(([name, value]) => {
    const held = element.dataset[name];
    return held === undefined || held === value || held.split(" ").includes(value);
  });
}

/** An entry shows if it fits the choices and its words, or those of a finding beside it, hold what is searched. */
function filter() {
  const chosen = choices();
  const sought = document.getElementById("search").value.trim().toLowerCase();
  const onlyFound = document.getElementById("only-found").checked || chosen.some(([name]) => name !== "case");
  const found = new Set();
  let contacts = 0;
  for (const entry of entries) {
    const fits = matches(entry, chosen) && (!onlyFound || entry.classList.contains("found"));
    entry.hidden = !(fits && textOf(entry).includes(sought));
    dots.get(entry.id)?.classList.toggle("off", entry.hidden);
    if (!entry.hidden) contacts += 1;
  }
  for (const card of cards) {
    card.hidden = !matches(card, chosen);
    if (!card.hidden && !card.closest(".entry").hidden) found.add(card.id);
  }
  let findings = 0;
  for (const row of rows) {
    const own = document.getElementById(row.dataset.to).closest(".entry");
    row.hidden = !matches(row, chosen) || (own ? !found.has(row.dataset.to) : !textOf(row).includes(sought));
    if (!row.hidden) findings += 1;
  }
  settle(contacts, findings, Boolean(sought || onlyFound || chosen.length));
}

/** Days without a contact left are put away; the numbers are said. */
function settle(contacts, findings, filtered) {
  for (const day of all(".conversation > .day")) {
    day.hidden = filtered && !day.querySelector(".entry:not([hidden])");
  }
  document.getElementById("no-match").hidden = contacts + findings > 0;
  const words = filtered ? say("matching", { contacts, findings }) : "";
  document.getElementById("matching").textContent = words;
  announce(words);
}

if (form) {
  form.addEventListener("input", filter);
  form.addEventListener("reset", () => setTimeout(filter));
  form.addEventListener("submit", (event) => event.preventDefault());
  document.addEventListener("dunlint:language", filter);
}
