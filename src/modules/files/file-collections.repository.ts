import { Injectable } from '@nestjs/common';
import { ReplicaReads } from '../../common/replicas/replica-reads.js';
import type { Reach } from './owner.js';

export interface CollectionRow {
  readonly name: string;
  readonly file_count: number;
  readonly bytes: number;
  readonly updated_at: Date;
}

@Injectable()
export class FileCollectionsRepository {
  constructor(private readonly reads: ReplicaReads) {}

  /**
   * By name, those after `after`. Hops from one name to the next in the index, which
   * PostgreSQL's DISTINCT does not, and counts only what is in those of the page.
   */
  list({ organizationId, ownerId }: Reach, after: string, limit: number): Promise<CollectionRow[]> {
    const own = ownerId === null ? '' : 'AND owner_id = $4';
    const live = `organization_id = $1 ${own} AND deleted_at IS NULL`;
    const next = (name: string) =>
      `SELECT collection FROM files WHERE ${live} AND collection > ${name} ORDER BY collection LIMIT 1`;
    return this.reads.rows({
      name: `file-collections-list-${ownerId === null ? 'all' : 'own'}`,
      text: `WITH RECURSIVE names (name) AS (
               (${next('$2')})
               UNION ALL
               SELECT (${next('names.name')}) FROM names WHERE names.name IS NOT NULL
             ), page AS (
               SELECT name FROM names WHERE name IS NOT NULL LIMIT $3
             )
             SELECT page.name, measured.*
             FROM page CROSS JOIN LATERAL (
               SELECT count(*)::float8 AS file_count, sum(size)::float8 AS bytes, max(updated_at) AS updated_at
               FROM files WHERE ${live} AND collection = page.name
             ) AS measured
             ORDER BY page.name`,
      values: [organizationId, after, limit, ...(ownerId === null ? [] : [ownerId])],
    });
  }
}
