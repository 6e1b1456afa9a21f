// What can be done to the text. Commands of ProseMirror's kind: they say whether they can, and do it if asked to.
import { lift, setBlockType, toggleMark, wrapIn } from "prosemirror-commands";
import { Fragment, type Node, type NodeType } from "prosemirror-model";
import { liftListItem, sinkListItem, wrapInList } from "prosemirror-schema-list";
import { type Command, NodeSelection, Selection, TextSelection, type Transaction } from "prosemirror-state";
import { addRowAfter, CellSelection, deleteTable } from "prosemirror-tables";
import { findWrapping, liftTarget } from "prosemirror-transform";
import { schema } from "./schema";
import { readColour, safeHref } from "./values";

const { nodes, marks } = schema;
const LISTS: NodeType[] = [nodes.bulletList, nodes.orderedList, nodes.taskList];
const ITEMS: NodeType[] = [nodes.listItem, nodes.taskItem];

export const itemOf = (list: NodeType): NodeType => (list === nodes.taskList ? nodes.taskItem : nodes.listItem);

export const anyOf =
  (...commands: Command[]): Command =>
  (state, dispatch, view) =>
    commands.some((command) => command(state, dispatch, view));

export const mark = (name: string): Command => toggleMark(schema.marks[name], null, { removeWhenPresent: false });

/** Marks the selection, or what is typed next, with a colour; null takes colours away. */
export function colour(name: "textStyle" | "highlight", value: string | null): Command {
  const type = marks[name];
  const color = readColour(value);
  return (state, dispatch) => {
    const { empty, ranges } = state.selection;
    if (empty && !(state.selection as TextSelection).$cursor) return false;
    if (!dispatch) return true;
    const tr = state.tr;
    if (empty) dispatch(color ? tr.addStoredMark(type.create({ color })) : tr.removeStoredMark(type));
    else {
      for (const { $from, $to } of ranges) {
        tr.removeMark($from.pos, $to.pos, type);
        if (color) tr.addMark($from.pos, $to.pos, type.create({ color }));
      }
      dispatch(tr.scrollIntoView());
    }
    return true;
  };
}

export const clearMarks: Command = (state, dispatch) => {
  if (dispatch) {
    const tr = state.tr;
    for (const { $from, $to } of state.selection.ranges) {
      for (const name in marks)
        if (name !== "link" && name !== "unknownMarks") tr.removeMark($from.pos, $to.pos, marks[name]);
    }
    dispatch(tr.setStoredMarks([]));
  }
  return true;
};

/** Every text block of the selection, with its position. */
function blocks(selection: Selection, doc: Node): { node: Node; pos: number }[] {
  const found: { node: Node; pos: number }[] = [];
  for (const { $from, $to } of selection.ranges) {
    doc.nodesBetween($from.pos, $to.pos, (node, pos) => {
      if (node.isTextblock) found.push({ node, pos });
      return !node.isTextblock;
    });
  }
  return found;
}

export function align(value: string | null): Command {
  const textAlign = value && value !== "left" ? value : null;
  return (state, dispatch) => {
    const found = blocks(state.selection, state.doc).filter(({ node }) => "textAlign" in node.attrs);
    if (!found.length) return false;
    if (dispatch) {
      const tr = state.tr;
      for (const { node, pos } of found)
        if (node.attrs.textAlign !== textAlign) tr.setNodeAttribute(pos, "textAlign", textAlign);
      dispatch(tr.scrollIntoView());
    }
    return true;
  };
}

/** Makes the selected text blocks paragraphs, headings or code; alignment stays where the new kind has it. */
export function block(type: string, level?: number): Command {
  const kind = nodes[type];
  if (!kind?.isTextblock) return () => false;
  return (state, dispatch, view) => {
    const textAlign = state.selection.$from.parent.attrs.textAlign ?? null;
    const attrs =
      kind === nodes.heading ? { level: level ?? 1, textAlign } : kind === nodes.paragraph ? { textAlign } : null;
    return setBlockType(kind, attrs)(state, dispatch, view);
  };
}

