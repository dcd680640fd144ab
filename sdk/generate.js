// @ts-check
// `npm run sdk:generate`: writes what the SDK knows of the API, from the build of the server.
import { readFileSync, writeFileSync } from 'node:fs';
import { describeApi } from '../dist/src/describe.js';
import { generated } from './generator.js';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
for (const [name, text] of Object.entries(await generated(await describeApi(version))))
  writeFileSync(new URL(`src/${name}`, import.meta.url), text);
