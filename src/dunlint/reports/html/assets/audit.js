// The audit page: the findings as a table that is filtered, sorted and opened; every number leads into it.
const data = JSON.parse(document.getElementById("data").textContent);
const column = Object.fromEntries(data.names.map((name, place) => [name, place]));
const form = document.querySelector(".filters");
const body = document.querySelector("#evidence-table tbody");
const more = document.querySelector(".more");
const PAGE = 100;
const SEVERITIES = ["info", "low", "medium", "high", "critical"];

let narrow = {};
let matching = data.rows;
let shown = PAGE;

const get = (row, name) => row[column[name]];
const tongue = () => (root.dataset.lang === "zh" ? 0 : 1);
const named = (group, code) => data.labels[root.dataset.lang][group][code] ?? code ?? "";
const title = (row) => data.rules[get(row, "rule")][tongue()];
const message = (row) => get(row, tongue() ? "message_en" : "message_zh");

/** An element with attributes and children; text is always text. */
function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== null) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

const words = data.rows.map((row) =>
  [...data.rules[get(row, "rule")], ...["rule", "case_id", "contact_id", "agency", "agent", "message_zh", "message_en", "place"]
    .map((name) => get(row, name) ?? ""), ...get(row, "quotes").map((quote) => quote.slice(0, 3).join(""))]
    .join("\n").toLowerCase());

function filter() {
  const chosen = all("select[data-filter]", form).filter((one) => one.value).map((one) => [one.dataset.filter, one.value]);
  const wanted = [...chosen, ...Object.entries(narrow)];
  const sought = document.getElementById("search").value.trim().toLowerCase();
  matching = data.rows.filter((row, place) =>
    wanted.every(([name, value]) => get(row, name) === value) && words[place].includes(sought));
  shown = PAGE;
  sortRows();
  draw();
  announce(document.getElementById("matching").textContent);
}

const KEYS = {
  severity: (row) => SEVERITIES.indexOf(get(row, "severity")),
  verdict: (row) => named("verdict", get(row, "verdict")),
  when: (row) => get(row, "local") ?? "",
  channel: (row) => named("channel", get(row, "channel")),
  rule: title,
  case: (row) => get(row, "case_id"),
  agency: (row) => `${get(row, "agency") ?? ""}/${get(row, "agent") ?? ""}`,
};

function sortRows() {
  const header = document.querySelector('#evidence-table th:is([aria-sort="ascending"], [aria-sort="descending"])');
  if (!header) return;
  const sign = header.getAttribute("aria-sort") === "ascending" ? 1 : -1;
  const keyed = matching.map((row) => [KEYS[header.dataset.sort](row), row]);
  const order = new Intl.Collator(root.lang, { numeric: true });
  keyed.sort((one, other) => sign * (typeof one[0] === "number" ? one[0] - other[0] : order.compare(one[0], other[0])));
  matching = keyed.map((pair) => pair[1]);
}

function draw() {
  body.replaceChildren(...matching.slice(0, shown).map(line));
  const left = matching.length - shown;
  more.hidden = left <= 0;
  more.textContent = say("more", { count: Math.min(left, PAGE) });
  const told = [say(matching.length ? "listed" : "none", { count: matching.length, shown: Math.min(shown, matching.length) })];
  if (Object.keys(narrow).length) told.push(say("filtered", { what: Object.entries(narrow).map(narrowed).join(", ") }));
  document.getElementById("matching").textContent = told.join(" · ");
}

function narrowed([name, value]) {
  if (name === "rule") return data.rules[value]?.[tongue()] ?? value;
  if (name === "weekday") return `${value}/7`;
  if (name === "hour") return `${String(value).padStart(2, "0")}:00`;
  return name === "channel" ? named("channel", value) : value ?? say("not_stated");
}

