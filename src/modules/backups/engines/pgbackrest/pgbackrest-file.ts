import { readFile, stat } from 'node:fs/promises';
import type { RunAs } from '../../../../database/embedded-postgres/os-user.js';
import { becoming } from '../../../../database/embedded-postgres/os-user.js';

/** Where pgBackRest looks by itself: first the one, then what it was before version 2. */
const USUAL_PLACES = ['/etc/pgbackrest/pgbackrest.conf', '/etc/pgbackrest.conf'] as const;

/** What pgBackRest's own configuration file says; only what we must know before we run it. */
export class PgBackRestFile {
  private constructor(
    readonly path: string | null,
    private readonly sections: ReadonlyMap<string, ReadonlyMap<string, string>>,
  ) {}

  /** @param path null for its usual place. */
  static async read(path: string | null): Promise<PgBackRestFile> {
    for (const place of path === null ? USUAL_PLACES : [path]) {
      const text = await readFile(place, 'utf8').catch(() => null);
      if (text !== null) return new PgBackRestFile(place, parse(text));
    }
    return new PgBackRestFile(null, new Map());
  }

  /** A stanza's own setting beats that of all; undefined where neither is. */
  value(stanza: string, name: string): string | undefined {
    return this.sections.get(stanza)?.get(name) ?? this.sections.get('global')?.get(name);
  }

  /**
   * As whom pgBackRest runs beside the database: its repository must be one that
   * the server's own `archive_command` can write too, so root becomes the owner of
   * the database's folder; of the first repository, where one is all that is left.
   * Ourselves where neither is on this machine.
   */
  async account(stanza: string, program: string): Promise<RunAs> {
    const owner = (await this.owner(stanza)) ?? (await this.repositoryOwner(stanza));
    if (process.getuid?.() !== 0 || owner === null || owner.uid === 0) return { prefix: [] };
    return becoming(owner, [program]);
  }

  /** One in a cloud has none. */
  private async repositoryOwner(stanza: string): Promise<{ uid: number; gid: number } | null> {
    const names = [...(this.sections.get('global')?.keys() ?? [])].filter((name) =>
      /^repo\d+-path$/.test(name),
    );
    const owners = await Promise.all(names.sort().map((name) => ownerOf(this.value(stanza, name))));
    return owners.find((owner) => owner !== null) ?? null;
  }

  /** Who owns the database's folder; null where that is on another machine. */
  async owner(stanza: string): Promise<{ uid: number; gid: number } | null> {
    return this.value(stanza, 'pg1-host') === undefined ? ownerOf(this.value(stanza, 'pg1-path')) : null;
  }
}

async function ownerOf(folder: string | undefined): Promise<{ uid: number; gid: number } | null> {
  return folder === undefined ? null : stat(folder).catch(() => null);
}

function parse(text: string): Map<string, Map<string, string>> {
  const sections = new Map<string, Map<string, string>>();
  let section = new Map<string, string>();
  for (const line of text.split(/\r?\n/)) {
    const [, name] = /^\s*\[([^\]]+)\]\s*$/.exec(line) ?? [];
    const [, key, value] = /^\s*([\w-]+)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (name !== undefined) sections.set(name, (section = sections.get(name) ?? new Map<string, string>()));
    else if (key !== undefined && value !== undefined) section.set(key, value);
  }
  return sections;
}