/** The innermost node of these kinds around the selection's start; with `inCell`, none outside the table cell it is in. */
function around(
  selection: Selection,
  types: NodeType[],
  inCell = false,
): { depth: number; node: Node; pos: number } | null {
  const { $from } = selection;
  for (let depth = $from.depth; depth > 0; depth--) {
    const node = $from.node(depth);
    if (types.includes(node.type)) return { depth, node, pos: $from.before(depth) };
    if (inCell && node.type.spec.isolating) return null;
  }
  return null;
}

export const listAround = (selection: Selection) => around(selection, LISTS, true);

/** Wraps in a list, turns one kind into another, or lifts out of a list of the same kind. */
export function list(name: string): Command {
  const type = nodes[name];
  if (!LISTS.includes(type)) return () => false;
  return (state, dispatch, view) => {
    const inside = listAround(state.selection);
    if (!inside)
      return wrapInList(type)(state, dispatch, view) || asParagraphs(wrapInList(type))(state, dispatch, view);
    if (inside.node.type === type) return liftListItem(itemOf(type))(state, dispatch, view);
    if (dispatch) {
      const item = itemOf(type);
      const items: Node[] = [];
      inside.node.forEach((each) => items.push(each.type === item ? each : item.create(null, each.content)));
      const tr = state.tr.replaceWith(
        inside.pos,
        inside.pos + inside.node.nodeSize,
        type.create(null, Fragment.fromArray(items)),
      );
      const { anchor, head } = state.selection;
      dispatch(tr.setSelection(TextSelection.between(tr.doc.resolve(anchor), tr.doc.resolve(head))).scrollIntoView());
    }
    return true;
  };
}

/** Headings and code can't begin a list item: the same again with paragraphs. */
function asParagraphs(command: Command): Command {
  return (state, dispatch, view) => {
    let plain: Transaction | undefined;
    if (
      !setBlockType(nodes.paragraph)(state, (tr) => {
        plain = tr;
      }) ||
      !plain
    )
      return false;
    const first = plain;
    return command(
      state.apply(first),
      dispatch &&
        ((tr) => {
          for (const step of tr.steps) first.step(step);
          dispatch(first.setSelection(Selection.fromJSON(first.doc, tr.selection.toJSON())).scrollIntoView());
        }),
      view,
    );
  };
}

export const indent: Command = anyOf(...ITEMS.map(sinkListItem));
export const outdent: Command = anyOf(...ITEMS.map(liftListItem));

/** Quotes the selection, or takes the innermost quote around it away. */
export const quote: Command = (state, dispatch, view) => {
  const { $from, $to } = state.selection;
  const range = $from.blockRange($to, (node) => node.type === nodes.blockquote);
  if (range) {
    const target = liftTarget(range);
    if (target === null) return lift(state, dispatch);
    if (dispatch) dispatch(state.tr.lift(range, target).scrollIntoView());
    return true;
  }
  return wrapIn(nodes.blockquote)(state, dispatch, view);
};

export const canQuote: Command = (state) => {
  const range = state.selection.$from.blockRange(state.selection.$to);
  return !!range && !!findWrapping(range, nodes.blockquote);
};

