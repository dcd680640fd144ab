import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import pLimit from 'p-limit';
import type { AppError } from '../../../common/errors/app-error.js';
import type { OnnxModelReference } from '../evaluation.js';
import { EvaluationErrors } from '../evaluation.errors.js';
import { ModelProcess, ModelSilence } from './model-process.js';
import { MOST_MODEL_BYTES, MOST_WASM_BYTES, type OnnxAnswer, type OnnxProblem } from './onnx-messages.js';
import { FEATURE_COUNT } from './risk-features.js';

const MOST_START_MS = 10_000;
const MOST_LOAD_MS = 5_000;
const MOST_RUN_MS = 2_000;
const IDLE_MS = 5 * 60_000;
/** Of a model that was too slow: meanwhile it holds nobody else up. */
const PAUSE_MS = 60_000;
const MOST_PAUSED = 1_000;
/** Batches a model is tried with: one pool, some, a whole region. */
const TRIED_ROWS = [1, 7, 512];

export interface ModelInspection {
  /** SHA-256 in hex. */
  readonly digest: string;
  readonly sizeBytes: number;
}

interface Answered {
  readonly digest: string;
  readonly probabilities: Float32Array;
}

const PROBLEMS: Record<OnnxProblem, (message: string) => AppError> = {
  onnx: EvaluationErrors.modelNotOnnx,
  shape: EvaluationErrors.modelWrongShape,
  output: EvaluationErrors.modelWrongOutput,
  memory: () => EvaluationErrors.modelTooHungry(MOST_WASM_BYTES),
  corrupt: EvaluationErrors.modelCorrupt,
};

/**
 * Runs ONNX risk models in a process of its own, started by the first of them and
 * ended when none was asked for in five minutes. Models stay loaded by digest.
 * Refuses what is slow, hungry or of other shapes than docs/risk-model.md gives.
 */
@Injectable()
export class OnnxRunner implements OnApplicationShutdown {
  /** Of all organisations: a question takes less than a millisecond once its model is loaded. */
  private readonly oneAtATime = pLimit(1);
  private readonly inspections = pLimit(1);
  private readonly paused = new LRUCache<string, AppError>({ max: MOST_PAUSED, ttl: PAUSE_MS });
  private process: ModelProcess | null = null;
  private idleTimer: NodeJS.Timeout | undefined;

  /**
   * @param features row by row, as `tensorOf` writes them.
   * @returns a probability a row, each within 0 and 1.
   * @throws AppError `model_too_slow`, `model_too_large`, `model_not_onnx`, `model_wrong_shape`,
   *   `model_wrong_output` or `model_corrupt`; and whatever `load` throws.
   */
  probabilities(model: OnnxModelReference, features: Float32Array): Promise<Float32Array> {
    return this.oneAtATime(async () => {
      const refusal = this.paused.get(model.digest);
      if (refusal !== undefined) throw refusal;
      clearTimeout(this.idleTimer);
      if (this.process?.isRunning !== true) this.process = new ModelProcess();
      try {
        const { probabilities } = await ask(this.process, model.digest, () => model.load(), features);
        return probabilities;
      } catch (error) {
        // Whatever state the model has left it in, the next one does not inherit.
        this.stop();
        throw this.remembered(model, error);
      } finally {
        this.idleTimer = setTimeout(() => this.stop(), IDLE_MS).unref();
      }
    });
  }

  /**
   * Tries a model before it is registered, in a process apart from those in use.
   *
   * @throws AppError as `probabilities` does.
   */
  async inspect(model: Uint8Array): Promise<ModelInspection> {
    if (model.length > MOST_MODEL_BYTES) throw EvaluationErrors.modelTooLarge(MOST_MODEL_BYTES);
    return this.inspections(async () => {
      const process = new ModelProcess();
      try {
        let digest: string | null = null;
        for (const rows of TRIED_ROWS) {
          const answered: Answered = await ask(
            process,
            digest,
            () => Promise.resolve(model),
            triedFeatures(rows),
          );
          digest = answered.digest;
        }
        return { digest: digest ?? '', sizeBytes: model.length };
      } catch (error) {
        throw problemOf(error);
      } finally {
        process.stop();
      }
    });
  }

  onApplicationShutdown(): void {
    clearTimeout(this.idleTimer);
    this.stop();
  }

  private remembered(model: OnnxModelReference, error: unknown): unknown {
    const problem = problemOf(error);
    if (error instanceof ModelSilence) this.paused.set(model.digest, problem as AppError);
    return problem;
  }

  private stop(): void {
    this.process?.stop();
    this.process = null;
  }
}

/** Brings the model only where the process does not have it yet. */
async function ask(
  process: ModelProcess,
  digest: string | null,
  load: () => Promise<Uint8Array>,
  features: Float32Array,
): Promise<Answered> {
  const question = { digest, model: null, rows: features.length / FEATURE_COUNT, features };
  let answer = await process.ask(question, process.isStarting ? MOST_START_MS : MOST_RUN_MS);
  if (answer.kind === 'model_missing') {
    answer = await process.ask({ ...question, model: await load() }, MOST_LOAD_MS);
  }
  return answeredIn(answer);
}

function answeredIn(answer: OnnxAnswer): Answered {
  if (answer.kind === 'probabilities') return answer;
  if (answer.kind === 'problem') throw PROBLEMS[answer.problem](answer.message);
  throw new Error('The process of models has lost the model it was given');
}

function problemOf(error: unknown): unknown {
  if (!(error instanceof ModelSilence)) return error;
  return error.waitedMs === null
    ? EvaluationErrors.modelTooHungry(MOST_WASM_BYTES)
    : EvaluationErrors.modelTooSlow(error.waitedMs);
}

/** Numbers that features may be, corners first. */
function triedFeatures(rows: number): Float32Array {
  return Float32Array.from({ length: rows * FEATURE_COUNT }, (_, index) => {
    const [row, column] = [Math.floor(index / FEATURE_COUNT), index % FEATURE_COUNT];
    const share = row === 0 ? 0 : row === 1 ? 1 : ((row * 31 + column * 17) % 97) / 96;
    return column === 4 ? Math.round(share * 23) : column === 5 ? Math.round(share * 6) : share;
  });
}
