// What in the page as it stands could run, whether or not it has: a list of complaints.
const complaints = globalThis.__ran.map((what) => `ran: ${what}`);
// Pictures of elsewhere are not loaded, and that is all that may be reported.
complaints.push(...__reports.filter((report) => !report.startsWith("img-src")).map((report) => `reported: ${report}`));
const FOREIGN = ["iframe", "object", "embed", "base", "math", "animate", "set", "foreignobject", "marquee", "xmp", "plaintext"];
const ADDRESSES = ["href", "src", "action", "formaction", "xlink:href", "data", "srcdoc", "poster", "background", "to", "values"];
for (const element of document.querySelectorAll("*")) {
  const tag = element.localName;
  if (FOREIGN.includes(tag) || (tag === "noscript" && element.parentNode !== document.body)) complaints.push(`<${tag}> stands in the page`);
  // Leptos leaves an empty one where its own would stand.
  if (tag === "script" && (element.src ? new URL(element.src).origin !== location.origin : element.textContent !== ""))
    complaints.push(`a script that is not ours: ${element.outerHTML.slice(0, 120)}`);
  if (tag === "style" && !element.sheet?.ownerNode?.isConnected) complaints.push("a style of somebody's");
  if (tag === "meta" && element.httpEquiv.toLowerCase() === "refresh") complaints.push("a refresh");
  for (const { name, value } of element.attributes) {
    if (/^on/i.test(name)) complaints.push(`${tag} has ${name}=${value.slice(0, 80)}`);
    if (name === "style" && /url\(|expression|behavior|-moz-binding/i.test(value)) complaints.push(`${tag} has style=${value.slice(0, 80)}`);
    if (ADDRESSES.includes(name)) {
      const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(value.replace(/[\u0000-\u0020]/g, ""))?.[1]?.toLowerCase();
      const harmless = tag === "img" && /^data:image\/(?!svg)/i.test(value);
      if (["javascript", "vbscript", "data", "file", "filesystem"].includes(scheme) && !harmless && tag !== "img")
        complaints.push(`${tag} has ${name}=${value.slice(0, 80)}`);
    }
  }
}
return complaints;
