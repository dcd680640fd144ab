import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import ts from 'typescript';

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, '..', '..');

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}
const manifest = (path: string) => JSON.parse(readFileSync(join(ROOT, path), 'utf8')) as Manifest;

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cloudkeep-sdk-'));
  const { stdout } = await run('npm', ['pack', join(ROOT, 'dist/sdk'), '--json', '--offline'], {
    cwd: folder,
  });
  const tarball = /"filename": "([^"]+)"/.exec(stdout)?.[1] ?? '';
  await run('tar', ['-xzf', tarball], { cwd: folder });
  const modules = join(folder, 'node_modules');
  mkdirSync(join(modules, '@cloudkeep'), { recursive: true });
  cpSync(join(folder, 'package'), join(modules, '@cloudkeep/sdk'), { recursive: true });
  // What npm would install beside it: what it declares, and nothing else of ours.
  for (const name of [
    ...Object.keys(manifest('sdk/package.json').dependencies),
    'openapi-typescript-helpers',
  ])
    symlinkSync(join(ROOT, 'node_modules', name), join(modules, name));
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the package of the SDK', () => {
  it('asks for the very libraries that it is tested with', () => {
    const { dependencies } = manifest('sdk/package.json');
    expect(manifest('package.json').devDependencies).toMatchObject(dependencies);
  });

  it('is imported by plain Node, with all it needs to upload and to follow logs', async () => {
    const program = `
      import { bearer, createCloudkeep } from '@cloudkeep/sdk';
      const { api, upload, sandboxLogs } = createCloudkeep({
        baseUrl: 'http://127.0.0.1:1', credentials: bearer('pat_x'), retries: 0,
      });
      const codes = await Promise.all([
        api.GET('/health').catch((error) => error.code),
        sandboxLogs('x', { patienceMs: 50 }).next().catch((error) => error.code),
      ]);
      console.log(codes.join(), typeof upload, typeof (await import('tus-js-client')).Upload);`;
    writeFileSync(join(folder, 'program.js'), program);
    const { stdout } = await run(process.execPath, ['program.js'], { cwd: folder });
    expect(stdout.trim()).toBe('unreachable,timed_out function function');
  });

  it('compiles with the examples of its documentation', () => {
    const example = join(folder, 'examples.ts');
    cpSync(join(ROOT, 'sdk/examples.ts'), example);
    const program = ts.createProgram([example], {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.NodeNext,
      moduleResolution: ts.ModuleResolutionKind.NodeNext,
      lib: ['lib.es2022.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
      types: [],
      strict: true,
      skipLibCheck: true,
      noEmit: true,
    });
    const faults = ts.getPreEmitDiagnostics(program);
    expect(faults.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))).toEqual([]);
  });

  it('is documented by what compiles', () => {
    const examples = readFileSync(join(ROOT, 'sdk/examples.ts'), 'utf8');
    const page = readFileSync(join(ROOT, 'docs/sdk.md'), 'utf8');
    const blocks = [...page.matchAll(/```ts\n([^]*?)```/g)].flatMap(([, block = '']) => block.split('\n\n'));
    expect(blocks.length).toBeGreaterThan(4);
    expect(blocks.filter((block) => !examples.includes(block.trim()))).toEqual([]);
  });
});
