import type { Letter } from './letter.js';

/** How letters leave this process. */
export abstract class MailDriver {
  /**
   * Resolves once somebody else answers for the letter.
   *
   * @throws RefusedForGood when no later attempt can succeed; any other error may pass.
   */
  abstract deliver(letter: Letter, signal: AbortSignal): Promise<void>;
}

/** The recipient's side does not want this letter, now or later. */
export class RefusedForGood extends Error {
  override readonly name = 'RefusedForGood';
}
