import type { Case } from './cases.js';

/** What an answer taught that should not have been. */
export interface Finding {
  readonly route: string;
  readonly why: string;
  /** As small as it still fails. */
  readonly one: Case;
  readonly curl: string;
}

/** What was asked and what came of it. */
export class Tally {
  readonly findings: Finding[] = [];
  requests = 0;
  rounds = 0;
  /** Requests that could not be made, for something they name could not; by why. */
  readonly unmade = new Map<string, number>();
  private readonly answers = new Map<string, Map<number, number>>();

  constructor(private readonly routes: readonly string[]) {}

  count({ route, verb }: Case, status: number): void {
    this.requests += 1;
    const name = verb === undefined ? route : 'another verb';
    const statuses = this.answers.get(name) ?? new Map<number, number>();
    this.answers.set(name, statuses.set(status, (statuses.get(status) ?? 0) + 1));
  }

  countUnmade({ route }: Case, error: unknown): void {
    const why = `${route}: ${String(error)
      .replaceAll(/[0-9a-f-]{36}/g, '')
      .slice(0, 300)}`;
    this.unmade.set(why, (this.unmade.get(why) ?? 0) + 1);
  }

  /** Routes that never did what they are for. */
  get neverGood(): string[] {
    return this.routes.filter((route) => ![...(this.answers.get(route)?.keys() ?? [])].some(isGood));
  }

  get asked(): number {
    return this.routes.filter((route) => this.answers.has(route)).length;
  }

  /** How often each status was answered. */
  get statuses(): ReadonlyMap<number, number> {
    const all = new Map<number, number>();
    for (const statuses of this.answers.values())
      for (const [status, count] of statuses) all.set(status, (all.get(status) ?? 0) + count);
    return new Map([...all].sort(([one], [other]) => one - other));
  }

  report(seed: number): string {
    const told = [...this.statuses].map(([status, count]) => `${status}: ${count}`);
    return [
      `Seed ${seed}: ${this.requests} requests in ${this.rounds} rounds, ${this.asked} of ${this.routes.length} routes.`,
      `Statuses: ${told.join(', ')}`,
      `Never answered 2xx or 3xx: ${this.neverGood.join(', ') || 'none'}`,
      ...[...this.unmade].map(([why, count]) => `Could not be made, ${count} times: ${why}`),
      ...this.findings.map(
        ({ route, why, one, curl }) => `\n${route} ${why}\n${JSON.stringify(one)}\n${curl}`,
      ),
    ].join('\n');
  }
}

const isGood = (status: number) => status >= 200 && status < 400;
