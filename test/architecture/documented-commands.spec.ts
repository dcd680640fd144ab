import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { runCli } from '../support/cli-process.js';
import {
  CLI,
  COMMAND_SETTINGS,
  OPTIONS,
  OTHERS,
  SCRIPTS,
  type Covered,
  type Unavailable,
} from '../support/documented-commands.js';
import {
  blocksOf,
  commandsOf,
  inlineCommandsOf,
  isRun,
  PAGES,
  ROOT,
  textOf,
  type Command,
} from '../support/documents.js';
import { documentedSettings } from './deployment-files.js';

const blocks = PAGES.flatMap(blocksOf);
const scripts = (JSON.parse(textOf('package.json')) as { scripts: Record<string, string> }).scripts;

/** Settings of the environment, those of a provider of one's own among them. */
const isSetting = (name: string) =>
  COMMAND_SETTINGS.includes(name) ||
  documentedSettings().includes(name.replace(/_FILE$/, '')) ||
  /^OIDC_[A-Z]+_[A-Z_]+$/.test(name);

/** What of a command is not known to work; null where all is. */
function faultOf(command: string): string | null {
  const assigned = /^(?:export )?([A-Z][A-Z0-9_]*)=(?:'[^']*'|\S)*\s*(.*)$/.exec(command);
  const [, name = '', then = ''] = assigned ?? [];
  if (assigned !== null && !isSetting(name)) return `no setting ${name}`;
  if (assigned !== null) return then === '' ? null : faultOf(then);
  const parts = command.split(/\s+&&\s+/);
  if (parts.length > 1) return parts.map(faultOf).find((fault) => fault !== null) ?? null;
  const [, script, rest = ''] = /^npm (?:run (?:--silent )?)?([\w:]+)(.*)$/.exec(command) ?? [];
  if (script === 'cli') return cliFault(rest.replace(/^ -- /, ''));
  if (script !== undefined && script in SCRIPTS)
    return script in scripts ? argumentFault(script, rest) : `no script ${script}`;
  return Object.keys(OTHERS).some((known) => command.startsWith(known)) ? null : 'nobody runs it';
}

function cliFault(words: string): string | null {
  const [name = '', ...args] = words.split(/\s+/);
  if (name === '') return null;
  const covered = CLI[name];
  if (covered === undefined) return `nobody runs ${name}`;
  const unknown = args.filter((arg) => arg.startsWith('--') && !covered.says.includes(arg));
  return unknown.length === 0 ? null : `nobody runs ${name} with ${unknown.join(', ')}`;
}

/** What stands behind `--` must be there: a benchmark, a spec, an option. */
function argumentFault(script: string, rest: string): string | null {
  const [first] = rest.replace(/^ --/, '').trim().split(/\s+/);
  if (!first) return null;
  if (script === 'bench')
    return existsSync(join(ROOT, 'bench/rows', `${first}.js`)) ? null : `no benchmark ${first}`;
  if (script === 'test') return existsSync(join(ROOT, first)) ? null : `no file ${first}`;
  const readBy = OPTIONS[script];
  if (readBy === undefined) return `nobody runs ${script} with ${first}`;
  const known = readBy.map(textOf).join('\n');
  const unknown = [...rest.matchAll(/--(\w+)/g)].find(
    ([, option = '']) => !new RegExp(`\\b${option}\\b`).test(known),
  );
  return unknown === undefined ? null : `no option ${unknown[0]}`;
}

