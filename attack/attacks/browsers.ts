import { mustHold, type Attack } from '../attack.js';
import type { Target } from '../target.js';

/** Addresses that some reader takes for `base`, and none may. */
export function lookalikes(base: string): string[] {
  const { protocol, host, pathname } = new URL(base);
  return [
    '//evil.example',
    '\\evil.example',
    '/\\evil.example',
    'https:/\\evil.example',
    `${protocol}//${host}.evil.example${pathname}`,
    `${protocol}//${host}@evil.example${pathname}`,
    `${protocol}//evil@${host}${pathname}`,
    `${protocol}//${host}:8443${pathname}`,
    `http://${host}${pathname}x`,
    `${base}/`,
    `${base}/../other`,
    `${base}?next=//evil.example`,
    `${base}#//evil.example`,
    `${protocol}//${host}\t${pathname}`,
    `${protocol}//${host}\\@evil.example${pathname}`,
    `${protocol}//${host}evil.example${pathname}`,
    `${protocol}//x${host}${pathname}`,
    'https://*.example.com/',
    'javascript:alert(1)//com.example.app:/signed-in',
    'com.example.app.evil:/signed-in',
    'data:text/html,x',
    '',
  ];
}

/** @returns those of these addresses that a sign-in elsewhere would lead to. */
export async function allowed(
  target: Target,
  provider: string,
  addresses: readonly string[],
): Promise<string[]> {
  const begin = (query: string) => target.call('GET', `/auth/${provider}${query}`);
  mustHold((await begin('')).status === 302, `sign-in with ${provider} does not begin`);
  const through = [];
  for (const address of addresses) {
    const { status } = await begin(`?redirect_uri=${encodeURIComponent(address)}`);
    if (status !== 400) through.push(`${JSON.stringify(address)} is answered ${status} at the begin.`);
  }
  return through;
}

export const redirects: Attack = {
  line: 12,
  how: 'lookalikes of the server’s own address',
  async run(target) {
    const { body } = await target.call('GET', '/auth/providers');
    const provider = body.items?.[0]?.name as string | undefined;
    mustHold(provider !== undefined, 'nobody else signs people in here');
    return allowed(target, provider, lookalikes(new URL('/evil', target.url).href));
  },
};

/** A browser's sign-in. */
async function browserOf(target: Target, account: { email: string; password: string }, cookie?: string) {
  const headers = cookie === undefined ? {} : { cookie };
  const { email, password } = account;
  const answer = await target.call('POST', '/auth/login?session=cookie', {
    headers,
    body: { email, password },
  });
  mustHold(answer.status === 200, `a browser's sign-in is answered ${answer.status}`);
  const cookies = answer.cookies.map((line) => line.split(';', 1)[0]).join('; ');
  return { cookie: cookies, proof: answer.body.csrf_token as string };
}

const forgedCalls: Attack = {
  line: 13,
  how: 'calls under a cookie, its proof missing, wrong or of another session',
  async run(target) {
    const person = await target.person();
    const own = await browserOf(target, person);
    const other = await browserOf(target, person);
    const rename = (headers: Record<string, string>, name: string) =>
      target.call('PATCH', '/auth/profile', {
        headers: { cookie: own.cookie, ...headers },
        body: { full_name: name },
      });
    const right = await rename({ 'x-csrf-token': own.proof }, 'Ada');
    mustHold(right.status === 200, `a rightful call is answered ${right.status}`);
    const through = [];
    for (const wrong of ['', 'x', `${own.proof}x`, own.proof.slice(1), other.proof])
      if ((await rename({ 'x-csrf-token': wrong }, 'Mallory')).status !== 403)
        through.push('A wrong proof is taken.');
    if ((await rename({}, 'Mallory')).status !== 403) through.push('No proof is asked for.');
    for (const origin of ['https://evil.example', 'null', `${target.url.origin}.evil.example`])
      if ((await rename({ 'x-csrf-token': own.proof, origin }, 'Mallory')).status !== 403)
        through.push(`A page of ${origin} may call.`);
    for (const path of ['/auth/logout', '/auth/logout/all'])
      if ((await target.call('POST', path, { headers: { cookie: own.cookie } })).status !== 403)
        through.push(`${path} asks for no proof.`);
    const { status, body } = await target.call('GET', '/auth/profile', { headers: { cookie: own.cookie } });
    if (status !== 200 || body.full_name !== 'Ada') through.push('Something was changed.');
    return through;
  },
};

const fixated: Attack = {
  line: 13,
  how: 'a session known before its owner signs in, or proves who they are',
  async run(target) {
    const person = await target.person();
    const planted = await browserOf(target, person);
    const own = await browserOf(target, person, planted.cookie);
    const through = own.cookie === planted.cookie ? ['Signing in keeps the session that came along.'] : [];
    const headers = { cookie: own.cookie, 'x-csrf-token': own.proof };
    const body = { password: person.password };
    const again = await target.call('POST', '/auth/reauthenticate', { headers, body });
    mustHold(again.status === 200, `step-up is answered ${again.status}`);
    const old = await target.call('GET', '/auth/profile', { headers: { cookie: own.cookie } });
    if (old.status !== 401) through.push('The session from before the step-up works on.');
    return through;
  },
};

export const browserSessions: readonly Attack[] = [forgedCalls, fixated];
