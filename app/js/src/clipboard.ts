// In and out of the clipboard.
import { DOMSerializer, Fragment, type Node, Slice } from "prosemirror-model";
import { NodeSelection, Plugin, Selection, TextSelection, type Transaction } from "prosemirror-state";
import type { Host } from "./bridge";
import { link } from "./commands";
import { type Images, Unreachable } from "./images";
import { cleanHtml, NOT_HERE } from "./paste";
import { picturesIn } from "./rtf";
import { schema } from "./schema";
import { safeColour } from "./values";

/** More than a teacher's book has; past it the browser would stand still for minutes. */
const PASTE_LIMIT = 8 * 1024 * 1024;

export function clipboard(host: Host, generation: number, images: Images): Plugin {
  const notice = (code: Parameters<Host["notice"]>[1], detail: object) =>
    host.notice(generation, code, JSON.stringify(detail));
  let rtf = "";
  return new Plugin({
    // A quote that was dropped would stay selected, and the next letter would take its place.
    appendTransaction: (transactions, _before, { selection, tr }) => {
      const dropped = transactions.some((one) => one.getMeta("uiEvent") === "drop");
      if (!dropped || !(selection instanceof NodeSelection) || selection.node.isAtom) return null;
      return tr.setSelection(Selection.near(selection.$to, -1));
    },
    props: {
      handleDOMEvents: {
        paste: (_view, event) => {
          rtf = event.clipboardData?.getData("text/rtf") ?? "";
          const bytes = ["text/html", "text/plain"].map((type) => event.clipboardData?.getData(type).length ?? 0);
          const size = Math.max(...bytes);
          if (size <= PASTE_LIMIT) return false;
          event.preventDefault();
          notice("paste-too-big", { bytes: size, limit: PASTE_LIMIT });
          return true;
        },
      },
      // An address pasted over words links them.
      handlePaste: (view, event) => {
        const address = event.clipboardData?.getData("text/plain").trim() ?? "";
        const { selection } = view.state;
        if (
          !/^https?:\/\/\S+$/i.test(address) ||
          selection.empty ||
          !(selection instanceof TextSelection) ||
          !selection.$from.sameParent(selection.$to)
        )
          return false;
        return link(address)(view.state, view.dispatch);
      },
      handleClick: (view, _pos, event) => {
        // While writing, a click puts the caret; with Ctrl or ⌘ it follows the link.
        const anchor = event.target instanceof Element ? event.target.closest("a[href]") : null;
        if (!anchor || !(event.ctrlKey || event.metaKey) || !view.editable) return false;
        window.open((anchor as HTMLAnchorElement).href, "_blank", "noopener,noreferrer");
        return true;
      },
      transformPastedHTML: cleanHtml,
      transformPasted: (slice, view) => {
        const { taken, dropped } = takeImages(slice, images, rtf);
        rtf = "";
        if (dropped.remote) notice("paste-images", { count: dropped.remote, reason: "remote" });
        if (dropped.local) notice("paste-images", { count: dropped.local, reason: "local" });
        return withItsAlignment(taken, view.state.selection);
      },
      clipboardSerializer: serializer(),
      clipboardTextSerializer: (slice) => plainText(slice.content),
    },
  });
}

/** Pasted into an empty line, a paragraph that is aligned comes as a whole: open, it would take the line's alignment. */
export function withItsAlignment(slice: Slice, { $from, empty }: Selection): Slice {
  const first = slice.content.firstChild;
  const into = empty && $from.parent.type === schema.nodes.paragraph && $from.parent.content.size === 0;
  const aligned = first?.type === schema.nodes.paragraph && first.attrs.textAlign !== null && slice.openStart === 1;
  return into && aligned ? new Slice(slice.content, 0, slice.openEnd) : slice;
}

