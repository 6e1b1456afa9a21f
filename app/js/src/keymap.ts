// Keys inside the text. Which keys they are is in shortcuts.json, which the program around the view shows to people.
import { baseKeymap, chainCommands, exitCode, toggleMark } from "prosemirror-commands";
import { undoInputRule } from "prosemirror-inputrules";
import { keymap } from "prosemirror-keymap";
import { splitListItemKeepMarks } from "prosemirror-schema-list";
import type { Command, Plugin } from "prosemirror-state";
import { goToNextCell } from "prosemirror-tables";
import type { Host } from "./bridge";
import * as commands from "./commands";
import { codeBlockOnEnter } from "./inputrules";
import { schema } from "./schema";
import shortcuts from "./shortcuts.json";

const { nodes, marks } = schema;

/** The page answers its own keys, wherever the focus is. */
const { page: _page, ...ours } = shortcuts;
type Ours = typeof ours;
export type Shortcut = { [Group in keyof Ours]: keyof Ours[Group] }[keyof Ours];

/** The keys of shortcuts.json with their deeds. */
function bind(deeds: Record<Shortcut, Command>): Record<string, Command> {
  const bound: Record<string, Command> = {};
  for (const group of Object.values(ours))
    for (const [name, keys] of Object.entries(group)) for (const key of keys) bound[key] = deeds[name as Shortcut];
  return bound;
}

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
    commands.selectedImage(state.selection) !== null && ask("image")(state, dispatch);
  /** In a cell or a list, a stroke alone is an answer; in an empty line of the text nobody means one. */
  const library: Command = (state, dispatch) => {
    const { $from, empty } = state.selection;
    if (!empty || $from.depth !== 1 || $from.parent.type !== nodes.paragraph || $from.parent.content.size > 0) return false;
    return ask("library")(state, dispatch);
  };
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
    keymap(
      bind({
        undo: ask("undo"),
        redo: ask("redo"),
        save: ask("save"),
        leave,
        bold: toggleMark(marks.bold),
        italic: toggleMark(marks.italic),
        underline: toggleMark(marks.underline),
        strike: toggleMark(marks.strike),
        code: toggleMark(marks.code),
        clearMarks: commands.clearMarks,
        link: ask("link"),
        paragraph: commands.block("paragraph"),
        heading1: commands.block("heading", 1),
        heading2: commands.block("heading", 2),
        heading3: commands.block("heading", 3),
        codeBlock: commands.block("codeBlock"),
        bulletList: commands.list("bulletList"),
        orderedList: commands.list("orderedList"),
        taskList: commands.list("taskList"),
        quote: commands.quote,
        alignLeft: commands.align("left"),
        alignCenter: commands.align("center"),
        alignRight: commands.align("right"),
        alignJustify: commands.align("justify"),
        indent: commands.indent,
        outdent: commands.outdent,
        next: chainCommands(nextCell, commands.indent, tabInCode),
        previous: chainCommands(goToNextCell(-1), commands.outdent),
        lineBreak: chainCommands(exitCode, commands.hardBreak),
        image: describeImage,
        library,
      }),
    ),
    keymap({
      Enter: chainCommands(
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
