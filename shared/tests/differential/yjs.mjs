// Yjs, asked by differential/main.rs: batches of commands on standard input, their answers on standard output, each with
// its length in front. The commands are in trial.rs; said() writes what document_support/said.rs does.
import { createRequire } from "node:module";

const require = createRequire(new URL("../../../e2e/stock/package.json", import.meta.url));
const Y = require("yjs");
const lib0 = { ...require("lib0/decoding"), ...require("lib0/encoding") };

const WORDS = ["a", "备课", "😀", "the ", "三年级\n", "👩‍🏫", "𠮷", "e\u0301", "ab😀cd", "x"];
const TAGS = ["paragraph", "heading", "blockquote", "tableCell", "listItem", "image"];
const KEYS = ["textAlign", "level", "src", "键", "a"];
const OTHERS = "others";

// Mulberry32, as dice.rs.
class Dice {
  constructor(seed) {
    this.state = seed;
  }
  below(n) {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let t = this.state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) % n;
  }
  pick(all) {
    return all[this.below(all.length)];
  }
}

// What a document says.

const sorted = (entries, write) =>
  `{${entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, value]) => `${JSON.stringify(key)}:${write(value)},`).join("")}}`;

function value(any) {
  if (any === null || any === undefined || typeof any === "boolean") return String(any);
  if (typeof any === "string") return JSON.stringify(any);
  if (typeof any === "bigint") return String(any);
  if (Number.isInteger(any)) return String(BigInt(any));
  if (typeof any === "number") {
    const bits = new DataView(new ArrayBuffer(8));
    bits.setFloat64(0, any);
    return `f${bits.getBigUint64(0).toString(16).padStart(16, "0")}`;
  }
  if (any instanceof Uint8Array) return `#${Buffer.from(any).toString("hex")}`;
  if (Array.isArray(any)) return `[${any.map((item) => `${value(item)},`).join("")}]`;
  return sorted(Object.entries(any), value);
}

function said(out) {
  if (out instanceof Y.XmlElement) return `<${out.nodeName}${sorted(Object.entries(out.getAttributes()), said)}${list(out)}>`;
  if (out instanceof Y.Text) return words(out);
  if (out instanceof Y.Array || out instanceof Y.XmlFragment) return list(out);
  if (out instanceof Y.Map) return sorted([...out.entries()], said);
  return value(out);
}

const list = (items) => `[${items.toArray().map((item) => `${said(item)},`).join("")}]`;

