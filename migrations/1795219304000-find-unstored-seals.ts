import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Lets the seals that wait for the object store be found, not looked for among all there ever were. */
export class FindUnstoredSeals1795219304000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      'CREATE INDEX audit_seals_unstored_idx ON audit_seals (organization_id, seq) WHERE stored_at IS NULL',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX audit_seals_unstored_idx');
  }
}
