import { Store } from '../components/store';

export type Asked = 'sign-in' | 'proof';

/** What the person is being asked before something can go on; at most one thing at a time. */
export class Prompts {
  /** What the dialog over the page shows; null while nothing is asked. */
  readonly shown = new Store<Asked | null>(null);
  private waiting: PromiseWithResolvers<boolean> | null = null;
  private someoneIsKnown = false;

  /** Of a stranger nothing is asked over a page: they are led to the sign-in page. */
  setKnown(known: boolean): void {
    this.someoneIsKnown = known;
  }

  /**
   * All who ask while the dialog is open wait for its one answer.
   *
   * @returns whether the person did as asked.
   */
  ask(what: Asked): Promise<boolean> {
    if (!this.someoneIsKnown) return Promise.resolve(false);
    // A sign-in is a fresh proof too, but not the other way round.
    if (this.waiting === null || what === 'sign-in') this.shown.set(what);
    this.waiting ??= Promise.withResolvers<boolean>();
    return this.waiting.promise;
  }

  answer(done: boolean): void {
    this.shown.set(null);
    this.waiting?.resolve(done);
    this.waiting = null;
  }
}

export const prompts = new Prompts();
