import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readEnv } from './env.js';

let folder: string;
let files = 0;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cloudkeep-settings-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function file(content: string): string {
  const path = join(folder, String(++files));
  writeFileSync(path, content);
  return path;
}

const KEY = 'a key of thirty-two characters and more';

it.each(['\n', '\r\n', ''])('a setting may stand in a file, which may end in %j', (end) => {
  const env = readEnv({ SECRET_KEY_FILE: file(KEY + end), PORT_FILE: file(`8123${end}`) });
  expect([env.SECRET_KEY, env.PORT]).toEqual([KEY, 8123]);
});

it('only its last line break is not part of it', () => {
  expect(readEnv({ SECRET_KEY_FILE: file(` ${KEY}\n\n`) }).SECRET_KEY).toBe(` ${KEY}\n`);
});

it('so may a list, and what belongs to an issuer of one’s own', () => {
  const env = readEnv({
    ENCRYPTION_KEY_FILE: file(`${KEY},${KEY} once`),
    PUBLIC_URL: 'https://app.example.com',
    OAUTH_REDIRECT_URIS: 'https://app.example.com/done',
    OIDC_HOUSE_ISSUER: 'https://id.example.com',
    OIDC_HOUSE_CLIENT_ID: 'cloudkeep',
    OIDC_HOUSE_CLIENT_SECRET_FILE: file('hush\n'),
  });
  expect(env.ENCRYPTION_KEY).toEqual([KEY, `${KEY} once`]);
  expect(env.oidcIssuers).toMatchObject([{ name: 'house', CLIENT_SECRET: 'hush' }]);
});

it('one that is empty counts as unset, and one of nobody’s setting is nobody’s business', () => {
  expect(readEnv({ SECRET_KEY_FILE: '', SOMEBODY_ELSES_FILE: '/nonexistent' }).SECRET_KEY).toBeUndefined();
});

it('every fault is told with the others, without the value', () => {
  const path = file(KEY);
  const start = () =>
    readEnv({
      SECRET_KEY: KEY,
      SECRET_KEY_FILE: path,
      JWT_SECRET_KEY_FILE: join(folder, 'nowhere'),
      METRICS_TOKEN_FILE: file('\n'),
      PORT: 'eighty',
    });
  expect(start).toThrow(/SECRET_KEY and SECRET_KEY_FILE are both set/);
  expect(start).toThrow(/JWT_SECRET_KEY_FILE names a file that can't be used: ENOENT/);
  expect(start).toThrow(/METRICS_TOKEN_FILE names a file that can't be used: .+ is empty/);
  expect(start).toThrow(/PORT must be/);
  expect(start).not.toThrow(KEY);
});
