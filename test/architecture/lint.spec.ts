import { join } from 'node:path';
import { ESLint } from 'eslint';
import { ROOT, sourceFiles } from './source-tree.js';

/**
 * ESLint holds the rules while one writes. A setting that stops matching stops
 * in silence, so each rule is shown code that breaks it, under the path of a file
 * that exists and that `tsconfig.lint.json` names (the typed rules ask the compiler about it).
 */
const SERVICE = 'src/modules/audit/audit.service.ts';
const SHARED = 'src/common/http/client-ip.ts';
const LONG = 'src/modules/audit/audit.jobs.ts';
let uses = 0;
const use = (name: string) => `export const used${++uses} = ${name};\n`;
const lines = (count: number, line: string) => `${line}\n`.repeat(count);
const parameters = (count: number) =>
  Array.from({ length: count }, (_, index) => `readonly p${index}: string`).join(', ');

const BREACHES: [what: string, path: string, code: string, rule: string][] = [
  [
    "a module that imports another's repository",
    SERVICE,
    `import { UsersRepository } from '../users/users.repository.js';\n${use('UsersRepository')}`,
    'boundaries/dependencies',
  ],
  [
    "a module that imports another's entity, be it only as a type",
    SERVICE,
    `import type { UserEntity } from '../users/user.entity.js';\nexport type Used = UserEntity;\n`,
    'boundaries/dependencies',
  ],
  [
    'shared code that imports a module',
    SHARED,
    `import { UsersService } from '../../modules/users/users.service.js';\n${use('UsersService')}`,
    'boundaries/dependencies',
  ],
  [
    'a service that imports a value of typeorm',
    SERVICE,
    `import { DataSource } from 'typeorm';\n${use('DataSource')}`,
    '@typescript-eslint/no-restricted-imports',
  ],
  ['a service that reads process.env', SERVICE, use('process.env'), 'no-restricted-properties'],
  [
    'a service that destructures it',
    SERVICE,
    `export const { env } = process;\n`,
    'no-restricted-properties',
  ],
  ['an id drawn with Math.random', SERVICE, use('Math.random()'), 'no-restricted-properties'],
  ['a word on the console', SERVICE, `console.log('here');\nexport {};\n`, 'no-console'],
  [
    'a constructor of seven parameters',
    SERVICE,
    `export class Wide { constructor(${parameters(7)}) {} }\n`,
    'no-restricted-syntax',
  ],
  [
    'a function of 41 lines',
    SERVICE,
    `export function long(): void {\n${lines(39, '  void 0;')}}\n`,
    'max-lines-per-function',
  ],
  ['a file of 251 lines', LONG, lines(251, 'export {};'), 'max-lines'],
  [
    'a promise nobody waits for, which takes types to see',
    SERVICE,
    `export function start(): void { Promise.resolve(); }\n`,
    '@typescript-eslint/no-floating-promises',
  ],
  ['an any', SERVICE, `export const used: any = 1;\n`, '@typescript-eslint/no-explicit-any'],
];

const FINE: [what: string, path: string, code: string][] = [
  [
    "a module that imports another's service",
    SERVICE,
    `import { UsersService } from '../users/users.service.js';\n${use('UsersService')}`,
  ],
  [
    'a service that imports a type of typeorm',
    SERVICE,
    `import type { EntityManager } from 'typeorm';\nexport type Used = EntityManager;\n`,
  ],
  [
    'a repository that imports a value of typeorm',
    'src/modules/audit/audit.repository.ts',
    `import { DataSource } from 'typeorm';\n${use('DataSource')}`,
  ],
  ['a constructor of six parameters', SERVICE, `export class Wide { constructor(${parameters(6)}) {} }\n`],
];

// Of the project those files alone: to read the types of all of it takes three times as long and as much memory.
const project = [join(import.meta.dirname, 'tsconfig.lint.json')];
// Where CI=true, typed rules would otherwise take what the file holds for what they are shown.
const parserOptions = { projectService: false, project, disallowAutomaticSingleRunInference: true };
const overrideConfig = { languageOptions: { parserOptions } };
const eslint = new ESLint({ cwd: ROOT, overrideConfig });
const broken = new Map<string, string[]>();

/** All that is shown under one path is one text, for which the compiler is asked once; a line tells whose breach it is. */
async function lint(path: string): Promise<void> {
  const shown = [...BREACHES, ...FINE].filter(([, under]) => under === path);
  const text = shown.map(([, , code]) => code).join('');
  const [result] = await eslint.lintText(text, { filePath: join(ROOT, path) });
  let before = 0;
  for (const [what, , code] of shown) {
    const upTo = before + code.split('\n').length - 1;
    const own = result?.messages.filter(({ line }) => line > before && line <= upTo) ?? [];
    broken.set(what, [...new Set(own.map(({ ruleId, message }) => ruleId ?? message))]);
    before = upTo;
  }
}

beforeAll(async () => {
  for (const path of new Set([...BREACHES, ...FINE].map(([, under]) => under))) await lint(path);
}, 600_000);

describe('ESLint refuses', () => {
  it.each(BREACHES)('%s', (what, _path, _code, rule) => {
    expect(broken.get(what)).toEqual([rule]);
  });
});

describe('ESLint lets pass', () => {
  it.each(FINE)('%s', (what) => {
    expect(broken.get(what)).toEqual([]);
  });

  it('no file of ours unseen', async () => {
    const paths = sourceFiles('src', 'migrations', 'test').map(({ path }) => path);
    const ignored = await Promise.all(paths.map((path) => eslint.isPathIgnored(join(ROOT, path))));
    expect(paths.filter((_, index) => ignored[index])).toEqual([]);
  });

  it('no breach without a reason given on the spot, for one line', () => {
    const excuses = sourceFiles('src', 'migrations').flatMap(({ path, text }) =>
      [...text.matchAll(/eslint-disable.*/g)].map(([comment]) => `${path}: ${comment}`),
    );
    expect(excuses.filter((excuse) => !/eslint-disable-next-line [\w@/, -]+ -- \w/.test(excuse))).toEqual([]);
  });
});
