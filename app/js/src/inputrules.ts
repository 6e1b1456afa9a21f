// Markdown-style shorthands. They answer typed keys only, never an input method, and Backspace takes one back.
import { InputRule, inputRules, textblockTypeInputRule, wrappingInputRule } from "prosemirror-inputrules";
import type { Mark, MarkType } from "prosemirror-model";
import { type Command, type EditorState, type Plugin, TextSelection } from "prosemirror-state";
import { schema } from "./schema";

const { nodes, marks } = schema;

export function shorthands(): Plugin {
  const made: Plugin = inputRules({
    rules: [
      textblockTypeInputRule(/^(#{1,3})\s$/, nodes.heading, (match) => ({ level: match[1].length })),
      wrappingInputRule(/^\s*[-+*]\s$/, nodes.bulletList),
      wrappingInputRule(
        /^(\d{1,3})[.．]\s$/,
        nodes.orderedList,
        (match) => ({ start: Number(match[1]) }),
        (match, list) => list.childCount + Number(list.attrs.start) === Number(match[1]),
      ),
      taskRule(),
      wrappingInputRule(/^\s*[>》]\s$/, nodes.blockquote),
      textblockTypeInputRule(/^```([\w+#-]{0,20})\s$/, nodes.codeBlock, (match) => ({ language: match[1] || null })),
      ruleRule(),
      spaceAfterRule((state) => made.getState(state) != null),
      markRule(/(?:^|[^*])\*\*([^*\s](?:[^*]*[^*\s])?)\*\*$/, marks.bold, 2),
      // 2*3*4, (a+b)*c*d and a_file_name are none.
      markRule(/(?:^|[^*\w)\]）])\*([^*\s](?:[^*]*[^*\s])?)\*$/, marks.italic, 1),
      markRule(/(?:^|\W)_([^_\s](?:[^_]*[^_\s])?)_$/, marks.italic, 1),
      markRule(/(?:^|[^~])~~([^~\s](?:[^~]*[^~\s])?)~~$/, marks.strike, 2),
      markRule(/(?:^|[^`])`([^`]+)`$/, marks.code, 1),
    ],
  });
  // The plugin would also look after a composition has ended; text from an input method is meant as it is.
  delete made.props.handleDOMEvents;
  return made;
}

/** `[ ] ` or `[x] ` at the start of a paragraph. */
function taskRule(): InputRule {
  return new InputRule(/^\s*\[([ xX]?)\]\s$/, (state, match, start, end) => {
    const tr = state.tr.delete(start, end);
    const $start = tr.doc.resolve(start);
    if ($start.parent.type !== nodes.paragraph) return null;
    const range = $start.blockRange();
    if (!range || $start.node(-1).type === nodes.listItem || $start.node(-1).type === nodes.taskItem) return null;
    if (!range.parent.canReplaceWith(range.startIndex, range.endIndex, nodes.taskList)) return null;
    return tr.wrap(range, [
      { type: nodes.taskList },
      { type: nodes.taskItem, attrs: { checked: /x/i.test(match[1]) } },
    ]);
  });
}

/** `---` alone in a paragraph. */
function ruleRule(): InputRule {
  return new InputRule(/^(?:---|\*\*\*|___)$/, (state, _match, start, end) => {
    const $start = state.doc.resolve(start);
    if ($start.parent.type !== nodes.paragraph || $start.parent.content.size > end - start) return null;
    if (!$start.node(-1).canReplaceWith($start.index(-1), $start.index(-1), nodes.horizontalRule)) return null;
    const tr = state.tr.delete(start, end).insert($start.before(), nodes.horizontalRule.create());
    return tr;
  });
}

/** Who is used to a space after `---` types it when the line is there already: it starts no text. */
function spaceAfterRule(justMade: (state: EditorState) => boolean): InputRule {
  return new InputRule(
    /^ $/,
    (state) => {
      const { $from, empty } = state.selection;
      const follows = $from.depth > 0 && $from.node(-1).maybeChild($from.index(-1) - 1)?.type === nodes.horizontalRule;
      const alone = empty && $from.parent.type === nodes.paragraph && $from.parent.content.size === 0;
      return follows && alone && justMade(state) ? state.tr : null;
    },
    { undoable: false },
  );
}

/** Marks what stands between a pair of signs and drops the signs. */
function markRule(match: RegExp, type: MarkType, signs: number): InputRule {
  return new InputRule(
    match,
    (state, found, start, end) => {
      const inner = found[1];
      const open = start + found[0].length - inner.length - 2 * signs;
      const $open = state.doc.resolve(open);
      if (!$open.parent.type.allowsMarkType(type)) return null;
      // What the person typed last is not in the document yet: the closing sign is at most partly there.
      const inside = open + signs;
      const stored: readonly Mark[] = state.storedMarks ?? $open.marks();
      const tr = state.tr
        .delete(inside + inner.length, end)
        .addMark(inside, inside + inner.length, type.create())
        .delete(open, inside);
      return tr.setStoredMarks(type.removeFromSet(stored));
    },
    { inCodeMark: false },
  );
}

/** Enter after ``` makes a code block, as a space does. */
export const codeBlockOnEnter: Command = (state, dispatch) => {
  const { $cursor } = state.selection as TextSelection;
  if (!$cursor || $cursor.parent.type !== nodes.paragraph || $cursor.parentOffset < $cursor.parent.content.size)
    return false;
  const found = /^```([\w+#-]{0,20})$/.exec($cursor.parent.textContent);
  if (!found) return false;
  if (dispatch) {
    const tr = state.tr.delete($cursor.start(), $cursor.end());
    dispatch(
      tr
        .setBlockType($cursor.start(), $cursor.start(), nodes.codeBlock, { language: found[1] || null })
        .scrollIntoView(),
    );
  }
  return true;
};
