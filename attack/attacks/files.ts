import { mustHold, type Attack } from '../attack.js';
import { personalToken } from '../credentials.js';
import { formOf, sendForm, uploaded, type Part } from '../forms.js';
import type { Answer } from '../http.js';
import type { Person, Target } from '../target.js';

/** One folder, then one name, which no path is in. */
const ORDINARY_KEY = /^[\w-]+\/[0-9a-f-]{36}_[^/\\\0]+$/;
const FILE: Part = { name: 'file', value: 'content', fileName: 'a.txt', type: 'text/plain' };

const ELSEWHERE = [
  '..',
  '../../etc/passwd',
  '..\\..\\windows\\win.ini',
  '%2e%2e%2f%2e%2e%2fetc%2fpasswd',
  '..%2f..%2fetc%2fpasswd',
  '/etc/passwd',
  'C:\\x.txt',
  'folder/inside.txt',
  'a\0/../b.txt',
];

/** @param formWith an upload that says this somewhere. */
async function saidPaths(target: Target, formWith: (path: string) => Part[]): Promise<string[]> {
  const { token } = await target.someone();
  const honest = await uploaded(target, token, { value: 'An honest file' });
  mustHold(ORDINARY_KEY.test(honest.file_key), `the key of a file is ${honest.file_key}`);
  const through: string[] = [];
  for (const path of ELSEWHERE) {
    const { status, body } = await sendForm(target, token, formWith(path));
    const key = (body.file_key ?? '') as string;
    const isSound = status === 201 ? ORDINARY_KEY.test(key) : status >= 400 && status < 500;
    if (!isSound) through.push(`${JSON.stringify(path)} got ${status} ${key}.`);
  }
  return through;
}

const namesThatArePaths: Attack = {
  line: 18,
  how: 'names of files that are paths',
  run: (target) => saidPaths(target, (fileName) => [{ ...FILE, fileName }]),
};

const collectionsThatArePaths: Attack = {
  line: 18,
  how: 'collections that are paths',
  run: (target) => saidPaths(target, (value) => [{ name: 'collection', value }, FILE]),
};

const PAGES: [type: string, value: string][] = [
  ['text/html', '<!DOCTYPE html><script>alert(1)</script>'],
  ['text/plain', ' <!-- x --> <HTML><body onload="alert(1)">'],
  ['image/png', '<html><script>alert(1)</script>'],
  ['image/svg+xml', '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'],
  ['application/xhtml+xml', '<html xmlns="http://www.w3.org/1999/xhtml"><script>alert(1)</script></html>'],
  ['text/xml', '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script/></svg>'],
  ['application/javascript', 'alert(1)'],
];

async function shown(target: Target, token: string, id: string): Promise<Answer> {
  const path = `/files/${id}/download?mode=stream&disposition=inline`;
  const answer = await target.call('GET', path, { token });
  mustHold(answer.status === 200, `a download answered ${answer.status}`);
  return answer;
}

const pagesShownInline: Attack = {
  line: 19,
  how: 'HTML, SVG and scripts, asked for inline',
  async run(target) {
    const { token } = await target.someone();
    const { id } = await uploaded(target, token, { value: 'just words' });
    const words = await shown(target, token, id);
    mustHold(words.headers['content-disposition']?.startsWith('inline') === true, 'nothing is shown inline');
    const through: string[] = [];
    for (const [type, value] of PAGES) {
      const page = await uploaded(target, token, { value, type, fileName: 'x.html' });
      const { headers } = await shown(target, token, page.id);
      const isInline = !/^attachment(;|$)/.test(headers['content-disposition'] ?? '');
      if (isInline) through.push(`${value} claimed as ${type} is shown inline.`);
      if (headers['x-content-type-options'] !== 'nosniff')
        through.push(`A browser may sniff what ${value} is.`);
    }
    return through;
  },
};

const FALSE_TYPES: [claimed: string, value: string | Buffer, kept: string][] = [
  ['image/png', 'just words', 'text/plain'],
  ['text/plain', '<!DOCTYPE html><script>alert(1)</script>', 'text/html'],
  ['image/png', '<svg xmlns="http://www.w3.org/2000/svg"/>', 'image/svg+xml'],
  ['text/html', Buffer.from([1, 2, 3, 0, 5]), 'application/octet-stream'],
  ['image/jpeg', Buffer.from([1, 2, 3, 0, 5]), 'application/octet-stream'],
];

const falseTypes: Attack = {
  line: 19,
  how: 'files that are not what they claim to be',
  async run(target) {
    const { token } = await target.someone();
    const through: string[] = [];
    for (const [type, value, kept] of FALSE_TYPES) {
      const { content_type: told } = await uploaded(target, token, { value, type });
      if (told !== kept) through.push(`What is ${kept} and claims to be ${type} is kept as ${told}.`);
    }
    return through;
  },
};

