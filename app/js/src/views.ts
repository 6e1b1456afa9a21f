// Nodes that are more than their HTML: tasks with a real checkbox, images, and what this version can't show.
import type { Node } from "prosemirror-model";
import type { EditorView, NodeView, NodeViewConstructor, ViewMutationRecord } from "prosemirror-view";
import type { Labels } from "./bridge";
import { safeImage } from "./values";

export function nodeViews(labels: Labels): Record<string, NodeViewConstructor> {
  return {
    taskItem: (node, view, getPos) => new Task(node, view, getPos as () => number | undefined, labels),
    image: (node) => new Picture(node, labels),
    unknownBlock: () => new Sealed("div", labels.unknownBlock),
    unknownInline: () => new Sealed("span", labels.unknownInline),
  };
}

class Task implements NodeView {
  readonly dom = document.createElement("li");
  readonly contentDOM = document.createElement("div");
  private box = document.createElement("input");

  constructor(
    private node: Node,
    view: EditorView,
    getPos: () => number | undefined,
    private labels: Labels,
  ) {
    const holder = document.createElement("label");
    holder.contentEditable = "false";
    holder.append(this.box);
    this.box.type = "checkbox";
    this.dom.dataset.type = "taskItem";
    this.dom.append(holder, this.contentDOM);
    // Keeps the caret where it is.
    holder.addEventListener("mousedown", (event) => event.preventDefault());
    this.box.addEventListener("change", () => {
      const pos = getPos();
      if (view.editable && pos !== undefined)
        view.dispatch(view.state.tr.setNodeAttribute(pos, "checked", this.box.checked));
      this.show();
    });
    this.box.addEventListener("click", (event) => {
      if (!view.editable) event.preventDefault();
    });
    this.show();
  }

  update(node: Node): boolean {
    if (node.type !== this.node.type) return false;
    this.node = node;
    this.show();
    return true;
  }

  stopEvent(event: Event): boolean {
    return event.target === this.box;
  }

  ignoreMutation(record: ViewMutationRecord): boolean {
    return record.type !== "selection" && !this.contentDOM.contains(record.target);
  }

  private show() {
    const checked = this.node.attrs.checked === true;
    this.box.checked = checked;
    this.dom.dataset.checked = String(checked);
    const text = this.node.firstChild?.textContent.slice(0, 40);
    this.box.setAttribute("aria-label", text ? `${this.labels.task}：${text}` : this.labels.task);
  }
}

class Picture implements NodeView {
  readonly dom = document.createElement("img");

  constructor(
    private node: Node,
    private labels: Labels,
  ) {
    this.dom.loading = "lazy";
    this.dom.decoding = "async";
    this.dom.draggable = true;
    this.show();
  }

  update(node: Node): boolean {
    if (node.type !== this.node.type) return false;
    this.node = node;
    this.show();
    return true;
  }

  private show() {
    const { src, alt, title, width, height } = this.node.attrs;
    const safe = safeImage(src) ?? "";
    if (this.dom.getAttribute("src") !== safe) this.dom.setAttribute("src", safe);
    this.dom.alt = typeof alt === "string" ? alt : this.labels.image;
    setOrRemove(this.dom, "title", typeof title === "string" ? title : null);
    setOrRemove(this.dom, "width", Number(width) > 0 ? String(Math.round(Number(width))) : null);
    setOrRemove(this.dom, "height", Number(height) > 0 ? String(Math.round(Number(height))) : null);
  }
}

function setOrRemove(dom: HTMLElement, name: string, value: string | null) {
  if (value === null) dom.removeAttribute(name);
  else dom.setAttribute(name, value);
}

/** Says that something is here and kept, without pretending to know what. */
class Sealed implements NodeView {
  readonly dom: HTMLElement;

  constructor(tag: "div" | "span", text: string) {
    this.dom = document.createElement(tag);
    this.dom.className = "sealed";
    this.dom.contentEditable = "false";
    this.dom.textContent = text;
  }

  ignoreMutation(): boolean {
    return true;
  }
}
