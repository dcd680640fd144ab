import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EmbeddedPostgresError } from '../../src/database/embedded-postgres.js';
import { itWhere } from '../support/where.js';
import { buildProgram, Home, isOpenToOthers, isRoot, NOBODY, query } from './embedded-postgres.fixture.js';

const ANOTHER = 'root, or no checkout open to others';

describe('users and folders of an embedded PostgreSQL', () => {
  let program: string;
  let home: Home;

  beforeAll(async () => (program = await buildProgram()));
  afterAll(() => rm(join(program, '..'), { recursive: true, force: true }));
  beforeEach(async () => (home = await Home.make(program)));
  afterEach(() => home.clean());

  const addNote = (url: string) => query(url, 'CREATE TABLE note AS SELECT 42 AS answer');
  const readNote = (url: string) => query(url, 'SELECT answer FROM note');

  const ofRoot = 'runs as root in a folder that only root may enter, with one capability';
  itWhere(isRoot, 'root', ofRoot, async () => {
    await mkdir(join(home.path, 'data'), { mode: 0o700 });
    const { url } = await home.start();
    await expect(query(url, 'SELECT 1 AS works')).resolves.toEqual([{ works: 1 }]);
    const status = await readFile(`/proc/${await home.pid()}/status`, 'utf8');
    expect(status).toMatch(/^Uid:\t[1-9]/m);
    expect(BigInt(`0x${/^CapEff:\s*(\w+)/m.exec(status)?.[1] ?? 0}`).toString(2)).toMatch(/^10{1,2}$/);
  });

  const ofAnother = 'runs for a user that is not root, and for root on the data of that user';
  itWhere(isOpenToOthers, ANOTHER, ofAnother, async () => {
    await home.giveTo(NOBODY, NOBODY);
    const child = home.child({ uid: NOBODY, gid: NOBODY });
    await addNote((await child.urls).url);
    child.process.send('stop');
    await expect(child.ended).resolves.toBe(0);
    await expect(stat(home.dataDir)).resolves.toMatchObject({ uid: NOBODY });
    await expect(readNote((await home.start()).url)).resolves.toEqual([{ answer: 42 }]);
  });

  it('refuses a folder with something else in it, and leaves it alone', async () => {
    await mkdir(home.dataDir, { recursive: true });
    await writeFile(join(home.dataDir, 'thesis.txt'), 'mine');
    const before = await stat(home.dataDir);
    await expect(home.start()).rejects.toThrow(/^\S+ is neither empty nor a PostgreSQL data folder: .+$/);
    await expect(stat(home.dataDir)).resolves.toMatchObject({ uid: before.uid, mode: before.mode });
  });

  it('refuses data of another version, a file in place of the folder, and a setting that is none', async () => {
    const refusal = () => home.start().catch((error: unknown) => error as Error);
    await mkdir(home.dataDir, { recursive: true });
    await writeFile(join(home.dataDir, 'PG_VERSION'), '15\n');
    const otherVersion = await refusal();
    expect(otherVersion).toBeInstanceOf(EmbeddedPostgresError);
    expect(otherVersion).toHaveProperty(
      'message',
      expect.stringMatching(/^The data .+ PostgreSQL 15 .+ brings 18: .+$/),
    );
    await rm(home.dataDir, { recursive: true });
    await writeFile(home.dataDir, '');
    await expect(refusal()).resolves.toHaveProperty(
      'message',
      expect.stringMatching(/^PostgreSQL cannot use .+$/),
    );
    await rm(home.dataDir);
    await expect(home.start({ settings: { no_such_setting: '1' } })).rejects.toThrow(
      /did not start .+ FATAL: +unrecognized configuration parameter "no_such_setting" \(see .+\)$/,
    );
  });
});