function line(row) {
  const quotes = get(row, "quotes");
  const local = get(row, "local");
  const open = make("button", { type: "button", class: "go", "aria-expanded": "false" }, title(row));
  const element = make("tr", {},
    make("td", {}, make("span", { class: `sev s-${get(row, "severity")}` }, named("severity", get(row, "severity")))),
    make("td", {}, named("verdict", get(row, "verdict"))),
    make("td", { class: "when" }, local ? local.slice(0, 16).replace("T", " ") : say("no_time")),
    make("td", {}, named("channel", get(row, "channel"))),
    make("td", {}, open),
    make("td", {}, make("bdi", {}, get(row, "case_id"))),
    make("td", {}, make("bdi", {}, [get(row, "agency"), get(row, "agent")].filter(Boolean).join(" / ") || say("not_stated"))),
    make("td", { class: "words" }, make("bdi", {}, quotes.length ? Array.from(quotes[0][1]).slice(0, 40).join("") : "")));
  open.addEventListener("click", () => toggle(element, row, open));
  return element;
}

function toggle(element, row, open) {
  const expanded = open.getAttribute("aria-expanded") === "true";
  open.setAttribute("aria-expanded", String(!expanded));
  if (expanded) element.nextElementSibling.remove();
  else element.after(make("tr", { class: "row-more" }, make("td", { colspan: "8" }, card(row))));
}

function card(row) {
  const missing = get(row, "missing");
  const many = get(row, "contacts");
  return make("article", { class: `card s-${get(row, "severity")}` },
    ...get(row, "quotes").map(quoted),
    make("p", { class: "message" }, message(row)),
    missing ? make("p", { class: "lacks" }, say("lacks", { what: missing[tongue()] })) : null,
    many > 1 ? make("p", { class: "quiet" }, say("rests_on", { count: many })) : null,
    law(data.laws[get(row, "law")]),
    make("p", { class: "origin" }, make("span", { class: "place", dir: "ltr" }, get(row, "place")),
      make("span", {}, get(row, "contact_id")), make("span", {}, get(row, "fingerprint"))));
}

function quoted([before, guilty, after, speaker]) {
  return make("blockquote", {}, make("span", { class: "quiet" }, `${named("speaker", speaker)} `),
    make("bdi", {}, before, make("mark", {}, guilty), after));
}

function law(clauses) {
  const weights = [...new Set(clauses.map((clause) => clause.weight))];
  const order = ["law", "regulation", "standard", "advisory"];
  weights.sort((one, other) => order.indexOf(one) - order.indexOf(other));
  return make("details", { class: "law", open: "" }, make("summary", {}, say("law")), ...weights.map((weight) => {
    const own = clauses.filter((clause) => clause.weight === weight);
    return make("section", { class: `w-${weight}` },
      make("p", { class: "weight-name" }, named("weight", weight), " ", make("span", { class: "quiet" }, own[0].scope[tongue()])),
      make("ul", {}, ...own.map(clauseLine)));
  }));
}

function clauseLine(clause) {
  const either = (name) => clause[`${name}_${root.dataset.lang}`];
  return make("li", {},
    make("p", { class: "source" }, make("cite", {}, either("title")), " ",
      clause.clause ? make("b", { class: "clause" }, clause.clause) : make("span", { class: "unseen" }, say("not_seen")), " ",
      make("span", { class: "grade" }, say("grade", { grade: clause.evidence })), " ",
      clause.sure ? null : make("span", { class: "unseen" }, say("may_not_apply"))),
    either("says") ? make("p", { class: "says" }, either("says")) : null);
}

for (const button of all("[data-narrow]")) {
  button.addEventListener("click", () => {
    form.reset();
    narrow = JSON.parse(button.dataset.narrow);
    filter();
    const place = document.getElementById("evidence");
    place.scrollIntoView();
    place.focus({ preventScroll: true });
  });
}

for (const header of all("#evidence-table th[data-sort]")) {
  header.firstElementChild.addEventListener("click", () => {
    markSorted(header, header.getAttribute("aria-sort") !== "ascending");
    sortRows();
    draw();
  });
}

more.addEventListener("click", () => {
  const first = shown;
  shown += PAGE;
  draw();
  body.rows[first]?.querySelector("button")?.focus();
});
form.addEventListener("input", filter);
form.addEventListener("reset", () => {
  narrow = {};
  setTimeout(filter);
});
form.addEventListener("submit", (event) => event.preventDefault());
document.addEventListener("dunlint:language", draw);
draw();
