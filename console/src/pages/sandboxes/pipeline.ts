import type { SandboxLog } from '#sdk';
import type { Found } from './keys';

export interface StageSeen {
  readonly name: string;
  readonly state: 'waiting' | 'running' | 'done' | 'skipped' | 'failed';
  /** Candidates before and after it, once the whole answer is there. */
  readonly counts?: string;
}

const INPUTS: ReadonlySet<unknown> = new Set(['single_instance_input', 'cluster_input']);
const AFTER_INPUT = [
  'hardware_filter',
  'right_sizing',
  'interruption_filter',
  'risk_model',
  'safety_gate',
  'bin_packing',
  'yield_ranking',
  'decision',
  'reactive_override',
  'log_actuator',
];

/** Whether an evaluation has begun of which no decision has come, yet or at all. */
export function isUnderWay(lines: readonly SandboxLog[]): boolean {
  const begun = lines.findLastIndex(({ data }) => INPUTS.has(data?.stage));
  return begun > lines.findLastIndex(({ data }) => data?.action_id !== undefined);
}

/** The stages of the newest evaluation, as far as its lines tell. Empty before the first. */
export function stagesIn(lines: readonly SandboxLog[]): readonly StageSeen[] {
  const start = lines.findLastIndex(({ data }) => INPUTS.has(data?.stage));
  if (start === -1) return [];
  const run = lines.slice(start);
  const seen = new Map<unknown, SandboxLog['level']>();
  for (const { data, level } of run) {
    if (data?.stage !== undefined && seen.get(data.stage) !== 'error') seen.set(data.stage, level);
  }
  const names = [String(run[0]?.data?.stage), ...AFTER_INPUT];
  const last = names.findLastIndex((name) => seen.has(name));
  const isDecided = run.some(({ data }) => data?.action_id !== undefined);
  const hasFailed = run.some(({ data, level }) => level === 'error' && data?.code !== undefined);
  return names.map((name, index) => {
    if (seen.has(name)) {
      const isFailure = hasFailed && index === last && seen.get(name) === 'error';
      return { name, state: isFailure ? 'failed' : 'done' };
    }
    // What has nothing to say writes no line: it is past once a later one has.
    if (index < last || isDecided) return { name, state: 'skipped' };
    return { name, state: index === last + 1 && !hasFailed ? 'running' : 'waiting' };
  });
}

/** As the answer reports them, exactly. */
export function stagesOf({ stages }: Pick<Found, 'stages'>): readonly StageSeen[] {
  return stages
    .filter(({ name, state }) => state === 'done' || !INPUTS.has(name))
    .map(({ name, state, in: before, out, duration_ms: ms }) => ({
      name,
      state,
      counts: `${before} → ${out}, ${ms} ms`,
    }));
}
