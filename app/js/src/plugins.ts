// The behaviours of the text, in the order in which they are asked.
import { dropCursor } from "prosemirror-dropcursor";
import { gapCursor } from "prosemirror-gapcursor";
import { Plugin } from "prosemirror-state";
import { columnResizing } from "prosemirror-tables";
import type { Host, Labels } from "./bridge";
import { clipboard } from "./clipboard";
import { paragraphAtEnd } from "./commands";
import type { Images } from "./images";
import { shorthands } from "./inputrules";
import { keymaps } from "./keymap";
import { repairs } from "./repair";
import { tableFrame, tableRules } from "./tables";

export function plugins(host: Host, generation: number, labels: Labels, images: Images): Plugin[] {
  return [
    shorthands(),
    clipboard(host, generation, images),
    columnResizing({ View: tableFrame(labels.table), cellMinWidth: 40, defaultCellMinWidth: 96, handleWidth: 6 }),
    ...keymaps(host, generation),
    tableRules(),
    repairs(),
    gapCursor(),
    dropCursor({ class: "drop-cursor", color: false, width: 2 }),
    clickBelow(),
  ];
}

/** A click on the paper below a last table or picture gives a line to write on. Merely opening writes nothing. */
function clickBelow(): Plugin {
  return new Plugin({
    props: {
      handleDOMEvents: {
        mousedown(view, event) {
          if (!view.editable || event.target !== view.dom || event.button !== 0) return false;
          const last = view.dom.lastElementChild;
          if (!last || event.clientY < last.getBoundingClientRect().bottom) return false;
          if (!paragraphAtEnd(view.state, view.dispatch)) return false;
          event.preventDefault();
          view.focus();
          return true;
        },
      },
    },
  });
}
