import type { FieldError } from '../errors/app-error.js';

const DEEPEST = 32;
const MOST_FAULTS = 20;
/** No request of ours holds as many; checking each against a DTO would hold everybody else up. */
const MOST_VALUES = 5_000;
/** Names that would reach into an object's prototype when copied. */
const DANGEROUS_NAMES: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * What no field may hold: NUL, which PostgreSQL can't store; lone surrogates,
 * which are not text; names that touch prototypes; nesting and numbers beyond any use.
 */
export function textFaults(body: unknown): FieldError[] {
  const found: Found = { faults: [], values: 0 };
  visit(body, '', 0, found);
  return found.faults;
}

interface Found {
  readonly faults: FieldError[];
  values: number;
}

function visit(value: unknown, path: string, depth: number, found: Found): void {
  const { faults } = found;
  if (faults.length >= MOST_FAULTS || found.values > MOST_VALUES) return;
  if (found.values++ === MOST_VALUES)
    return void faults.push({ field: path, message: `comes after more than ${MOST_VALUES} others` });
  if (typeof value === 'string') {
    const message = textFault(value);
    if (message !== null) faults.push({ field: path, message });
    return;
  }
  // `1e999` is JSON, yet no number of ours: it would come back as null.
  if (typeof value === 'number' && !Number.isFinite(value))
    return void faults.push({ field: path, message: 'is too large a number' });
  if (typeof value !== 'object' || value === null) return;
  if (depth >= DEEPEST)
    return void faults.push({ field: path, message: `is nested more than ${DEEPEST} levels deep` });
  for (const [name, member] of Object.entries(value)) {
    const memberPath = path === '' ? printable(name) : `${path}.${printable(name)}`;
    if (DANGEROUS_NAMES.has(name) || textFault(name) !== null)
      faults.push({ field: memberPath, message: 'is not an allowed name' });
    else visit(member, memberPath, depth + 1, found);
  }
}

function textFault(text: string): string | null {
  if (text.includes('\0')) return 'must not contain NUL characters';
  return text.isWellFormed() ? null : 'must be valid Unicode, without lone surrogates';
}

function printable(name: string): string {
  return name.toWellFormed().replaceAll('\0', '\uFFFD').slice(0, 64);
}
