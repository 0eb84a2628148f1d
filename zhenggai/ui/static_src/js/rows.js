// Keyboard rows: j/k move, Enter opens, x or Space picks. <table data-rows="#detail"> loads the row's
// data-detail into #detail; where that place is not shown, a click on a row opens its page.
import htmx from "htmx.org";
import { actionKey, letterKey } from "./keys.js";

const WAIT = 120; // holding j must not ask for every row it passes
let timer;

const rows = (table) => [...table.querySelectorAll("tbody tr")].filter((row) => row.querySelector("a[href]"));
const chosen = (table) => table.querySelector('tbody tr[aria-selected="true"]');
const open = (row) => row.querySelector("[data-open], a[href]").click();

const pick = (row) => row.querySelector('input[type="checkbox"]')?.click();

function place(row) {
  const selector = row.closest("[data-rows]").dataset.rows;
  const target = selector && document.querySelector(selector);
  return target?.offsetParent ? target : null;
}

function showDetail(row) {
  const target = place(row);
  clearTimeout(timer);
  if (!target || !row.dataset.detail) return;
  timer = setTimeout(() => htmx.ajax("GET", row.dataset.detail, { source: target, target, swap: "innerHTML" }), WAIT);
}

function select(table, row) {
  chosen(table)?.removeAttribute("aria-selected");
  row.setAttribute("aria-selected", "true");
  row.tabIndex = -1;
  row.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
  showDetail(row);
}

function move(table, step) {
  const all = rows(table);
  const at = all.indexOf(chosen(table));
  const next = all[at < 0 ? 0 : at + step];
  if (next) select(table, next);
}

document.addEventListener("keydown", (event) => {
  const table = event.target.closest("[data-rows]") ?? document.querySelector("[data-rows]");
  if (!table) return;
  const key = event.key.toLowerCase();
  if (key === "enter" && event.target.matches('[data-rows] input[type="checkbox"]')) {
    event.preventDefault(); // it would send the form of what is done to many rows at once
    const own = event.target.closest("tbody tr");
    if (own) open(own);
    return;
  }
  if ((key === "j" || key === "k") && letterKey(event)) move(table, key === "j" ? 1 : -1);
  const row = chosen(table);
  if (key === "x" && row && letterKey(event)) pick(row);
  if (!row || !actionKey(event) || (key !== "enter" && key !== " ")) return;
  event.preventDefault();
  if (key === "enter") open(row);
  else pick(row);
});

document.addEventListener("click", (event) => {
  const row = event.target.closest("[data-rows] tbody tr");
  if (!row?.querySelector("a[href]") || event.target.closest("a, button, input, label, summary, select")) return;
  if (row.dataset.detail && !place(row)) open(row);
  else select(row.closest("[data-rows]"), row);
});
