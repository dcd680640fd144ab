import { createHash } from 'node:crypto';
import { readFileSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

/**
 * Jest gives every test file modules of its own, which for this application and
 * its libraries means two seconds and 100 MiB a file. What a test imports from
 * `src`, `migrations`, `sdk/src` or `node_modules` is therefore turned into a reference to
 * what Node itself has loaded, once a worker: the built code, as it is served.
 * Only the tests and what supports them are Jest's own, but for what of that is
 * in this folder: it is kept from one test file to the next.
 */
export default {
  getCacheKey: (_source, path, options) => hash(VERSION, path, kindOf(options)),
  process: (source, path, options) => {
    const code = referenceTo(builtFile(path), kindOf(options));
    return code === undefined ? { code: source, map: NO_MAP } : { code };
  },
};

const ROOT = join(import.meta.dirname, '../../..');
/** Which may be linked from elsewhere. */
const LIBRARIES = realpathSync(join(ROOT, 'node_modules'));
/** Keeps Jest from looking for one in the text of a library. */
const NO_MAP = { version: 3, sources: [], mappings: '' };
const require = createRequire(import.meta.url);
/** A cached reference holds for this build and these libraries. */
const VERSION = hash(
  ...['dist/.tsbuildinfo', 'dist/sdk/.tsbuildinfo', 'package-lock.json'].map((name) =>
    readFileSync(join(ROOT, name)),
  ),
  readFileSync(import.meta.filename),
);

function hash(...parts) {
  const hashed = createHash('sha256');
  for (const part of parts) hashed.update(part).update('\0');
  return hashed.digest('hex');
}

function builtFile(path) {
  if (path.startsWith(LIBRARIES) || path.startsWith(import.meta.dirname)) return path;
  const source = path.slice(ROOT.length + 1).replace(/^sdk\/src\//, 'sdk/');
  return join(ROOT, 'dist', source.replace(/\.ts$/, '.js'));
}

/** `none` is for Jest's own loading, of the global set-up, say. */
function kindOf({ supportsDynamicImport, supportsStaticESM }) {
  if (!supportsDynamicImport) return 'none';
  return supportsStaticESM ? 'esm' : 'cjs';
}

function referenceTo(file, kind) {
  if (kind === 'none') return undefined;
  const native = `nativeRequire(${JSON.stringify(file)})`;
  if (kind === 'cjs') return `module.exports = ${native};`;
  // Names with a prefix of their own: what is exported may be called as a keyword is, such as `delete`.
  const names = Object.keys(require(file)).filter((name) => name !== 'module.exports');
  const lines = names.map((name) => `const $${name} = native.${name};\nexport { $${name} as ${name} };`);
  return [`const native = ${native};`, ...lines, 'export {};'].join('\n');
}
