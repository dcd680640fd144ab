/** Resolves `./x.js` to `./x.ts`, as TypeScript does under NodeNext: what eslint-plugin-boundaries asks. */
const { existsSync } = require('node:fs');
const { dirname, resolve } = require('node:path');

exports.interfaceVersion = 2;

exports.resolve = (source, file) => {
  if (!source.startsWith('.')) return { found: false };
  const path = resolve(dirname(file), source).replace(/\.js$/, '.ts');
  return existsSync(path) ? { found: true, path } : { found: false };
};
