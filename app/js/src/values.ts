// What may stand in an attribute. Values come from colleagues' clients and from the clipboard: none is trusted.

/** Text colours by name: stored as these hex values, shown through the design tokens so that dark mode holds. */
export const PALETTE = [
  { name: "red", hex: "#a63a17" },
  { name: "amber", hex: "#8a5a00" },
  { name: "green", hex: "#1c6b54" },
  { name: "teal", hex: "#0e6b82" },
  { name: "blue", hex: "#2a66ae" },
  { name: "purple", hex: "#6a4bb5" },
  { name: "rose", hex: "#a8375f" },
  { name: "grey", hex: "#5f6763" },
] as const;

export const HIGHLIGHTS = [
  { name: "amber", hex: "#efe8db" },
  { name: "green", hex: "#e2efe9" },
  { name: "blue", hex: "#e1eaf4" },
  { name: "purple", hex: "#eae6f5" },
  { name: "rose", hex: "#f3e3e9" },
  { name: "red", hex: "#fbeae2" },
] as const;

const HREF = /^(?:https?:\/\/|mailto:|tel:|\/(?![\/\\])|#)/i;

/** A link's address if its scheme is one of http, https, mailto, tel, or it stays on this site. */
export function safeHref(value: unknown): string | null {
  if (typeof value !== "string") return null;
  const href = value.replace(/[\u0000-\u0020\u00a0]+/g, (gap) => (gap === " " ? "%20" : "")).trim();
  return HREF.test(href) ? href : null;
}

/** An image's address: this site's, or the web's as foreign documents have it; `upload:` marks one on its way. */
export function safeImage(value: unknown): string | null {
  if (typeof value !== "string" || /[\u0000-\u001f]/.test(value)) return null;
  return /^(?:https?:\/\/|\/(?![\/\\])|upload:\d+$|data:image\/)/i.test(value) ? value : null;
}

/** A CSS colour without anything else in it. */
export function safeColour(value: unknown): string | null {
  if (typeof value !== "string") return null;
  const colour = value.trim().toLowerCase();
  return /^(?:#[0-9a-f]{3,8}|rgba?\([\d\s.,%/]+\)|hsla?\([\d\s.,%/deg]+\)|var\(--[\w-]+\)|[a-z]{3,24})$/.test(colour)
    ? colour
    : null;
}

/** A colour as `#rrggbb` where it can be told, else as it was. */
export function readColour(value: string | null): string | null {
  const colour = safeColour(value);
  if (!colour) return null;
  const rgb = /^rgba?\(\s*(\d+)[\s,]+(\d+)[\s,]+(\d+)/.exec(colour);
  if (rgb)
    return `#${rgb
      .slice(1, 4)
      .map((part) => Math.min(255, Number(part)).toString(16).padStart(2, "0"))
      .join("")}`;
  const short = /^#([0-9a-f])([0-9a-f])([0-9a-f])$/.exec(colour);
  if (short)
    return `#${short
      .slice(1, 4)
      .map((part) => part + part)
      .join("")}`;
  return colour;
}

/** Palette colours are left to the style sheet; any other is handed over as a custom property (CSSOM, never an attribute). */
export function colourAttrs(use: "color" | "highlight", colour: string | null): Record<string, string> {
  if (!colour) return {};
  const palette: readonly { hex: string }[] = use === "color" ? PALETTE : HIGHLIGHTS;
  if (palette.some(({ hex }) => hex === colour)) return { "data-color": colour };
  return { "data-color": colour, "data-own": "", style: `--own: ${colour}` };
}

/** A column or row span: 1 to 100. */
export function span(value: unknown): number {
  return Math.min(100, Math.max(1, Math.trunc(Number(value)) || 1));
}
