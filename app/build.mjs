// Trunk's post_build hook: bundles styles, scripts and the editor into the staging folder under names that carry
// their content's hash, and writes them into the page of each program: index.html, office.html, library.html, tutoring.html. There
// is no inline script or style, for a strict CSP.
import { createHash } from "node:crypto";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";

const app = import.meta.dirname;
const staging = process.env.TRUNK_STAGING_DIR;
if (!staging) throw new Error("TRUNK_STAGING_DIR is not set: trunk runs this file");
// The one esbuild is the editor's.
const { build } = createRequire(join(app, "js/package.json"))("esbuild");
const target = ["chrome96", "safari16"];

/** Puts `bytes` into the staging folder as name-hash.ending and returns its address. */
const place = (name, ending, bytes) => {
  const hash = createHash("sha256").update(bytes).digest("hex").slice(0, 16);
  writeFileSync(join(staging, `${name}-${hash}.${ending}`), bytes);
  return `/${name}-${hash}.${ending}`;
};

const bundled = async (entry, options) => {
  const made = await build({ entryPoints: [join(app, entry)], bundle: true, minify: true, write: false, target, logLevel: "warning", ...options });
  return made.outputFiles[0].contents;
};

/** app/js has its own build, which writes editor.js and uploads.js into a folder; here they only get their hashed names. */
const lazy = () => {
  const folder = mkdtempSync(join(tmpdir(), "gongbei-editor-"));
  try {
    execFileSync(process.execPath, [join(app, "js/build.mjs"), folder], { stdio: "inherit" });
    const named = (name) => place(name, "js", readFileSync(join(folder, `${name}.js`)));
    return { editor: named("editor"), uploads: named("uploads") };
  } finally {
    rmSync(folder, { recursive: true });
  }
};

/** A wasm module without the names of its functions and of the tools that made it, which no browser needs. */
const bare = (wasm) => {
  const kept = [wasm.subarray(0, 8)];
  let at = 8;
  const number = () => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = wasm[at++];
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
  };
  while (at < wasm.length) {
    const begin = at;
    const custom = wasm[at++] === 0;
    const length = number();
    const end = at + length;
    const named = custom ? number() : 0;
    if (!["name", "producers"].includes(wasm.toString("latin1", at, at + named))) kept.push(wasm.subarray(begin, end));
    at = end;
  }
  return Buffer.concat(kept);
};

/** Takes what cargo and wasm-bindgen made of a program; Trunk hashes the names of the first one only. */
const program = (name) => {
  const taken = (ending) => {
    const names = readdirSync(staging).filter((file) => file.startsWith(name) && file.endsWith(ending));
    if (names.length !== 1) throw new Error(`expected one ${name}*${ending} in ${staging}, found ${names.length}`);
    const bytes = readFileSync(join(staging, names[0]));
    rmSync(join(staging, names[0]));
    return bytes;
  };
  const wasm = bare(taken("_bg.wasm"));
  const hash = createHash("sha256").update(wasm).digest("hex").slice(0, 16);
  writeFileSync(join(staging, `${name}-${hash}_bg.wasm`), wasm);
  return { script: place(name, "js", taken(".js")), wasm: `/${name}-${hash}_bg.wasm`, wasmBytes: wasm.length };
};

const style = place("style", "css", await bundled("style/index.css", {}));
const officeStyle = place("office", "css", await bundled("style/office.css", {}));
const libraryStyle = place("library", "css", await bundled("style/library.css", {}));
const tutoringStyle = place("tutoring", "css", await bundled("style/tutoring.css", {}));
const first = place("first", "js", await bundled("static/first.js", { target: ["es5"] }));
const loader = place("loader", "js", await bundled("static/loader.js", { format: "esm", target: ["chrome96", "safari16"] }));
const icon = place("icon", "svg", readFileSync(join(app, "static/icon.svg")));

const head = (names, styles) => [
  `<meta name="gongbei" content='${JSON.stringify(names)}'>`,
  `<link rel="icon" type="image/svg+xml" href="${icon}">`,
  `<script src="${first}"></script>`,
  ...styles.map((style) => `<link rel="stylesheet" href="${style}">`),
  `<link rel="modulepreload" href="${names.script}">`,
  `<link rel="preload" as="fetch" type="application/wasm" href="${names.wasm}" crossorigin>`,
  `<script type="module" src="${loader}"></script>`,
].join("\n");
const template = readFileSync(join(staging, "index.html"), "utf8")
  .replace(/<!-- build\.mjs[^]*?-->\s*/, "")
  .replace("<!--icons-->", readFileSync(join(app, "icons.svg"), "utf8").replace(/>\s+</g, "><"))
  .replace(/<link[^>]*data-trunk[^>]*>\s*/g, "");
const write = (page, names, styles) => {
  const path = join(staging, page);
  writeFileSync(`${path}.new`, template.replace("<!--head-->", head(names, styles)));
  renameSync(`${path}.new`, path);
};
const { editor, uploads } = lazy();
write("index.html", { ...program("app"), editor }, [style]);
write("office.html", program("office"), [style, officeStyle]);
write("library.html", { ...program("library"), uploads }, [style, libraryStyle]);
write("tutoring.html", { ...program("tutoring"), editor }, [style, tutoringStyle]);
