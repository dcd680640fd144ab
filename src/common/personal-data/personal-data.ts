import { Injectable } from '@nestjs/common';
import type { Actor } from '../access/actor.js';

/** Whose data. */
export interface Person {
  readonly id: string;
  readonly organizationId: string;
  readonly email: string;
}

/** What one module holds about people. */
export interface PersonalDataSource {
  /** All about the person as JSON, without secrets: at once, or row by row where there may be many. */
  readonly export: (person: Person) => Promise<unknown> | AsyncIterable<unknown>;
  /**
   * Removes what the database does not remove along with the person's row, and
   * ends what must end at once. Part of the caller's unit of work; runs before the
   * row is deleted. Absent where nothing is left to do. `actor` is null when nobody asked.
   */
  readonly erase?: (person: Person, actor: Actor | null) => Promise<void>;
}

/**
 * Everything we hold about a person (GDPR articles 15, 17 and 20): modules register what is
 * theirs, and whoever exports or erases never learns which exist.
 */
@Injectable()
export class PersonalData {
  private readonly sources = new Map<string, PersonalDataSource>();

  /** @param name under which it appears in the export, snake_case. */
  register(name: string, source: PersonalDataSource): void {
    if (this.sources.has(name)) throw new Error(`Personal data named ${name} is registered twice`);
    this.sources.set(name, source);
  }

  /** A JSON object with a member for each source, in pieces: however much there is, little is in memory. */
  async *export(person: Person): AsyncGenerator<string> {
    let separator = '{';
    for (const [name, source] of this.sources) {
      yield `${separator}${JSON.stringify(name)}:`;
      separator = ',';
      const data = source.export(person);
      if (data instanceof Promise) yield JSON.stringify((await data) ?? null);
      else yield* jsonArray(data);
    }
    yield separator === '{' ? '{}' : '}';
  }

  /** Part of the caller's unit of work. */
  async erase(person: Person, actor: Actor | null): Promise<void> {
    for (const { erase } of this.sources.values()) await erase?.(person, actor);
  }
}

async function* jsonArray(rows: AsyncIterable<unknown>): AsyncGenerator<string> {
  let separator = '[';
  for await (const row of rows) {
    yield separator + JSON.stringify(row);
    separator = ',';
  }
  yield separator === '[' ? '[]' : ']';
}

/** Row by row what comes in pages; `load` gets the last row seen, null at first, and answers none at the end. */
export async function* inPages<Row>(
  load: (last: Row | null) => Promise<readonly Row[]>,
): AsyncGenerator<Row> {
  let page = await load(null);
  while (page.length > 0) {
    yield* page;
    page = await load(page.at(-1) ?? null);
  }
}
