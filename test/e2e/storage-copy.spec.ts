import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { jest } from '@jest/globals';
import pLimit from 'p-limit';
import { UsageError } from '../../src/common/errors/usage-error.js';
import { readEnv } from '../../src/config/env.js';
import { runCopy } from '../../src/modules/storage/copy-command.js';
import { placeOf } from '../../src/modules/storage/drivers/local-layout.js';
import { LocalStore } from '../../src/modules/storage/drivers/local.driver.js';
import { runCli, startCli } from '../support/cli-process.js';
import { eventually } from '../support/eventually.js';
import { KIB, MIB, pattern, sha256 } from '../support/object-stores/stage.js';

jest.setTimeout(120_000);

let folder: string;
let from: LocalStore;
const source = () => join(folder, 'from');
const target = () => join(folder, 'to');
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cloudkeep-copy-'));
  from = await LocalStore.open(source());
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const copy = (...flags: string[]) =>
  runCli(['storage:copy', '--from', `local:${source()}`, '--to', `local:${target()}`, ...flags]);

async function contentOf(path: string): Promise<Map<string, string>> {
  const store = await LocalStore.open(path);
  const content = new Map<string, string>();
  for await (const key of store.keys()) content.set(key, sha256(await buffer(await store.get(key))));
  return new Map([...content].sort());
}

async function fill(count: number, bytes: Buffer): Promise<void> {
  const limit = pLimit(16);
  const keys = Array.from({ length: count }, (_, at) => `documents/${at}_file.bin`);
  await Promise.all(keys.map((key) => limit(() => from.set(key, bytes))));
}

describe('storage:copy', () => {
  it('moves a whole store: odd names, empty and large objects', async () => {
    await from.set('documents/ü %2F?#.txt', Buffer.from('odd'));
    await from.set('empty', Buffer.alloc(0));
    await from.set(`${'long/'.repeat(100)}name`, pattern(100));
    await from.set('large', pattern(9 * MIB));
    const { code, out, errors } = await copy('--verify');
    expect({ code, errors }).toEqual({ code: 0, errors: '' });
    expect(out).toContain('4 objects to copy\n');
    expect(out).toMatch(/^Copied 4 objects of \d+ bytes; 0 left alone; 0 failed\.$/m);
    expect(await contentOf(target())).toEqual(await contentOf(source()));
  });

  it('goes on where it was killed', async () => {
    const count = 1_500;
    await fill(count, pattern(16 * KIB));
    const { child, outcome } = startCli([
      ...['storage:copy', '--from', `local:${source()}`, '--to', `local:${target()}`],
      ...['--parallel', '1'],
    ]);
    await eventually(async () => expect((await contentOf(target())).size).toBeGreaterThan(5), {
      within: 30_000,
    });
    child.kill('SIGKILL');
    expect((await outcome).code).toBeNull();
    const wanted = await contentOf(source());
    const got = await contentOf(target());
    expect(got.size).toBeLessThan(count);
    // What is there is whole.
    for (const [key, digest] of got) expect(digest).toBe(wanted.get(key));
    const { code, out } = await copy('--resume', '--verify');
    expect(code).toBe(0);
    expect(out).toContain(`Copied ${count - got.size} objects`);
    expect(out).toContain(`${got.size} left alone`);
    expect(await contentOf(target())).toEqual(wanted);
  });

  it('replaces what differs; by its size alone, unless told to verify', async () => {
    await fill(3, Buffer.from('right'));
    const to = await LocalStore.open(target());
    await to.set('documents/0_file.bin', Buffer.from('wrong size'));
    await to.set('documents/1_file.bin', Buffer.from('wrong'));
    await to.set('theirs', Buffer.from('stays'));
    expect((await copy('--resume')).out).toMatch(/^Copied 2 objects of 10 bytes; 1 left alone/m);
    expect((await copy('--resume', '--verify')).out).toMatch(/^Copied 1 objects of 5 bytes; 2 left alone/m);
    const wanted = await contentOf(source());
    expect(await contentOf(target())).toEqual(wanted.set('theirs', sha256(Buffer.from('stays'))));
  });

  it('tells which objects could not be copied, copies the others, and exits with 1', async () => {
    await fill(5, Buffer.from('right'));
    // A file where the folder of an object would be: the target can not take that one.
    await LocalStore.open(target());
    const [shard = ''] = placeOf('documents/2_file.bin').path.split('/');
    await writeFile(join(target(), shard), '');
    const { code, out, errors } = await copy();
    expect(code).toBe(1);
    expect(out).toMatch(/^Copied 4 objects of 20 bytes; 0 left alone; 1 failed\.$/m);
    expect(errors).toMatch(/^documents\/2_file\.bin: /);
    await rm(join(target(), shard));
    expect((await copy('--resume')).out).toMatch(/^Copied 1 objects of 5 bytes; 4 left alone; 0 failed/m);
  });

  it.each([
    ['without a source', ['--to', 'local:/tmp/x'], '--from is missing'],
    ['without a target', ['--from', 'local:/tmp'], '--to is missing'],
    ['an unknown store', ['--from', 'local:/tmp', '--to', 'ftp:x'], '--to must be local:<folder>'],
    [
      'a source that is not there',
      ['--from', 'local:/nowhere/5172', '--to', 'local:/tmp/x'],
      '--from names no folder',
    ],
    ['one store twice', ['--from', 'local:/tmp', '--to', 'local:/tmp/'], '--from and --to are the same'],
    ['memory', ['--from', 'local:/tmp', '--to', 'memory:'], '--to can not be memory'],
    [
      'an unknown flag',
      ['--from', 'local:/tmp', '--to', 'local:/tmp/x', '--fast'],
      "Unknown option '--fast'",
    ],
    [
      'no number',
      ['--from', 'local:/tmp', '--to', 'local:/tmp/x', '--parallel', 'all'],
      '--parallel must be',
    ],
    [
      'azure without its setting',
      ['--from', 'local:/tmp', '--to', 'azure:x'],
      'AZURE_STORAGE_CONNECTION_STRING',
    ],
  ])('refuses %s, saying so', async (_, args, message) => {
    const refusal = await runCopy(args, readEnv({})).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(UsageError);
    expect((refusal as Error).message).toContain(message);
  });

  it('shows its usage after a refusal, and exits with 2', async () => {
    const { code, out, errors } = await runCli(['storage:copy', '--to', 'local:/tmp/x']);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(errors.split('\n')[0]).toContain('--from is missing');
    expect(errors).toContain('Usage: npm run cli');
  });

  it('says in one line that a store can not be used', async () => {
    const { code, errors } = await runCli([
      'storage:copy',
      ...['--from', `local:${source()}`, '--to', 'local:/dev/null/x'],
    ]);
    expect(code).toBe(1);
    expect(errors).toMatch(/^local:\/dev\/null\/x can not be used: ENOTDIR.*\n$/);
  });
});
