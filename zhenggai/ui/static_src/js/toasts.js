// Toasts can be closed; those that only confirm something leave by themselves.
const STAY = 10000;
const box = document.getElementById("toasts");

export function toast(text, tone = "red") {
  if (!box) return;
  const node = document.createElement("div");
  node.className = `zg-toast zg-toast--${tone}`;
  node.setAttribute("role", tone === "red" ? "alert" : "status");
  const words = document.createElement("span");
  words.textContent = text;
  const close = document.createElement("button");
  close.type = "button";
  close.dataset.close = "";
  close.textContent = "关闭";
  node.append(words, close);
  box.append(node);
}

function leaveLater(node) {
  if (node.getAttribute("role") === "alert" || node.querySelector("a")) return;
  setTimeout(() => (node.matches(":hover, :focus-within") ? leaveLater(node) : node.remove()), STAY);
}

if (box) {
  box.querySelectorAll(".zg-toast").forEach(leaveLater);
  new MutationObserver((changes) => {
    for (const change of changes) {
      change.addedNodes.forEach((node) => node.nodeType === Node.ELEMENT_NODE && leaveLater(node));
    }
  }).observe(box, { childList: true });
  box.addEventListener("click", (event) => {
    if (event.target.closest("[data-close]")) event.target.closest(".zg-toast").remove();
  });
}
