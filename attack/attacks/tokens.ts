import { mustHold, type Attack } from '../attack.js';
import { claimsOf, forgedJwt } from '../jwt.js';
import { sandboxSession } from '../sandbox.js';
import type { Target } from '../target.js';

const profile = async (target: Target, token: string) =>
  (await target.call('GET', '/auth/profile', { token })).status;

/** Tokens anybody can make who has seen one. */
function forgeries(token: string): [string, string][] {
  const claims = claimsOf(token);
  const richer = { ...claims, scope: 'admin', exp: claims.exp + 86_400 };
  const [header = '', payload = '', signature = ''] = token.split('.');
  const otherPayload = Buffer.from(JSON.stringify(richer)).toString('base64url');
  const unsigned = (alg: string) => forgedJwt({ alg, typ: 'JWT' }, claims, '').replace(/[^.]*$/, '');
  return [
    ...['none', 'None', 'NONE', 'HS256'].map((alg): [string, string] => [
      `unsigned, as ${alg}`,
      unsigned(alg),
    ]),
    ...['', 'secret', 'null', 'undefined', 'change-me'].map((key): [string, string] => [
      `signed with the key ${JSON.stringify(key)}`,
      forgedJwt({ alg: 'HS256', typ: 'JWT' }, claims, key),
    ]),
    ['with other claims under its signature', `${header}.${otherPayload}.${signature}`],
    ['without its signature', `${header}.${payload}.`],
    ['of an algorithm named like a property', forgedJwt({ alg: 'constructor' }, claims, '')],
  ];
}

export const tokens: readonly Attack[] = [
  {
    line: 1,
    how: 'tokens forged without the key',
    async run(target) {
      const { token } = await target.someone();
      mustHold((await profile(target, token)) === 200, 'a rightful token does not work');
      const sessionId = await sandboxSession(target, token);
      const isWelcome = async (shown: string) => {
        const { refusal, socket } = await target.socket({ token: shown, session_id: sessionId });
        socket.disconnect();
        return refusal === null;
      };
      mustHold(await isWelcome(token), 'a socket does not take a rightful token');
      const through = [];
      for (const [what, forged] of forgeries(token)) {
        if ((await profile(target, forged)) !== 401) through.push(`HTTP took a token ${what}.`);
        if (await isWelcome(forged)) through.push(`A socket took a token ${what}.`);
      }
      return through;
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
];