describe('each other command', () => {
  const others: Command[] = [
    ...blocks.filter((block) => block.language === 'sh' && !isRun(block)).flatMap(commandsOf),
    ...PAGES.flatMap(inlineCommandsOf),
  ];

  it('is known to work, or why it can not be run', () => {
    const faults = others.map(({ page, text }) => ({ page, text, fault: faultOf(text) }));
    expect(faults.filter(({ fault }) => fault !== null)).toEqual([]);
    expect(others.length).toBeGreaterThan(50);
  });

  it('is run by whom it is said to be, and names what is there', () => {
    const known: (Covered | Unavailable)[] = [SCRIPTS, CLI, OTHERS].flatMap((list) => Object.values(list));
    const untrue = known.flatMap((one) =>
      'by' in one
        ? one.says
            .filter((words) => ![one.by].flat().some((file) => textOf(file).includes(words)))
            .map((words) => `${String(one.by)} does not say ${words}`)
        : (one.names ?? []).filter((name) => !existsSync(join(ROOT, name))),
    );
    expect(untrue).toEqual([]);
  });

  it('of those that are said to be known, each is still somewhere in the documentation', () => {
    const texts = others.flatMap(({ text }) => text.split(/\s+&&\s+/));
    const stale = [
      ...Object.keys(OTHERS).filter(
        (known) => !texts.some((text) => text.replace(/^[A-Z_]+=\S+ /, '').startsWith(known)),
      ),
      ...Object.keys(CLI).filter((name) => !PAGES.some((page) => textOf(page).includes(name))),
    ];
    expect(stale).toEqual([]);
  });

  it('of the command line has the options that its help tells', async () => {
    const DATA_DIR = mkdtempSync(join(tmpdir(), 'cloudkeep-docs-'));
    const [help, config] = await Promise.all([
      runCli(['--help']),
      runCli(['backup:pgbackrest-config'], { DATA_DIR }),
    ]);
    rmSync(DATA_DIR, { recursive: true });
    const used = Object.entries(CLI).flatMap(([name, { says }]) => [
      name,
      ...says.filter((word) => word.startsWith('--')),
    ]);
    expect(help).toMatchObject({ code: 0, errors: '' });
    expect(used.filter((word) => !help.out.includes(word))).toEqual([]);
    expect(config).toMatchObject({ code: 0, out: expect.stringContaining('repo1-path=') as unknown });
  });
});

/** Without white space and the commas that only formatting puts. */
const plain = (code: string) =>
  code
    .replaceAll(/\s/g, '')
    .replaceAll(/,(?=[)}\]])/g, '')
    .replaceAll(/[()]/g, '');

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

describe('each other example', () => {
  it('of JSON and YAML is well formed', () => {
    expect(blocks.filter(({ language, text }) => language === 'json' && !isJson(text))).toEqual([]);
    const yaml = blocks
      .filter(({ language }) => language === 'yaml')
      .flatMap(({ text }) => parseAllDocuments(text));
    expect(yaml.flatMap(({ errors }) => errors)).toEqual([]);
  });

  it('of TypeScript stands in a file that is compiled', () => {
    const compiled = [
      'console/src/examples.tsx',
      'test/support/examples/documented.ts',
      'sdk/examples.ts',
    ].map((path) => plain(textOf(path)));
    const pieces = blocks
      .filter(({ language }) => /^tsx?$/.test(language))
      .flatMap(({ page, text }) => (page === 'docs/sdk.md' ? text.split('\n\n') : [text]));
    expect(
      pieces.filter((text) => !compiled.some((file) => file.includes(plain(text).replace(/,$/, '')))),
    ).toEqual([]);
    expect(pieces.length).toBeGreaterThan(7);
  });
});

describe('each link', () => {
  /** As GitHub names headings. */
  const anchor = (heading: string) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-');
  const anchorsOf = (path: string) =>
    [...textOf(path).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => anchor(heading));

  it('to another page or place leads there', () => {
    const broken = PAGES.flatMap((page) =>
      [...textOf(page).matchAll(/\]\((?!https?:)([^)\s#]*)(?:#([^)\s]+))?\)/g)]
        .map(([link, path = '', place]) => ({
          page,
          link,
          to: path === '' ? page : join(dirname(page), path),
          place,
        }))
        .filter(
          ({ to, place }) =>
            !existsSync(join(ROOT, to)) || (place !== undefined && !anchorsOf(to).includes(place)),
        ),
    );
    expect(broken.map(({ page, link }) => [page, link])).toEqual([]);
  });

  it('of the README leads to every page', () => {
    const missing = PAGES.filter(
      (page) => page !== 'README.md' && !textOf('README.md').includes(`](${page})`),
    );
    expect(missing).toEqual([]);
  });
});
