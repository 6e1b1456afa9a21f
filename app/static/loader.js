// Loads the client and says so when the line is slow. Names and sizes stand in <meta name="gongbei">.
const { content } = document.querySelector('meta[name="gongbei"]');
const { script, wasm, wasmBytes, editor, uploads } = JSON.parse(content);
const english = document.documentElement.lang === "en";
const loading = document.getElementById("loading");
const words = document.getElementById("loading-words");
const share = document.getElementById("loading-share");

// The editor comes only when a document is opened, what sends files only with the first file. A failed import() is never
// tried again by the browser under the same address, so a second try gets another one.
let tries = 0;
const lazy = (address) => address && (() => import(tries++ ? `${address}?try=${tries}` : address));
// Who this is, asked while the client is read and compiled: on a slow line that is one wait less. The client takes the
// answer once, and asks itself if there is none.
let session = fetch("/api/session", { signal: AbortSignal.timeout(30_000) }).catch(() => null);
const early = async () => {
  const answer = session;
  session = null;
  return answer;
};
globalThis.gongbei = { editor: lazy(editor), uploads: lazy(uploads), early };

const slow = setTimeout(() => {
  words.textContent = english ? "Still loading" : "网络较慢，还在载入";
  share.hidden = false;
}, 2500);

// Brotli hides the length, so the build says how many bytes there will be.
const counted = (response) => {
  let read = 0;
  const count = new TransformStream({
    transform(chunk, out) {
      read += chunk.length;
      share.value = Math.min(100, (100 * read) / wasmBytes);
      out.enqueue(chunk);
    },
  });
  return new Response(response.body.pipeThrough(count), { headers: { "content-type": "application/wasm" } });
};

const bytes = async () => {
  const response = await fetch(wasm, { credentials: "same-origin" });
  if (!response.ok) throw new Error(`${wasm}: ${response.status}`);
  return counted(response);
};

if (!document.documentElement.hasAttribute("data-old")) {
  try {
    const [client, response] = await Promise.all([import(script), bytes()]);
    await client.default({ module_or_path: response });
    loading.remove();
  } catch (failure) {
    console.error(failure);
    words.textContent = english
      ? "Gongbei did not load. Your work is safe. Check the network, then load again."
      : "没有载入成功。您的内容都在。请检查网络，再重新载入。";
    share.hidden = true;
    const again = document.createElement("button");
    again.className = "button";
    again.textContent = english ? "Load again" : "重新载入";
    again.addEventListener("click", () => location.reload());
    loading.append(again);
  } finally {
    clearTimeout(slow);
  }
}
