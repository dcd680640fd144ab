import { IsTime } from './field.decorators.js';
import { validationPipe } from './validation.pipe.js';

class Asked {
  @IsTime()
  at!: unknown;
}

const read = (at: string): Promise<Asked> =>
  validationPipe().transform({ at }, { type: 'query', metatype: Asked });

it.each([
  ['2024-02-29', '2024-02-29T00:00:00.000Z'],
  ['2024-02-29t23:30:00.5-01:00', '2024-03-01T00:30:00.500Z'],
])('%s is a time', async (text, time) => {
  expect(await read(text)).toEqual({ at: new Date(time) });
});

it.each([
  '2023-02-29',
  '2024-02-30T00:00:00Z',
  '2024-13-01',
  '2024-01-01T25:00:00Z',
  '2024-01-01 00:00',
  '1',
])('%s is none', async (text) => {
  await expect(read(text)).rejects.toMatchObject({ status: 400, errors: [{ field: 'at' }] });
});
