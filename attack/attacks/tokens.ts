import { randomBytes } from 'node:crypto';
import { mustHold, type Attack } from '../attack.js';
import { personalToken } from '../credentials.js';
import { claimsOf, forgedJwt } from '../jwt.js';
import { sandboxSession } from '../sandbox.js';
import type { Heard } from '../sockets.js';
import type { Target } from '../target.js';

const LOOK_EVERY_MS = 50;

const profile = async (target: Target, token: string) =>
  (await target.call('GET', '/auth/profile', { token })).status;

const refresh = (target: Target, token: string) =>
  target.call('POST', '/auth/refresh', { body: { refresh_token: token } });

/** Tokens anybody can make who has seen one. */
function forgeries(token: string): [what: string, forged: string][] {
  const claims = claimsOf(token);
  const [header = '', payload = '', signature = ''] = token.split('.');
  const richer = JSON.stringify({ ...claims, scope: 'admin', exp: claims.exp + 86_400 });
  const unsigned = (alg: string) => forgedJwt({ alg, typ: 'JWT' }, claims, '').replace(/[^.]*$/, '');
  const signed = (alg: string, key: string) => forgedJwt({ alg, typ: 'JWT' }, claims, key);
  return [
    ...['none', 'None', 'NONE', 'HS256'].map((alg): [string, string] => [
      `of ${alg}, unsigned`,
      unsigned(alg),
    ]),
    ['of none, with some signature', `${unsigned('none')}AA`],
    ...['', 'secret', 'null', 'undefined', 'change-me'].map((key): [string, string] => [
      `signed with the key ${JSON.stringify(key)}`,
      signed('HS256', key),
    ]),
    ...['HS384', 'hs256', '', 'constructor'].map((alg): [string, string] => [
      `of the algorithm ${JSON.stringify(alg)}`,
      signed(alg, ''),
    ]),
    ['with other claims', `${header}.${Buffer.from(richer).toString('base64url')}.${signature}`],
    ['without its signature', `${header}.${payload}.`],
    ['cut short', token.slice(0, -10)],
    ...changed(token),
    ['of four parts', `${token}.x`],
    ['of claims that are null', forgedJwt({ alg: 'HS256' }, 'null', '')],
    ['of 10 KiB', `eyJ${'A'.repeat(10_240)}.e30.x`],
  ];
}

/** The token with one character another, here and there. */
function changed(token: string): [what: string, forged: string][] {
  const places = Array.from({ length: Math.ceil(token.length / 37) }, (_, index) => index * 37);
  return places.map((at) => [
    `changed at ${at}`,
    token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1),
  ]);
}

/** @returns which of these are taken for somebody's. */
export async function taken(target: Target, token: string, tokens: readonly (readonly [string, string])[]) {
  mustHold((await profile(target, token)) === 200, 'a rightful token does not work');
  const sessionId = await sandboxSession(target, token);
  const isWelcome = async (shown: string) => {
    const { refusal, socket } = await target.socket({ token: shown, session_id: sessionId });
    socket.disconnect();
    return refusal === null;
  };
  mustHold(await isWelcome(token), 'a socket does not take a rightful token');
  const through = [];
  for (const [what, forged] of tokens) {
    const status = await profile(target, forged);
    if (status !== 401) through.push(`A token ${what} is answered ${status}.`);
    if (await isWelcome(forged)) through.push(`A socket takes a token ${what}.`);
  }
  return through;
}

/** What somebody holds who is about to be deactivated. */
async function belongings(target: Target) {
  const { id, token } = await target.person('operator');
  const made = async (path: string, name: 'token' | 'key') => {
    const body = { name: 'An attack', scopes: ['profile:read'] };
    const answer = await target.call('POST', path, { token, body });
    mustHold(answer.status === 201, `${path} answered ${answer.status}`);
    return answer.body[name] as string;
  };
  const credentials = [
    ['session', token],
    ['personal token', await made('/auth/tokens', 'token')],
    ['API key', await made('/api-keys', 'key')],
  ] as const;
  const sessionId = await sandboxSession(target, token);
  const sockets: Heard[] = [];
  for (const replica of target.everywhere)
    sockets.push(await replica.socket({ token, session_id: sessionId }));
  return { id, credentials, sockets };
}

async function stillWorking(
  target: Target,
  { credentials, sockets }: Awaited<ReturnType<typeof belongings>>,
) {
  const working = [];
  for (const [what, token] of credentials)
    for (const replica of target.everywhere)
      if ((await replica.call('GET', '/auth/verify', { token })).status === 200) working.push(what);
  if (sockets.some(({ socket }) => socket.connected)) working.push('socket');
  return working;
}

