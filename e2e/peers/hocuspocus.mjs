// Hocuspocus with its SQLite extension, as its documentation starts it: node hocuspocus.mjs PORT FOLDER

import { mkdirSync } from "node:fs";
import { SQLite } from "@hocuspocus/extension-sqlite";
import { Server } from "@hocuspocus/server";

const [port, folder] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
const server = new Server({
  address: "127.0.0.1",
  port: Number(port),
  quiet: true,
  extensions: [new SQLite({ database: `${folder}/documents.db` })],
});
await server.listen();
