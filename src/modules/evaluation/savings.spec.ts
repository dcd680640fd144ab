import fc from 'fast-check';
import type { SpotPool } from '../market/market-data.port.js';
import { savingsOf } from './savings.js';

const poolOf = (spotPrice: string, onDemandPrice: string): SpotPool => ({
  type: { name: 'm5.large', family: 'm5', vcpu: 2, memoryGb: 8, architecture: 'x86_64' },
  availabilityZone: 'eu-west-1a',
  spotPrice,
  onDemandPrice,
  interruptionRate: null,
  history: [],
});

describe('savings', () => {
  it('are exact where floats are not', () => {
    // As floats 0.3 - 0.1 is 0.19999999999999998.
    expect(savingsOf(poolOf('0.1', '0.3'))).toEqual({
      spotPrice: '0.1',
      onDemandPrice: '0.3',
      hourly: '0.2',
      monthly: '146',
      percent: '66.67',
    });
  });

  it('are plain decimals, however small', () => {
    expect(savingsOf(poolOf('0.0000001', '0.0000002'))).toMatchObject({
      hourly: '0.0000001',
      monthly: '0.000073',
    });
  });

  it('are negative where spot is dearer, and nothing of nothing', () => {
    expect(savingsOf(poolOf('0.12', '0.1'))).toMatchObject({
      hourly: '-0.02',
      monthly: '-14.6',
      percent: '-20.00',
    });
    expect(savingsOf(poolOf('0', '0'))).toMatchObject({ hourly: '0', percent: '0.00' });
  });

  it('add up to the millionth of a dollar', () => {
    const micros = fc.bigInt({ min: 0n, max: 10n ** 9n });
    const text = (value: bigint) => `${value / 1_000_000n}.${String(value % 1_000_000n).padStart(6, '0')}`;
    const inMicros = (amount: string) => {
      const [whole = '0', rest = ''] = amount.split('.');
      return BigInt(whole) * 1_000_000n + BigInt(rest.padEnd(6, '0'));
    };
    fc.assert(
      fc.property(micros, micros, (spot, more) => {
        const { hourly, monthly } = savingsOf(poolOf(text(spot), text(spot + more)));
        expect(inMicros(hourly)).toBe(more);
        expect(inMicros(monthly)).toBe(more * 730n);
      }),
    );
  });
});
