import { circles, sourceFile, sourceFiles } from './source-tree.js';
import {
  controllersAreThin,
  filesAndConstructorsAreSmall,
  importsPointOneWay,
  modulesExportServicesOnly,
  modulesKeepToThemselves,
  modulesSayWhatTheyRefuse,
  noConsoleNorMathRandom,
  onlyConfigReadsTheEnvironment,
  onlyRepositoriesUseTypeorm,
  type Rule,
} from './source-rules.js';

const everything = sourceFiles('src', 'migrations');
const shipped = everything.filter(({ path }) => !path.endsWith('.spec.ts'));

/** Each rule with code that breaks it (so that a rule that has gone blind is seen) and code that keeps it. */
const RULES: { rule: Rule; path: string; breaks: string[]; keeps: string[] }[] = [
  {
    rule: importsPointOneWay,
    path: 'src/common/http/sample.ts',
    breaks: [
      `import { UsersService } from '../../modules/users/users.service.js';`,
      `import type { UserRow } from '../../modules/users/users.service.js';`,
      `export { createApp } from '../../app.js';`,
      `const later = () => import('../../modules/users/users.service.js');`,
      `let row: import('../../modules/users/users.service.js').UserRow;`,
    ],
    keeps: [
      `import { HttpConfig } from '../../config/config.js'; import { Sql } from '../../database/sql.js';`,
    ],
  },
  {
    rule: importsPointOneWay,
    path: 'src/database/sample.ts',
    breaks: [`import { AppError } from '../common/errors/app-error.js';`],
    keeps: [`import { DatabaseConfig } from '../config/config.js';`],
  },
  {
    rule: importsPointOneWay,
    path: 'src/telemetry/sample.ts',
    breaks: [`import { Sql } from '../database/sql.js';`],
    keeps: [`import type { TracingConfig } from '../config/tracing.js';`],
  },
  {
    rule: importsPointOneWay,
    path: 'migrations/1-sample.ts',
    breaks: [
      `import { SCOPES } from '../src/common/access/scopes.js';`,
      `import { it } from '../test/support/app.js';`,
    ],
    keeps: [`import { randomUUID } from 'node:crypto'; import type { QueryRunner } from 'typeorm';`],
  },
  {
    rule: modulesKeepToThemselves,
    path: 'src/modules/audit/sample.ts',
    breaks: [
      `import { UsersRepository } from '../users/users.repository.js';`,
      `import type { UserEntity } from '../users/user.entity.js';`,
      `import { UserErrors } from '../users/users.errors.js';`,
    ],
    keeps: [
      `import { UsersService } from '../users/users.service.js'; import '../users/users.events.js';`,
      `import { AuditRepository } from './audit.repository.js';`,
    ],
  },
  {
    rule: onlyRepositoriesUseTypeorm,
    path: 'src/modules/audit/sample.service.ts',
    breaks: [
      `import { DataSource } from 'typeorm';`,
      `import { x } from 'typeorm/browser';`,
      `import * as orm from 'typeorm';`,
    ],
    keeps: [`import type { DataSource } from 'typeorm'; import { type EntityManager } from 'typeorm';`],
  },
  {
    rule: onlyConfigReadsTheEnvironment,
    path: 'src/common/http/sample.ts',
    breaks: [
      `const level = process.env.LOG_LEVEL;`,
      `const level = process['env']['LOG_LEVEL'];`,
      `const { env } = process;`,
      `import { env } from 'node:process';`,
      `start({ ...globalThis.process });`,
    ],
    keeps: [
      `process.stdout.write(String(process.pid)); job.process = 1; const job = { process: 2 }; globalThis.process.pid;`,
    ],
  },
  {
    rule: noConsoleNorMathRandom,
    path: 'src/common/http/sample.ts',
    breaks: [`console.log(1);`, `const id = Math.random();`],
    keeps: [`logger.console.log(Math.max(1, 2));`],
  },
  {
    rule: modulesSayWhatTheyRefuse,
    path: 'src/modules/sample/sample.module.ts',
    breaks: [`export class SampleModule {}`, `/** Samples of everything. */\nexport class SampleModule {}`],
    keeps: [
      `/** Samples of everything. Refuses to be taken for the whole. */\n@Module({})\nexport class SampleModule {}`,
    ],
  },
  {
    rule: modulesExportServicesOnly,
    path: 'src/modules/sample/sample.module.ts',
    breaks: [
      `@Module({ exports: [SamplesService, SamplesRepository] }) class A {}`,
      `@Module({ exports }) class A {}; const a = { exports: everything };`,
    ],
    keeps: [
      `@Module({ providers: [SamplesRepository], exports: [SamplesService] }) class A {}`,
      `import { Port } from './port.port.js'; @Module({ exports: [Port] }) class A {}`,
    ],
  },
  {
    rule: controllersAreThin,
    path: 'src/modules/sample/sample.controller.ts',
    breaks: [
      `class A { list() { const a = 1; return a; } }`,
      `class A { list() { try { return 1; } catch { return 2; } } }`,
      `class A { constructor(private readonly samples: SamplesRepository) {} }`,
      `import { SampleEntity } from './sample.entity.js';`,
    ],
    keeps: [
      `class A { constructor(private readonly samples: SamplesService) {} list() { return this.samples.list(); } }`,
    ],
  },
  {
    rule: filesAndConstructorsAreSmall,
    path: 'src/common/http/sample.ts',
    breaks: [`// line\n`.repeat(251), `class A { constructor(a, b, c, d, e, f, g) {} }`],
    keeps: [`// line\n`.repeat(250), `class A { constructor(a, b, c, d, e, f) {} }`],
  },
];