const deactivated: Attack = {
  line: 3,
  how: 'a token, PAT, API key and socket of a user whom an administrator deactivates',
  async run(target) {
    const { adminToken } = target;
    const held = await belongings(target);
    try {
      const before = await stillWorking(target, held);
      mustHold(before.length === 3 * target.everywhere.length + 1, 'a rightful credential does not work');
      const change = await target.call('PATCH', `/users/${held.id}`, {
        token: adminToken,
        body: { is_active: false },
      });
      mustHold(change.status === 200, `the token may deactivate nobody (${change.status})`);
      const deadline = performance.now() + target.deadlineMs;
      for (;;) {
        const working = await stillWorking(target, held);
        if (working.length === 0) return [];
        if (performance.now() > deadline) return working.map((what) => `The ${what} works on.`);
        await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
      }
    } finally {
      for (const { socket } of held.sockets) socket.disconnect();
    }
  },
};

const replayed: Attack = {
  line: 4,
  how: 'the grandparent of a refresh token, replayed at once',
  async run(target) {
    const { email, password, refreshToken } = await target.person();
    const { body: child } = await refresh(target, refreshToken);
    const { status, body: grandchild } = await refresh(target, child.refresh_token);
    mustHold(status === 200, `a rightful refresh is answered ${status}`);
    const through = [];
    const replay = await refresh(target, refreshToken);
    if (replay.status !== 401) through.push(`An old refresh token is answered ${replay.status}.`);
    if ((await refresh(target, grandchild.refresh_token)).status === 200)
      through.push('The newest refresh token of the family works on.');
    if ((await profile(target, grandchild.access_token)) === 200)
      through.push('The access token of the family works on.');
    const login = await target.call('POST', '/auth/login', { body: { email, password } });
    const { body } = await target.call('GET', '/auth/sessions', { token: login.body.access_token });
    const statuses = body.items.map(({ status: one }: { status: string }) => one);
    if (!statuses.includes('compromised')) through.push('The session list says nothing of it.');
    return through;
  },
};

/** Requests that each carry a secret where it is refused. */
async function refusals(target: Target, secret: string): Promise<[path: string, text: string][]> {
  const { token } = await target.someone();
  const ask = async (path: string, call: object, method = 'POST'): Promise<[string, string]> => [
    path,
    (await target.call(method, path, call)).text,
  ];
  const body = { email: 'nobody@example.com', password: secret };
  return [
    await ask('/auth/login', { body: { ...body, password: [secret] } }),
    await ask('/auth/login', { body: `{"password":"${secret}"` }),
    await ask('/auth/login', { body }),
    await ask('/auth/refresh', { body: { refresh_token: secret } }),
    await ask('/auth/register', { body: { password: secret.slice(0, 8), email: secret } }),
    await ask('/auth/tokens/revoke', { body: { token: secret } }),
    await ask('/auth/profile', { token: secret }, 'GET'),
    await ask('/auth/profile', { token: `pat_${secret}` }, 'GET'),
    await ask('/auth/profile', { headers: { 'x-api-key': secret } }, 'GET'),
    await ask('/auth/reauthenticate', { token, body: { password: secret } }),
    await ask(`/auth/sessions?cursor=${secret}`, { token }, 'GET'),
  ];
}

const told: Attack = {
  line: 6,
  how: 'secrets of refused requests, and those of one’s own, looked for in answers',
  async run(target) {
    const person = await target.person();
    const { token } = person;
    const made = await personalToken(target, token, ['profile:read']);
    const sent = `hunter2-${randomBytes(9).toString('hex')}`;
    const through = (await refusals(target, sent))
      .filter(([, text]) => text.includes('hunter2'))
      .map(([path]) => `${path} repeats a secret that it refuses.`);
    const secrets = [made.token, person.password, person.refreshToken, token];
    const own = [
      '/auth/profile',
      '/auth/verify',
      '/auth/tokens',
      '/auth/sessions',
      `/users/${person.id}/export`,
    ];
    const all = target.hasAdmin ? ['/users', '/roles', '/api-keys', '/audit/logs'] : [];
    for (const path of [...own, ...all]) {
      const { text } = await target.call('GET', path, {
        token: all.includes(path) ? target.adminToken : token,
      });
      if (secrets.some((secret) => text.includes(secret)) || /argon2|\$2[aby]\$|digest/.test(text))
        through.push(`${path} shows a secret, or its hash.`);
    }
    return through;
  },
};

export const tokens: readonly Attack[] = [
  {
    line: 1,
    how: 'tokens forged without the key',
    async run(target) {
      const { token } = await target.someone();
      return taken(target, token, forgeries(token));
    },
  },
  {
    line: 2,
    how: 'replay after logout',
    async run(target) {
      const { token } = await target.person();
      mustHold((await profile(target, token)) === 200, 'a rightful token does not work');
      const logout = await target.call('POST', '/auth/logout', { token });
      mustHold(logout.status === 204, `logout answered ${logout.status}`);
      return (await profile(target, token)) === 401 ? [] : ['The access token works on after logout.'];
    },
  },
  deactivated,
  replayed,
  told,
];
