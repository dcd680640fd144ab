import type { Target } from './target.js';

/**
 * One way to attack what a line of `LINES` states. `run` makes sure first that the rightful way
 * works, so that nothing is held up by a server that refuses all.
 *
 * @typeParam On what is attacked: a deployment as anybody reaches it, unless the attack needs more.
 */
export interface Attack<On = Target> {
  readonly line: number;
  /** How it is done, in a few words. */
  readonly how: string;
  /** What went through, each a sentence; nothing where the defence held. @throws NotTried */
  readonly run: (on: On) => Promise<string[]>;
}

/** Why an attack says nothing about this server. */
export class NotTried extends Error {
  override readonly name = 'NotTried';
}

/** Goes on only where the rightful way works. @throws NotTried */
export function mustHold(isSo: boolean, what: string): asserts isSo {
  if (!isSo) throw new NotTried(what);
}
