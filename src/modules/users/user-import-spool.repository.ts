import { Injectable } from '@nestjs/common';
import { Sql } from '../../database/sql.js';
import type { NewImportedUser } from './user-import.repository.js';

/** People who wait for the last line of their import: what touches no other row keeps nobody else waiting. */
@Injectable()
export class UserImportSpool {
  constructor(private readonly sql: Sql) {}

  /** Part of the caller's unit of work, with which it goes. */
  async open(): Promise<void> {
    await this.sql.execute({
      text: `CREATE TEMPORARY TABLE user_import_spool (line integer PRIMARY KEY, person json NOT NULL) ON COMMIT DROP`,
    });
  }

  async add(people: readonly NewImportedUser[]): Promise<void> {
    await this.sql.execute({
      text: `INSERT INTO user_import_spool SELECT * FROM unnest($1::integer[], $2::json[])`,
      values: [people.map(({ line }) => line), people.map((one) => JSON.stringify(one))],
    });
  }

  /** In the order of their lines. */
  async *take(most: number): AsyncGenerator<NewImportedUser[]> {
    let people = await this.after(0, most);
    while (people.length > 0) {
      yield people;
      people = await this.after(people.at(-1)?.line ?? 0, most);
    }
  }

  private async after(line: number, most: number): Promise<NewImportedUser[]> {
    const rows = await this.sql.rows<{ person: NewImportedUser }>({
      text: 'SELECT person FROM user_import_spool WHERE line > $1 ORDER BY line LIMIT $2',
      values: [line, most],
    });
    return rows.map(({ person }) => person);
  }
}
