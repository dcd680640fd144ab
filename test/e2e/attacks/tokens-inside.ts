import pino from 'pino';
import { mustHold, type Attack } from '../../../attack/attack.js';
import { taken } from '../../../attack/attacks/tokens.js';
import { claimsOf, forgedJwt, type Json } from '../../../attack/jwt.js';
import type { Target } from '../../../attack/target.js';
import { RootLogger } from '../../../src/common/http/logger.js';
import { RefusalTrail } from '../../../src/modules/audit/refusal-trail.js';
import type { TestApp } from '../../support/app.js';
import { PASSWORD } from '../../support/factories/given.js';
import { serviceOf } from '../../support/weakened.js';

export const KEY = 'Zq4w9Lr2Vt7Xk1Pn8Bs5Hd3Gm6Jc0Fy!Ue';
const HOUR = 3600;
const NEW_PASSWORD = 'quartz meadow 19 lantern';

export interface Lab {
  readonly app: TestApp;
  readonly target: Target;
}

const without = (claims: Json, name: string): Json =>
  Object.fromEntries(Object.entries(claims).filter(([key]) => key !== name));

const WRONG_CLAIMS: [string, (claims: ReturnType<typeof claimsOf>) => Json | string][] = [
  ['of another issuer', (claims) => ({ ...claims, iss: 'somebody-else' })],
  ['for another audience', (claims) => ({ ...claims, aud: 'another-service' })],
  ['for no audience', (claims) => without(claims, 'aud')],
  ['of no issuer', (claims) => without(claims, 'iss')],
  ['for another use', (claims) => ({ ...claims, token_use: 'mfa' })],
  ['for no stated use', (claims) => without(claims, 'token_use')],
  ['for several uses', (claims) => ({ ...claims, token_use: ['access'] })],
  ['without end', (claims) => without(claims, 'exp')],
  ['whose end is text', (claims) => ({ ...claims, exp: String(claims.exp) })],
  ['whose end is null', (claims) => ({ ...claims, exp: null })],
  ['whose end is an object', (claims) => ({ ...claims, exp: { $gt: 0 } })],
  ['whose end is a word', (claims) => ({ ...claims, exp: 'never' })],
  ['that has ended', (claims) => ({ ...claims, exp: claims.iat - HOUR })],
  ['whose end is negative', (claims) => ({ ...claims, exp: -1 })],
  ['not valid yet', (claims) => ({ ...claims, nbf: claims.iat + HOUR })],
  ['without session', (claims) => without(claims, 'sid')],
  ['of a session that is no id', (claims) => ({ ...claims, sid: "' OR 1=1 --" })],
  ['of a session that is an object', (claims) => ({ ...claims, sid: {} })],
  ['of a session nobody has', (claims) => ({ ...claims, sid: '0199f3a4-7d5e-7cc1-9c3a-2f1e5b0a4d11' })],
  ['without subject', (claims) => without(claims, 'sub')],
  ...['null', '[]', '1', '"text"', '{', '{"__proto__":{}}'].map((claims): [string, () => string] => [
    `of the claims ${claims}`,
    () => claims,
  ]),
];

const rightlySigned: Attack<Lab> = {
  line: 1,
  how: 'tokens signed with the key, their claims wrong',
  async run({ app, target }) {
    const { token } = await app.given.signedIn();
    const signed = (claims: Json | string, alg = 'HS256') => forgedJwt({ alg, typ: 'JWT' }, claims, KEY);
    const copy = signed(claimsOf(token));
    mustHold((await app.as(copy).get('/auth/profile')).status === 200, 'the forger does not know how');
    const forged = WRONG_CLAIMS.map(([what, change]) => [what, signed(change(claimsOf(token)))] as const);
    const other = ['RS256', 'EdDSA', 'HS384', 'none'].map(
      (alg) => [`of ${alg}`, signed(claimsOf(token), alg)] as const,
    );
    const long = forgedJwt({ alg: 'HS512' }, claimsOf(token), KEY, 'sha512');
    return taken(target, token, [...forged, ...other, ['of HS512', long]]);
  },
};

const afterTheGrace: Attack<Lab> = {
  line: 4,
  how: 'the parent of a refresh token, replayed after the grace',
  async run({ app }) {
    const user = await app.given.signedIn();
    const refresh = (token: string) => app.anyone.post('/auth/refresh', { refresh_token: token });
    const { body: next } = await refresh(user.refreshToken);
    app.clock.advance(11);
    const through = [];
    if ((await refresh(user.refreshToken)).body.code !== 'refresh_token_reused')
      through.push('The parent works after the grace.');
    if ((await refresh(next.refresh_token)).status === 200) through.push('The family goes on.');
    for (const token of [user.token, next.access_token as string])
      if ((await app.as(token).get('/auth/verify')).status === 200) through.push('An access token works on.');
    const again = await app.given.signIn(user);
    const { body } = await app.as(again).get('/auth/sessions');
    if (body.items.at(-1).status !== 'compromised') through.push('The session list does not show it.');
    const rows = await app.database.query(
      `SELECT FROM audit_logs WHERE action = 'session.end' AND resource = $1 AND details->>'reason' = 'refresh_token_reuse'`,
      [`session:${user.sessionId}`],
    );
    if (rows.length !== 1) through.push('The audit log does not tell it.');
    return through;
  },
};

