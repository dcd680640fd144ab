// Taken once: this runs a million times an hour, and a look-up of a global is not always free.
const { cos, imul, log, sqrt } = Math;
const TWO_PI = 2 * Math.PI;
const UINT32 = 0x1_0000_0000;

/** A number for a text: FNV-1a, stirred. The same text gives the same number, everywhere and for ever. */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return stir(hash);
}

/** The number at one place of the stream of a key: evenly between 0 and 1, neither of them. */
export function uniform(key: number, place: number): number {
  return (stir(key ^ stir(place)) + 0.5) / UINT32;
}

/** Normally distributed, mean 0 and variance 1 (Box and Muller 1958). */
export function normal(key: number, place: number): number {
  const radius = sqrt(-2 * log(uniform(key, place)));
  return radius * cos(TWO_PI * uniform(key ^ 0x5bd1e995, place));
}

/** The finaliser of MurmurHash3: each bit of the input turns half of the output's. */
function stir(value: number): number {
  let hash = value ^ (value >>> 16);
  hash = imul(hash, 0x85ebca6b);
  hash = imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
