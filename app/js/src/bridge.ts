// The border between the editor view and the program around it: everything either side may ask of the other.
// Strings hold JSON. Every call to the host carries the generation given at mounting; after `destroy` nothing is
// called and nothing is done any more, so an old view can't talk to a new editor.

export interface Host {
  /** Local changes, after the dispatch that made them was shown; never while composing. `Change[]` */
  change(generation: number, changes: string): void;
  /** A composition starts in the text block at this path. `number[]` */
  compositionStart(generation: number, path: string): void;
  /** The composition's changes, `[]` if none. Returns the changes held back meanwhile, or `[]`. `Change[]` → `Change[]` */
  compositionEnd(generation: number, changes: string): string;
  /** My selection, at most once a frame, never while composing. `{anchor: Position, head: Position} | null` on blur */
  selection(generation: number, selection: string): void;
  /** What the toolbar shows, at most once a frame and only when it changed. `ToolbarState` */
  state(generation: number, state: string): void;
  /** Stores an image. Resolves to `{src, width, height}`; rejects with `{message}` in the person's words. */
  upload(generation: number, file: Blob, name: string): Promise<string>;
  /**
   * A key asked for something the program does: `undo`, `redo`, `link`, `image` (its description), `library`, `save`,
   * `leave`.
   */
  command(generation: number, name: string): void;
  /** Something the person or the program should know, see `NoticeCode`. */
  notice(generation: number, code: NoticeCode, detail: string): void;
}

export type NoticeCode =
  /** The view and the model differ: call `reset` with the whole view. `{reason}` */
  | "resync"
  /** `{name, bytes, limit}` */
  | "image-too-big"
  /** `{name, type}` */
  | "image-type"
  /** `{name, message}` */
  | "image-failed"
  /** Pasted images that could not be taken along. `{count, reason: "remote" | "local"}` */
  | "paste-images"
  /** `{bytes, limit}` */
  | "paste-too-big";

export interface Handle {
  /** Changes from the model (colleagues, undo): `Change[]`. Selection, decorations and a composition stay. */
  apply(changes: string): void;
  /** The whole view again, `NodeJson`; only what differs is replaced. */
  reset(doc: string): void;
  /**
   * Takes in what the browser has typed and not yet reported, through `change`. Call it before the model takes
   * anything in; a composition goes on.
   */
  flush(): void;
  /** Colleagues: `{id, name, school, seal, lead, tone, anchor: Position, head: Position}[]`, all of them. */
  cursors(people: string): void;
  /** The heading that a colleague's caret stands under, "" above the first; null if they have no caret. */
  whereIs(person: string): string | null;
  /** Scrolls to a colleague's caret; false if they have none. */
  goTo(person: string): boolean;
  /** Does a toolbar command (see exec.ts) with JSON arguments; false if it can't be done here. */
  exec(command: string, args: string): boolean;
  setEditable(editable: boolean): void;
  /** Puts my selection: `{anchor: Position, head: Position}` */
  select(selection: string): void;
  focus(): void;
  /** Shows the n-th heading of the outline and puts the caret there. */
  scrollTo(heading: number): void;
  destroy(): void;
}

export interface Options {
  generation: number;
  editable: boolean;
  /** Whose images are this document's own: `/api/documents/{documentId}/images/…` */
  documentId: string;
  labels?: Partial<Labels>;
  /** Bytes; 20 MiB if not said. */
  maxImageBytes?: number;
  autofocus?: boolean;
}

/** What the view says, in the person's language. */
export interface Labels {
  editor: string;
  placeholder: string;
  task: string;
  unknownBlock: string;
  unknownInline: string;
  uploading: string;
  image: string;
  table: string;
}

export const LABELS: Labels = {
  editor: "正文",
  placeholder: "从这里写起。输入“# ”变成标题，“- ”变成列表",
  task: "完成",
  unknownBlock: "这里有一段新版本才能显示的内容，已原样保留",
  unknownInline: "新内容，已原样保留",
  uploading: "正在上传图片",
  image: "图片",
  table: "表格，可左右滚动",
};
