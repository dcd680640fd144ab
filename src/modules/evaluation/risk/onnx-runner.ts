import type { OnApplicationShutdown } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import pLimit from 'p-limit';
import { AppError } from '../../../common/errors/app-error.js';
import { CommonErrors } from '../../../common/errors/common.errors.js';
import type { OnnxModelReference } from '../evaluation.js';
import { EvaluationErrors } from '../evaluation.errors.js';
import { ModelProcess, ModelSilence } from './model-process.js';
import { MOST_MODEL_BYTES, MOST_WASM_BYTES, type OnnxAnswer, type OnnxProblem } from './onnx-messages.js';
import { FEATURE_COUNT } from './risk-features.js';

/** The most milliseconds that something may take. */
export interface Patience {
  /** WebAssembly is compiled meanwhile. */
  readonly start: number;
  /** From the store. */
  readonly fetch: number;
  readonly load: number;
  readonly run: number;
}

export const PATIENCE: Patience = { start: 15_000, fetch: 10_000, load: 5_000, run: 2_000 };
const IDLE_MS = 5 * 60_000;
/** Of a model that was too slow, or slow to come: meanwhile it holds nobody else up. */
const PAUSE_MS = 60_000;
const MOST_PAUSED = 1_000;
/** Batches a model is tried with: one pool, some, a whole region. */
const TRIED_ROWS = [1, 7, 512];

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
export class OnnxRunner implements OnApplicationShutdown {
  /** Of all organisations: a question takes less than a millisecond once its model is loaded. */
  private readonly oneAtATime = pLimit(1);
  private readonly inspections = pLimit(1);
  private readonly paused = new LRUCache<string, AppError>({ max: MOST_PAUSED, ttl: PAUSE_MS });
  private child: ModelProcess | null = null;
  private idleTimer: NodeJS.Timeout | undefined;

  constructor(private readonly patience: Patience = PATIENCE) {}

  /**
   * @param features row by row, as `tensorOf` writes them.
   * @returns a probability a row, each within 0 and 1.
   * @throws AppError `model_too_slow`, `model_too_large`, `model_not_onnx`, `model_wrong_shape`,
   *   `model_wrong_output`, `model_corrupt` or `unavailable`; and whatever `load` throws.
   */
  probabilities(model: OnnxModelReference, features: Float32Array): Promise<Float32Array> {
    return this.oneAtATime(async () => {
      const refusal = this.paused.get(model.digest);
      if (refusal !== undefined) throw refusal;
      clearTimeout(this.idleTimer);
      if (this.child?.isRunning !== true) this.child = new ModelProcess();
      try {
        const { probabilities } = await this.ask(this.child, model.digest, () => model.load(), features);
        return probabilities;
      } catch (error) {
        // Whatever state the model has left it in, the next one does not inherit.
        if (!(error instanceof NotFetched)) this.stop();
        throw this.remembered(model, error);
      } finally {
        this.idleTimer = setTimeout(() => this.stop(), IDLE_MS).unref();
      }
    });
  }

  /**
   * Tries a model before it is registered, in a process apart from those in use.
   *
   * @returns its SHA-256 in hex.
   * @throws AppError as `probabilities` does.
   */
  async inspect(model: Uint8Array): Promise<string> {
    if (model.length > MOST_MODEL_BYTES) throw EvaluationErrors.modelTooLarge(MOST_MODEL_BYTES);
    return this.inspections(async () => {
      const child = new ModelProcess();
      try {
        let digest: string | null = null;
        for (const rows of TRIED_ROWS) {
          const answered: Answered = await this.ask(
            child,
            digest,
            () => Promise.resolve(model),
            triedFeatures(rows),
          );
          digest = answered.digest;
        }
        return digest ?? '';
      } catch (error) {
        throw problemOf(error);
      } finally {
        child.stop();
      }
    });
  }

  onApplicationShutdown(): void {
    clearTimeout(this.idleTimer);
    this.stop();
  }

  /** Brings the model only where the process does not have it yet. */
  private async ask(
    child: ModelProcess,
    digest: string | null,
    load: () => Promise<Uint8Array>,
    features: Float32Array,
  ): Promise<Answered> {
    const { patience } = this;
    const question = { digest, model: null, rows: features.length / FEATURE_COUNT, features };
    let answer = await child.ask(question, child.isStarting ? patience.start : patience.run);
    if (answer.kind === 'model_missing') {
      const model = await fetched(load, patience.fetch);
      answer = await child.ask({ ...question, model }, patience.load);
    }
    return answeredIn(answer);
  }

  private remembered(model: OnnxModelReference, error: unknown): unknown {
    const problem = problemOf(error);
    const hasHeldUp =
      error instanceof ModelSilence
        ? error.why !== 'not_started'
        : error instanceof NotFetched && error.isLate;
    if (hasHeldUp && problem instanceof AppError) this.paused.set(model.digest, problem);
    return problem;
  }

  private stop(): void {
    this.child?.stop();
    this.child = null;
  }
}

function answeredIn(answer: OnnxAnswer): Answered {
  if (answer.kind === 'probabilities') return answer;
  if (answer.kind === 'problem') throw PROBLEMS[answer.problem](answer.message);
  throw new Error('The process of models has lost the model it was given');
}

function problemOf(error: unknown): unknown {
  if (error instanceof NotFetched) return error.cause;
  if (!(error instanceof ModelSilence)) return error;
  switch (error.why) {
    case 'not_started':
      return CommonErrors.unavailable('The process that runs models did not start.', error);
    case 'too_slow':
      return EvaluationErrors.modelTooSlow(error.waitedMs);
    case 'ended':
      return EvaluationErrors.modelTooHungry(MOST_WASM_BYTES);
  }
}

/** The file of a model did not come. The process has seen nothing of it, and goes on with the others. */
class NotFetched extends Error {
  constructor(
    cause: unknown,
    readonly isLate: boolean,
  ) {
    super('The model was not fetched', { cause });
  }
}

/** @throws NotFetched */
async function fetched(load: () => Promise<Uint8Array>, mostMs: number): Promise<Uint8Array> {
  let timer: NodeJS.Timeout | undefined;
  const late = CommonErrors.unavailable(`The model did not arrive within ${mostMs / 1000} s.`);
  const impatience = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late), mostMs);
  });
  try {
    return await Promise.race([load(), impatience]);
  } catch (error) {
    throw new NotFetched(error, error === late);
  } finally {
    clearTimeout(timer);
  }
}

/** Numbers that features may be, corners first. */
function triedFeatures(rows: number): Float32Array {
  return Float32Array.from({ length: rows * FEATURE_COUNT }, (_, index) => {
    const [row, column] = [Math.floor(index / FEATURE_COUNT), index % FEATURE_COUNT];
    const share = row === 0 ? 0 : row === 1 ? 1 : ((row * 31 + column * 17) % 97) / 96;
    return column === 4 ? Math.round(share * 23) : column === 5 ? Math.round(share * 6) : share;
  });
}
