// @ts-check
// Our own application, which on SIGUSR2 collects all garbage and writes what is still in use to HEAP_FILE.
import { renameSync, writeFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const file = process.env.HEAP_FILE ?? '';
setFlagsFromString('--expose-gc');
const collect = /** @type {() => void} */ (runInNewContext('gc'));

process.on('SIGUSR2', () => {
  collect();
  writeFileSync(`${file}.part`, JSON.stringify(process.memoryUsage()));
  // Whoever waits for it finds it whole.
  renameSync(`${file}.part`, file);
});
await import('../../dist/src/main.js');
