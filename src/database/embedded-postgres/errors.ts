/**
 * The embedded PostgreSQL cannot be used. The message is one line for the
 * person who started Cloudkeep: what is wrong, where, and what to do about it.
 */
export class EmbeddedPostgresError extends Error {
  override readonly name = 'EmbeddedPostgresError';
}

const FILE_TROUBLES: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'operation not permitted',
  EROFS: 'the file system is read-only',
  ENOTDIR: 'a part of the path is a file',
  EEXIST: 'it is a file, not a folder',
  ENOSPC: 'the disk is full',
};

/** Runs file work, and says in one line which path failed when it does. */
export async function onPath<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof EmbeddedPostgresError) throw error;
    const code = errorCode(error);
    const trouble = FILE_TROUBLES[code ?? ''] ?? (error as Error).message;
    throw new EmbeddedPostgresError(
      `PostgreSQL cannot use ${path}: ${trouble}. Make it writable, choose another DATA_DIR or set DATABASE_URL.`,
      { cause: error },
    );
  }
}

/** The `code` of a system or PostgreSQL error, when it has one. */
export function errorCode(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : undefined;
}

/**
 * The line of PostgreSQL's output that tells most about a failure: the last
 * FATAL or PANIC, else the last error, else the last line, without what precedes the message.
 */
export function lastUsefulLine(output: string): string {
  const lines = output
    .split(/\r?\n/)
    .map((line) => line.replace(/^.*?\[\d+\] (?=[A-Z]+:)/, '').trim())
    .filter((line) => line !== '');
  return (
    lines.findLast((line) => /\b(FATAL|PANIC):/.test(line)) ??
    lines.findLast((line) => /\berror\b/i.test(line)) ??
    lines.at(-1) ??
    'it said nothing'
  );
}
