import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';

/** Does `work` where no file can be opened, and prints what it is refused with. */
const refusedWith = (file: string, name: string, work: string) => `
import { closeSync, openSync } from 'node:fs';
import { Readable } from 'node:stream';
import { ${name} } from '${pathToFileURL(`dist/src/modules/${file}`).href}';
const held = [];
try { for (;;) held.push(openSync('/dev/null')); } catch {}
// For the program to be looked up.
closeSync(held.pop());
const said = await (async () => { ${work} })().catch((error) => error.code ?? error.message);
for (const one of held) closeSync(one);
console.log(said);`;

/** Node, asked to end a process that it could not start, would end all of its own group. */
it.each([
  [
    'a PDF’s reader',
    refusedWith(
      'files/extraction/pdf.js',
      'pdfOf',
      `const stream = () => Promise.resolve(Readable.from([Buffer.from('%PDF-')]));
       await pdfOf({ size: 5, signal: new AbortController().signal, stream });`,
    ),
    'EMFILE\n',
  ],
  [
    'the process of models',
    refusedWith(
      'evaluation/risk/model-process.js',
      'ModelProcess',
      `await new ModelProcess().ask({}, 2_000);`,
    ),
    'The process of models gave no answer within 2000 ms: not_started\n',
  ],
  [
    'a tool',
    refusedWith('backups/tools/run-tool.js', 'runTool', `await runTool('/bin/true', []);`),
    expect.stringContaining('no file descriptor is left'),
  ],
])('%s that can not be started ends nothing but what it was for', async (_, program, said) => {
  const limited = 'ulimit -n 64 && exec "$0" --input-type=module --eval "$1"';
  // In a process group of its own, which is what may end.
  const child = spawn('sh', ['-c', limited, process.execPath, program], {
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [printed, [code, signal]] = await Promise.all([text(child.stdout), once(child, 'close')]);
  expect([printed, code, signal]).toEqual([said, 0, null]);
});
