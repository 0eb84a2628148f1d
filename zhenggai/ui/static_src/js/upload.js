// [data-filedrop]: files are chosen, dropped or photographed, looked at one by one, and sent with their progress. What is
// refused is named with its reason and stays behind; when the form comes back with errors, the files are still there.
import { toast } from "./toasts.js";

const MEGABYTE = 1048576;
const chosen = new WeakMap(); // drop → [{ file, why }]
const sending = new WeakSet();

const size = (bytes) => (bytes < MEGABYTE ? `${Math.max(Math.round(bytes / 1024), 1)}千字节` : `${(bytes / MEGABYTE).toFixed(1)}兆字节`);
const input = (drop) => drop.querySelector('input[type="file"]:not([data-camera])');
const same = (one, other) => one.name === other.name && one.size === other.size && one.lastModified === other.lastModified;

function refusal(drop, file, taken) {
  const limit = Number(drop.dataset.limit);
  const ending = file.name.includes(".") ? file.name.split(".").pop().toLowerCase() : "";
  if (!drop.dataset.endings.split(" ").includes(ending)) return "不是能收的文件";
  if (file.size === 0) return "是空文件";
  if (file.size > limit) return `有${size(file.size)}，超过上限${limit / MEGABYTE}兆字节`;
  if (taken >= Number(drop.dataset.most)) return `一次最多${drop.dataset.most}个，这个请下次再传`;
  return "";
}

function row(drop, one) {
  const item = document.createElement("li");
  const words = document.createElement("span");
  const note = document.createElement("small");
  const away = document.createElement("button");
  words.textContent = one.why ? `“${one.file.name}”${one.why}，不会上传` : one.file.name;
  note.textContent = one.why ? "" : size(one.file.size);
  item.classList.toggle("is-refused", Boolean(one.why));
  away.type = "button";
  away.className = "btn btn-sm";
  away.textContent = "移除";
  away.setAttribute("aria-label", `移除${one.file.name}`);
  away.addEventListener("click", () => {
    show(drop, chosen.get(drop).filter((other) => other !== one));
    drop.querySelector("li button, input")?.focus();
  });
  item.append(words, note, away);
  return item;
}

function show(drop, files) {
  let taken = 0;
  const judged = files.map(({ file }) => {
    const why = refusal(drop, file, taken);
    taken += why ? 0 : 1;
    return { file, why };
  });
  const carrier = new DataTransfer();
  judged.filter((one) => !one.why).forEach((one) => carrier.items.add(one.file));
  chosen.set(drop, judged);
  input(drop).files = carrier.files;
  const list = drop.querySelector("[data-chosen]");
  list.replaceChildren(...judged.map((one) => row(drop, one)));
  list.hidden = judged.length === 0;
}

function add(drop, files) {
  const before = chosen.get(drop) ?? [];
  const fresh = [...files].filter((file) => !before.some((one) => same(one.file, file)));
  show(drop, [...before, ...fresh.map((file) => ({ file }))]);
  const form = drop.closest("form[data-dirty]");
  if (form && fresh.length) form.dataset.dirty = "yes";
}

document.addEventListener("change", (event) => {
  const drop = event.target.matches('input[type="file"]') && event.target.closest("[data-filedrop]");
  if (drop) add(drop, event.target.files);
});

// ── dropped from a folder ────────────────────────────────────────────────────
const dropOf = (event) => (event.dataTransfer?.types.includes("Files") ? event.target.closest?.("[data-filedrop]") : null);

document.addEventListener("dragover", (event) => {
  document.querySelectorAll("[data-filedrop]").forEach((one) => one.classList.toggle("is-over", one === dropOf(event)));
  if (document.querySelector("[data-filedrop]") && event.dataTransfer?.types.includes("Files")) event.preventDefault();
});
document.addEventListener("drop", (event) => {
  const drop = dropOf(event);
  document.querySelectorAll("[data-filedrop]").forEach((one) => one.classList.remove("is-over"));
  // A file that misses the place must not replace the page, and with it what was typed.
  if (document.querySelector("[data-filedrop]") && event.dataTransfer?.types.includes("Files")) event.preventDefault();
  if (drop) add(drop, event.dataTransfer.files);
});

// ── sent with progress ───────────────────────────────────────────────────────
function release(form, dirty) {
  sending.delete(form);
  form.dispatchEvent(new CustomEvent("htmx:afterRequest", { bubbles: true, detail: { elt: form } })); // guard.js
  if (form.matches("[data-dirty]")) form.dataset.dirty = dirty;
  form.querySelectorAll("[data-filedrop] progress").forEach((bar) => (bar.hidden = true));
}

/** The form as the server sends it back, with its errors; the files that were chosen are put into it again. */
function sentBack(form, page) {
  const main = document.getElementById("main");
  const fresh = page.getElementById("main");
  const kept = [...form.querySelectorAll("[data-filedrop]")].map((drop) => chosen.get(drop) ?? []);
  if (kept.some((files) => files.length)) fresh.querySelector("[data-files-lost]")?.remove();
  const box = document.getElementById("toasts");
  if (box) fresh.querySelector("#toasts")?.replaceWith(box);
  main.replaceChildren(...fresh.childNodes);
  document.querySelectorAll("[data-filedrop]").forEach((drop, at) => kept[at]?.length && show(drop, kept[at]));
  document.dispatchEvent(new CustomEvent("htmx:load", { detail: { elt: main } }));
  window.scrollTo(0, 0);
  main.querySelector('[role="alert"], .zg-err')?.scrollIntoView({ block: "center" });
}

function answered(form, request) {
  const where = request.getResponseHeader("X-Location");
  release(form, where ? "sent" : "yes");
  if (where) {
    window.location.assign(where);
    return;
  }
  const page = new DOMParser().parseFromString(request.responseText, "text/html");
  if (request.status === 422 && page.getElementById("main")) sentBack(form, page);
  else toast(`没有办成：${page.querySelector(".zg-say, h1")?.textContent.trim() || request.status}。内容还在本页`);
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  const drops = [...form.querySelectorAll("[data-filedrop]")];
  if (event.defaultPrevented || !drops.some((drop) => input(drop).files.length)) return;
  event.preventDefault();
  if (sending.has(form)) return;
  sending.add(form);
  const request = new XMLHttpRequest();
  const bars = drops.map((drop) => drop.querySelector("progress"));
  bars.forEach((bar) => (bar.hidden = false));
  request.upload.addEventListener("progress", ({ loaded, total }) => {
    bars.forEach((bar) => (bar.value = total ? Math.round((loaded * 100) / total) : 0));
  });
  request.addEventListener("load", () => answered(form, request));
  request.addEventListener("error", () => {
    release(form, "yes");
    toast("没有连上服务器，内容和文件还在本页，请再试一次");
  });
  request.open("POST", form.action);
  request.setRequestHeader("X-Upload", "1");
  request.send(new FormData(form, event.submitter));
});
