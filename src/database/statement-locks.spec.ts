import { indexMadeBy, lockOf, tableMadeBy } from './statement-locks.js';

it.each([
  ['CREATE TABLE a (id int)', 'none', []],
  ['CREATE TABLE a PARTITION OF b DEFAULT', 'ACCESS EXCLUSIVE', ['b']],
  [
    'CREATE TABLE a (id int REFERENCES users, b int REFERENCES "b" (id))',
    'SHARE ROW EXCLUSIVE',
    ['users', 'b'],
  ],
  ['CREATE UNIQUE INDEX i ON ONLY public.a (b)', 'SHARE', ['public.a']],
  ['CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON a (b)', 'SHARE UPDATE EXCLUSIVE', ['a']],
  ['ALTER TABLE a ADD COLUMN b int', 'ACCESS EXCLUSIVE', ['a']],
  ['ALTER TABLE a\n  ADD CONSTRAINT f FOREIGN KEY (b) REFERENCES c (id)', 'SHARE ROW EXCLUSIVE', ['a', 'c']],
  ['ALTER TABLE a VALIDATE CONSTRAINT f', 'SHARE UPDATE EXCLUSIVE', ['a']],
  ['CREATE POLICY p ON a USING (true)', 'ACCESS EXCLUSIVE', ['a']],
  ['CREATE POLICY isolation ON a USING (true)', 'ACCESS EXCLUSIVE', ['a']],
  ['CREATE UNIQUE INDEX i\n  ON a (b)', 'SHARE', ['a']],
  ['CREATE TRIGGER t BEFORE UPDATE ON a EXECUTE FUNCTION f()', 'SHARE ROW EXCLUSIVE', ['a']],
  ['UPDATE a SET b = 1', 'ROW EXCLUSIVE', ['a']],
  ['DROP TABLE IF EXISTS a', 'ACCESS EXCLUSIVE', ['a']],
  ['CREATE OR REPLACE FUNCTION f() RETURNS int', 'none', []],
])('%s locks %s', (statement, mode, tables) => {
  expect(lockOf(statement)).toEqual({ mode, tables });
});

it('a table of the same migration keeps nobody waiting', () => {
  expect(tableMadeBy('CREATE TABLE IF NOT EXISTS a (id int)')).toBe('a');
  expect(lockOf('CREATE INDEX i ON a (b)', (table) => table === 'a')).toEqual({ mode: 'none', tables: [] });
});

it('an index that goes locks the table it is of', () => {
  expect(indexMadeBy('CREATE UNIQUE INDEX i ON a (b)')).toEqual({ index: 'i', table: 'a' });
  expect(indexMadeBy('CREATE TABLE a (id int)')).toBeNull();
  const tableOf = (index: string) => `table of ${index}`;
  expect(lockOf('DROP INDEX i', undefined, tableOf)).toEqual({
    mode: 'ACCESS EXCLUSIVE',
    tables: ['table of i'],
  });
  expect(lockOf('DROP TABLE i', undefined, tableOf).tables).toEqual(['i']);
});

it('of a statement it does not know it says the worst', () => {
  expect(lockOf('DO $$ BEGIN EXECUTE 1; END $$')).toEqual({ mode: 'ACCESS EXCLUSIVE', tables: [] });
});
