// node upload.mjs SITE TOKEN: tus-js-client as it comes from npm, told what to do by JSON lines on standard input, answering
// one JSON line each. `{"file": path, "url": null, "stop_after": bytes or null, "chunk": bytes or null}` sends a file, or
// goes on with it at `url`, and ends early after so many bytes, as a page does that is closed.
import { createReadStream, statSync } from "node:fs";
import { basename } from "node:path";
import { createInterface } from "node:readline";
import { Upload } from "tus-js-client";

const [site, token] = process.argv.slice(2);

function send({ file, url, stop_after, chunk, end }) {
  return new Promise((done) => {
    const upload = new Upload(createReadStream(file), {
      endpoint: `${site}/api/uploads`,
      uploadUrl: url ?? null,
      uploadSize: statSync(file).size,
      chunkSize: chunk ?? 8 << 20,
      retryDelays: [0, 20, 50, 100, 200, 400, 800, 1600],
      headers: { authorization: `Bearer ${token}` },
      metadata: { filename: basename(file) },
      storeFingerprintForResuming: false,
      onError: (error) => done({ url: upload.url, error: String(error.originalResponse?.getStatus() ?? error) }),
      onSuccess: () => done({ url: upload.url, sent: upload.options.uploadSize }),
      onProgress: (sent) => {
        if (stop_after !== null && stop_after !== undefined && sent >= stop_after) {
          stop_after = null;
          upload.abort(end === true).then(() => done({ url: upload.url, stopped: sent }));
        }
      },
    });
    upload.start();
  });
}

for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(await send(JSON.parse(line))));
}
