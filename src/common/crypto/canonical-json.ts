/**
 * JSON in its one canonical form (RFC 8785): members in the order of their names'
 * UTF-16 units, numbers and strings as ECMAScript writes them, no white space. Members that are
 * undefined are left out.
 *
 * @throws TypeError for what has no such form: NaN, infinities, lone surrogates, functions.
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item)).join(',')}]`;
  if (typeof value === 'object' && value !== null) return objectJson(value as Record<string, unknown>);
  const hasForm =
    value === null ||
    typeof value === 'boolean' ||
    Number.isFinite(value) ||
    (typeof value === 'string' && value.isWellFormed());
  if (!hasForm) throw new TypeError(`${typeof value} without a canonical form`);
  return JSON.stringify(value);
}

function objectJson(value: Record<string, unknown>): string {
  const members = Object.keys(value)
    .filter((name) => value[name] !== undefined)
    .sort()
    .map((name) => `${canonicalJson(name)}:${canonicalJson(value[name])}`);
  return `{${members.join(',')}}`;
}
