// Tables: the frame around each, and when their shape is put right.
import type { Node } from "prosemirror-model";
import { type EditorState, Plugin, type Transaction } from "prosemirror-state";
import { fixTables, TableView, tableEditing } from "prosemirror-tables";
import type { EditorView, ViewMutationRecord } from "prosemirror-view";
import { isRemote } from "./session";

/**
 * The frame around each table, which scrolls sideways on narrow screens. In text that is only read it is a stop of
 * the keyboard, so that it can be scrolled without a mouse. While writing, the caret does that, and a stop would take
 * the focus from the text; then the frame says that it can be written in, for tools that look for unreachable parts.
 */
export function tableFrame(label: string) {
  return class TableFrame extends TableView {
    constructor(node: Node, cellMinWidth: number, view: EditorView) {
      super(node, cellMinWidth);
      this.dom.className = "table-scroll";
      frameForKeyboard(this.dom, label, !view.editable);
    }

    override ignoreMutation(record: ViewMutationRecord) {
      return record.type === "attributes" || super.ignoreMutation(record);
    }
  };
}

/** After the view has become read-only, or writable again. */
export function framesForKeyboard(view: EditorView, label: string) {
  for (const frame of view.dom.querySelectorAll<HTMLElement>(".table-scroll"))
    frameForKeyboard(frame, label, !view.editable);
}

function frameForKeyboard(frame: HTMLElement, label: string, readOnly: boolean) {
  for (const [name, value] of Object.entries({ tabindex: "0", role: "region", "aria-label": label })) {
    if (readOnly) frame.setAttribute(name, value);
    else frame.removeAttribute(name);
  }
  if (readOnly) frame.removeAttribute("contenteditable");
  else frame.setAttribute("contenteditable", "true");
}

/**
 * Table editing, with one difference: the shape of a table is put right only by the person whose own deed broke it.
 * Mending what came from elsewhere would make two people add the same missing cells at once.
 */
export function tableRules(): Plugin {
  const rules = tableEditing();
  const { appendTransaction } = rules.spec;
  rules.spec.appendTransaction = (transactions: readonly Transaction[], before: EditorState, after: EditorState) => {
    if (!transactions.some((tr) => tr.docChanged && !isRemote(tr)) || !reshaped(before.doc, after.doc)) {
      return appendTransaction?.call(rules, transactions, after, after);
    }
    return fixTables(after, before) ?? appendTransaction?.call(rules, transactions, after, after);
  };
  return rules;
}

/** Whether the tables differ in their cells' number, order or span; typing inside cells is not a difference. */
function reshaped(before: Node, after: Node): boolean {
  const changed = (a: Node, b: Node): boolean => {
    if (a === b) return false;
    if (a.type !== b.type || a.inlineContent) return a.type !== b.type && (holdsTable(a) || holdsTable(b));
    const role = a.type.spec.tableRole;
    if (
      (role === "cell" || role === "header_cell") &&
      (a.attrs.colspan !== b.attrs.colspan || a.attrs.rowspan !== b.attrs.rowspan)
    )
      return true;
    if (a.childCount === b.childCount) {
      for (let i = 0; i < a.childCount; i++) if (changed(a.child(i), b.child(i))) return true;
      return false;
    }
    return role === "table" || role === "row" || holdsTable(a) || holdsTable(b);
  };
  return changed(before, after);
}

function holdsTable(node: Node): boolean {
  let found = false;
  if (!node.inlineContent) {
    node.descendants((child) => {
      found ||= child.type.spec.tableRole === "table";
      return !found && !child.inlineContent;
    });
  }
  return found || node.type.spec.tableRole === "table";
}
