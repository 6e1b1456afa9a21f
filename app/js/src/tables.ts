// Tables: the scroll frame around each, and when their shape is put right.
import type { Node } from "prosemirror-model";
import { type EditorState, Plugin, type Transaction } from "prosemirror-state";
import { fixTables, TableView, tableEditing } from "prosemirror-tables";
import type { ViewMutationRecord } from "prosemirror-view";
import { isRemote } from "./session";

/** A table in a frame that scrolls sideways on narrow screens. */
export class TableFrame extends TableView {
  constructor(node: Node, defaultCellMinWidth: number) {
    super(node, defaultCellMinWidth);
    this.dom.className = "table-scroll";
  }

  override ignoreMutation(record: ViewMutationRecord) {
    return record.type === "attributes" || super.ignoreMutation(record);
  }
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
    if ((role === "cell" || role === "header_cell") && (a.attrs.colspan !== b.attrs.colspan || a.attrs.rowspan !== b.attrs.rowspan)) return true;
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
