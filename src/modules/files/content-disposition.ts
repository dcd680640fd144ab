/** Characters of an extended value that need no encoding (RFC 8187, attr-char), beside letters and digits. */
const KEPT = /[!'()*]/g;
const percent = (character: string) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`;

/**
 * `Content-Disposition` (RFC 6266): the name in ASCII for whoever knows no better,
 * and whole where that says less (RFC 8187).
 */
export function contentDisposition(type: 'attachment' | 'inline', fileName: string): string {
  const ascii = fileName.replaceAll(/[^\x20-\x7e]/gu, '_').replaceAll(/[%"\\]/g, '_');
  const whole = encodeURIComponent(fileName.toWellFormed()).replaceAll(KEPT, percent);
  return `${type}; filename="${ascii}"${ascii === fileName ? '' : `; filename*=UTF-8''${whole}`}`;
}
