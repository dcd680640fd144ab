import type { MigrationInterface, QueryRunner } from 'typeorm';

const OWNERS = ['owner_id', 'organization_id'];

/**
 * Lets the collections of a million files be counted and added up from an index
 * alone. `organization_id` is in that of owners as well: row-level security looks at it.
 */
export class MeasureCollections1795219300000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const [who, measured] of [
      ['owner_id', 'organization_id, size, updated_at'],
      ['organization_id', 'size, updated_at'],
    ]) {
      await runner.query(
        `CREATE INDEX files_${who}_collection_measures_idx ON files (${who}, collection, id)
         INCLUDE (${measured}) WHERE deleted_at IS NULL`,
      );
    }
    // Last: from then on nobody reads until the end, and building takes long.
    for (const who of OWNERS) await runner.query(`DROP INDEX files_${who}_collection_id_idx`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const who of OWNERS) {
      await runner.query(
        `CREATE INDEX files_${who}_collection_id_idx ON files (${who}, collection, id) WHERE deleted_at IS NULL`,
      );
    }
    for (const who of OWNERS) await runner.query(`DROP INDEX files_${who}_collection_measures_idx`);
  }
}