/** Own images stay; images that the clipboard holds are kept for upload; others can't be fetched and go. */
function takeImages(
  slice: Slice,
  images: Images,
  rtf: string,
): { taken: Slice; dropped: { remote: number; local: number } } {
  const dropped = { remote: 0, local: 0 };
  let missing = 0;
  slice.content.descendants((node) => void (missing += Number(node.attrs.src === NOT_HERE)));
  const pictures = missing && rtf ? picturesIn(rtf) : [];
  // Only if every picture finds its partner is it sure which is which.
  const found = pictures.length === missing ? pictures : [];
  const take = (node: Node): Node | null => {
    if (node.type !== schema.nodes.image) return node.isLeaf ? node : node.copy(walk(node.content));
    const src = String(node.attrs.src ?? "");
    const alt = typeof node.attrs.alt === "string" ? node.attrs.alt : null;
    const own = images.ownPath(src);
    if (own === "here") return node;
    if (own) return node.type.create({ ...node.attrs, src: images.hold(() => fetchImage(own), alt) }, null, node.marks);
    if (src.startsWith("data:"))
      return node.type.create({ ...node.attrs, src: images.hold(() => fromDataUrl(src), alt) }, null, node.marks);
    const picture = src === NOT_HERE ? found.shift() : null;
    if (picture)
      return node.type.create(
        { ...node.attrs, src: images.hold(() => Promise.resolve(picture), alt) },
        null,
        node.marks,
      );
    if (/^https?:/i.test(src)) dropped.remote++;
    else dropped.local++;
    return null;
  };
  const walk = (content: Fragment): Fragment => {
    const out: Node[] = [];
    content.forEach((child) => {
      const kept = take(child);
      if (kept) out.push(kept);
    });
    return Fragment.fromArray(out);
  };
  return { taken: new Slice(walk(slice.content), slice.openStart, slice.openEnd), dropped };
}

/**
 * Takes images that are still to be uploaded out of a transaction before it becomes the state: the document never
 * holds them. Their uploads start, with a placeholder where each will be.
 */
export function withoutImages(tr: Transaction, images: Images): Transaction {
  if (!tr.docChanged || !images.pasted.size) return tr;
  const found: { pos: number; mark: string }[] = [];
  tr.doc.descendants((node, pos) => {
    if (node.type === schema.nodes.image && images.pasted.has(node.attrs.src))
      found.push({ pos, mark: node.attrs.src });
  });
  for (const { pos } of [...found].reverse()) tr.delete(pos, pos + 1);
  const starts = found.flatMap(({ pos, mark }, i) => {
    const held = images.pasted.get(mark);
    return held ? [{ ...held, pos: pos - i }] : [];
  });
  images.pasted.clear();
  return starts.length ? images.startIn(tr, starts) : tr;
}

async function fetchImage(path: string): Promise<Blob> {
  const answer = await fetch(path, { credentials: "same-origin" }).catch(() => null);
  if (!answer?.ok) throw new Unreachable();
  return answer.blob();
}

async function fromDataUrl(url: string): Promise<Blob> {
  const comma = url.indexOf(",");
  const [type, ...words] = url.slice(5, comma).split(";");
  const body = url.slice(comma + 1);
  try {
    if (!words.includes("base64")) return new Blob([decodeURIComponent(body)], { type });
    const bytes = Uint8Array.from(atob(body.replace(/\s+/g, "")), (letter) => letter.charCodeAt(0));
    return new Blob([bytes], { type });
  } catch {
    throw new Unreachable();
  }
}

/** For other programs colours are written as styles: they don't know our palette. */
function serializer(): DOMSerializer {
  const marks = DOMSerializer.marksFromSchema(schema);
  marks.textStyle = (mark) => {
    const colour = safeColour(mark.attrs.color);
    return ["span", colour ? { "data-color": colour, style: `color: ${colour}` } : {}, 0];
  };
  marks.highlight = (mark) => {
    const colour = safeColour(mark.attrs.color);
    return ["mark", colour ? { "data-color": colour, style: `background-color: ${colour}` } : {}, 0];
  };
  const nodes = DOMSerializer.nodesFromSchema(schema);
  for (const name of ["paragraph", "heading"]) {
    const plain = nodes[name];
    nodes[name] = (node) => {
      const spec = plain(node) as [string, Record<string, string>, 0];
      const align = spec[1]["data-align"];
      return align ? [spec[0], { ...spec[1], style: `text-align: ${align}` }, 0] : spec;
    };
  }
  return new DOMSerializer(nodes, marks);
}

/** A block a line, table cells apart by tabs, as spreadsheets want them. */
export function plainText(content: Fragment): string {
  const lines: string[] = [];
  const walk = (node: Node) => {
    if (node.type === schema.nodes.tableRow) {
      const cells: string[] = [];
      node.forEach((cell) => cells.push(plainText(cell.content).replace(/\s*\n\s*/g, " ")));
      lines.push(cells.join("\t"));
    } else if (node.inlineContent || node.isInline)
      lines.push(node.isText ? node.text! : node.textBetween(0, node.content.size, "\n", "\n"));
    else if (node.isLeaf) lines.push("");
    else node.forEach(walk);
  };
  if (content.firstChild?.isInline)
    return content.textBetween(0, content.size, "\n", (leaf) => leaf.type.spec.leafText?.(leaf) ?? "");
  content.forEach(walk);
  return lines.join("\n");
}
