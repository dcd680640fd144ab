import { readEnv } from '../../src/config/env.js';
import {
  recordAt,
  manifest,
  app,
  imageEnv,
  documentedSettings,
  configuration,
  secretKeys,
  withMadeEnv,
  readDotenv,
} from './deployment-files.js';

describe('settings', () => {
  test('every name the deployment uses is one the app knows', () => {
    const used = [
      ...Object.keys(imageEnv).filter((name) => name !== 'NODE_ENV'),
      ...Object.keys(recordAt(app, 'environment')),
      ...Object.keys(configuration()),
      ...secretKeys(),
    ];
    expect(used.filter((name) => !documentedSettings().includes(name))).toEqual([]);
  });

  test('ConfigMap and Secret together boot in production; the example Secret alone does not', () => {
    const example = recordAt(manifest('Secret'), 'stringData') as Record<string, string>;
    expect(() => readEnv({ ...configuration(), ...example })).toThrow(
      /SECRET_KEY[^]*JWT_SECRET_KEY[^]*ENCRYPTION_KEY/,
    );
    const made = withMadeEnv((folder, run) => (run(), readDotenv(folder)));
    const real = Object.fromEntries(secretKeys().map((key) => [key, made[key] ?? example[key] ?? '']));
    expect(readEnv({ ...configuration(), ...real })).toMatchObject({
      ENVIRONMENT: 'production',
      TRUST_PROXY: 1,
    });
  });
});
