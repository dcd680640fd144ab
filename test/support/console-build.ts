import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

export const ROOT = join(import.meta.dirname, '../..');
const SOURCES = ['console/src', 'console/public', 'console/index.html', 'console/vite.config.ts'];

interface Chunk {
  readonly file: string;
  readonly isEntry?: boolean;
  readonly imports?: readonly string[];
}

/** What `npm run build` has made of the console. @throws Error where it is missing or stale. */
export function builtConsole() {
  const folder = join(ROOT, 'dist/console');
  const built = statSync(join(folder, 'index.html'), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const newer = SOURCES.flatMap(filesOf).find((file) => statSync(file).mtimeMs > built);
  if (newer !== undefined) throw new Error(`${newer} is newer than dist/console: run npm run build first`);
  const manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as Record<string, Chunk>;
  return { folder, manifest };
}

/** The scripts without which nothing is shown: the entry and all it imports statically. */
export function firstLoad(manifest: Readonly<Record<string, Chunk>>): string[] {
  const found = new Set<string>();
  const follow = (chunk: Chunk | undefined): void => {
    if (chunk === undefined || found.has(chunk.file)) return;
    found.add(chunk.file);
    chunk.imports?.forEach((name) => follow(manifest[name]));
  };
  Object.values(manifest)
    .filter(({ isEntry }) => isEntry)
    .forEach(follow);
  return [...found];
}

function filesOf(path: string): string[] {
  const whole = join(ROOT, path);
  if (statSync(whole).isFile()) return [whole];
  return readdirSync(whole, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
