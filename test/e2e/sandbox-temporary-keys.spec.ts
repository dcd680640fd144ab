import { TestApp } from '../support/app.js';
import type { ApiClient } from '../support/client.js';
import { EC2_TEMPORARY, Ec2Server } from '../support/ec2-server.js';
import { NEW_SESSION, opened } from '../support/sandbox.js';

const KEY = { aws_access_key: EC2_TEMPORARY.accessKeyId, aws_secret_key: EC2_TEMPORARY.secretAccessKey };

let ec2: Ec2Server;
let app: TestApp;
let client: ApiClient;
beforeAll(async () => {
  ec2 = await Ec2Server.start();
  app = await TestApp.start({ env: { SANDBOX_ALLOW_ACTIONS: 'true', AWS_EC2_ENDPOINT: ec2.url } });
  client = app.as(await app.given.signedIn());
});
afterAll(async () => {
  await app.stop();
  await ec2.stop();
});
beforeEach(() => {
  ec2.asked.length = 0;
});

const evacuate = async (id: string) => {
  const asked = { mode: 'cluster', signal: 'termination', execute: true };
  return (await client.post(`/sandbox/sessions/${id}/evaluate`, asked)).body;
};

describe('a session', () => {
  const withToken = (aws_session_token: unknown) => ({ ...KEY, aws_session_token });

  it.each([
    ['a temporary key without its token', KEY],
    ['a temporary key and a token of blanks', withToken(' '.repeat(40))],
    ['a temporary key and a token without end', withToken('A'.repeat(8_193))],
    ['a temporary key and a list for a token', withToken([EC2_TEMPORARY.sessionToken])],
    ['a temporary key and null for a token', withToken(null)],
    ['a token with a lasting key', { aws_session_token: EC2_TEMPORARY.sessionToken }],
  ])('is refused with %s', async (_, change) => {
    const answer = await client.post('/sandbox/sessions', { ...NEW_SESSION, ...change });
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ field: 'aws_session_token' }] } });
    expect(answer.text).not.toContain(EC2_TEMPORARY.sessionToken.slice(0, 20));
  });

  it('acts with the token of its temporary key, which is sealed, told nowhere and wiped with it', async () => {
    const { secretAccessKey, sessionToken } = EC2_TEMPORARY;
    const id = await opened(client, withToken(sessionToken));
    expect((await evacuate(id)).actions).toMatchObject([{ kind: 'create_tags', status: 'done' }]);
    const rows = (table: string, column: string) =>
      app.database.query(`SELECT ${table}::text AS row FROM ${table} WHERE ${column} = $1`, [id]);
    const logs = await client.get(`/sandbox/sessions/${id}/logs?limit=200`);
    const trail = await app.database.query(`SELECT audit_logs::text AS row FROM audit_logs`);
    const kept = [
      await rows('sandbox_sessions', 'id'),
      await rows('sandbox_actions', 'session_id'),
      logs.body,
      trail,
    ];
    for (const secret of [secretAccessKey, sessionToken])
      for (const spelling of [secret, Buffer.from(secret).toString('hex')])
        expect(JSON.stringify(kept)).not.toContain(spelling);
    await client.delete(`/sandbox/sessions/${id}`);
    expect(ec2.actions).toEqual(['CreateTags', 'DeleteTags']);
    expect(
      await app.database.query('SELECT sealed_credentials AS sealed FROM sandbox_sessions WHERE id = $1', [
        id,
      ]),
    ).toEqual([{ sealed: null }]);
  });

  it('can do nothing with the token of another key', async () => {
    const id = await opened(client, withToken('not-the-token-of-this-key'));
    expect((await evacuate(id)).actions).toMatchObject([{ status: 'failed', problem: 'AuthFailure' }]);
  });

  it('may say null for the token that a lasting key has not', async () => {
    const id = await opened(client, { aws_session_token: null });
    expect((await evacuate(id)).actions).toMatchObject([{ kind: 'create_tags', status: 'done' }]);
  });
});
