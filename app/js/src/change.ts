// The words that editor view and document model exchange; the twin of shared/src/document/change.rs.
import { Fragment, Mark, Node, Schema } from "prosemirror-model";
import { span } from "./values";

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type Attrs = { [name: string]: Json };

export interface MarkJson {
  type: string;
  attrs?: Attrs;
}

export interface NodeJson {
  type: string;
  attrs?: Attrs;
  content?: NodeJson[];
  text?: string;
  marks?: MarkJson[];
}

/** Child indices from the root down; ends at the text block. */
export type Path = number[];

export type InlineOp =
  { retain: { len: number; marks?: MarkJson[] } } | { insert: { nodes: NodeJson[] } } | { delete: { len: number } };

/** Changes of a list apply one after the other: each path speaks of the tree as the ones before left it. */
export type Change =
  | { kind: "children"; path: Path; from: number; to: number; nodes: NodeJson[] }
  | { kind: "inline"; path: Path; delta: InlineOp[] }
  | { kind: "attrs"; path: Path; attrs: Attrs };

/** A place: an offset into the text block at `path` (UTF-16, leaves count one), or a child index of the container there. */
export interface Position {
  path: Path;
  offset: number;
}

/** The attributes that say something: absent and null are the same on both sides of the border. */
export function attrsJson(attrs: Attrs): Attrs {
  const said: Attrs = {};
  for (const name in attrs) if (attrs[name] !== null) said[name] = attrs[name];
  return said;
}

export function markJson(mark: Mark): MarkJson {
  const attrs = attrsJson(mark.attrs as Attrs);
  return Object.keys(attrs).length ? { type: mark.type.name, attrs } : { type: mark.type.name };
}

export function nodeJson(node: Node): NodeJson {
  const json: NodeJson = { type: node.type.name };
  const attrs = attrsJson(node.attrs as Attrs);
  if (Object.keys(attrs).length) json.attrs = attrs;
  if (node.childCount) json.content = fragmentJson(node.content);
  if (node.isText) json.text = node.text;
  if (node.marks.length) json.marks = node.marks.map(markJson);
  return json;
}

export function fragmentJson(fragment: Fragment): NodeJson[] {
  const nodes: NodeJson[] = [];
  fragment.forEach((child) => nodes.push(nodeJson(child)));
  return nodes;
}

export function marksFrom(schema: Schema, marks: MarkJson[]): readonly Mark[] {
  return Mark.setFrom(marks.map((mark) => Mark.fromJSON(schema, mark)));
}

/** Equal text runs are joined, as a view would show them. */
export function fragmentFrom(schema: Schema, nodes: NodeJson[]): Fragment {
  return Fragment.fromArray(joined(nodes.map((json) => nodeFrom(schema, json))));
}

export function nodeFrom(schema: Schema, json: NodeJson): Node {
  return Node.fromJSON(schema, drawable(json));
}

/** A cell that spans a million columns would stand the browser still: spans are shown within bounds, not changed. */
function drawable(json: NodeJson): NodeJson {
  const attrs = json.type === "tableCell" || json.type === "tableHeader" ? cellAttrs(json.attrs ?? {}) : json.attrs;
  return { ...json, ...(attrs && { attrs }), ...(json.content && { content: json.content.map(drawable) }) };
}

function cellAttrs(attrs: Attrs): Attrs {
  const colspan = span(attrs.colspan);
  const widths = attrs.colwidth;
  const colwidth =
    Array.isArray(widths) && widths.length === colspan && widths.every((width) => Number.isFinite(width))
      ? widths
      : null;
  return { ...attrs, colspan, rowspan: span(attrs.rowspan), colwidth };
}

function joined(nodes: Node[]): Node[] {
  const out: Node[] = [];
  for (const node of nodes) {
    const last = out[out.length - 1];
    if (last?.isText && node.isText && last.sameMarkup(node)) {
      out[out.length - 1] = node.type.schema.text(last.text! + node.text!, last.marks);
    } else out.push(node);
  }
  return out;
}
