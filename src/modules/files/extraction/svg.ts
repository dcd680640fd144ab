import { SVG } from 'image-size/types/svg';
import type { ImageMetadata } from './extracted-metadata.js';

/** Editors write a dozen namespaces into it; nobody writes this much. */
const MOST_ROOT_CHARACTERS = 8_192;

/** The size an SVG's root says, in CSS pixels; null where it says none, or only a share of the page. */
export function svgSize(bytes: Uint8Array): ImageMetadata | null {
  const text = new TextDecoder().decode(bytes);
  const start = rootStart(text);
  if (!/^<svg\s/.test(text.slice(start, start + 5))) return null;
  // Only the root: the library's patterns take squared time on text made for it.
  const root = /^<svg\s(?:[^>"']|"[^"]*"|'[^']*')*>/.exec(text.slice(start, start + MOST_ROOT_CHARACTERS));
  return root && SVG.calculate(new TextEncoder().encode(root[0]));
}

/** Where the declaration, comments and document type end. */
function rootStart(text: string): number {
  let at = 0;
  for (;;) {
    while (/\s/.test(text.charAt(at))) at += 1;
    if (text.startsWith('<?', at)) at = after(text, '?>', at);
    else if (text.startsWith('<!--', at)) at = after(text, '-->', at);
    else if (text.startsWith('<!', at)) at = doctypeEnd(text, at);
    else return at;
  }
}

/** It may hold declarations of its own in brackets. */
function doctypeEnd(text: string, at: number): number {
  const end = after(text, '>', at);
  return text.slice(at, end).includes('[') ? after(text, '>', after(text, ']', at)) : end;
}

/** The position behind it; the end where there is none. */
function after(text: string, mark: string, from: number): number {
  const found = text.indexOf(mark, from);
  return found === -1 ? text.length : found + mark.length;
}
