import { Injectable } from '@nestjs/common';
import { Sql } from '../../database/sql.js';
import { KEY_ID_BYTES } from './key-ring.js';
import type { SealedColumn } from './sealed-column.js';

export interface SealedRow {
  readonly id: unknown;
  readonly sealed: Buffer;
}

/** Statements over the columns that modules name, for keys that are rotated. */
@Injectable()
export class ResealingRepository {
  constructor(private readonly sql: Sql) {}

  /** How many are sealed under another key. */
  async count(place: SealedColumn, keyId: Buffer): Promise<number> {
    const row = await this.sql.row<{ count: number }>({
      text: `SELECT count(*)::int AS count FROM ${place.table} WHERE ${isOther(place)}`,
      values: [keyId],
    });
    return row?.count ?? 0;
  }

  /** The next of them, locked until the transaction ends. */
  next(place: SealedColumn, keyId: Buffer, after: unknown, limit: number): Promise<SealedRow[]> {
    const { table, column, id } = place;
    return this.sql.rows<{ id: unknown; sealed: Buffer }>({
      text: `SELECT ${id.column} AS id, ${column} AS sealed FROM ${table}
             WHERE ${isOther(place)} AND ($2::${id.type} IS NULL OR ${id.column} > $2)
             ORDER BY ${id.column} LIMIT $3 FOR UPDATE`,
      values: [keyId, after, limit],
    });
  }

  async write({ table, column, id }: SealedColumn, rows: readonly SealedRow[]): Promise<void> {
    await this.sql.execute({
      text: `UPDATE ${table} SET ${column} = given.sealed
             FROM unnest($1::${id.type}[], $2::bytea[]) AS given (id, sealed) WHERE ${table}.${id.column} = given.id`,
      values: [rows.map((row) => row.id), rows.map(({ sealed }) => sealed)],
    });
  }
}

/** The key's id stands behind the version. */
const isOther = ({ column }: SealedColumn) =>
  `${column} IS NOT NULL AND substring(${column} FROM 2 FOR ${KEY_ID_BYTES}) <> $1`;