const mistyped: Attack<Lab> = {
  line: 5,
  how: 'a token mistyped at each place, while the database can not be asked',
  async run({ app, target }) {
    const { token } = await app.given.personalToken(await app.given.signedIn(), ['profile:read']);
    const through = [];
    const status = async (shown: string) =>
      (await target.call('GET', '/auth/profile', { token: shown })).status;
    // With its table away, whoever asks for it can't answer.
    await app.database.query('ALTER TABLE machine_credential_secrets RENAME TO away');
    try {
      mustHold((await status(token)) === 500, 'the database is not asked even for a rightful token');
      for (let at = 0; at < token.length; at++) {
        const typed = token.slice(0, at) + (token[at] === 'a' ? 'b' : 'a') + token.slice(at + 1);
        if ((await status(typed)) !== 401) through.push(`Mistyped at ${at} it is looked for.`);
      }
    } finally {
      await app.database.query('ALTER TABLE away RENAME TO machine_credential_secrets');
    }
    return through;
  },
};

/** Everything an application's loggers are given from now on, at any level, as it would be written. */
function overheard({ cloudkeep }: TestApp): string[] {
  const lines: string[] = [];
  const { pino: redacting, unredacted } = serviceOf(cloudkeep.nest, RootLogger);
  for (const logger of [redacting, unredacted]) {
    logger.level = 'trace';
    Object.assign(logger, { [pino.symbols.streamSym]: { write: (line: string) => lines.push(line) } });
  }
  return lines;
}

/** Does what people do in a day, rightly and wrongly. @returns every secret that was about. */
async function dayAtWork(app: TestApp): Promise<string[]> {
  const user = await app.given.signedIn({ role: 'operator' });
  const login = { email: user.email, password: PASSWORD };
  const browser = await app.anyone.post('/auth/login?session=cookie', login);
  const renewed = await app.anyone.post('/auth/refresh', { refresh_token: user.refreshToken });
  const own = app.as(renewed.body.access_token as string);
  const wrong = 'wrong-password-in-a-hurry-9';
  await app.anyone.post('/auth/login', { ...login, password: wrong });
  await own.post('/auth/password/change', { current_password: wrong, new_password: NEW_PASSWORD });
  await own.post('/auth/password/change', { current_password: PASSWORD, new_password: NEW_PASSWORD });
  await app.as(`${user.token}x`).get('/auth/profile');
  const machine = { ...user, token: renewed.body.access_token as string };
  const pat = await app.given.personalToken(machine, ['profile:read']);
  const key = await app.given.apiKey(machine, ['files:read']);
  const rotated = await own.post(`/api-keys/${key.id}/rotate`, { grace_seconds: 60 });
  for (const { token } of [pat, key]) {
    await app.as(token).get('/auth/verify');
    await app.as(token).get('/users');
    await app.anyone.post('/auth/tokens/revoke', { token });
  }
  await app.anyone.with({ 'x-api-key': 'key_of-nobody-at-all' }).get('/auth/profile');
  await own.post('/auth/logout/all');
  await serviceOf(app.cloudkeep.nest, RefusalTrail).write();
  const cookie = /cloudkeep_session=([\w-]+)/.exec(browser.cookies.join('\n'))?.[1] ?? '';
  mustHold(cookie.length === 43, 'no cookie was set');
  const { access_token: access, refresh_token: refresh } = renewed.body as Record<string, string>;
  const given = [
    user.token,
    user.refreshToken,
    access,
    refresh,
    cookie,
    browser.body.csrf_token,
    pat.token,
    key.token,
  ];
  return [PASSWORD, NEW_PASSWORD, wrong, 'key_of-nobody-at-all', rotated.body.key, ...given] as string[];
}

/** Every row of every table, as text. */
async function wholeDatabase(app: TestApp): Promise<Map<string, string>> {
  const tables = await app.database.query<{ name: string }>(
    `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public'`,
  );
  const texts = new Map<string, string>();
  for (const { name } of tables) {
    const rows = await app.database.query<{ text: string }>(`SELECT t::text AS text FROM "${name}" t`);
    texts.set(name, rows.map(({ text }) => text).join('\n'));
  }
  return texts;
}

const kept: Attack<Lab> = {
  line: 6,
  how: 'every log line and every row of the database after a day’s work',
  async run({ app }) {
    const lines = overheard(app);
    const secrets = await dayAtWork(app);
    // What fails in the database is logged as it was asked.
    await app.database.query('ALTER TABLE login_attempts RENAME TO away');
    await fetch(`${app.url}/api/v1/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: 'ada@example.com', password: PASSWORD }),
    });
    await app.database.query('ALTER TABLE away RENAME TO login_attempts');
    const log = lines.join('');
    mustHold(log.includes('"level":"error"'), 'nothing was logged');
    const tables = await wholeDatabase(app);
    mustHold(tables.get('audit_logs')?.includes('user.change_password') === true, 'nothing was audited');
    // As they are and as bytea shows them.
    const spellings = secrets.flatMap((secret) => [secret, Buffer.from(secret).toString('hex')]);
    const holds = (text: string) => spellings.some((secret) => text.includes(secret));
    const through = [...tables]
      .filter(([, text]) => holds(text))
      .map(([table]) => `Table ${table} holds a secret.`);
    if (holds(log)) through.push('The log holds a secret.');
    return through;
  },
};

export const tokensInside: readonly Attack<Lab>[] = [rightlySigned, afterTheGrace, mistyped, kept];
