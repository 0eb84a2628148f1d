// Looking at one file after another: ← and → follow [data-prev] and [data-next] where there is a [data-viewer].
import { letterKey } from "./keys.js";

const WAYS = { ArrowLeft: "[data-prev]", ArrowRight: "[data-next]" };

document.addEventListener("keydown", (event) => {
  const way = WAYS[event.key];
  if (!way || !document.querySelector("[data-viewer]") || !letterKey(event)) return;
  if (event.target.closest(".zg-scroll, .zg-words")) return; // there the keys scroll
  const link = document.querySelector(way);
  if (!link) return;
  event.preventDefault();
  link.click();
});
