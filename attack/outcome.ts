import { NotTried, type Attack } from './attack.js';
import { ATTACKS } from './attacks/index.js';
import { LINES } from './lines.js';
import type { Target } from './target.js';

/** What came of a line, attacked in one way. */
export interface Outcome {
  readonly line: number;
  readonly how: string;
  readonly verdict: 'held' | 'went through' | 'not tried' | 'failed';
  /** What went through, or why it was not tried or failed. */
  readonly details: readonly string[];
}

const FROM_INSIDE = 'not from outside: npm test does';
/** Nothing of the kind is ever told, whatever an attack puts into a sentence. */
const SECRETS = /eyJ[\w-]{8,}(?:\.[\w-]*){0,2}|(?:pat|key)_\w{16,}/g;

/** The lines there are, or those of them that were asked for. */
export function linesOf(only: readonly number[]): number[] {
  const all = Object.keys(LINES).map(Number);
  return only.length === 0 ? all : all.filter((line) => only.includes(line));
}

/** Attacks line by line, one after the other, and tells each outcome as it comes. */
export async function* attack(target: Target, lines: readonly number[]): AsyncGenerator<Outcome> {
  for (const line of lines) {
    const attacks = ATTACKS.filter((candidate) => candidate.line === line);
    if (attacks.length === 0) yield { line, how: '', verdict: 'not tried', details: [FROM_INSIDE] };
    for (const one of attacks) yield await outcomeOf(one, target);
  }
}

async function outcomeOf({ line, how, run }: Attack, target: Target): Promise<Outcome> {
  try {
    const through = (await run(target)).map((sentence) => sentence.replaceAll(SECRETS, '…'));
    return { line, how, verdict: through.length === 0 ? 'held' : 'went through', details: through };
  } catch (error) {
    const { message } = error as Error;
    const verdict = error instanceof NotTried ? 'not tried' : 'failed';
    return { line, how, verdict, details: [message.replaceAll(SECRETS, '…')] };
  }
}