describe.each([...new Set(RULES.map(({ rule }) => rule))].map((rule) => ({ name: rule.name, rule })))(
  '$name',
  ({ rule }) => {
    it('holds in every file', () => {
      const files = rule === filesAndConstructorsAreSmall ? everything : shipped;
      expect(files.flatMap(rule)).toEqual([]);
    });

    it('sees a breach, and leaves good code alone', () => {
      for (const { path, breaks, keeps } of RULES.filter((one) => one.rule === rule)) {
        for (const code of breaks) expect([code, ...rule(sourceFile(path, code))].length).toBeGreaterThan(1);
        for (const code of keeps) expect(rule(sourceFile(path, code))).toEqual([]);
      }
    });
  },
);

describe('imports', () => {
  it('make no circle', () => {
    expect(circles(shipped)).toEqual([]);
  });

  it('would be seen to make one; types aside', () => {
    const ring = (toA: string) => [
      sourceFile('src/a.ts', `import { b } from './b.js';`),
      sourceFile('src/b.ts', `export * from './c.js';`),
      sourceFile('src/c.ts', toA),
    ];
    expect(circles(ring(`import './a.js';`))).toEqual(['src/a.ts -> src/b.ts -> src/c.ts']);
    expect(circles(ring(`import type { A } from './a.js';`))).toEqual([]);
  });

  it('lead to files that are there', () => {
    const there = new Set(everything.map(({ path }) => path));
    // A test that imports what is not there fails by itself; what supports tests is not in `src`.
    const lost = shipped.flatMap(({ path, imports }) =>
      imports
        .filter(({ target, isLocal }) => isLocal && !there.has(target))
        .map(({ target }) => [path, target]),
    );
    expect(lost).toEqual([]);
    expect(shipped.length).toBeGreaterThan(100);
  });
});

it('no two wire shapes share a name: OpenAPI would describe one by the other', () => {
  const names = shipped.flatMap(({ text }) => [...text.matchAll(/^export class (\w+Dto)\b/gm)]);
  const once = new Set(names.map(([, name]) => name));
  expect(names.map(([, name]) => name)).toEqual([...once]);
  expect(once.size).toBeGreaterThan(100);
});
