import { plainToInstance } from 'class-transformer';
import { validateSync, type ValidationError } from 'class-validator';
import { DEFAULT_PIPELINE_CONFIG } from './pipeline-config.js';
import { PipelineConfigDto, pipelineConfigOf } from './pipeline-config.dto.js';

const parsed = (body: object) => plainToInstance(PipelineConfigDto, body);
const pathsIn = (errors: readonly ValidationError[], prefix = ''): string[] =>
  errors.flatMap(({ property, constraints, children }) => [
    ...(constraints === undefined ? [] : [`${prefix}${property}`]),
    ...pathsIn(children ?? [], `${prefix}${property}.`),
  ]);
const faults = (body: object) =>
  pathsIn(validateSync(parsed(body), { whitelist: true, forbidNonWhitelisted: true }));

describe('the configuration of a pipeline', () => {
  it('is the default where nothing is sent', () => {
    expect(faults({})).toEqual([]);
    expect(pipelineConfigOf(parsed({}))).toEqual(DEFAULT_PIPELINE_CONFIG);
  });

  it('is answered as it could be sent', () => {
    const sent = {
      hardware_filter: { enabled: false },
      right_sizing: { enabled: true, max_factor: 2 },
      interruption_filter: { enabled: true, max_rate: 0.1 },
      safety_gate: { enabled: true, max_crash_probability: 0.5 },
      bin_packing: { enabled: false },
      decision: { switch_margin: 0 },
      reactive_override: { enabled: true },
    };
    expect(faults(sent)).toEqual([]);
    expect(PipelineConfigDto.of(pipelineConfigOf(parsed(sent)))).toEqual(sent);
  });

  it.each<[string, object]>([
    ['reactive_override.enabled', { reactive_override: { enabled: false } }],
    ['reactive_override.enabled', { reactive_override: { enabled: null } }],
    ['interruption_filter.max_rate', { interruption_filter: { max_rate: 1.01 } }],
    ['interruption_filter.max_rate', { interruption_filter: { max_rate: '0.2' } }],
    ['safety_gate.max_crash_probability', { safety_gate: { max_crash_probability: -0.1 } }],
    ['safety_gate.max_crash_probability', { safety_gate: { max_crash_probability: NaN } }],
    ['right_sizing.max_factor', { right_sizing: { max_factor: 0 } }],
    ['decision.switch_margin', { decision: { switch_margin: 101 } }],
    ['bin_packing.enabled', { bin_packing: { enabled: 'no' } }],
    ['bin_packing.speed', { bin_packing: { speed: 9 } }],
    ['hardware_filter', { hardware_filter: true }],
    ['hardware_filter', { hardware_filter: [] }],
    ['hardware_filter', { hardware_filter: null }],
    ['risk_model', { risk_model: { enabled: false } }],
  ])('refuses %s in %j', (path, body) => {
    expect(faults(body)).toContain(path);
  });
});
