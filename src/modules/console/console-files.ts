import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

/** What a build is made of; a file of another kind is not served. */
const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

/** One file of the console, read and compressed once. */
export interface ConsoleFile {
  readonly contentType: string;
  readonly etag: string;
  readonly content: Buffer;
  /** Null where it would be no smaller. */
  readonly gzipped: Buffer | null;
}

/**
 * The built console by the path below its folder. Listed once: what a request
 * asks for is looked up among these names and never becomes a path of the disk.
 */
export class ConsoleFiles {
  private readonly read = new Map<string, Promise<ConsoleFile>>();

  private constructor(
    private readonly folder: string,
    private readonly names: ReadonlySet<string>,
  ) {}

  /** @returns null where nothing has been built. */
  static async list(folder: string): Promise<ConsoleFiles | null> {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
    const names = entries
      .filter((entry) => entry.isFile() && extname(entry.name) in TYPES)
      .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'));
    return names.includes('index.html') ? new ConsoleFiles(folder, new Set(names)) : null;
  }

  /** @returns null for a name that is none of the build's. */
  async get(name: string): Promise<ConsoleFile | null> {
    if (!this.names.has(name)) return null;
    const reading = this.read.get(name) ?? this.load(name);
    this.read.set(name, reading);
    // What failed once, as with too many files open, is read anew.
    reading.catch(() => this.read.delete(name));
    return reading;
  }

  private async load(name: string): Promise<ConsoleFile> {
    const content = await readFile(join(this.folder, name));
    // No secret shares an answer with a caller's words here, so its length tells nothing.
    const smaller = await promisify(gzip)(content, { level: 9 });
    return {
      contentType: TYPES[extname(name)] ?? 'application/octet-stream',
      etag: `"${createHash('sha256').update(content).digest('base64url').slice(0, 27)}"`,
      content,
      gzipped: smaller.length < content.length ? smaller : null,
    };
  }
}
