import fc from 'fast-check';
import type { TestApp } from '../app.js';
import { contractOf } from '../native/openapi-contract.js';
import { FuzzCallers } from './callers.js';
import { casesOf, targetsOf, type Case, type Target } from './cases.js';
import { resolvedCase, type Outgoing } from './resolver.js';
import { Tally } from './tally.js';
import { judge } from './verdict.js';
import { curlOf, sent, type Reply } from './wire.js';

export interface CampaignOptions {
  readonly seed: number;
  readonly seconds: number;
}

/** How many requests a route gets when it is its turn; with the seed, that says which. */
const A_TURN = 4;
const LANES = 4;
/** For making the smallest request that still fails. */
const SHRINKING_MS = 15_000;

/** Asks every route of an application whatever there is to ask, in turn, for a time. */
export class Campaign {
  readonly targets: readonly Target[];
  readonly tally: Tally;
  /** What nobody waited for and failed. */
  readonly unhandled: string[] = [];
  private readonly inFlight = new Set<string>();
  private readonly cases = new Map<Target, fc.Arbitrary<Case>>();
  private callers: Promise<FuzzCallers> | undefined;

  constructor(private readonly app: TestApp) {
    this.targets = targetsOf(app.cloudkeep.openApi);
    this.tally = new Tally(this.targets.map(({ route }) => route));
  }

  async run({ seed, seconds }: CampaignOptions): Promise<void> {
    const deadline = performance.now() + seconds * 1000;
    await this.watched(async () => {
      while (performance.now() < deadline) {
        // What the last round did to its people is over.
        this.callers = FuzzCallers.of(this.app);
        await this.round(seed + this.tally.rounds * 1_000, deadline);
        this.tally.rounds += 1;
      }
    });
  }

  /** One request; settles once its answer was judged. @throws Error saying what is wrong with it. */
  async attempt(one: Case): Promise<void> {
    const target = this.targets.find(({ route }) => route === one.route);
    // What was kept of a route that is no more.
    if (target === undefined) return;
    this.callers ??= FuzzCallers.of(this.app);
    let out: Outgoing;
    try {
      out = await resolvedCase(this.app, await this.callers, one);
    } catch (error) {
      this.tally.countUnmade(one, error);
      return;
    }
    const reply = await this.sent(one, out);
    this.tally.count(one, reply.status);
    judge(contractOf(this.app.cloudkeep), target, one, out, reply);
  }

  /** Collects what is rejected while `work` goes on and nobody looks at. */
  async watched(work: () => Promise<void>): Promise<void> {
    const note = (reason: unknown) => {
      const told = reason instanceof Error ? (reason.stack ?? reason.message) : String(reason);
      this.unhandled.push(`${told}\nwhile there were: ${[...this.inFlight].join(', ')}`);
    };
    process.on('unhandledRejection', note);
    try {
      await work();
    } finally {
      process.off('unhandledRejection', note);
    }
  }

  private async sent(one: Case, out: Outgoing): Promise<Reply> {
    this.inFlight.add(one.route);
    try {
      return await sent(this.app.url, out);
    } finally {
      this.inFlight.delete(one.route);
    }
  }

  private async round(seed: number, deadline: number): Promise<void> {
    // Each round begins elsewhere, so that a short one comes to all routes in time.
    const first = (seed * 31) % this.targets.length;
    const turns = [...this.targets.slice(first), ...this.targets.slice(0, first)].entries();
    const lane = async () => {
      for (const [index, target] of turns) {
        if (performance.now() > deadline) return;
        await this.turn(target, seed + index);
      }
    };
    await Promise.all(Array.from({ length: LANES }, lane));
  }

  private async turn(target: Target, seed: number): Promise<void> {
    // What is wrong with a route is told once.
    if (this.tally.findings.some(({ route }) => route === target.route)) return;
    const property = fc.asyncProperty(this.casesOf(target), (one) => this.attempt(one));
    const details = await fc.check(property, {
      seed,
      numRuns: A_TURN,
      interruptAfterTimeLimit: SHRINKING_MS,
    });
    if (!details.failed || details.counterexample === null) return;
    const [one] = details.counterexample;
    const why = details.errorInstance instanceof Error ? details.errorInstance.message : 'failed';
    this.tally.findings.push({ route: target.route, why, one, curl: await this.curl(one) });
  }

  private casesOf(target: Target): fc.Arbitrary<Case> {
    const known = this.cases.get(target) ?? casesOf(this.app.cloudkeep.openApi, target);
    this.cases.set(target, known);
    return known;
  }

  private async curl(one: Case): Promise<string> {
    const callers = await (this.callers ??= FuzzCallers.of(this.app));
    return resolvedCase(this.app, callers, one).then(
      (out) => curlOf(this.app.url, out),
      (error: unknown) => String(error),
    );
  }
}
