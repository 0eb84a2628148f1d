// <textarea data-count minlength maxlength>: how much is written, how much is missing.
function words(area) {
  const written = [...area.value].length;
  if (area.minLength > written) return `已写${written}字，还差${area.minLength - written}字`;
  return area.maxLength > 0 ? `已写${written}字，最多${area.maxLength}字` : `已写${written}字`;
}

function show(area) {
  let note = area.nextElementSibling;
  if (!note?.hasAttribute("data-counter")) {
    note = document.createElement("p");
    note.className = "form-hint";
    note.dataset.counter = "";
    area.after(note);
  }
  note.textContent = words(area);
}

document.addEventListener("input", (event) => {
  if (event.target.matches("[data-count]")) show(event.target);
});
document.addEventListener("htmx:load", () => document.querySelectorAll("[data-count]").forEach(show));
