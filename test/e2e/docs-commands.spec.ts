import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TestApp } from '../support/app.js';
import { blocksOf, isRun, PAGES } from '../support/documents.js';
import { expectedStatuses, Terminal, type Pasted } from '../support/pasted.js';
import { NEW_SESSION } from '../support/sandbox.js';

const ADMIN_PASSWORD = 'granite-lantern-quilt-58';
const PDF = `%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj
trailer<</Root 1 0 R>>
`;

const blocks = PAGES.flatMap(blocksOf);
const shell = blocks.filter(({ language }) => language === 'sh');
const runBlocks = (page: string) => shell.filter((block) => block.page === page && isRun(block));
const codeOf = (page: string, language: string) =>
  blocks.filter((block) => block.page === page && block.language === language).map(({ text }) => text);

let app: TestApp;
let terminal: Terminal;
let readme: Pasted;
beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'cloudkeep-docs-'));
  const DATA_DIR = join(folder, 'data');
  app = await TestApp.start({ env: { ADMIN_EMAIL: '', ADMIN_PASSWORD, DATA_DIR } });
  terminal = new Terminal(folder, app.url, {
    ADMIN_PASSWORD,
    DATABASE_URL: app.database.url,
    DATA_DIR,
    LOG_LEVEL: 'silent',
  });
  terminal.put('invoice.pdf', PDF);
  terminal.put('corrected.pdf', `${PDF}\n`);
  // Everybody begins there, and so do the other pages: with whom it registers.
  readme = await terminal.paste(runBlocks('README.md'));
});
afterAll(async () => {
  terminal.close();
  await app.stop();
});

/** Not through the client, whose contract's idea of an address leaves `admin@localhost` out. */
async function tokenOf(account: object): Promise<string> {
  const response = await fetch(`${app.url}/api/v1/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(account),
  });
  return ((await response.json()) as { access_token: string }).access_token;
}
const ada = () => tokenOf({ username: 'ada', password: 'violet kettle orbit 47 maple' });

/** Does something when a text is first printed. */
function once(text: string, act: () => Promise<unknown>): (out: string) => void {
  let isDone = false;
  return (out) => {
    if (isDone || !out.includes(text)) return;
    isDone = true;
    void act();
  };
}

/** As somebody does in another terminal, once the log has told the decision. */
const endTheSession = async () => {
  const mine = app.as(await ada());
  const { body } = await mine.get('/sandbox/sessions?status=active');
  for (const { id } of (body as { items: { id: string }[] }).items)
    await mine.delete(`/sandbox/sessions/${id}`);
};

/** Before the page on accounts, which changes the password. */
describe('each other example', () => {
  it('of SQL runs', async () => {
    for (const statement of codeOf('docs/scaling.md', 'sql'))
      expect((await app.database.query(statement)).length).toBeGreaterThan(20);
  });

  it('of JavaScript runs: a resumable upload, and a session over its socket', async () => {
    const token = await ada();
    const [upload = ''] = codeOf('docs/files.md', 'js');
    const [socket = ''] = codeOf('docs/sandbox.md', 'js');
    const { body } = await app.as(token).post('/sandbox/sessions', NEW_SESSION);
    const { id } = body as { id: string };
    const uploading = terminal.node(
      `import * as tus from 'tus-js-client';
       const token = '${token}', file = Object.assign(Buffer.from('moving'), { name: 'a.mp4', type: 'video/mp4' });
       let fileId; process.on('exit', () => console.log('file', fileId));
       ${upload.replace('https://cloud.example.com', app.url)}`,
    );
    const listening = terminal.node(
      `const TOKEN = '${token}', ID = '${id}';
       ${socket.replace('http://localhost:8000', app.url)}
       socket.on('welcome', () => console.log('welcome')).on('session_ended', () => socket.close());`,
      once('welcome', async () => {
        await app.as(token).post(`/sandbox/sessions/${id}/evaluate`, { mode: 'cluster' });
        await app.as(token).delete(`/sandbox/sessions/${id}`);
      }),
    );
    const [uploaded, listened] = await Promise.all([uploading, listening]);
    expect(uploaded).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^file [0-9a-f-]{36}\n$/) as unknown,
    });
    expect(listened.out).toMatch(/Decided: (\w+)\n\1 [^]*over: deleted/);
  });
});

describe('pasted as it stands', () => {
  it('README.md does what its comments say', () => {
    const { code, out, errors, statuses } = readme;
    expect({ code, statuses, errors }).toMatchObject({
      code: 0,
      statuses: expectedStatuses(runBlocks('README.md')),
    });
    expect(out).toContain('"email":"ada@example.com"');
  });

  it.each([
    'docs/authenticate-a-service.md',
    'docs/idempotency.md',
    'docs/files.md',
    'docs/sandbox.md',
    'docs/audit.md',
    // Last: it changes the password.
    'docs/accounts.md',
  ])('%s does what its comments say', async (page) => {
    const isForAuditors = page === 'docs/audit.md';
    const TOKEN = isForAuditors
      ? await tokenOf({ email: 'admin@localhost', password: ADMIN_PASSWORD })
      : await ada();
    const pasted = await terminal.paste(runBlocks(page), { TOKEN }, once('Decided:', endTheSession));
    const { code, statuses, errors } = pasted;
    expect({ code, statuses, errors }).toMatchObject({
      code: 0,
      statuses: expectedStatuses(runBlocks(page)),
    });
    if (isForAuditors) expect(pasted.out).toMatch(/^Valid: \d+ links/m);
  });

  it('there is no other page with a curl', () => {
    const run = new Set(shell.filter(isRun).map(({ page }) => page));
    expect([...run].sort()).toEqual([
      'README.md',
      'docs/accounts.md',
      'docs/audit.md',
      'docs/authenticate-a-service.md',
      'docs/files.md',
      'docs/idempotency.md',
      'docs/sandbox.md',
    ]);
  });
});
