import { Injectable } from '@nestjs/common';
import { Sql } from '../../database/sql.js';
import type { BackupKind } from './backup-manifest.js';

/** Times in seconds since 1970. */
export interface KindFigures {
  readonly kind: BackupKind;
  readonly succeeded_at: number;
  readonly verified_at: number;
  readonly seconds: number | null;
  readonly verification_seconds: number | null;
  readonly bytes: number | null;
  readonly damaged: number;
}

@Injectable()
export class BackupFiguresRepository {
  constructor(private readonly sql: Sql) {}

  /** One row a kind of which there ever was one. */
  byKind(): Promise<KindFigures[]> {
    return this.sql.rows<KindFigures & Record<string, unknown>>({
      name: 'backups-figures',
      text: `SELECT kind,
          coalesce(extract(epoch FROM max(finished_at) FILTER (WHERE status = 'good')), 0)::float8 AS succeeded_at,
          coalesce(extract(epoch FROM max(verified_at) FILTER (WHERE status = 'good' AND verification = 'ok')), 0)::float8 AS verified_at,
          ((array_agg(extract(epoch FROM finished_at - started_at) ORDER BY finished_at DESC) FILTER (WHERE status = 'good'))[1])::float8 AS seconds,
          ((array_agg(verification_seconds ORDER BY verified_at DESC) FILTER (WHERE verified_at IS NOT NULL))[1])::float8 AS verification_seconds,
          ((array_agg(bytes ORDER BY finished_at DESC) FILTER (WHERE status = 'good'))[1])::float8 AS bytes,
          (count(*) FILTER (WHERE status = 'damaged'))::float8 AS damaged
        FROM backups GROUP BY kind`,
    });
  }
}
