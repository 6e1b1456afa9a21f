// A document for what reads HTML; the editor view itself is tried in real browsers.
import { JSDOM } from "jsdom";

const { window } = new JSDOM("", { url: "https://gongbei.test/documents/d1" });
Object.assign(globalThis, {
  window,
  document: window.document,
  DOMParser: window.DOMParser,
  Element: window.Element,
  HTMLElement: window.HTMLElement,
  HTMLImageElement: window.HTMLImageElement,
  Text: window.Text,
  location: window.location,
});
