import { AppError } from '../../common/errors/app-error.js';
import type { DecisionContext, PipelineStage, StageName } from './decision-context.js';
import type { LogLine, StageReport } from './evaluation.js';
import { EvaluationErrors } from './evaluation.errors.js';

/** A stage threw; `problem` is what the caller is told. */
export class StageFailure extends Error {
  constructor(
    readonly stage: StageName,
    readonly problem: AppError,
  ) {
    super(problem.detail, { cause: problem });
  }
}

export interface PipelineRun {
  readonly context: DecisionContext;
  readonly stages: readonly StageReport[];
}

/**
 * Runs `stages` in their order, each over what the one before has left, and tells of each.
 *
 * @throws StageFailure of the first stage that threw; none runs after it.
 */
export async function runPipeline(
  stages: readonly PipelineStage[],
  start: DecisionContext,
  onLog: (line: LogLine) => void,
): Promise<PipelineRun> {
  let context = start;
  const reports: StageReport[] = [];
  for (const stage of stages) {
    const before = context.candidates.length;
    const startedAt = performance.now();
    const isOn = stage.isOn(context);
    if (isOn) context = await runStage(stage, context, onLog);
    reports.push({
      name: stage.name,
      state: isOn ? 'done' : 'skipped',
      durationMs: millisecondsSince(startedAt),
      in: before,
      out: context.candidates.length,
    });
  }
  return { context, stages: reports };
}

/** @param start by `performance.now()`. @returns to the hundredth: below it is noise. */
export function millisecondsSince(start: number): number {
  return Math.round((performance.now() - start) * 100) / 100;
}

async function runStage(
  stage: PipelineStage,
  context: DecisionContext,
  onLog: (line: LogLine) => void,
): Promise<DecisionContext> {
  const { name, logType } = stage;
  try {
    const { changes, log } = await stage.run(context);
    for (const line of log) onLog({ log_type: logType, ...line, data: { stage: name, ...line.data } });
    return { ...context, ...changes };
  } catch (error) {
    const problem = error instanceof AppError ? error : EvaluationErrors.failed(name, error);
    const data = { stage: name, code: problem.code };
    onLog({ log_type: logType, level: 'error', message: `${name} failed: ${problem.detail}`, data });
    throw new StageFailure(name, problem);
  }
}
