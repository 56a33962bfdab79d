// A service keeps its colour in every trace and on every machine: the hue comes from a hash of its name alone.
// Hues from 340 to 130 degrees (OKLCH) stay free: red says error, orange says critical path.

const FIRST_HUE = 135;
const HUE_STEPS = 12;
const HUE_STEP = 18;

export interface ServiceColour {
  /** Degrees, OKLCH. */
  readonly hue: number;
  /** 0 or 1: a second lightness doubles the number of colours. */
  readonly tone: number;
}

const known = new Map<string, ServiceColour>();

export function serviceColour(name: string): ServiceColour {
  const found = known.get(name);
  if (found !== undefined) return found;
  const hash = fnv1a(name);
  const colour = {
    hue: (FIRST_HUE + (hash % HUE_STEPS) * HUE_STEP) % 360,
    tone: Math.floor(hash / HUE_STEPS) % 2,
  };
  known.set(name, colour);
  return colour;
}

// FNV-1a, 32 bits, over UTF-16 units, with a final mix: its low bits alone cluster for names with one ending. The basis is
// FNV's own plus 2738, the first offset at which the names of well-known demonstration systems fall far apart.
function fnv1a(text: string): number {
  let hash = 0x811c9dc5 + 2738;
  for (let i = 0; i < text.length; i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return (hash ^ (hash >>> 13)) >>> 0;
}
