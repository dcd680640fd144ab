/** The server can't start. The message is one line for the person who started it. */
export class StartupError extends Error {
  override readonly name = 'StartupError';

  static databaseUnreachable(url: string, cause: unknown): StartupError {
    const { hostname, port, pathname } = new URL(url);
    const reason =
      cause instanceof Error ? cause.message || ((cause as NodeJS.ErrnoException).code ?? cause.name) : '';
    return new StartupError(
      `The database at ${hostname}:${port || '5432'}${pathname} can't be used: ${reason.split('\n')[0] ?? ''}`,
      { cause },
    );
  }

  /** @param cause PostgreSQL's `lock_not_available`, with the statement that had to wait. */
  static tableInUse(cause: unknown, seconds: number): StartupError {
    const [statement] = ((cause as { query?: string }).query ?? 'a migration').trim().split('\n');
    return new StartupError(
      `A migration gave up after ${seconds} s of waiting for a table that is in use, and changed nothing: ${statement ?? ''}.` +
        ' End what holds it (pg_stat_activity: the longest transactions) and start again.',
      { cause },
    );
  }

  /** Row-level security reads the setting; without it the system would see nothing. */
  static poolerForgetsTenant(setting: string): StartupError {
    return new StartupError(
      `The PgBouncer at DATABASE_URL must begin its connections with connect_query='SET ${setting} = ''*''' (docs/deployment.md)`,
    );
  }

  /** @param cause an error of the store, whose own cause says what is wrong. */
  static storageUnusable(backend: string, cause: unknown): StartupError {
    const { message, cause: fault } = cause as Error;
    const reason = (fault as Error | undefined)?.message ?? message;
    return new StartupError(`The ${backend} store can't be used: ${reason}`, { cause });
  }
}
