import { BUILT_IN_ID } from '../lab.js';
import { PASSWORD } from '../factories/given.js';
import { fragment, type Fragment } from './hostile.js';
import type { Known } from './schema-arbitrary.js';

/** What makes a good request of a route, where its description can not tell. */
export interface Good {
  readonly callers?: [string, number][];
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly fields?: Known;
  /** Of a body that is no JSON. */
  readonly bodies?: readonly string[];
}

const is = (...values: unknown[]): Fragment[] => values.map(fragment);

/** Fields that mean the same wherever they are. */
export const KNOWN_FIELDS: Known = {
  current_password: is(PASSWORD),
  new_password: is('quartz meadow 19 lantern'),
  password: is(PASSWORD),
  username: is('{{fresh}}'),
  email: is('{{new_email}}'),
  user_id: is('{{user_id}}'),
  model_id: is(BUILT_IN_ID),
  role: is('user', 'guest', 'admin'),
  instance_id: is('i-0abcd1234ef567890'),
  expires_at: is('{{next_week}}', null),
  allowed_ips: ['null', '["127.0.0.0/8"]', '["127.0.0.1","::1/128"]'],
  scopes: ['["profile:read"]', '["files:read","files:write"]', '["admin"]'],
  refresh_token: is('{{refresh_token}}'),
  mfa_token: is('{{mfa_token}}'),
  sha256: is('185f8db32271fe25f561a6fc938b2e264306ec304eda518007d1764826381969'),
};

export const KNOWN_QUERY: Readonly<Record<string, readonly string[]>> = {
  model_a: [BUILT_IN_ID],
  model_b: [BUILT_IN_ID, '{{model_id}}'],
  model_id: [BUILT_IN_ID],
  from: ['2026-01-01T00:00:00Z', '0001-01-01', '9999-12-31T23:59:59Z'],
  to: ['2027-01-01T00:00:00Z', '0000-01-01', '2026-11-21'],
  redirect_uri: ['https://app.example.com/signed-in', 'https://evil.example/'],
  provider: ['github'],
  ip: ['127.0.0.1', '::1', '10.0.0.0/8', '127.0.0.1/33'],
  user_id: ['{{user_id}}', '{{own_id}}'],
  file_id: ['{{file_id}}', '{{own_id}}'],
  q: ['a', '"spot price" or savings -drain', '%', '_', '\\', "'", '"', '&|!():*', '-', 'or'],
  follow: ['false', 'true'],
};

/** Whom anything may be done to, for they are nobody else. */
const ALONE: [string, number][] = [
  ['somebody', 12],
  ['none', 1],
  ['user', 1],
  ['personal token', 1],
  ['session cookie without its proof', 1],
];
const OPERATORS: [string, number][] = [
  ['operator', 8],
  ['somebody', 1],
  ['none', 1],
];

const form = (...parts: string[]) => `${parts.map((part) => `--b\r\n${part}\r\n`).join('')}--b--\r\n`;
const field = (name: string, value: string) =>
  `Content-Disposition: form-data; name="${name}"\r\n\r\n${value}`;
const file = (content: string, name = 'a.txt') =>
  `Content-Disposition: form-data; name="file"; filename="${name}"\r\nContent-Type: text/plain\r\n\r\n${content}`;

const TUS = { 'tus-resumable': '1.0.0' };
const OUTCOME = { interrupted: ['true', 'false'], observed_at: is('{{now}}') };
const PASSKEYS = { response: ['"{{passkey_created}}"'] };

