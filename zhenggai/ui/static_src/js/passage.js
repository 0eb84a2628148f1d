// Intake: a field with data-start and data-end lights its passage of the source, which is cut by the server
// into spans with the same attributes inside [data-source]. J/K follow [data-next]/[data-prev], Enter accepts, A adds
// a task that the reading left out.
import { actionKey, letterKey } from "./keys.js";

const LIT = "zg-lit--on";
const range = (node) => [Number(node.dataset.start), Number(node.dataset.end)];

function light(field) {
  const source = document.querySelector("[data-source]");
  if (!source) return;
  const [start, end] = range(field);
  source.querySelectorAll("[data-start]").forEach((span) => {
    const [from, to] = range(span);
    span.classList.toggle(LIT, from < end && to > start);
  });
  source.querySelector(`.${LIT}`)?.scrollIntoView({ block: "center" });
}

const fieldOf = (node) => {
  const field = node.closest("[data-start]");
  return field?.closest("[data-source]") ? null : field;
};

function lightAt(event) {
  const field = fieldOf(event.target);
  if (field) light(field);
}
document.addEventListener("focusin", lightAt);
document.addEventListener("click", lightAt);
document.addEventListener("htmx:load", () => {
  const first = document.querySelector("[data-start][data-first]");
  if (first) light(first);
});

// Of 300 tasks the one at hand is in sight.
document.querySelector(".zg-jump--scroll [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });

function follow(event, selector) {
  const control = document.querySelector(selector);
  if (!control || control.getAttribute("aria-disabled") === "true") return;
  event.preventDefault();
  control.click();
}

document.addEventListener("keydown", (event) => {
  const key = event.key.toLowerCase();
  if (key === "j" && letterKey(event)) follow(event, "[data-next]");
  if (key === "k" && letterKey(event)) follow(event, "[data-prev]");
  if (key === "a" && letterKey(event)) follow(event, "[data-add]");
  if (key === "enter" && actionKey(event)) follow(event, "[data-accept]");
});
