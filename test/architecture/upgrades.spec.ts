import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadMigrations } from '../../src/database/data-source.js';
import { planOf } from '../../src/database/migration-plan.js';
import { contractionsOf } from './contractions.js';
import { ROOT, sourceFiles } from './source-tree.js';

const [, release = '', newest = ''] = readFileSync(join(ROOT, '.ci', 'previous-release'), 'utf8')
  .trim()
  .split(' ');
/** In a migration's docstring: the release that stopped using what it takes away. */
const CONTRACTS = /\/\*\*[^]*?contracts: (\d+\.\d+\.\d+)[^]*?\*\//;

const isUpTo = (one: string, other: string) =>
  one.localeCompare(other, 'en', { numeric: true, sensitivity: 'base' }) <= 0;

describe('a migration since the previous release', () => {
  it('takes nothing away that the previous release still uses', async () => {
    const sources = new Map(
      sourceFiles('migrations').map(({ path, text }) => [/\d+/.exec(path)?.[0] ?? '', text]),
    );
    expect([...sources.keys()]).toContain(newest);
    for (const migration of await loadMigrations()) {
      const { name, statements } = await planOf(migration);
      const timestamp = /\d+$/.exec(name)?.[0] ?? '';
      const unusedSince = CONTRACTS.exec(sources.get(timestamp) ?? '')?.[1];
      const isAllowed = unusedSince !== undefined && isUpTo(unusedSince, release);
      if (timestamp <= newest || isAllowed) continue;
      expect({ name, contracts: contractionsOf(statements.map(({ sql }) => sql)) }).toEqual({
        name,
        contracts: [],
      });
    }
  });
});

describe('what old code would break on', () => {
  it.each([
    ['DROP TABLE files', 'drops a table'],
    ['DROP FUNCTION IF EXISTS refuse()', 'drops a function'],
    ['ALTER TABLE users DROP COLUMN name', 'drops a column'],
    ['alter table only users drop name cascade', 'drops a column'],
    ['ALTER TABLE users RENAME COLUMN name TO full_name', 'renames'],
    ['ALTER TABLE users RENAME name TO full_name', 'renames'],
    ['ALTER TABLE users RENAME TO people', 'renames'],
    ['ALTER TYPE kind RENAME VALUE $$a$$ TO $$b$$', 'renames'],
    ['ALTER TABLE users SET SCHEMA other', 'renames'],
    ['ALTER TABLE users ADD COLUMN age int NOT NULL', 'adds a column that old code would leave empty'],
    [
      'ALTER TABLE users ADD age numeric(3, 1) DEFAULT 1, ADD born date NOT NULL',
      'adds a column that old code would leave empty',
    ],
    ['ALTER TABLE users ALTER COLUMN name SET NOT NULL', 'demands a value'],
    ['ALTER TABLE users ALTER name DROP DEFAULT', 'drops a default'],
    ['ALTER TABLE users ALTER COLUMN name TYPE varchar(20)', 'changes a type'],
    ['ALTER TABLE users ALTER age SET DATA TYPE int USING age::int', 'changes a type'],
    ["DO $$ BEGIN EXECUTE 'DROP TABLE users'; END $$", 'can not be read'],
  ])('%s', (statement, why) => {
    expect(contractionsOf([statement])).toEqual([expect.stringContaining(why)]);
  });

  it.each([
    ['CREATE TABLE things (id uuid PRIMARY KEY, name text NOT NULL)'],
    ['ALTER TABLE users ADD COLUMN age int'],
    ['ALTER TABLE users ADD COLUMN age int NOT NULL DEFAULT 0, ADD COLUMN born date'],
    [
      "ALTER TABLE users ADD COLUMN low text GENERATED ALWAYS AS (lower(name || 'x, DROP y')) STORED NOT NULL",
    ],
    ['ALTER TABLE users ADD CONSTRAINT users_age_check CHECK (age > 0) NOT VALID'],
    ['ALTER TABLE users DROP CONSTRAINT users_age_check'],
    ['ALTER TABLE users ALTER COLUMN name DROP NOT NULL'],
    ['ALTER TABLE users ALTER COLUMN name TYPE text'],
    ['ALTER INDEX users_name RENAME TO users_full_name'],
    ['DROP INDEX users_name'],
    ['CREATE INDEX drop_column ON users (name)'],
  ])('is not: %s', (statement) => {
    expect(contractionsOf([statement])).toEqual([]);
  });

  it('is not what the same migration has made itself', () => {
    expect(
      contractionsOf([
        'CREATE TABLE users_new (id uuid)',
        'ALTER TABLE users_new ADD COLUMN name text NOT NULL',
        'ALTER TABLE users_new RENAME TO users_newer',
      ]),
    ).toEqual([]);
  });
});