export const GOOD: Readonly<Record<string, Good>> = {
  'post /api/v1/auth/email/verify': { fields: { token: is('{{email_token}}') } },
  'post /api/v1/auth/email/resend': { fields: { email: is('{{email}}') } },
  'post /api/v1/auth/password/forgot': { fields: { email: is('{{email}}') } },
  'post /api/v1/auth/password/reset': {
    fields: { token: is('{{reset_token}}'), password: is('quartz meadow 19 lantern') },
  },
  'post /api/v1/auth/login': { fields: { email: is('{{email}}'), username: [], password: is(PASSWORD) } },
  'post /api/v1/auth/login/mfa': { fields: { code: is('{{mfa_recovery_code}}') } },
  'post /api/v1/auth/login/passkey/options': { fields: {} },
  'post /api/v1/auth/login/passkey': { fields: { mfa_token: [], response: ['"{{passkey_answer}}"'] } },
  'post /api/v1/auth/logout': { callers: ALONE },
  'post /api/v1/auth/logout/all': { callers: ALONE },
  'post /api/v1/auth/password/change': { callers: ALONE },
  'post /api/v1/auth/reauthenticate': { callers: ALONE, fields: { code: [], passkey: [] } },
  'post /api/v1/auth/reauthenticate/passkey/options': { callers: [['with a passkey', 3], ...ALONE] },
  'post /api/v1/auth/tokens/revoke': { fields: { token: is('{{personal_token}}') } },
  'post /api/v1/auth/exchange': { fields: { code: is('{{exchange_code}}'), code_verifier: [] } },
  'post /api/v1/auth/identities': { callers: ALONE, fields: { provider: is('github'), redirect_uri: [] } },
  'get /api/v1/auth/{provider}': { params: { provider: 'github' } },
  'get /api/v1/auth/{provider}/callback': {
    params: { provider: 'github' },
    query: 'error=access_denied&state={{oauth_state}}',
    headers: { cookie: '{{oauth_cookie}}' },
  },
  'post /api/v1/auth/mfa/totp': { callers: ALONE },
  'post /api/v1/auth/mfa/totp/confirm': { callers: ALONE, fields: { code: is('{{totp_code}}') } },
  'delete /api/v1/auth/mfa/totp': {
    callers: [['with a phone', 9], ...ALONE],
    fields: { code: is('{{recovery_code}}') },
  },
  'post /api/v1/auth/mfa/recovery-codes': { callers: [['with a phone', 9], ...ALONE] },
  'post /api/v1/auth/mfa/passkeys/options': { callers: ALONE },
  'post /api/v1/auth/mfa/passkeys': { callers: ALONE, fields: PASSKEYS },
  'delete /api/v1/auth/mfa/passkeys/{id}': { callers: ALONE },
  'delete /api/v1/users/{id}/mfa': { callers: ALONE, params: { id: '{{protected_id}}' } },
  'post /api/v1/roles': { fields: { name: is('r-{{fresh}}') } },
  'post /api/v1/users/import': {
    bodies: [
      '{"email":"{{new_email}}","username":"{{fresh}}"}\n',
      '{"email":"{{new_email}}","username":"{{fresh}}","role":"admin"}\n\n{"x":1}\n[]\nnull\n"',
    ],
  },
  'post /api/v1/organizations/invitations/accept': { fields: { token: is('{{invitation_token}}') } },
  'patch /api/v1/organizations/current': { callers: ALONE },
  'delete /api/v1/organizations/current': { callers: ALONE },
  'post /api/v1/organizations/transfer': { callers: ALONE },
  'post /api/v1/organizations/current/restore': { callers: [['of what ends', 9], ...ALONE] },
  'get /api/v1/files/shared/{link_id}': { params: { link_id: '{{link_id}}' }, query: '{{link_query}}' },
  'put /api/v1/files/uploads/{id}/content': { params: { id: '{{upload_id}}' }, query: '{{upload_query}}' },
  'post /api/v1/files/uploads': {
    fields: { collection: is('default', 'invoices'), size: is(5), sha256: [] },
  },
  'post /api/v1/files/tus': {
    headers: { ...TUS, 'upload-length': '5', 'upload-metadata': 'filename eC50eHQ=' },
  },
  'patch /api/v1/files/tus/{id}': { headers: { ...TUS, 'upload-offset': '0' } },
  'delete /api/v1/files/tus/{id}': { headers: TUS },
  'post /api/v1/files': {
    bodies: [
      form(file('Hello')),
      form(field('collection', 'invoices'), field('metadata', '{"a":[1,null]}'), file('<svg/>', '../x.svg')),
      form(field('metadata', '{"__proto__":1}'), file('x')),
      form(file('x'), field('collection', 'late')),
    ],
  },
  'post /api/v1/files/{id}/links': { fields: { ip: is('127.0.0.0/8'), version: is(1) } },
  'post /api/v1/lab/models': {
    bodies: [
      form(field('name', 'm-{{fresh}}'), field('version', '1.2.0'), file('{{onnx_model}}', 'm.onnx')),
      form(field('name', 'night-owl'), field('version', '1'), field('metrics', '[]'), file('x', 'm.onnx')),
    ],
  },
  'post /api/v1/lab/experiments/{id}/outcome': { fields: OUTCOME },
  'put /api/v1/lab/experiments/{id}/outcome': { fields: OUTCOME },
  'post /api/v1/lab/assign-model': { fields: { role: is('champion', 'challenger') } },
  'post /api/v1/sandbox/sessions': {
    fields: {
      instance_type: is('m5.large', 'c5.xlarge', 'zz.large'),
      availability_zone: is('eu-west-1a'),
      aws_region: is('eu-west-1'),
      aws_access_key: is('AKIAIOSFODNN7EXAMPLE'),
      aws_secret_key: is('wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'),
      aws_session_token: [],
    },
  },
  ...Object.fromEntries(
    ['post /api/v1/backups', 'get /api/v1/backups', 'get /api/v1/backups/{id}', 'delete /api/v1/backups/{id}']
      .concat('post /api/v1/backups/{id}/verify', 'get /api/v1/health/jobs', 'get /api/v1/health/traffic')
      .map((route) => [route, { callers: OPERATORS }]),
  ),
};
