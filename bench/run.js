// @ts-check
// `npm run bench` lists the benchmarks, `npm run bench -- <name>` runs one, with `--profile` tells where its time goes.
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const args = process.argv.slice(2);
const [name] = args.filter((arg) => arg !== '--profile');
const folder = new URL(args.includes('--profile') ? './profiles/' : './rows/', import.meta.url);
const names = readdirSync(fileURLToPath(folder))
  .filter((file) => file.endsWith('.js'))
  .map((file) => file.slice(0, -'.js'.length));

if (name === undefined) {
  console.log(`npm run bench -- <name>, after npm run build. There is:\n  ${names.join('\n  ')}`);
} else if (names.includes(name)) {
  await import(new URL(`${name}.js`, folder).href);
} else {
  console.error(`No such benchmark as ${name}: there is ${names.join(', ')}.`);
  process.exitCode = 1;
}
