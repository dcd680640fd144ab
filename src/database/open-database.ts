import { join } from 'node:path';
import type { Config } from '../config/config.js';
import { migrate } from './migrate.js';

/** A database ready for use. */
export interface OpenDatabase {
  readonly url: string;
  /** Past a PgBouncer that `url` leads to. */
  readonly directUrl: string;
  /** Ends the embedded server, if there is one and this process owns it. */
  close(): Promise<void>;
}

/**
 * The database of the configuration: the given one, or the embedded server,
 * started on demand; its schema brought up to date.
 *
 * @throws StartupError | EmbeddedPostgresError with one line for whoever started it.
 */
export async function openDatabase(config: Config): Promise<OpenDatabase> {
  const server = await locateDatabase(config);
  try {
    await migrate(server.directUrl, config.database.migrationLockSeconds);
  } catch (error) {
    await server.close();
    throw error;
  }
  return server;
}

/** As `openDatabase`, with the schema as it is. */
export async function locateDatabase({ database, app }: Config): Promise<OpenDatabase> {
  const { url, directUrl } = database;
  if (url !== null) return { url, directUrl: directUrl ?? url, close: () => Promise.resolve() };
  // Imported on demand: with a database of one's own none of it is needed, nor need its binaries be installed.
  const { startEmbeddedPostgres } = await import('./embedded-postgres.js');
  const server = await startEmbeddedPostgres({ dataDir: join(app.dataDir, 'postgres') });
  return { url: server.url, directUrl: server.url, close: () => server.stop() };
}
