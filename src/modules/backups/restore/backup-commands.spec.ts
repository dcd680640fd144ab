import { readEnv } from '../../../config/env.js';
import { parseList, parseRestore, parseVerify } from './backup-commands.js';

const env = readEnv({});
const ID = '01a1ff24-2cb6-7068-b210-6f8ce0ee7437';
const URL = 'postgres://cloudkeep@127.0.0.1/cloudkeep';

describe('backup:restore', () => {
  it('reads what is asked for', () => {
    const args = [
      ID,
      '--to',
      URL,
      '--at',
      '2026-11-21T03:00:00+01:00',
      '--from',
      'local:/mnt/copy',
      '--force',
    ];
    expect(parseRestore(args, env)).toEqual({
      id: ID,
      to: URL,
      at: new Date('2026-11-21T02:00:00Z'),
      location: { backend: 'local', path: '/mnt/copy' },
      dryRun: false,
      force: true,
    });
  });

  it('takes the database of the settings by its name, and the store of the settings where none is named', () => {
    expect(parseRestore([ID, '--to', 'DATABASE_URL'], env)).toMatchObject({
      to: null,
      at: null,
      location: null,
    });
  });

  it.each([
    [['--to', URL], 'the id of a backup is missing'],
    [[ID], '--to is missing'],
    [[ID, ID, '--to', URL], 'is too much'],
    [[ID, '--to', 'nonsense'], '--to must be postgres://'],
    [[ID, '--to', 'mysql://host/database'], '--to must be postgres://'],
    [[ID, '--to', 'postgres://host'], '--to must be postgres://'],
    [[ID, '--to', URL, '--at', 'yesterday'], '--at must be a time with its zone'],
    [[ID, '--to', URL, '--at', '2026-11-21T03:00:00'], '--at must be a time with its zone'],
    [[ID, '--to', URL, '--at', '2026-02-30T02:00:00Z'], '--at must be a time with its zone'],
    [[ID, '--to', URL, '--from', 'memory:'], '--from can not be memory'],
    [[ID, '--to', URL, '--from', 'elsewhere'], '--from must be local:'],
    [[ID, '--to', URL, '--dryrun'], 'dryrun'],
  ])('refuses %j', (args, reason) => {
    expect(() => parseRestore(args, env)).toThrow(reason);
  });
});

it('backup:list and backup:verify read their store', () => {
  expect(parseList(['--store', 'local:/mnt'], env)).toEqual({ location: { backend: 'local', path: '/mnt' } });
  expect(parseVerify([ID], env)).toEqual({ id: ID, location: null });
  expect(() => parseList([ID], env)).toThrow('is too much');
  expect(() => parseVerify([], env)).toThrow('the id of a backup is missing');
});
