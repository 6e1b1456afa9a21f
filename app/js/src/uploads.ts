// Sends files by the tus protocol (https://tus.io/protocols/resumable-upload) and walks dropped folders. A bundle of its
// own: only who puts files in loads it. What is sent, and when, the program around it decides.
import { DetailedError, Upload } from "tus-js-client";

export interface Host {
  /** The server knows of the file: it goes on at this address, whatever happens to this page. */
  begun(address: string): void;
  /** Bytes of it that were sent. A cut line may take some back. */
  sent(bytes: number): void;
  /** The line is cut, or the server is away. It is tried again by itself. */
  cut(): void;
  /** The server says no: the status of its answer, and its body. */
  refused(status: number, body: string): void;
  /** All of it is there. */
  done(): void;
}

export interface Options {
  /** Where files are announced. */
  endpoint: string;
  /** Where this one goes on, if it was begun before. */
  address: string | null;
  name: string;
  /** What every request of this page says of it. */
  headers: Record<string, string>;
}

export interface Sending {
  /** Stops sending. What is on the server stays there. */
  pause(): void;
  /** Goes on, or tries again at once. */
  goOn(): void;
}

/** Larger bodies are refused by proxies; smaller ones would wait for an answer more often than send. */
const CHUNK = 32 * 1024 * 1024;
/** Milliseconds to the next try, the last one from then on. */
const DELAYS = [1_000, 2_000, 4_000, 8_000, 15_000, 30_000];
/** Answers of whoever stands in between, or of a server that has too much to do. */
const PASSING = [408, 409, 423, 425, 429, 500, 502, 503, 504];

export function send(file: File, options: string, host: Host): Sending {
  const { endpoint, address, name, headers } = JSON.parse(options) as Options;
  let tries = 0;
  let waiting: ReturnType<typeof setTimeout> | undefined;
  let running = false;

  const upload = new Upload(file, {
    endpoint,
    uploadUrl: address,
    headers,
    metadata: { filename: name },
    chunkSize: CHUNK,
    // The server lists what is on its way, so nothing is kept on this device.
    storeFingerprintForResuming: false,
    retryDelays: null,
    onUploadUrlAvailable: () => upload.url && host.begun(upload.url),
    onProgress: (bytes) => {
      tries = 0;
      host.sent(bytes);
    },
    onSuccess: () => {
      end();
      host.done();
    },
    onError: (error) => {
      running = false;
      const response = error instanceof DetailedError ? error.originalResponse : null;
      const status = response?.getStatus() ?? 0;
      if (status !== 0 && !PASSING.includes(status)) {
        end();
        return host.refused(status, response?.getBody() ?? "");
      }
      host.cut();
      // Many pages of one school come back at once: each at a time of its own.
      const delay = DELAYS[Math.min(tries++, DELAYS.length - 1)] * (0.5 + Math.random() / 2);
      waiting = setTimeout(start, delay);
    },
  });

  const start = () => {
    clearTimeout(waiting);
    if (running) return;
    running = true;
    upload.start();
  };
  const end = () => {
    running = false;
    clearTimeout(waiting);
    removeEventListener("online", start);
  };
  const goOn = () => {
    addEventListener("online", start);
    start();
  };
  goOn();
  return {
    pause: () => {
      end();
      // What was being sent may have arrived in part: the next start asks how much.
      void upload.abort();
    },
    goOn,
  };
}

export interface Found {
  file: File;
  /** Folders and name, with `/` between them. */
  path: string;
}

/** More would be a whole disk, dropped by mistake. */
const MOST_FILES = 500;

/** The files of dropped entries, folders unfolded, in the order of their names. Those that can't be read are left out. */
export async function walk(entries: FileSystemEntry[]): Promise<Found[]> {
  const found: Found[] = [];
  const visit = async (entry: FileSystemEntry, folder: string): Promise<void> => {
    if (found.length >= MOST_FILES) return;
    const path = folder + entry.name;
    if (entry.isFile) {
      const file = await fileOf(entry as FileSystemFileEntry);
      // What systems put into folders for themselves.
      if (file && !/^(\.|~\$|Thumbs\.db$|desktop\.ini$)/i.test(entry.name)) found.push({ file, path });
    } else if (!entry.name.startsWith(".")) {
      const inside = await entriesOf(entry as FileSystemDirectoryEntry);
      inside.sort((one, other) => one.name.localeCompare(other.name, "zh-CN", { numeric: true }));
      for (const below of inside) await visit(below, `${path}/`);
    }
  };
  for (const entry of entries) await visit(entry, "");
  return found;
}

const fileOf = (entry: FileSystemFileEntry) =>
  new Promise<File | null>((resolve) => entry.file(resolve, () => resolve(null)));

/** A reader gives at most 100 at a time, and none at the end. */
async function entriesOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve) => reader.readEntries(resolve, () => resolve([])));
    if (some.length === 0) return all;
    all.push(...some);
  }
}
