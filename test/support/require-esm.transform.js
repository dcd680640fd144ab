import { createHash } from 'node:crypto';

/**
 * A few CommonJS packages `require` NestJS, which is ESM. Node 20.19 can do that,
 * Jest only from Node 24.9 on. For those packages this hands over what
 * `require-esm.setup.js` has imported; it can go when Node 24 is the oldest we
 * support.
 */
const NEST = /\brequire\((["'])(@nestjs\/(?:common|core|testing)(?:\/[\w./-]+)?)\1\)/g;

export default {
  process: (source) => ({ code: source.replaceAll(NEST, 'globalThis.importedForCommonJs["$2"]') }),
  getCacheKey: (source, path) => createHash('sha256').update(`2\n${path}\n${source}`).digest('hex'),
};
