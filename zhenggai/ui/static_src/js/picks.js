// Ticking rows: [data-pick-all] ticks the whole table, [data-picked] counts what is ticked.
const boxes = (form) => [...form.querySelectorAll("tbody input[type=checkbox]")];

function count(form) {
  const all = boxes(form);
  const picked = all.filter((box) => box.checked).length;
  form.querySelectorAll("[data-picked]").forEach((node) => (node.textContent = `已选${picked}项`));
  const master = form.querySelector("[data-pick-all]");
  if (master) {
    master.checked = picked > 0 && picked === all.length;
    master.indeterminate = picked > 0 && picked < all.length;
  }
}

document.addEventListener("change", (event) => {
  const form = event.target.closest("[data-picks]");
  if (!form) return;
  if (event.target.matches("[data-pick-all]")) boxes(form).forEach((box) => (box.checked = event.target.checked));
  count(form);
});
document.addEventListener("htmx:load", () => document.querySelectorAll("[data-picks]").forEach(count));
