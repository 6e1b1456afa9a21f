// Colours of other programs: the nearest of ours, which both themes show legibly.
import { readColour } from "./values";

type Palette = readonly { name: string; hex: string }[];

/** The names that office programs write; other names mean nothing here. */
const NAMED: Record<string, string> = {
  red: "#ff0000",
  darkred: "#8b0000",
  maroon: "#800000",
  orange: "#ffa500",
  gold: "#ffd700",
  yellow: "#ffff00",
  darkyellow: "#808000",
  olive: "#808000",
  lime: "#00ff00",
  green: "#008000",
  darkgreen: "#006400",
  teal: "#008080",
  darkcyan: "#008b8b",
  aqua: "#00ffff",
  cyan: "#00ffff",
  blue: "#0000ff",
  darkblue: "#00008b",
  navy: "#000080",
  purple: "#800080",
  darkmagenta: "#8b008b",
  fuchsia: "#ff00ff",
  magenta: "#ff00ff",
  pink: "#ffc0cb",
  brown: "#a52a2a",
  gray: "#808080",
  grey: "#808080",
};
/** Less chroma than this looks grey. */
const GREY = 0.025;

/** The palette's colour that is meant by `value`; null for black, white and what programs write for "as usual". */
export function nearest(value: string | null | undefined, palette: Palette): string | null {
  const read = readColour(value ?? null);
  const colour = read && (NAMED[read] ?? read);
  if (!colour) return null;
  if (palette.some(({ hex }) => hex === colour)) return colour;
  const rgb = channels(colour);
  if (!rgb) return null;
  const [high, low] = [Math.max(...rgb), Math.min(...rgb)];
  if (high - low < 24 && (high < 96 || low > 232)) return null;
  const { chroma, hue } = look(rgb);
  if (chroma < GREY) return palette.find(({ name }) => name === "grey")?.hex ?? null;
  let best: { hex: string; turn: number } | null = null;
  for (const { name, hex } of palette) {
    if (name === "grey") continue;
    const apart = Math.abs(look(channels(hex)!).hue - hue);
    const turn = Math.min(apart, 2 * Math.PI - apart);
    if (!best || turn < best.turn) best = { hex, turn };
  }
  return best?.hex ?? null;
}

function channels(colour: string): number[] | null {
  const found = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/.exec(colour);
  return found && found.slice(1, 4).map((part) => Number.parseInt(part, 16));
}

/** Chroma and hue in Oklab, where equal angles look equally far apart: in HSL pure blue would be a purple. */
function look(rgb: number[]): { chroma: number; hue: number } {
  const [r, g, b] = rgb.map((part) => {
    const x = part / 255;
    return x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4;
  });
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  const x = 1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s;
  const y = 0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s;
  return { chroma: Math.hypot(x, y), hue: Math.atan2(y, x) };
}
