import { TestApp } from '../support/app.js';
import type { ApiClient } from '../support/client.js';
import type { SignedIn } from '../support/factories/given.js';
import { fetchFile, uploaded } from '../support/files.js';

let app: TestApp;
let user: SignedIn;
let client: ApiClient;
beforeAll(async () => {
  app = await TestApp.start();
  user = await app.given.signedIn();
  client = app.as(user);
});
afterAll(() => app.stop());

describe('what a file is', () => {
  const PNG = Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYGD4DwABBAEAX+XDSwAAAABJRU5ErkJggg==',
    'base64',
  );
  const cases: [string, string | Buffer, string, string][] = [
    ['a picture called text', PNG, 'text/plain', 'image/png'],
    ['text called a picture', 'just words', 'image/png', 'text/plain'],
    ['text of a kind', 'a,b\n1,2\n', 'text/csv', 'text/csv'],
    ['JSON', '{"a":1}', 'application/json', 'application/json'],
    ['a page called a picture', '<!DOCTYPE html><script>alert(1)</script>', 'image/png', 'text/html'],
    ['a page behind a comment called text', ' <!-- x --> <HTML>', 'text/plain', 'text/html'],
    [
      'a drawing called a picture',
      '<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>',
      'image/png',
      'image/svg+xml',
    ],
    ['XML', '<?xml version="1.0"?><a/>', 'text/plain', 'text/plain'],
    ['data of a kind nobody knows', Buffer.from([1, 2, 3, 0, 5]), 'application/x-ours', 'application/x-ours'],
    ['data called a page', Buffer.from([1, 2, 3, 0, 5]), 'text/html', 'application/octet-stream'],
    ['data called a picture', Buffer.from([1, 2, 3, 0, 5]), 'image/jpeg', 'application/octet-stream'],
    ['a type that is none', 'words', 'x\u00e4/"y', 'text/plain'],
  ];
  it.each(cases)('is told from its bytes: %s', async (_, content, type, expected) => {
    expect((await uploaded(client, content, { type })).content_type).toBe(expected);
  });

  it('decides whether it may be shown inline', async () => {
    const disposition = async (id: string) =>
      (await fetchFile(app, user, `/files/${id}/download?disposition=inline`)).headers.get(
        'content-disposition',
      );
    expect(await disposition((await uploaded(client, PNG, { fileName: 'a.png' })).id)).toBe(
      'inline; filename="a.png"',
    );
    expect(await disposition((await uploaded(client, 'words')).id)).toBe('inline; filename="notes.txt"');
    expect(
      await disposition((await uploaded(client, Buffer.from('PK\u0003\u0004'), { fileName: 'a.zip' })).id),
    ).toMatch(/^attachment/);
  });
});

describe('the name of a file', () => {
  const long = `${'ä'.repeat(200)}.txt`;
  const cases: [string, string, string, string | null][] = [
    ['with a path', '../../etc/passwd', 'passwd', null],
    ['with a Windows path', 'C:\\\\Users\\\\me\\\\x.txt', 'x.txt', null],
    [
      'in another script',
      'Übersicht – 発票.pdf',
      'Übersicht – 発票.pdf',
      "UTF-8''%C3%9Cbersicht%20%E2%80%93%20%E7%99%BA%E7%A5%A8.pdf",
    ],
    ['with quotes as a browser sends them', 'a%22b.txt', 'a"b.txt', "UTF-8''a%22b.txt"],
    ['with line ends', 'a%0D%0AX-Evil: 1.txt', 'aX-Evil: 1.txt', null],
    ['that turns its direction', 'invoice\u202Efdp.exe', 'invoicefdp.exe', null],
    [
      'of signs',
      "it's (100%) *new*;=.txt",
      "it's (100%) *new*;=.txt",
      "UTF-8''it%27s%20%28100%25%29%20%2Anew%2A%3B%3D.txt",
    ],
    ['of a smile', '🙂.txt', '🙂.txt', "UTF-8''%F0%9F%99%82.txt"],
    ['of 404 bytes', long, `${'ä'.repeat(125)}.txt`, `UTF-8''${'%C3%A4'.repeat(125)}.txt`],
  ];
  it.each(cases)('%s', async (_, sent, kept, extended) => {
    const file = await uploaded(client, 'x', { fileName: sent });
    expect(file.file_name).toBe(kept);
    expect(Buffer.byteLength(file.file_name)).toBeLessThanOrEqual(255);
    expect(Buffer.byteLength(file.file_key.split('/')[1])).toBeLessThanOrEqual(255);
    expect(file.file_key.split('/')).toHaveLength(2);
    const answer = await fetchFile(app, user, `/files/${file.id}/download`);
    const header = answer.headers.get('content-disposition') ?? '';
    expect(header).toMatch(/^attachment; filename="[\x20-\x7e]*?"(; filename\*=UTF-8''[\w.%!#$&+^`|~-]+)?$/);
    expect(/filename\*=(.*)$/.exec(header)?.[1] ?? null).toBe(extended);
    expect(await answer.text()).toBe('x');
  });
});
