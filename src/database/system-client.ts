import pg from 'pg';
import { TENANT_SETTING } from './data-source.js';

const CONNECT_TIMEOUT_MS = 10_000;

/**
 * A connection of its own to any database, as the system, whose statements may take
 * hours: for what reads or writes a whole database. Whoever takes one ends it.
 *
 * @throws Error where it can not be reached.
 */
export async function connectSystem(url: string): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'cloudkeep-backup',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    options: `-c ${TENANT_SETTING}=* -c statement_timeout=0 -c idle_in_transaction_session_timeout=0`,
  });
  // One that breaks fails what is asked of it; unheard, that would end the process besides.
  client.on('error', () => undefined);
  await client.connect();
  return client;
}