/** RFC 6266: printable ASCII without a quote in it, and perhaps the name encoded. */
const SOUND_DISPOSITION = /^attachment; filename="[ !#-[\]-~]*"(; filename\*=UTF-8''[\w.%!#$&+^`|~-]+)?$/;

const namesInHeaders: Attack = {
  line: 19,
  how: 'names that would break out of Content-Disposition',
  async run(target) {
    const { token } = await target.someone();
    const through: string[] = [];
    for (const fileName of [
      'a%22; filename=%22b.html',
      'a%0D%0AX-Evil: 1.txt',
      'a%22.txt',
      '発票 ü.pdf',
      "it's 100%;.txt",
    ]) {
      const { id } = await uploaded(target, token, { value: 'x', fileName });
      const { headers } = await target.call('GET', `/files/${id}/download?mode=stream`, { token });
      const said = headers['content-disposition'] ?? '';
      if (!SOUND_DISPOSITION.test(said) || headers['x-evil'] !== undefined)
        through.push(`The name ${fileName} came as ${said}.`);
    }
    return through;
  },
};

/** Where what an upload leaves behind can be seen: from outside the files and counts of its sender, from inside all there is. */
export interface Traced {
  readonly target: Target;
  readonly traces: (owner: Person) => Promise<unknown>;
}

async function countsOf(target: Target, { token }: Person): Promise<unknown> {
  const usage = await target.call('GET', '/files/usage', { token });
  const files = await target.call('GET', '/files', { token });
  return [usage.text, files.text];
}

interface Form {
  readonly headers: Record<string, string>;
  readonly body: Buffer;
}

/** Forms that are refused, each with what is wrong. */
function badUploads(whole: Form): [what: string, form: Form][] {
  const cut = (length: number) => ({ ...whole, body: whole.body.subarray(0, length) });
  return [
    ['half of its file', cut(300_000)],
    ['no end', cut(whole.body.length - 4)],
    ['a field after its file', formOf([FILE, { name: 'collection', value: 'late' }])],
    ['two files', formOf([FILE, FILE])],
    ['an unknown field', formOf([{ name: 'owner_id', value: 'x' }, FILE])],
    ['another boundary', { ...whole, headers: { 'content-type': 'multipart/form-data; boundary=other' } }],
  ];
}

/** A request whose sender hangs up in the middle of the file. */
function brokenOff({ url }: Target, token: string, { headers, body }: Form): Buffer {
  const head = [
    'POST /api/v1/files HTTP/1.1',
    `Host: ${url.host}`,
    `Authorization: Bearer ${token}`,
    `Content-Type: ${headers['content-type']}`,
    `Content-Length: ${body.length}`,
  ];
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), body.subarray(0, 300_000)]);
}

/** Whether something comes true within five seconds, of what nobody is told the end of. */
async function soon(isSo: () => Promise<boolean>): Promise<boolean> {
  for (let look = 0; look < 100; look++) {
    if (await isSo()) return true;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return false;
}

/** As `brokenUploads`, wherever the traces are looked for. */
export const tracedUploads: Attack<Traced> = {
  line: 20,
  how: 'uploads that are refused or break off, by all they could leave',
  async run({ target, traces }) {
    const owner = await target.someone();
    await uploaded(target, owner.token, { value: 'An honest file' });
    const whole = formOf([{ ...FILE, value: Buffer.alloc(500_000, 'x') }]);
    const before = JSON.stringify(await traces(owner));
    const isGone = async () => JSON.stringify(await traces(owner)) === before;
    await target.bytes(brokenOff(target, owner.token, whole));
    if (!(await soon(isGone))) return ['An upload that its sender gave up left something.'];
    for (const [what, form] of badUploads(whole)) {
      const { status } = await target.call('POST', '/files', { token: owner.token, ...form });
      if (status < 400 || status >= 500) return [`An upload with ${what} got ${status}.`];
      if (!(await isGone())) return [`An upload with ${what} left something.`];
    }
    return [];
  },
};

const brokenUploads: Attack = {
  line: 20,
  how: 'uploads that are refused or break off',
  run: (target) => tracedUploads.run({ target, traces: (owner) => countsOf(target, owner) }),
};

const refusedChanges: Attack = {
  line: 20,
  how: 'changes of a file by who may only read it',
  async run(target) {
    const { token } = await target.someone();
    const { id } = await uploaded(target, token, { value: 'As it was' });
    const { token: reader } = await personalToken(target, token, ['files:read']);
    const bytes = async () =>
      (await target.call('GET', `/files/${id}/download?mode=stream`, { token: reader })).text;
    mustHold((await bytes()) === 'As it was', 'the reader can not read');
    const known = async () => (await target.call('GET', `/files/${id}`, { token })).text;
    const before = await known();
    const text = { 'content-type': 'text/plain' };
    await target.call('PUT', `/files/${id}/content`, { token: reader, headers: text, body: 'Defaced' });
    await target.call('PATCH', `/files/${id}`, { token: reader, body: { file_name: 'defaced.txt' } });
    await target.call('DELETE', `/files/${id}`, { token: reader });
    const through: string[] = [];
    if ((await bytes()) !== 'As it was') through.push('Who may only read a file changed its bytes.');
    if ((await known()) !== before) through.push('Who may only read a file changed what is known of it.');
    return through;
  },
};

export const files: readonly Attack[] = [
  namesThatArePaths,
  collectionsThatArePaths,
  pagesShownInline,
  falseTypes,
  namesInHeaders,
  brokenUploads,
  refusedChanges,
];
