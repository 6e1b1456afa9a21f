// Bundles the editor view, and what sends files, into an ESM file each: `node build.mjs OUTPUT_DIR`. Prints their sizes
// and keeps them in their budgets.
import { build } from "esbuild";
import { mkdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync } from "node:zlib";

/** Bytes as brotli sends them. */
const BUNDLES = [
  { name: "editor", entry: "src/main.ts", budget: 120 * 1024 },
  { name: "uploads", entry: "src/uploads.ts", budget: 20 * 1024 },
];

const here = dirname(fileURLToPath(import.meta.url));
const into = resolve(process.argv[2] ?? join(here, "dist"));
const kib = (bytes) => `${(bytes / 1024).toFixed(1)} KiB`;

mkdirSync(into, { recursive: true });
for (const { name, entry, budget } of BUNDLES) {
  const outfile = join(into, `${name}.js`);
  await build({
    absWorkingDir: here,
    entryPoints: [entry],
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
  console.log(`${name}.js: ${kib(code.length)}, ${kib(packed)} brotli (budget ${kib(budget)})`);
  if (packed > budget) {
    console.error(`${name}.js is over its budget by ${kib(packed - budget)}`);
    process.exit(1);
  }
}
