// Images: taken from the clipboard, a drop or the file picker, checked, uploaded, and only then part of the document.
import type { Node } from "prosemirror-model";
import { Plugin, PluginKey, type Transaction } from "prosemirror-state";
import { Decoration, DecorationSet, type EditorView } from "prosemirror-view";
import type { Host, Labels, Options } from "./bridge";
import { scaled, selectedImage } from "./commands";
import { schema } from "./schema";

const TYPES = ["image/png", "image/jpeg", "image/gif", "image/webp"];
const DEFAULT_LIMIT = 20 * 1024 * 1024;

const key = new PluginKey<DecorationSet>("gongbei-images");

interface Upload {
  pos: number;
  file: () => Promise<Blob>;
  name: string;
  alt: string | null;
  /** It comes in the place of the image at `pos`. */
  instead?: boolean;
}

type Meta = { add: (Pick<Upload, "pos" | "name" | "instead"> & { id: number })[] } | { remove: number };

/** An image that was pasted but can't be read: not this person's to see, or broken. */
export class Unreachable extends Error {}

export class Images {
  private nextId = 1;
  /** What waits for a composition to end: touching the DOM beside it could end it. */
  private waiting: (() => void)[] = [];
  private view: EditorView | undefined;
  /** Pasted images by the mark that stands for them until the paste is in the document. */
  readonly pasted = new Map<string, Omit<Upload, "pos">>();
  count = 0;

  constructor(
    private host: Host,
    private generation: number,
    private options: Options,
    private labels: Labels,
    private composing: () => boolean,
  ) {}

  plugin(): Plugin {
    return new Plugin<DecorationSet>({
      key,
      state: {
        init: () => DecorationSet.empty,
        apply: (tr, set) => {
          const mapped = set.map(tr.mapping, tr.doc);
          const meta = tr.getMeta(key) as Meta | undefined;
          if (!meta) return mapped;
          if ("remove" in meta)
            return mapped.remove(mapped.find(undefined, undefined, (spec) => spec.id === meta.remove));
          return mapped.add(
            tr.doc,
            meta.add.map(({ id, pos, name, instead }) =>
              instead
                ? Decoration.node(pos, pos + 1, { class: "replacing" }, { id, instead })
                : this.placeholder(id, pos, name),
            ),
          );
        },
      },
      view: (view) => {
        this.view = view;
        return {};
      },
      props: {
        decorations: (state) => key.getState(state),
        handleDoubleClickOn: (view, _pos, node) => {
          if (node.type !== schema.nodes.image || !view.editable) return false;
          this.host.command(this.generation, "image");
          return true;
        },
        handleDrop: (view, event) => {
          const files = Array.from(event.dataTransfer?.files ?? []);
          if (!files.length || view.dragging) return false;
          event.preventDefault();
          const place = view.posAtCoords({ left: event.clientX, top: event.clientY });
          this.insert(view, files, place?.pos ?? view.state.selection.from);
          return true;
        },
        handlePaste: (view, event) => {
          const files = Array.from(event.clipboardData?.files ?? []);
          const html = event.clipboardData?.getData("text/html") ?? "";
          const text = event.clipboardData?.getData("text/plain") ?? "";
          // Office programs put a picture of the text beside the text itself: then the text is meant.
          if (!files.length || (text.trim() && html)) return false;
          this.insert(view, files, view.state.selection.from);
          return true;
        },
      },
    });
  }

  /** Opens the browser's file picker, for images to put in at the selection. */
  pick(view: EditorView): boolean {
    askForFiles(true, (files) => {
      if (!view.isDestroyed) this.insert(view, files, view.state.selection.from);
    });
    return true;
  }

  /** Opens the file picker for another picture in the place of the selected one; a chosen size stays. */
  pickInstead(view: EditorView): boolean {
    if (!selectedImage(view.state.selection)) return false;
    askForFiles(false, ([file]) => {
      if (!file || view.isDestroyed || !view.editable || !this.fits(file, file.name)) return;
      const { selection } = view.state;
      if (!selectedImage(selection)) return;
      const upload = { pos: selection.from, file: () => Promise.resolve(file), name: file.name, alt: null };
      view.dispatch(this.startIn(view.state.tr, [{ ...upload, instead: true }]));
    });
    return true;
  }

  /** Uploads files and puts them at `pos`, in their order, each as soon as it is stored. */
  insert(view: EditorView, files: File[], pos: number) {
    if (!view.editable) return;
    const fit = files.filter((file) => this.fits(file, file.name));
    const uploads = fit.map((file) => ({ pos, file: () => Promise.resolve(file), name: file.name, alt: null }));
    if (uploads.length) view.dispatch(this.startIn(view.state.tr, uploads));
  }

  /** Adds the placeholders to `tr` and starts the uploads; positions speak of `tr.doc`. */
  startIn(tr: Transaction, images: Upload[]): Transaction {
    const add = images.map(({ pos, name, instead }) => ({ id: this.nextId++, pos, name, instead }));
    this.count += add.length;
    images.forEach(({ file, name, alt }, i) => void this.upload(add[i].id, file, name, alt));
    return tr.setMeta(key, { add } satisfies Meta);
  }

