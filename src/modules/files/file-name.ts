const MOST_BYTES = 255;
/** Room for a name in a segment of a key, behind an id and `_`. */
const MOST_BYTES_IN_KEY = 255 - 37;
/** Controls, separators of lines, and marks that turn the direction of text, by which `gpj.exe` shows as `exe.jpg`. */
const UNPRINTABLE =
  // eslint-disable-next-line no-control-regex -- they are what is dropped
  /[\u0000-\u001f\u007f-\u009f\u061c\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g;

/**
 * The name of a file out of what a sender calls it: the last part of a path, without
 * what can not be printed, at most 255 bytes in UTF-8 with its extension kept. Null
 * where nothing is left.
 */
export function cleanFileName(sent: string): string | null {
  const last = sent.toWellFormed().split(/[/\\]/).at(-1) ?? '';
  const name = last.replace(UNPRINTABLE, '').trim();
  return name === '' || name === '.' || name === '..' ? null : shortened(name, MOST_BYTES);
}

/** As forms send it: browsers write a quote as `%22` and line ends as `%0D%0A` (WHATWG, multipart form data). */
export function fileNameOfForm(sent: string): string | null {
  return cleanFileName(sent.replaceAll('%22', '"').replaceAll(/%0[ad]/gi, ''));
}

/** A name as part of the key of an object. */
export function nameInKey(name: string): string {
  return shortened(name, MOST_BYTES_IN_KEY);
}

function shortened(name: string, mostBytes: number): string {
  const extension = /\.[^.]{1,16}$/u.exec(name)?.[0] ?? '';
  const stem = name.slice(0, name.length - extension.length);
  return firstBytes(stem, mostBytes - Buffer.byteLength(extension)) + extension;
}

/** Never half a character. */
function firstBytes(text: string, most: number): string {
  const bytes = Buffer.from(text).subarray(0, most);
  return new TextDecoder('utf-8').decode(bytes, { stream: true });
}
