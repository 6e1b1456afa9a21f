// Bundles test/*.test.ts for Node and runs them with its own runner: `node test.mjs [NAME …]`.
import { build } from "esbuild";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const wanted = process.argv.slice(2);
const tests = readdirSync(join(here, "test"))
  .filter((file) => file.endsWith(".test.ts"))
  .filter((file) => wanted.length === 0 || wanted.some((name) => file.startsWith(name)));
const outdir = mkdtempSync(join(here, "node_modules/.tests-"));
let status = 1;
try {
  await build({
    absWorkingDir: here,
    entryPoints: tests.map((file) => join("test", file)),
    outdir,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    platform: "node",
    format: "esm",
    sourcemap: "inline",
    external: ["node:*", "jsdom"],
    logLevel: "warning",
  });
  const files = readdirSync(outdir).map((file) => join(outdir, file));
  status = spawnSync(process.execPath, ["--enable-source-maps", "--test", ...files], { stdio: "inherit" }).status ?? 1;
} finally {
  rmSync(outdir, { recursive: true, force: true });
}
process.exit(status);
