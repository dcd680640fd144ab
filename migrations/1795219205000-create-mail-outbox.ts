import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Mails on their way: written with the change they tell of, sent after it. */
export class CreateMailOutbox1795219205000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE mail_outbox (
        id uuid PRIMARY KEY,
        created_at timestamptz NOT NULL DEFAULT now(),
        organization_id uuid NOT NULL
          CONSTRAINT mail_outbox_organization_id_fkey REFERENCES organizations ON DELETE CASCADE,
        template text NOT NULL,
        recipient text NOT NULL,
        sealed_data bytea,
        status text NOT NULL,
        attempts integer NOT NULL DEFAULT 0,
        due_at timestamptz NOT NULL,
        claimed_until timestamptz,
        finished_at timestamptz,
        last_error text,
        CONSTRAINT mail_outbox_status_check CHECK (status IN ('waiting', 'sent', 'failed')),
        CONSTRAINT mail_outbox_wiped_check CHECK ((status = 'waiting') = (sealed_data IS NOT NULL)),
        CONSTRAINT mail_outbox_finished_check CHECK ((status = 'waiting') = (finished_at IS NULL))
      )`);
    await runner.query(
      `CREATE INDEX mail_outbox_due_at_idx ON mail_outbox (due_at) WHERE status = 'waiting'`,
    );
    await runner.query(`CREATE INDEX mail_outbox_finished_at_idx ON mail_outbox (finished_at)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE mail_outbox`);
  }
}
