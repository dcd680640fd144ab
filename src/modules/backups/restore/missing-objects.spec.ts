import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { ObjectStore } from '../../storage/object-store.port.js';
import type { InventoryLine } from '../inventory-lines.js';
import { listMissing } from './missing-objects.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'missing-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Holds five bytes under one key. */
const files = {
  stat: (key: string) => Promise.resolve(key === 'there' ? { size: 5 } : null),
} as unknown as ObjectStore;
const line = (key: string, size: number): InventoryLine => ({
  ...{ key, size, sha256: null },
  modified_at: '2026-11-21T02:00:00.000Z',
});
const inventory = () => Readable.from([line('there', 5), line('gone', 5), line('there', 6)]);

it('lists what is gone or of another size', async () => {
  const list = join(folder, 'new', 'list.ndjson');
  expect(await listMissing(files, inventory(), list)).toEqual({ checked: 3, missing: 2 });
  const listed = readFileSync(list, 'utf8').trimEnd().split('\n');
  expect(listed.map((text) => JSON.parse(text) as unknown)).toEqual([line('gone', 5), line('there', 6)]);
});

it('says where it can not write its list, and lives', async () => {
  await expect(listMissing(files, inventory(), folder)).rejects.toMatchObject({ code: 'EISDIR' });
});
