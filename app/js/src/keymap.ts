// Keys inside the text.
import { baseKeymap, chainCommands, exitCode, toggleMark } from "prosemirror-commands";
import { undoInputRule } from "prosemirror-inputrules";
import { keymap } from "prosemirror-keymap";
import { splitListItemKeepMarks } from "prosemirror-schema-list";
import { type Command, NodeSelection, type Plugin } from "prosemirror-state";
import { goToNextCell } from "prosemirror-tables";
import type { Host } from "./bridge";
import * as commands from "./commands";
import { codeBlockOnEnter } from "./inputrules";
import { schema } from "./schema";

const { nodes, marks } = schema;

export function keymaps(host: Host, generation: number): Plugin[] {
  const ask =
    (name: string): Command =>
    (_state, dispatch) => {
      if (dispatch) host.command(generation, name);
      return true;
    };
  const leave: Command = (_state, _dispatch, view) => {
    view?.dom.blur();
    host.command(generation, "leave");
    return true;
  };
  const describeImage: Command = (state, dispatch) =>
    state.selection instanceof NodeSelection &&
    state.selection.node.type === nodes.image &&
    ask("image")(state, dispatch);
  const nextCell: Command = (state, dispatch, view) => {
    if (goToNextCell(1)(state, dispatch)) return true;
    // Tab in the last cell makes the next row, as office programs do.
    if (!commands.inTable(state.selection)) return false;
    return commands.addRowAndEnter(state, dispatch, view);
  };
  // In code, Tab types a tab; elsewhere it leaves the text when it has nothing to do there.
  const tabInCode: Command = (state, dispatch) => {
    if (!state.selection.$from.parent.type.spec.code) return false;
    if (dispatch) dispatch(state.tr.insertText("\t").scrollIntoView());
    return true;
  };

  return [
    keymap({
      "Mod-z": ask("undo"),
      "Mod-y": ask("redo"),
      "Shift-Mod-z": ask("redo"),
      "Mod-k": ask("link"),
      "Mod-s": ask("save"),
      Escape: leave,
      "Mod-b": toggleMark(marks.bold),
      "Mod-i": toggleMark(marks.italic),
      "Mod-u": toggleMark(marks.underline),
      "Mod-Shift-x": toggleMark(marks.strike),
      "Mod-e": toggleMark(marks.code),
      "Mod-\\": commands.clearMarks,
      "Mod-Alt-0": commands.block("paragraph"),
      "Mod-Alt-1": commands.block("heading", 1),
      "Mod-Alt-2": commands.block("heading", 2),
      "Mod-Alt-3": commands.block("heading", 3),
      "Mod-Alt-c": commands.block("codeBlock"),
      "Mod-Shift-7": commands.list("orderedList"),
      "Mod-Shift-8": commands.list("bulletList"),
      "Mod-Shift-9": commands.list("taskList"),
      "Mod-Shift-b": commands.quote,
      "Mod-Shift-l": commands.align("left"),
      "Mod-Shift-e": commands.align("center"),
      "Mod-Shift-r": commands.align("right"),
      "Mod-Shift-j": commands.align("justify"),
      "Mod-]": commands.indent,
      "Mod-[": commands.outdent,
      Tab: chainCommands(nextCell, commands.indent, tabInCode),
      "Shift-Tab": chainCommands(goToNextCell(-1), commands.outdent),
      "Shift-Enter": chainCommands(exitCode, commands.hardBreak),
      "Mod-Enter": chainCommands(exitCode, commands.hardBreak),
      Enter: chainCommands(
        describeImage,
        codeBlockOnEnter,
        splitListItemKeepMarks(nodes.listItem),
        splitListItemKeepMarks(nodes.taskItem, { checked: false }),
      ),
      Backspace: chainCommands(
        undoInputRule,
        commands.deleteWholeTable,
        commands.backspaceInList,
        commands.backspaceMakesPlain,
      ),
      Delete: commands.deleteWholeTable,
    }),
    keymap(baseKeymap),
  ];
}
