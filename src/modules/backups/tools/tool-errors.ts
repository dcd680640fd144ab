import type { Tool, ToolName, Wanted } from './tool.js';

/** Debian's names; those of others are close enough to be found by them. */
const PACKAGES: Readonly<Record<ToolName, string>> = {
  pg_dump: 'postgresql-client',
  pg_restore: 'postgresql-client',
  pg_amcheck: 'postgresql-client',
  initdb: 'postgresql',
  postgres: 'postgresql',
  pg_ctl: 'postgresql',
  pgbackrest: 'pgbackrest',
};

/** A program is not there, or not as new as it must be. The message says which, and how to mend it. */
export class ToolMissing extends Error {
  override readonly name = 'ToolMissing';

  constructor(tool: ToolName, wanted: Wanted, found: readonly Tool[]) {
    const { least, exact = false } = wanted;
    const version = least === undefined ? '' : exact ? ` ${least}` : ` ${least} or newer`;
    const there =
      found.length === 0
        ? 'found none'
        : `found ${found.map(({ version: its, path }) => `${its} in ${path}`).join(', ')}`;
    const name = least === undefined || tool === 'pgbackrest' ? PACKAGES[tool] : `${PACKAGES[tool]}-${least}`;
    super(`${tool}${version} is needed and ${there}: apt-get install ${name}, or set PG_BIN_DIR`);
  }
}

/** A program ended badly; the message is its own last useful line. */
export class ToolFailed extends Error {
  override readonly name = 'ToolFailed';

  constructor(
    readonly tool: string,
    /** Null where it could not be started or a signal ended it. */
    readonly code: number | null,
    said: string,
  ) {
    super(said);
  }
}
