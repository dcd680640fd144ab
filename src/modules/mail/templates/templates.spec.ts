import { Links } from './links.js';
import { templates, type MailData, type MailName } from './templates.js';

const links = new Links({ publicUrl: new URL('https://cloud.example.com/base/'), port: 8000 });

const NASTY = `<img src=x onerror="alert('1')">&\r\nBcc: evil@example.com\u2028\u202egpj`;
const TOKEN = 'aB-_9'.repeat(8);
const AT = '2026-03-01T12:30:00Z';

/** Each mail, every free text in it being `name`. */
const filledWith = (name: string): MailData => ({
  'credential-expiring': {
    name,
    expiring: [{ kind: 'pat', name, masked: name, expires_at: AT }],
    unused: [{ kind: 'api_key', name, masked: name, created_at: new Date(AT) }],
  },
  'credential-revoked': { kind: 'api_key', name, masked: name, ip: name, at: AT },
  'email-verification': { full_name: name, token: TOKEN },
  invitation: { organization: name, inviter: name, token: TOKEN },
  'mfa-changed': { is_enabled: true, ip: name, at: AT },
  'mfa-reset': { has_password: true, at: AT },
  'new-device': { device: name, ip: '203.0.113.7', at: AT },
  'password-changed': { full_name: name, by_mail: true, ip: '203.0.113.7', at: AT },
  'password-reset': { full_name: name, token: TOKEN },
});

const NAMES = Object.keys(templates) as MailName[];

function render<Name extends MailName>(name: Name, data: MailData[Name]) {
  return templates[name](data, links);
}

describe.each(NAMES)('%s', (name) => {
  it('lets no name break out of its place', () => {
    const { subject, text, html } = render(name, filledWith(NASTY)[name]);
    expect(subject).not.toMatch(/[\p{Cc}\p{Zl}\u202e]/u);
    expect(text).not.toMatch(/^Bcc/m);
    expect(text).not.toMatch(/[\r\u2028\u202e]/);
    expect(html).not.toMatch(/<img|"alert|onerror="/);
    expect(
      html.match(/<\/?\w+/g)?.every((tag) => /^<\/?(html|head|meta|title|body|p|ul|li|a)$/.test(tag)),
    ).toBe(true);
  });

  it('is not drowned by a name without end', () => {
    const { subject } = render(name, filledWith('x'.repeat(10_000))[name]);
    expect(subject.length).toBeLessThan(200);
  });

  it('says the same as text and as HTML, and who sent it', () => {
    const { text, html } = render(name, filledWith('Ada')[name]);
    for (const body of [text, html])
      expect(body).toContain('Sent by Cloudkeep at https://cloud.example.com/base.');
    const urls = (body: string) => [...body.matchAll(/https?:\/\/[^\s"<]+/g)].map(([url]) => url);
    expect(urls(html)).toEqual(urls(text));
  });
});

it('points nowhere but to our own address', () => {
  const urls = NAMES.flatMap((name) => [
    ...render(name, filledWith('https://evil.example/x')[name]).html.matchAll(/href="([^"]*)"/g),
  ]).map(([, url]) => url);
  expect(urls).toEqual([
    `https://cloud.example.com/base/console/verify-email#token=${TOKEN}`,
    `https://cloud.example.com/base/console/accept-invitation#token=${TOKEN}`,
    `https://cloud.example.com/base/console/reset-password#token=${TOKEN}`,
  ]);
});

it.each(['email-verification', 'invitation', 'new-device', 'password-changed', 'password-reset'] as const)(
  '%s makes no link of what a stranger calls himself',
  (name) => {
    const { text, html } = render(
      name,
      filledWith('Win at www.evil.example or https://evil.example/x')[name],
    );
    for (const body of [text, html])
      expect(body.replaceAll('https://cloud.example.com', '')).not.toMatch(/evil\.\S|www\.\S/);
  },
);

it('greets by name, unless the name is empty, endless or a link', () => {
  const hello = (name: string | null) =>
    render('password-reset', { full_name: name, token: TOKEN }).text.split('\n')[0];
  expect(hello('Ada Lovelace')).toBe('Hello Ada Lovelace,');
  expect(hello('J. R. Tolkien')).toBe('Hello J. R. Tolkien,');
  for (const name of [null, '', ' \r\n', 'a'.repeat(81), 'Buy at evil.example', 'https://evil'])
    expect(hello(name)).toBe('Hello,');
});

it('speaks of one credential, of several, and of unused ones only', () => {
  const { expiring, unused } = filledWith('ci')['credential-expiring'];
  const subject = (count: number) =>
    render('credential-expiring', {
      name: null,
      expiring: Array.from({ length: count }, () => expiring).flat(),
      unused,
    }).subject;
  expect([0, 1, 2].map(subject)).toEqual([
    'You have credentials that nobody uses',
    'A credential of yours expires soon',
    '2 of your credentials expire soon',
  ]);
});

it('reads as one would write it', () => {
  const { subject, text, html } = render('credential-expiring', {
    name: 'Ada Lovelace',
    expiring: [{ kind: 'pat', name: 'laptop', masked: 'pat_…x1Y2', expires_at: '2026-03-08T00:00:00Z' }],
    unused: [{ kind: 'api_key', name: 'R&D', masked: 'key_…a9', created_at: '2025-11-02T08:00:00Z' }],
  });
  expect(subject).toBe('A credential of yours expires soon');
  expect(text).toBe(`Hello Ada Lovelace,

These stop working soon. Make new ones in time and put them where the old ones are in use:

- Personal access token “laptop” (pat_…x1Y2), expires on 8 March 2026

These have not been used for a long time. Revoke those you no longer need:

- API key “R&D” (key_…a9), made on 2 November 2025

-- 
Sent by Cloudkeep at https://cloud.example.com/base. Nobody reads answers to this address.
`);
  expect(html).toContain('<li>API key “R&amp;D” (key_…a9), made on 2 November 2025</li>');
});

it('tells who presented a leaked credential, and when', () => {
  const data = { kind: 'pat', name: 'ci', masked: 'pat_…x1', ip: '203.0.113.7', at: AT } as const;
  expect(render('credential-revoked', data).text).toContain(
    'Personal access token “ci” (pat_…x1) was presented at our revocation address on 1 March 2026 at 12:30 UTC, from 203.0.113.7.',
  );
  expect(render('credential-revoked', { ...data, ip: null }).text).toContain('12:30 UTC.');
});

describe('links', () => {
  it('go to this machine when no public address is known', () => {
    const local = new Links({ publicUrl: null, port: 8123 });
    expect(local.verifyEmail('t')).toBe('http://localhost:8123/console/verify-email#token=t');
  });

  it('leave out credentials, query and fragment of the public address, and encode the token', () => {
    const odd = new Links({ publicUrl: new URL('https://user:pw@cloud.example.com/?a=1#b'), port: 1 });
    expect(odd.resetPassword('a&b#c"d')).toBe(
      'https://cloud.example.com/console/reset-password#token=a%26b%23c%22d',
    );
  });
});
