import { Injectable } from '@nestjs/common';
import { Sql } from '../../database/sql.js';

@Injectable()
export class DatabaseTimeRepository {
  constructor(private readonly sql: Sql) {}

  async now(): Promise<Date> {
    const row = await this.sql.row<{ now: Date }>({ text: 'SELECT statement_timestamp() AS now' });
    if (row === null) throw new Error('The database does not tell the time');
    return row.now;
  }
}