/** Links the selection (or the link around the caret, or inserted text) to `href`. */
export function link(href: unknown, text?: unknown): Command {
  const address = safeHref(
    typeof href === "string" && /^[\w-]+(\.[\w-]+)+(?:[/?#]|$)/.test(href.trim()) ? `https://${href.trim()}` : href,
  );
  return (state, dispatch) => {
    if (!address || !state.selection.$from.parent.inlineContent) return false;
    if (!dispatch) return true;
    const made = marks.link.create({ href: address });
    const tr = state.tr;
    const { from, to, empty } = linkRange(state.selection);
    if (!empty) tr.removeMark(from, to, marks.link).addMark(from, to, made);
    else {
      const shown = typeof text === "string" && text.trim() ? text.trim() : address;
      tr.replaceSelectionWith(
        schema.text(shown, made.addToSet(state.storedMarks ?? state.selection.$from.marks())),
        false,
      );
    }
    dispatch(tr.removeStoredMark(marks.link).scrollIntoView());
    return true;
  };
}

export const unlink: Command = (state, dispatch) => {
  const { from, to } = linkRange(state.selection);
  if (!state.doc.rangeHasMark(from, to, marks.link)) return false;
  if (dispatch) dispatch(state.tr.removeMark(from, to, marks.link));
  return true;
};

/** The selection, or the whole link that the caret stands in. */
export function linkRange(selection: Selection): { from: number; to: number; empty: boolean } {
  const { $from, from, to, empty } = selection;
  if (!empty || !$from.parent.inlineContent) return { from, to, empty };
  const around = [$from.parent.childAfter($from.parentOffset), $from.parent.childBefore($from.parentOffset)];
  const at = around.find(({ node }) => node && marks.link.isInSet(node.marks));
  if (!at?.node) return { from, to, empty };
  const mark = marks.link.isInSet(at.node.marks)!;
  let first = at.index;
  let last = at.index;
  while (first > 0 && mark.isInSet($from.parent.child(first - 1).marks)) first--;
  while (last + 1 < $from.parent.childCount && mark.isInSet($from.parent.child(last + 1).marks)) last++;
  let start = $from.start();
  for (let i = 0; i < first; i++) start += $from.parent.child(i).nodeSize;
  let end = start;
  for (let i = first; i <= last; i++) end += $from.parent.child(i).nodeSize;
  return { from: start, to: end, empty: false };
}

export const rule: Command = (state, dispatch) => {
  const { $from, $to } = state.selection;
  const at =
    $from.depth && $to.sameParent($from)
      ? $from.node(-1).canReplaceWith($from.index(-1), $from.indexAfter(-1), nodes.horizontalRule)
      : true;
  if (!at || $from.parent.type.spec.code) return false;
  if (dispatch) {
    const tr = state.tr.replaceSelectionWith(nodes.horizontalRule.create());
    const after = tr.selection.$to;
    if (!after.nodeAfter && !after.parent.isTextblock) tr.insert(after.pos, nodes.paragraph.create());
    dispatch(tr.setSelection(Selection.near(tr.doc.resolve(tr.selection.to), 1)).scrollIntoView());
  }
  return true;
};

export const hardBreak: Command = (state, dispatch) => {
  const { $from, $to } = state.selection;
  if (!$from.parent.inlineContent || $from.parent.type.spec.code || !$from.sameParent($to)) return false;
  if (dispatch) dispatch(state.tr.replaceSelectionWith(nodes.hardBreak.create(), true).scrollIntoView());
  return true;
};

export function table(rows: number, columns: number, header: boolean): Command {
  const size = (n: number, most: number) => Math.min(most, Math.max(1, Math.trunc(n) || 1));
  return (state, dispatch) => {
    const { $from } = state.selection;
    if ($from.parent.type.spec.code) return false;
    if (dispatch) {
      const made: Node[] = [];
      for (let row = 0; row < size(rows, 100); row++) {
        const type = header && row === 0 ? nodes.tableHeader : nodes.tableCell;
        made.push(
          nodes.tableRow.create(
            null,
            Array.from({ length: size(columns, 20) }, () => type.createAndFill()!),
          ),
        );
      }
      const tr = state.tr.replaceSelectionWith(nodes.table.create(null, made));
      let start = -1;
      const from = Math.max(0, tr.mapping.map($from.pos, -1) - 2);
      tr.doc.nodesBetween(from, tr.doc.content.size, (node, pos) => {
        if (start < 0 && node.type === nodes.table && node.childCount === made.length && node.firstChild === made[0])
          start = pos;
        return start < 0;
      });
      if (start >= 0) {
        const end = tr.doc.resolve(start + tr.doc.nodeAt(start)!.nodeSize);
        // A table at the very end would leave no line to write on after it.
        if (!end.nodeAfter) tr.insert(end.pos, nodes.paragraph.create());
        tr.setSelection(TextSelection.near(tr.doc.resolve(start + 3), 1));
      }
      dispatch(tr.scrollIntoView());
    }
    return true;
  };
}

export const selectedImage = (selection: Selection): Node | null =>
  selection instanceof NodeSelection && selection.node.type === nodes.image ? selection.node : null;

/** Alters the selected image; null takes an attribute away. A width alone keeps the image's shape. */
export function image(attrs: Record<string, unknown>): Command {
  return (state, dispatch) => {
    const { selection } = state;
    const old = selectedImage(selection);
    if (!old) return false;
    if (dispatch) {
      const wanted = "width" in attrs && !("height" in attrs) ? { ...attrs, height: scaled(old, attrs.width) } : attrs;
      const tr = state.tr;
      for (const name of ["alt", "title", "width", "height"])
        if (name in wanted) tr.setNodeAttribute(selection.from, name, wanted[name as keyof typeof wanted] ?? null);
      dispatch(tr.setSelection(NodeSelection.create(tr.doc, selection.from)));
    }
    return true;
  };
}

/** The height of an image at another width; null if its shape is not known. */
export function scaled(image: Node, width: unknown): number | null {
  const [wide, high] = [Number(image.attrs.width), Number(image.attrs.height)];
  return typeof width === "number" && wide > 0 && high > 0 ? Math.max(1, Math.round((width * high) / wide)) : null;
}

/** Backspace at the start of a list item lifts it out before anything is joined. */
export const backspaceInList: Command = (state, dispatch, view) => {
  const { $cursor } = state.selection as TextSelection;
  if (!$cursor || !(view ? view.endOfTextblock("backward", state) : $cursor.parentOffset === 0)) return false;
  const item = $cursor.depth >= 1 ? $cursor.node(-1) : null;
  if (!item || !ITEMS.includes(item.type) || $cursor.index(-1) !== 0) return false;
  return liftListItem(item.type)(state, dispatch, view);
};

/** Backspace at the start of a heading, or of an aligned block, makes it plain before anything is joined. */
export const backspaceMakesPlain: Command = (state, dispatch, view) => {
  const { $cursor } = state.selection as TextSelection;
  if (!$cursor || $cursor.parentOffset > 0) return false;
  const { type, attrs } = $cursor.parent;
  if (type === nodes.paragraph && !attrs.textAlign) return false;
  return setBlockType(nodes.paragraph)(state, dispatch, view);
};

/** A paragraph after the last block, when that is a table, code, rule or image that one can't write behind. */
export const paragraphAtEnd: Command = (state, dispatch) => {
  const last = state.doc.lastChild;
  if (!last || (last.isTextblock && !last.type.spec.code)) return false;
  if (dispatch) {
    const end = state.doc.content.size;
    const tr = state.tr.insert(end, nodes.paragraph.create());
    dispatch(tr.setSelection(TextSelection.create(tr.doc, end + 1)).scrollIntoView());
  }
  return true;
};

/** A row below the caret's, with the caret in its first cell. */
export const addRowAndEnter: Command = (state, dispatch) =>
  addRowAfter(
    state,
    dispatch &&
      ((tr) => {
        const row = around(state.selection, [nodes.tableRow]);
        const after = row ? row.pos + row.node.nodeSize : tr.selection.to;
        dispatch(
          tr.setSelection(Selection.near(tr.doc.resolve(Math.min(after + 1, tr.doc.content.size)), 1)).scrollIntoView(),
        );
      }),
  );

/** Backspace with every cell selected takes the table away; with some, only what they hold. */
export const deleteWholeTable: Command = (state, dispatch) => {
  const { selection } = state;
  return (
    selection instanceof CellSelection &&
    selection.isColSelection() &&
    selection.isRowSelection() &&
    deleteTable(state, dispatch)
  );
};

export const inTable = (selection: Selection): boolean =>
  selection instanceof CellSelection || !!around(selection, [nodes.tableCell, nodes.tableHeader]);
