import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConsoleFiles } from './console-files.js';

it('a file that could not be read once is read the next time', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'console-'));
  try {
    const page = join(folder, 'index.html');
    writeFileSync(page, '<!doctype html>');
    const files = await ConsoleFiles.list(folder);
    renameSync(page, `${page}.away`);
    await expect(files?.get('index.html')).rejects.toMatchObject({ code: 'ENOENT' });
    renameSync(`${page}.away`, page);
    expect((await files?.get('index.html'))?.content.toString()).toBe('<!doctype html>');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
