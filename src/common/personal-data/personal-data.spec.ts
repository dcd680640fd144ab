import { inPages, PersonalData } from './personal-data.js';

const person = { id: 'p', organizationId: 'o', email: 'p@example.com' };

async function exported(data: PersonalData): Promise<unknown> {
  let text = '';
  for await (const piece of data.export(person)) text += piece;
  return JSON.parse(text);
}

it('is one JSON document, whatever there is', async () => {
  const data = new PersonalData();
  expect(await exported(data)).toEqual({});
  data.register('nothing', { export: () => Promise.resolve(undefined) });
  data.register('profile', { export: ({ id }) => Promise.resolve({ id, quote: '"\n' }) });
  data.register('none', { export: () => inPages(() => Promise.resolve([])) });
  data.register('many', {
    export: () =>
      inPages<number>((last) => Promise.resolve(last === 4 ? [] : [(last ?? 0) + 1, (last ?? 0) + 2])),
  });
  expect(await exported(data)).toEqual({
    nothing: null,
    profile: { id: 'p', quote: '"\n' },
    none: [],
    many: [1, 2, 3, 4],
  });
});

it('has each name once', () => {
  const data = new PersonalData();
  data.register('profile', { export: () => Promise.resolve(null) });
  expect(() => data.register('profile', { export: () => Promise.resolve(null) })).toThrow(/twice/);
});
