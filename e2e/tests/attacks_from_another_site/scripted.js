// Tries everything that a page of another origin can do by script, and answers with a list of what worked.
const [{ server, document: id, image, routes, body }, done] = arguments;
const got = [];
const within = (ms, promise, otherwise) =>
  Promise.race([promise, new Promise((over) => setTimeout(() => over(otherwise), ms))]);

// Sockets and requests; runs here, and as text in frames whose origin is "null".
const speak = async (server, id, routes, body, say) => {
  const sockets = ["", "gongbei.v1"].map(
    (protocol) =>
      new Promise((over) => {
        const socket = new WebSocket(`${server.replace("http", "ws")}/sync/${id}`, protocol ? [protocol] : []);
        socket.onopen = () => over(say(`a socket opened (${protocol || "stock"}) from ${origin}`));
        socket.onclose = over;
      }),
  );
  const json = JSON.stringify(body);
  const form = new FormData();
  for (const [name, value] of Object.entries(body)) form.append(name, JSON.stringify(value));
  const bodies = [
    [json, "text/plain"],
    [json, "text/plain;application/json"],
    [new URLSearchParams({ title: "HACKED", kind: "page", name: "HACKED" }), undefined],
    [form, undefined],
    [new Blob([json]), undefined],
    [json, "application/json"],
  ];
  const asks = [];
  for (const [method, path] of routes)
    for (const [body, type] of bodies)
      for (const mode of ["cors", "no-cors"]) {
        if (mode === "no-cors" && (method !== "POST" || type === "application/json")) continue;
        const headers = type ? { "content-type": type } : {};
        const answered = (answer) => {
          if (answer.type !== "opaque") say(`${method} ${path} (${type}, ${mode}) was answered with ${answer.status} from ${origin}`);
        };
        asks.push(fetch(server + path, { method, mode, body, headers, credentials: "include" }).then(answered, () => {}));
      }
  for (const path of ["/api/session", "/api/documents", `/api/documents/${id}/export?format=json`, "/"])
    asks.push(
      fetch(server + path, { credentials: "include" }).then(
        async (answer) => say(`${path} was read from ${origin}: ${(await answer.text()).slice(0, 60)}`),
        () => {},
      ),
    );
  await Promise.all([...sockets, ...asks]);
};

const framed = (make) =>
  within(
    20000,
    new Promise((over) => {
      const frame = document.createElement("iframe");
      addEventListener("message", (message) => {
        if (message.source !== frame.contentWindow) return;
        if (message.data === "over") over("over");
        else got.push(message.data);
      });
      const args = JSON.stringify([server, id, routes, body]).replaceAll("<", "\\u003c");
      make(
        frame,
        `<script>const say = (what) => parent.postMessage(what, "*"); (${speak})(...${args}, say).then(() => say("over"), (problem) => say("failed: " + problem));<\/script>`,
      );
      document.body.append(frame);
    }),
    "late",
  ).then((how) => how === "over" || got.push("a frame's attack did not come to its end"));

const loads = (tag, attribute, address, more = {}) =>
  within(
    4000,
    new Promise((over) => {
      const element = Object.assign(document.createElement(tag), more);
      element.onload = () => {
        // A frame or an object "loads" its error page, too; what it shows is looked at from outside.
        if (tag === "img" || tag === "script" || tag === "link") got.push(`${tag} loaded ${address}`);
        over();
      };
      element.onloadeddata = () => over(got.push(`${tag} loaded ${address}`));
      element.onerror = over;
      element[attribute] = address;
      document.body.append(element);
    }),
  );

const secrets = [image, "/api/session", "/api/documents", `/api/documents/${id}/export?format=html`, `/documents/${id}`];
const elements = secrets.flatMap((path) => [
  loads("img", "src", server + path),
  loads("script", "src", server + path),
  loads("video", "src", server + path),
  loads("link", "href", server + path, { rel: "stylesheet" }),
]);

Promise.all([
  speak(server, id, routes, body, (what) => got.push(what)),
  framed((frame, html) => {
    frame.setAttribute("sandbox", "allow-scripts allow-forms");
    frame.srcdoc = html;
  }),
  framed((frame, html) => (frame.src = `data:text/html;charset=utf-8,${encodeURIComponent(html)}`)),
  ...elements,
]).then(
  () => done(got),
  (problem) => done([`the attack itself failed: ${problem}`]),
);