  /** Where an image of this site lies: "here" if in this document, its path if in another or the library, else null. */
  ownPath(src: string): string | null {
    let url: URL;
    try {
      url = new URL(src, location.href);
    } catch {
      return null;
    }
    if (url.origin !== location.origin) return null;
    const document = /^\/api\/documents\/([\w-]+)\/images\/[\w.-]+$/.exec(url.pathname)?.[1];
    if (document === this.options.documentId) return "here";
    const inLibrary = /^\/api\/items\/[\w-]+\/(images\/[\w.-]+|versions\/\d+\/files\/\d+)$/.test(url.pathname);
    return document || inLibrary ? url.pathname : null;
  }

  /** Remembers an image that came with pasted text; the answer stands for it in the pasted slice. */
  hold(file: () => Promise<Blob>, alt: string | null): string {
    const mark = `upload:${this.nextId++}`;
    this.pasted.set(mark, { file, name: alt ?? this.labels.image, alt });
    return mark;
  }

  /** Does what a composition held up. */
  release() {
    for (const deed of this.waiting.splice(0)) if (!this.view?.isDestroyed) deed();
  }

  fits(file: Blob, name: string): boolean {
    const limit = this.options.maxImageBytes ?? DEFAULT_LIMIT;
    if (!TYPES.includes(file.type)) this.notice("image-type", { name, type: file.type });
    else if (file.size > limit) this.notice("image-too-big", { name, bytes: file.size, limit });
    else return true;
    return false;
  }

  private async upload(id: number, file: () => Promise<Blob>, name: string, alt: string | null) {
    let image: Node | null = null;
    try {
      const blob = await file();
      if (!this.view?.isDestroyed && this.fits(blob, name)) {
        const stored = JSON.parse(await this.host.upload(this.generation, blob, name)) as {
          src: string;
          width?: number;
          height?: number;
        };
        image = schema.nodes.image.create({
          src: stored.src,
          alt,
          width: stored.width ?? null,
          height: stored.height ?? null,
        });
      }
    } catch (error) {
      if (this.view?.isDestroyed) return;
      if (error instanceof Unreachable) this.notice("paste-images", { count: 1, reason: "remote" });
      else this.notice("image-failed", { name, message: messageOf(error) });
    }
    this.count--;
    const { view } = this;
    if (!view || view.isDestroyed) return;
    if (this.composing()) this.waiting.push(() => this.replace(view, id, image));
    else this.replace(view, id, image);
  }

  private replace(view: EditorView, id: number, image: Node | null) {
    const [place] = key.getState(view.state)!.find(undefined, undefined, (spec) => spec.id === id);
    const tr = view.state.tr.setMeta(key, { remove: id } satisfies Meta);
    // Who lost the right to write meanwhile, or whose paragraph was deleted, gets no picture.
    if (image && place?.spec.instead && view.editable) this.putInstead(view, tr, place.from, image);
    else if (image && place && view.editable) {
      const $pos = tr.doc.resolve(place.from);
      if ($pos.parent.inlineContent && $pos.parent.type.contentMatch.matchType(image.type))
        tr.insert(place.from, image);
      else tr.replaceRangeWith(place.from, place.from, image);
    }
    view.dispatch(tr);
  }

  private putInstead(view: EditorView, tr: Transaction, pos: number, image: Node) {
    const old = tr.doc.nodeAt(pos);
    if (old?.type !== image.type) return;
    // The description was of the old picture. A size that was chosen stays; one that was the old file's own becomes the new file's own.
    const { width } = old.attrs;
    const chosen = Number(width) > 0 && width !== naturalWidth(view, pos);
    tr.setNodeAttribute(pos, "src", image.attrs.src);
    tr.setNodeAttribute(pos, "alt", null);
    tr.setNodeAttribute(pos, "title", null);
    tr.setNodeAttribute(pos, "width", chosen ? width : image.attrs.width);
    tr.setNodeAttribute(pos, "height", chosen ? scaled(image, width) : image.attrs.height);
  }

  private placeholder(id: number, pos: number, name: string): Decoration {
    return Decoration.widget(
      pos,
      () => {
        const dom = document.createElement("span");
        dom.className = "upload";
        dom.setAttribute("role", "status");
        dom.textContent = `${this.labels.uploading}${name ? ` ${name}` : ""}`;
        return dom;
      },
      { id, key: `upload-${id}`, side: 1, ignoreSelection: true },
    );
  }

  private notice(code: Parameters<Host["notice"]>[1], detail: object) {
    this.host.notice(this.generation, code, JSON.stringify(detail));
  }
}

function askForFiles(several: boolean, take: (files: File[]) => void) {
  const input = document.createElement("input");
  input.type = "file";
  input.accept = TYPES.join(",");
  input.multiple = several;
  input.addEventListener("change", () => take(Array.from(input.files ?? [])));
  input.click();
}

/** The width of the file behind the image at `pos`; null while it is not loaded. */
export function naturalWidth(view: EditorView, pos: number): number | null {
  const dom = view.nodeDOM(pos);
  return (dom instanceof HTMLImageElement && dom.naturalWidth) || null;
}

function messageOf(error: unknown): string {
  if (error && typeof error === "object" && "message" in error) return String(error.message);
  return String(error);
}
