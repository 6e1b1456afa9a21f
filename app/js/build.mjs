// Bundles the editor view into one ESM file: `node build.mjs OUTPUT_DIR`. Prints its size and keeps it in its budget.
import { build } from "esbuild";
import { mkdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync } from "node:zlib";

const BUDGET_BROTLI = 120 * 1024;

const here = dirname(fileURLToPath(import.meta.url));
const into = resolve(process.argv[2] ?? join(here, "dist"));
const outfile = join(into, "editor.js");

mkdirSync(into, { recursive: true });
await build({
  absWorkingDir: here,
  entryPoints: ["src/main.ts"],
  outfile,
  bundle: true,
  minify: true,
  format: "esm",
  target: ["chrome96", "safari16", "firefox115"],
  legalComments: "none",
  logLevel: "warning",
});

const code = readFileSync(outfile);
const packed = brotliCompressSync(code).length;
const kib = (bytes) => `${(bytes / 1024).toFixed(1)} KiB`;
console.log(`editor.js: ${kib(code.length)}, ${kib(packed)} brotli (budget ${kib(BUDGET_BROTLI)})`);
if (packed > BUDGET_BROTLI) {
  console.error(`editor.js is over its budget by ${kib(packed - BUDGET_BROTLI)}`);
  process.exit(1);
}
