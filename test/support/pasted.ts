import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { commandsOf, ROOT, type Block } from './documents.js';

const CLI = join(ROOT, 'dist', 'src', 'cli.js');
const DEFAULT_ADDRESS = /(http:\/\/)?localhost:8000/g;
/** What a reader fills in: the token of the newest mail. */
const MAILED = /"…"/g;

/** What a terminal needs to be watched: each curl tells its status, npm is the built command line. */
const PRELUDE = `
set -euo pipefail
curl() { command curl -w '%{stderr}<status %{http_code}>' "\${@/#http:\\/\\/localhost:0/$URL}"; }
npm() { while [ "$1" != -- ]; do shift; done; shift; node '${CLI}' "$@"; }
mailed() { node mailed.cjs; }
`;

/** Prints the token of a mail it has not printed before, once there is one. */
const MAILED_TOKEN = `
const { readdirSync, readFileSync, appendFileSync, existsSync } = require('node:fs');
const folder = process.env.DATA_DIR + '/outbox/';
const seen = existsSync('seen') ? readFileSync('seen', 'utf8') : '';
const look = () => {
  for (const name of existsSync(folder) ? readdirSync(folder) : []) {
    const mail = name.endsWith('.eml') ? readFileSync(folder + name, 'utf8') : '';
    const token = !mail.includes('To: ada@') ? undefined : /#token=(\\S+)/.exec(mail.replaceAll(/=\\r?\\n/g, '').replaceAll('=3D', '='))?.[1];
    if (token !== undefined && !seen.includes(token)) return token;
  }
};
const timer = setInterval(() => {
  const token = look();
  if (token === undefined) return;
  clearInterval(timer);
  appendFileSync('seen', token);
  console.log(token);
}, 20);
`;

export interface Pasted {
  readonly code: number | null;
  readonly out: string;
  readonly errors: string;
  readonly statuses: readonly string[];
}

/** A terminal in a folder of its own, into which whole pages are pasted. */
export class Terminal {
  constructor(
    private readonly folder: string,
    private readonly url: string,
    private readonly env: Readonly<Record<string, string>>,
  ) {
    this.put('mailed.cjs', MAILED_TOKEN);
  }

  put(name: string, content: string): void {
    writeFileSync(join(this.folder, name), content);
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** @param watch is told what was printed so far, each time there is more. */
  paste(
    blocks: readonly Block[],
    env: Readonly<Record<string, string>> = {},
    watch?: (out: string) => void,
  ): Promise<Pasted> {
    const script = blocks.map(({ text }) => this.filled(text)).join('\n');
    return this.run('bash', ['-c', PRELUDE + script], { cwd: this.folder, env, watch });
  }

  /** A program of the documentation, between what it takes for granted and what ends it. */
  node(script: string, watch?: (out: string) => void, args: readonly string[] = []): Promise<Pasted> {
    const all = ['--input-type=module', '-e', script, '--', 'script', ...args];
    return this.run(process.execPath, all, { cwd: ROOT, env: {}, watch });
  }

  private filled(text: string): string {
    return text.replaceAll(DEFAULT_ADDRESS, this.url).replaceAll(MAILED, `"'"$(mailed)"'"`);
  }

  private async run(
    program: string,
    args: readonly string[],
    { cwd, env, watch }: { cwd: string; env: object; watch?: ((out: string) => void) | undefined },
  ): Promise<Pasted> {
    const child = spawn(program, args, {
      cwd,
      env: { PATH: process.env.PATH, HOME: this.folder, URL: this.url, ...this.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const text = { out: '', errors: '' };
    child.stdout.on('data', (piece: Buffer) => {
      text.out += piece.toString();
      watch?.(text.out);
    });
    child.stderr.on('data', (piece: Buffer) => (text.errors += piece.toString()));
    const [code] = (await once(child, 'close')) as [number | null];
    return {
      code,
      ...text,
      statuses: [...text.errors.matchAll(/<status (\d+)>/g)].map(([, one = '']) => one),
    };
  }
}

/** What each curl should be answered: what its comment begins with, else a success. */
export function expectedStatuses(blocks: readonly Block[]): unknown[] {
  return blocks
    .flatMap(commandsOf)
    .filter(({ text }) => /(^|[\s(])curl\s/.test(text))
    .map(({ comment = '' }) => {
      const said = /^(\d{3})\b/.exec(comment)?.[1];
      return said ?? (expect.stringMatching(/^2\d\d$/) as unknown);
    });
}
