// Office programs put pictures on the clipboard only inside RTF (Rich Text Format 1.9.1, "Pictures"): the HTML beside
// it names files of their own machine, which no browser may read.

/** The pictures of an RTF text in their order; null for one in a format that browsers don't show (EMF, WMF). */
export function picturesIn(rtf: string): (Blob | null)[] {
  const pictures: (Blob | null)[] = [];
  for (let at = rtf.indexOf("\\pict"); at >= 0; at = rtf.indexOf("\\pict", at + 5)) {
    if (/[a-z]/i.test(rtf[at + 5] ?? "")) continue;
    // The same picture again, for readers older than Word 97.
    if (/\\nonshppict\s*\{?\s*$/.test(rtf.slice(Math.max(0, at - 24), at))) continue;
    const group = rtf.slice(at + 5, groupEnd(rtf, at + 5));
    const type = /\\pngblip\b/.test(group) ? "image/png" : /\\jpegblip\b/.test(group) ? "image/jpeg" : null;
    pictures.push(type ? new Blob([bytesOf(dataOf(group))], { type }) : null);
  }
  return pictures;
}

function groupEnd(rtf: string, from: number): number {
  const brace = /[{}]/g;
  brace.lastIndex = from;
  for (let depth = 1; ;) {
    const found = brace.exec(rtf);
    if (!found) return rtf.length;
    depth += found[0] === "{" ? 1 : -1;
    if (!depth) return found.index;
  }
}

/** The digits stand after the last control word or inner group. */
function dataOf(group: string): string {
  const word = group.lastIndexOf("\\");
  const inner = group.lastIndexOf("}");
  return inner > word ? group.slice(inner + 1) : group.slice(word).replace(/^\\[a-z]+-?\d*/i, "");
}

function bytesOf(hex: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(hex.length >> 1);
  let length = 0;
  let high = -1;
  for (let i = 0; i < hex.length; i++) {
    const code = hex.charCodeAt(i) | 0x20;
    const digit = code >= 0x30 && code <= 0x39 ? code - 0x30 : code >= 0x61 && code <= 0x66 ? code - 0x57 : -1;
    if (digit < 0) continue;
    if (high < 0) high = digit;
    else {
      bytes[length++] = (high << 4) | digit;
      high = -1;
    }
  }
  return bytes.slice(0, length);
}
