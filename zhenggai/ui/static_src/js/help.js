// "?" shows the page's own keys, where it has a dialog of them.
import { letterKey } from "./keys.js";

document.addEventListener("keydown", (event) => {
  const dialog = document.getElementById("keys-help");
  if (!dialog || event.key !== "?" || !letterKey(event)) return;
  event.preventDefault();
  if (!dialog.open) dialog.showModal();
});
