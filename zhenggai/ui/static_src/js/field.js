// /field/ on a phone: a visit goes into an outbox in the phone (IndexedDB) the moment it is saved, and from there to the
// server as soon as there is a signal. Each has a number made here: sent twice, it arrives once.
const page = document.querySelector("[data-field]");
const STORE = "outbox";

const opened = () =>
  new Promise((resolve, reject) => {
    const asked = indexedDB.open("zhenggai-field", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(STORE, { keyPath: "client_id" });
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
const within = async (mode, work) => {
  const database = await opened();
  try {
    return await new Promise((resolve, reject) => {
      const change = database.transaction(STORE, mode);
      const asked = work(change.objectStore(STORE));
      change.oncomplete = () => resolve(asked.result);
      change.onerror = () => reject(change.error);
      change.onabort = () => reject(change.error); // a full phone
    });
  } finally {
    database.close();
  }
};
const mine = async () => {
  const rows = await within("readonly", (store) => store.getAll());
  return rows.filter((row) => row.person === page.dataset.field);
};

const whereAmI = () =>
  new Promise((resolve) => {
    if (!navigator.geolocation) return resolve(null);
    const asked = { enableHighAccuracy: true, timeout: 8000, maximumAge: 60000 };
    navigator.geolocation.getCurrentPosition((found) => resolve(found.coords), () => resolve(null), asked);
  });

const say = (words, bad) => {
  const bar = page.querySelector("[data-net]");
  bar.hidden = !words;
  bar.classList.toggle("is-bad", Boolean(bad));
  bar.querySelector("span").textContent = words;
};
const tell = async () => {
  const rows = await mine();
  const photos = rows.reduce((sum, row) => sum + row.fields.filter(([name]) => name === "photos").length, 0);
  const kept = rows.length ? `存在手机里：${rows.length}处、${photos}张照片` : "";
  const trouble = rows.find((row) => row.error);
  if (trouble) say(`${trouble.title}没有收下：${trouble.error}`, true);
  else if (navigator.onLine) say(kept && `${kept}，正在发送`);
  else say(`没有信号${kept && `，${kept}`}；有信号后自动发送`);
  for (const form of page.querySelectorAll("form[data-visit]"))
    form.closest("details").classList.toggle("is-kept", rows.some((row) => row.url === form.getAttribute("action")));
};

const sendOne = async (row, token) => {
  const body = new FormData();
  for (const [name, value, file] of row.fields) file ? body.append(name, value, file) : body.append(name, value);
  body.set("csrfmiddlewaretoken", token);
  const answer = await fetch(row.url, { method: "POST", body, headers: { Accept: "application/json" } });
  const said = (answer.headers.get("Content-Type") || "").includes("json") ? await answer.json() : null;
  if (answer.ok && said?.received) return within("readwrite", (store) => store.delete(row.client_id));
  const error = said?.error || (answer.redirected || answer.status === 403 ? "请重新登录后再发送" : "服务器没有答复，稍后再发");
  return within("readwrite", (store) => store.put({ ...row, error }));
};
let sending = false;
const sendAll = async () => {
  if (sending || !navigator.onLine) return tell();
  sending = true;
  try {
    const token = page.querySelector("[name=csrfmiddlewaretoken]").value;
    const rows = await mine();
    for (const row of rows) await sendOne(row, token);
    const left = await mine();
    if (rows.length > left.length) say(`已发送${rows.length - left.length}处`);
    else await tell();
  } catch {
    await tell(); // the signal went; the outbox is as it was
  } finally {
    sending = false;
  }
};

const save = async (form) => {
  const fields = [];
  for (const [name, value] of new FormData(form)) {
    if (value instanceof File && !value.size) continue;
    fields.push(value instanceof File ? [name, value, value.name] : [name, value]);
  }
  const at = await whereAmI();
  const own = { client_id: crypto.randomUUID(), made_at: new Date().toISOString() };
  if (at) Object.assign(own, { latitude: at.latitude.toFixed(6), longitude: at.longitude.toFixed(6), accuracy: Math.round(at.accuracy) });
  const kept = fields.filter(([name]) => !(name in own) && !["latitude", "longitude", "accuracy"].includes(name));
  const row = { client_id: own.client_id, person: page.dataset.field, url: form.getAttribute("action"), title: form.dataset.visit,
    fields: [...kept, ...Object.entries(own)] };
  await within("readwrite", (store) => store.put(row));
  form.reset();
  form.dataset.dirty = "";
  form.closest("details").open = false;
  await tell();
  await sendAll();
};

if (page && "indexedDB" in window) {
  page.addEventListener("submit", (event) => {
    if (!event.target.matches("form[data-visit]")) return;
    event.preventDefault();
    const button = event.target.querySelector("button:not([type=button])");
    button.disabled = true;
    save(event.target)
      .catch(() => say("手机存储满了，没有存下。请腾出空间再按一次", true))
      .finally(() => (button.disabled = false));
  });
  window.addEventListener("online", sendAll);
  window.addEventListener("offline", tell);
  sendAll();
  navigator.serviceWorker?.register(page.dataset.worker, { scope: "/field/" }).catch(() => {});
}
