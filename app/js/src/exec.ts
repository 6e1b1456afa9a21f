// The commands of the toolbar by name, with what they take.
import { deleteSelection, selectAll } from "prosemirror-commands";
import { type Command, TextSelection } from "prosemirror-state";
import type { EditorView } from "prosemirror-view";
import * as tables from "prosemirror-tables";
import * as commands from "./commands";
import type { Images } from "./images";
import * as passages from "./passages";
import { schema } from "./schema";

type Args = Record<string, unknown>;

const text = (value: unknown): string | null => (typeof value === "string" && value ? value : null);

const COMMANDS: Record<string, (args: Args) => Command> = {
  /** {mark: "bold" | "italic" | "underline" | "strike" | "code"} */
  toggleMark: ({ mark }) =>
    ["bold", "italic", "underline", "strike", "code"].includes(String(mark))
      ? commands.mark(String(mark))
      : () => false,
  /** {color: "#rrggbb" | null} */
  setColor: ({ color }) => commands.colour("textStyle", text(color)),
  /** {color: "#rrggbb" | null} */
  setHighlight: ({ color }) => commands.colour("highlight", text(color)),
  clearMarks: () => commands.clearMarks,
  /** {type: "paragraph" | "heading" | "codeBlock", level?: 1..6} */
  setBlock: ({ type, level }) => commands.block(String(type), Number(level) || undefined),
  /** {align: "left" | "center" | "right" | "justify"} */
  setAlign: ({ align }) => commands.align(text(align)),
  /** {type: "bulletList" | "orderedList" | "taskList"} */
  toggleList: ({ type }) => commands.list(String(type)),
  indent: () => commands.indent,
  outdent: () => commands.outdent,
  toggleQuote: () => commands.quote,
  /** {href, text?}; text is inserted where nothing is selected */
  setLink: ({ href, text }) => commands.link(href, text),
  removeLink: () => commands.unlink,
  insertRule: () => commands.rule,
  insertBreak: () => commands.hardBreak,
  /** {alt?, title?, width?, height?} of the selected image */
  setImage: (args) => commands.image(args),
  /** {rows, columns, header: bool} */
  insertTable: ({ rows, columns, header }) => commands.table(Number(rows ?? 3), Number(columns ?? 3), header !== false),
  addRowBefore: () => tables.addRowBefore,
  addRowAfter: () => tables.addRowAfter,
  deleteRow: () => tables.deleteRow,
  addColumnBefore: () => tables.addColumnBefore,
  addColumnAfter: () => tables.addColumnAfter,
  deleteColumn: () => tables.deleteColumn,
  deleteTable: () => tables.deleteTable,
  mergeCells: () => tables.mergeCells,
  splitCell: () => tables.splitCell,
  toggleHeaderRow: () => tables.toggleHeader("row"),
  toggleHeaderColumn: () => tables.toggleHeader("column"),
  toggleHeaderCell: () => tables.toggleHeaderCell,
  selectAll: () => selectAll,
  deleteSelection: () => deleteSelection,
  /** {quote}: selects it */
  showPassage: ({ quote }) => passages.show(String(quote)),
  /** {quote, instead} */
  replacePassage: ({ quote, instead }) => passages.replace(String(quote), String(instead ?? "")),
};

/** Does a command; false if there is none of that name, it does not apply here, or the view is read-only. */
export function exec(view: EditorView, name: string, args: Args, images: Images): boolean {
  // These ask for files first.
  if (name === "pickImage") return view.editable && images.pick(view);
  if (name === "replaceImage") return view.editable && images.pickInstead(view);
  /** {html}: cleaned as what is pasted is. */
  if (name === "insertHtml") {
    if (!view.editable || typeof args.html !== "string") return false;
    view.focus();
    return view.pasteHTML(args.html) && leaveQuote(view);
  }
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name](args) : null;
  if (!command || (!view.editable && name !== "selectAll" && name !== "showPassage")) return false;
  const done = command(view.state, view.dispatch, view);
  if (done) view.focus();
  return done;
}

/** Behind a quote that was put in, one goes on in a line of one's own. */
function leaveQuote(view: EditorView): true {
  const { $from } = view.state.selection;
  if ($from.depth > 1 && $from.node(1).type === schema.nodes.blockquote) {
    const after = $from.after(1);
    const next = view.state.doc.nodeAt(after);
    const tr = next?.isTextblock ? view.state.tr : view.state.tr.insert(after, schema.nodes.paragraph.create());
    view.dispatch(tr.setSelection(TextSelection.create(tr.doc, after + 1)).scrollIntoView());
  }
  return true;
}
