// Ctrl+K goes to the search of the whole system, "/" to the search of this page where it has one.
import { letterKey } from "./keys.js";

document.addEventListener("keydown", (event) => {
  const everywhere = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k";
  const here = event.key === "/" && letterKey(event);
  if (!everywhere && !here) return;
  const box = (here && document.querySelector("[data-find]")) || document.querySelector("[data-search]");
  if (!box) return;
  event.preventDefault();
  box.focus();
  box.select();
});