function words(text) {
  let out = "(";
  let letters = "";
  let marks = "";
  const tell = () => {
    if (letters !== "") out += JSON.stringify(letters) + marks;
    letters = "";
  };
  for (const { insert, attributes } of text.toDelta()) {
    const entries = Object.entries(attributes ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
    const now = entries.map(([mark, of]) => `${JSON.stringify(mark)}=${value(of)},`).join("");
    if (now !== marks) tell();
    marks = now;
    if (typeof insert === "string") {
      letters += insert;
    } else {
      tell();
      out += `@${said(insert)}${marks}`;
    }
  }
  tell();
  return `${out})`;
}

function state(doc) {
  const clients = (map) => [...map.keys()].sort((a, b) => a - b);
  const clocks = Y.decodeStateVector(Y.encodeStateVector(doc));
  let out = clients(clocks).map((client) => `${client}:${clocks.get(client)} `).join("") + "-";
  const deletes = Y.createDeleteSetFromStructStore(doc.store).clients;
  for (const client of clients(deletes)) {
    const joined = [];
    for (const { clock, len } of deletes.get(client)) {
      const last = joined.at(-1);
      if (last && last[1] >= clock) last[1] = Math.max(last[1], clock + len);
      else joined.push([clock, clock + len]);
    }
    out += joined.map(([from, to]) => ` ${client}:${from}..${to}`).join("");
  }
  return out;
}

// Edits at random, as pen.rs makes them.

const roots = (doc) => ({
  text: doc.getText("text"),
  map: doc.getMap("map"),
  array: doc.getArray("array"),
  content: doc.getXmlFragment("content"),
});

function places({ text, map, array, content }) {
  const found = { texts: [text], maps: [], lists: [], parents: [], elements: [], paragraphs: [] };
  const gather = (out) => {
    if (out instanceof Y.Text) found.texts.push(out);
    if (out instanceof Y.Map) {
      [...out.keys()].sort().forEach((key) => gather(out.get(key)));
      found.maps.push(out);
    }
    if (out instanceof Y.Array) {
      out.forEach(gather);
      found.lists.push(out);
    }
  };
  const children = (parent, within) => {
    found.parents.push(parent);
    parent.toArray().forEach((child, at) => {
      if (child instanceof Y.XmlElement) {
        children(child, { element: child, parent, at });
        found.elements.push(child);
      } else if (child instanceof Y.XmlText) {
        found.texts.push(child);
        if (within) found.paragraphs.push({ text: child, ...within });
      }
    });
  };
  gather(map);
  gather(array);
  children(content, null);
  return found;
}

function gaps(text) {
  const found = [0];
  let at = 0;
  for (const { insert } of text.toDelta()) {
    for (const letter of typeof insert === "string" ? insert : ["@"]) found.push((at += letter.length));
  }
  return found;
}

const MARKS = [
  (dice) => ({ link: { href: dice.pick(["/a", "/b"]) } }),
  () => ({ link: null }),
  () => ({ bold: null }),
  () => ({ italic: true }),
  () => ({ bold: true }),
  () => ({ bold: true }),
];
const marks = (dice) => dice.pick(MARKS)(dice);

function anything(dice, depth) {
  switch (dice.below(depth < 2 ? 12 : 10)) {
    case 0: return null;
    case 1: return undefined;
    case 2: return dice.below(2) === 0;
    case 3: return dice.below(1000) / 8;
    case 4: return dice.below(200) - 100;
    case 5: return 2 ** 40 + dice.below(9);
    case 6: return 2n ** 60n + BigInt(dice.below(9));
    case 7: return new Uint8Array(dice.below(4)).fill(dice.below(256));
    case 8:
    case 9: return dice.pick(WORDS);
    case 10: return Array.from({ length: dice.below(3) }, () => anything(dice, depth + 1));
    default: return Object.fromEntries(Array.from({ length: dice.below(3) }, () => [dice.pick(KEYS), anything(dice, depth + 1)]));
  }
}

// Yjs takes neither undefined nor large integers as items of a list, only within them.
function item(dice, depth) {
  const any = anything(dice, depth);
  return any === undefined || typeof any === "bigint" ? [any] : any;
}

function write(text, dice) {
  const all = gaps(text);
  const from = dice.below(all.length);
  const to = Math.min(from + dice.below(6), all.length - 1);
  const [at, len] = [all[from], all[to] - all[from]];
  const kind = dice.below(10);
  if (kind <= 3) text.insert(at, dice.pick(WORDS));
  else if (kind === 4) text.insert(at, dice.pick(WORDS), marks(dice));
  else if (kind === 5) text.insertEmbed(at, { src: dice.pick(WORDS) });
  else if (kind <= 7 && len > 0) text.delete(at, len);
  else if (len > 0) text.format(at, len, marks(dice));
  else text.insert(all.at(-1), dice.pick(WORDS));
}

const shape = (kind, dice) =>
  kind === 1 ? new Y.Text(dice.pick(WORDS)) : kind === 2 ? Y.Array.from([item(dice, 1)]) : new Y.Map([["a", anything(dice, 1)]]);

function note(map, dice) {
  const key = dice.pick(KEYS);
  const kind = dice.below(8);
  if (kind === 0) map.delete(key);
  else map.set(key, kind <= 3 ? shape(kind, dice) : anything(dice, 0));
}

function enlist(list, dice) {
  const at = dice.below(list.length + 1);
  const kind = dice.below(8);
  if (kind <= 1 && at < list.length) list.delete(at, 1 + dice.below(Math.min(list.length - at, 3)));
  else if (kind >= 2 && kind <= 4) list.insert(at, [shape(kind - 1, dice)]);
  else list.insert(at, Array.from({ length: 1 + dice.below(3) }, () => item(dice, 0)));
}

function describe(element, dice) {
  const key = dice.pick(KEYS);
  const kind = dice.below(4);
  if (kind === 0) element.removeAttribute(key);
  else element.setAttribute(key, kind === 1 ? anything(dice, 1) : dice.pick(WORDS));
}

function build(parent, dice) {
  const at = dice.below(parent.length + 1);
  const kind = dice.below(6);
  if (kind <= 1 && at < parent.length) {
    parent.delete(at, 1 + dice.below(Math.min(parent.length - at, 2)));
  } else if (kind === 2) {
    parent.insert(at, [new Y.XmlText(dice.pick(WORDS))]);
  } else {
    const element = new Y.XmlElement(dice.pick(TAGS));
    if (dice.below(3) > 0) element.insert(0, [new Y.XmlText(dice.pick(WORDS))]);
    parent.insert(at, [element]);
  }
}

function split({ text, element, parent, at }, dice) {
  const all = gaps(text);
  const cut = dice.pick(all);
  let passed = 0;
  const tail = [];
  for (const { insert, attributes } of text.toDelta()) {
    const letters = typeof insert === "string" ? [...insert] : [insert];
    const kept = letters.filter((letter) => (passed += typeof letter === "string" ? letter.length : 1) > cut);
    if (typeof insert === "string" && kept.length > 0) tail.push({ insert: kept.join(""), attributes });
    else if (kept.length > 0) tail.push({ insert, attributes });
  }
  if (all.at(-1) > cut) text.delete(cut, all.at(-1) - cut);
  const second = new Y.XmlElement(element.nodeName);
  const words = new Y.XmlText();
  second.insert(0, [words]);
  parent.insert(at + 1, [second]);
  words.applyDelta(tail);
}

function edit({ doc, roots }, dice) {
  doc.transact(() => {
    for (let left = dice.below(3); left >= 0; left--) {
      const { texts, maps, lists, parents, elements, paragraphs } = places(roots);
      const kind = dice.below(16);
      if (kind <= 6) write(dice.pick(texts), dice);
      else if (kind <= 8) note(dice.pick(maps), dice);
      else if (kind <= 10) enlist(dice.pick(lists), dice);
      else if (kind === 11 && paragraphs.length > 0) split(dice.pick(paragraphs), dice);
      else if (kind === 12 && elements.length > 0) describe(dice.pick(elements), dice);
      else build(dice.pick(parents), dice);
    }
  });
}

// Trials.

class Replica {
  constructor(id, made) {
    this.doc = new Y.Doc({ guid: "document" });
    this.doc.clientID = id;
    this.roots = roots(this.doc);
    this.taken = new Set();
    // Its own edits, and what Yjs tidies away after an update of others.
    this.doc.on("update", (update, origin) => {
      if (origin !== OTHERS) made(this, update);
    });
  }
  apply(update) {
    Y.applyUpdate(this.doc, update, OTHERS);
  }
  // Where a struct needs one of a client whose later structs wait with it, Yjs notes the gap before those as what it
  // waits for, and not what it needs: once all is there it doesn't look again. Handing that in again is looking again;
  // what then still waits does lack something. How many structs entered.
  lookAgain() {
    const { store } = this.doc;
    if (store.pendingStructs === null) return 0;
    const { update } = store.pendingStructs;
    const before = Y.encodeStateVector(this.doc);
    store.pendingStructs = null;
    Y.applyUpdateV2(this.doc, update, OTHERS);
    return Y.decodeUpdate(Y.encodeStateAsUpdate(this.doc, before)).structs.length;
  }
  said() {
    const { text, map, array, content } = this.roots;
    return said(text) + said(map) + said(array) + list(content);
  }
  tell(into) {
    lib0.writeVarString(into, this.said());
    lib0.writeVarString(into, state(this.doc));
    lib0.writeUint8(into, this.doc.store.pendingStructs === null && this.doc.store.pendingDs === null ? 0 : 1);
  }
}

class Trial {
  constructor(ids) {
    this.updates = [];
    this.told = 0;
    this.forgotten = 0;
    this.replicas = ids.map((id) => new Replica(id, this.made));
  }
  made = (replica, update) => {
    replica.taken.add(this.updates.length);
    this.updates.push(update);
  };
  hear(updates) {
    this.updates.push(...updates);
    this.told = this.updates.length;
  }
  tell(into) {
    lib0.writeVarUint(into, this.updates.length - this.told);
    for (const update of this.updates.slice(this.told)) lib0.writeVarUint8Array(into, update);
    this.told = this.updates.length;
  }
  take(replica, n) {
    replica.taken.add(n);
    replica.apply(this.updates[n]);
  }
  takeAll(replica) {
    for (let n = 0; n < this.updates.length; n++) if (!replica.taken.has(n)) this.take(replica, n);
  }
  perform({ at, code, number }) {
    const replica = this.replicas[at];
    const count = this.updates.length;
    const dice = new Dice(number);
    switch (code) {
      case 0: return edit(replica, dice);
      case 1:
        for (let n = 0; n < count; n++) if (!replica.taken.has(n)) return this.take(replica, n);
        return;
      case 2: return count > 0 ? this.take(replica, number % count) : undefined;
      case 3: return this.takeAll(replica);
      case 4: {
        const other = this.replicas[number % this.replicas.length];
        return replica.apply(Y.encodeStateAsUpdate(other.doc, Y.encodeStateVector(replica.doc)));
      }
      case 5: {
        if (count === 0) return;
        const some = Array.from({ length: 1 + dice.below(3) }, () => this.updates[dice.below(count)]);
        return replica.apply(Y.mergeUpdates(some));
      }
      default: throw new Error(`there is no deed ${code}`);
    }
  }
  settle(seed) {
    const dice = new Dice(seed);
    const count = this.updates.length;
    for (const replica of this.replicas) {
      const order = Array.from({ length: count }, (_, n) => n);
      for (let at = count - 1; at > 0; at--) {
        const other = dice.below(at + 1);
        [order[at], order[other]] = [order[other], order[at]];
      }
      for (const n of order) this.take(replica, n);
    }
    for (let before = -1; before < this.updates.length; ) {
      before = this.updates.length;
      this.replicas.forEach((replica) => {
        this.takeAll(replica);
        if (replica.lookAgain() > 0) this.forgotten += 1;
      });
    }
  }
}

const trials = new Map();

// Reads a command whole before it does anything, so that a trial that fails leaves the others' commands readable.
function command(from) {
  const list = (read) => Array.from({ length: lib0.readVarUint(from) }, () => read(from));
  const slot = lib0.readVarUint(from);
  const code = lib0.readUint8(from);
  const step = () => ({ at: lib0.readVarUint(from), code: lib0.readUint8(from), number: lib0.readVarUint(from) });
  const copy = () => lib0.readVarUint8Array(from).slice();
  if (code <= 1) {
    const ids = code === 0 ? list(lib0.readVarUint) : null;
    const [updates, steps] = [list(copy), list(step)];
    return (into) => {
      if (ids) trials.set(slot, new Trial(ids));
      const trial = trials.get(slot);
      trial.hear(updates);
      steps.forEach((step) => trial.perform(step));
      trial.tell(into);
    };
  }
  if (code === 2) {
    const [updates, seed, theirs] = [list(copy), lib0.readVarUint(from), copy()];
    return (into) => {
      const trial = trials.get(slot);
      trial.hear(updates);
      trial.settle(seed);
      trial.tell(into);
      lib0.writeVarUint(into, trial.forgotten);
      const { doc } = trial.replicas[0];
      lib0.writeVarUint8Array(into, Y.encodeStateAsUpdate(doc, theirs));
      lib0.writeVarUint8Array(into, Y.encodeStateAsUpdate(doc));
      trial.replicas.forEach((replica) => replica.tell(into));
    };
  }
  const all = copy();
  return (into) => {
    const trial = trials.get(slot);
    const fresh = new Replica(7, trial.made);
    fresh.apply(all);
    trial.tell(into);
    fresh.tell(into);
    trials.delete(slot);
  };
}

function answer(batch) {
  const from = lib0.createDecoder(batch);
  const out = lib0.createEncoder();
  for (let left = lib0.readVarUint(from); left > 0; left--) {
    const work = command(from);
    let into = lib0.createEncoder();
    lib0.writeUint8(into, 0);
    try {
      work(into);
    } catch (error) {
      into = lib0.createEncoder();
      lib0.writeUint8(into, 1);
      lib0.writeVarString(into, String(error.stack));
    }
    lib0.writeVarUint8Array(out, lib0.toUint8Array(into));
  }
  return lib0.toUint8Array(out);
}

let waiting = Buffer.alloc(0);
for await (const chunk of process.stdin) {
  waiting = Buffer.concat([waiting, chunk]);
  while (waiting.length >= 4 && waiting.length >= 4 + waiting.readUInt32LE(0)) {
    const end = 4 + waiting.readUInt32LE(0);
    const bytes = answer(new Uint8Array(waiting.subarray(4, end)));
    waiting = waiting.subarray(end);
    const len = Buffer.alloc(4);
    len.writeUInt32LE(bytes.length);
    process.stdout.write(len);
    process.stdout.write(bytes);
  }
}
