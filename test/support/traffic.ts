import type { TestDatabase } from './database.js';
import type { SignedIn } from './factories/given.js';

export interface Failure {
  readonly what: string;
  readonly status: number;
  readonly code: string;
  readonly servedBy: string;
}

/** People at work: each writes, reads, searches and evaluates, one request after the other, and remembers what was acknowledged. */
export class Traffic {
  readonly failures: Failure[] = [];
  /** Values of preferences that the server said it keeps, by user and key. */
  readonly kept = new Map<string, number>();
  readonly conversations: string[] = [];
  readonly registered: string[] = [];
  requests = 0;
  slowestMs = 0;
  private isOn = true;
  private readonly work: Promise<unknown>;

  constructor(
    private readonly url: string,
    people: readonly { readonly user: SignedIn; readonly sessionId: string }[],
  ) {
    this.work = Promise.all(people.map(({ user, sessionId }) => this.person(user, sessionId)));
  }

  async end(): Promise<void> {
    this.isOn = false;
    await this.work;
  }

  /** Whatever was acknowledged is there. */
  async expectAllKept(database: TestDatabase): Promise<void> {
    expect(this.kept.size).toBeGreaterThan(5);
    const rows = await database.query<{ name: string; value: number }>(
      `SELECT user_id || ' ' || key AS name, value FROM user_preferences WHERE key LIKE 'round-%'`,
    );
    const values = new Map(rows.map(({ name, value }) => [name, value]));
    for (const [name, value] of this.kept) expect([name, values.get(name)]).toEqual([name, value]);
    const count = async (table: string, column: string, wanted: readonly string[]) =>
      (await database.query(`SELECT 1 FROM ${table} WHERE ${column}::text = ANY($1)`, [wanted])).length;
    expect(await count('conversations', 'id', this.conversations)).toBe(this.conversations.length);
    expect(await count('users', 'email', this.registered)).toBe(this.registered.length);
  }

  private async person(user: SignedIn, sessionId: string): Promise<void> {
    for (let round = 0; this.isOn; round++) {
      const key = `round-${round % 7}`;
      const kept = await this.ask(user, 'PUT', `/users/me/preferences/${key}`, { value: round });
      if (kept !== null) this.kept.set(`${user.id} ${key}`, round);
      else this.kept.delete(`${user.id} ${key}`);
      const begun = await this.ask(user, 'POST', '/conversations', { title: `Round ${round}` });
      if (begun !== null) this.conversations.push(begun.id as string);
      await this.ask(user, 'GET', `/conversations?q=round&limit=5`);
      await this.ask(user, 'GET', '/auth/profile');
      if (round % 3 === 0)
        await this.ask(user, 'POST', `/sandbox/sessions/${sessionId}/evaluate`, { mode: 'cluster' });
      if (round % 5 === 0) await this.register(`${user.username}-${round}`);
    }
  }

  private async register(username: string): Promise<void> {
    const person = { username, email: `${username}@example.com`, password: 'violet kettle orbit 47 maple' };
    if ((await this.ask(null, 'POST', '/auth/register', person)) !== null) this.registered.push(person.email);
  }

  /** Null when it failed. */
  private async ask(
    user: SignedIn | null,
    method: string,
    path: string,
    body?: object,
  ): Promise<Record<string, unknown> | null> {
    this.requests++;
    const headers: Record<string, string> = { 'content-type': 'application/json' };
    if (user !== null) headers.authorization = `Bearer ${user.token}`;
    const began = performance.now();
    const answer = await fetch(`${this.url}/api/v1${path}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }).catch(() => null);
    const text = await answer?.text().catch(() => null);
    this.slowestMs = Math.max(this.slowestMs, performance.now() - began);
    const servedBy = answer?.headers.get('x-served-by') ?? 'nobody';
    if (answer?.ok === true && typeof text === 'string') return JSON.parse(text) as Record<string, unknown>;
    const code = /"code":"(\w+)"/.exec(text ?? '')?.[1] ?? '';
    this.failures.push({ what: `${method} ${path}`, status: answer?.status ?? 0, code, servedBy });
    return null;
  }
}

/** A reader of a session's log that comes back whenever it was cut off, with the number of the last line it saw. */
export class LogReader {
  readonly seqs: number[] = [];
  connections = 0;
  private isOn = true;
  private readonly controller = new AbortController();
  private readonly work: Promise<void>;

  constructor(
    private readonly url: string,
    private readonly user: SignedIn,
    private readonly sessionId: string,
  ) {
    this.work = this.readOn();
  }

  async end(): Promise<void> {
    this.isOn = false;
    this.controller.abort();
    await this.work;
  }

  private async readOn(): Promise<void> {
    while (this.isOn) {
      await this.read().catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  private async read(): Promise<void> {
    const answer = await fetch(`${this.url}/api/v1/sandbox/sessions/${this.sessionId}/logs?follow=true`, {
      headers: { authorization: `Bearer ${this.user.token}`, 'last-event-id': `${this.seqs.at(-1) ?? 0}` },
      signal: this.controller.signal,
    });
    this.connections++;
    const decoder = new TextDecoder();
    let text = '';
    for await (const chunk of answer.body ?? []) {
      text += decoder.decode(chunk as Uint8Array, { stream: true });
      const end = text.lastIndexOf('\n\n') + 2;
      for (const [, seq] of text.slice(0, end).matchAll(/^id: (\d+)$/gm)) this.seqs.push(Number(seq));
      text = text.slice(end);
    }
  }
}
