import { readFileSync } from 'node:fs';
// @ts-expect-error -- a tool in plain JavaScript has no types.
import { generated } from '../../sdk/generator.js';
import { describeApi } from '../../src/describe.js';
import { TestApp } from '../support/app.js';

const AGAIN = 'The SDK is older than the API: npm run sdk:generate, and commit what it writes';
const committed = (name: string) => readFileSync(new URL(`../../sdk/src/${name}`, import.meta.url), 'utf8');

let document: object;
beforeAll(async () => {
  const app = await TestApp.start();
  document = JSON.parse(JSON.stringify(app.cloudkeep.openApi)) as object;
  await app.stop();
});

describe('the SDK', () => {
  it('knows the API as the server describes it', async () => {
    const stale = Object.entries(await generated(document)).filter(
      ([name, text]) => text !== committed(name),
    );
    expect(stale.map(([name]) => `sdk/src/${name}. ${AGAIN}`)).toEqual([]);
  });

  it('is made from the description a server would give, without one', async () => {
    expect(JSON.parse(JSON.stringify(await describeApi('0.0.0-test')))).toEqual(document);
  });
});
