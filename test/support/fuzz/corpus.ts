import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Case } from './cases.js';
import type { Finding } from './tally.js';

/** A request that once was answered as it should not be. */
export interface Kept {
  /** What was wrong then. */
  readonly why: string;
  readonly case: Case;
}

const FOLDER = join(import.meta.dirname, '../../e2e/fuzz/corpus');

/** By the names of their files. */
export function corpus(): [string, Kept][] {
  return readdirSync(FOLDER)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => [name, JSON.parse(readFileSync(join(FOLDER, name), 'utf8')) as Kept]);
}

/** Keeps a finding for every run to come. @returns the name of its file. */
export function keep({ route, why, one }: Finding): string {
  const digest = createHash('sha256').update(JSON.stringify(one)).digest('hex').slice(0, 8);
  const name = `${route
    .replaceAll(/[^a-z0-9]+/gi, '-')
    .replace('api-v1-', '')
    .replace(/-$/, '')}-${digest}.json`;
  const kept: Kept = { why: why.split('\n')[0]?.slice(0, 300) ?? '', case: one };
  writeFileSync(join(FOLDER, name), `${JSON.stringify(kept, null, 2)}\n`);
  return name;
}
