import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { InferenceSession as Session } from 'onnxruntime-web';
import { endWithParent } from './end-with-parent.js';
import { limitWasmMemory } from './limit-wasm-memory.js';
import {
  MOST_MODEL_BYTES,
  MOST_WASM_BYTES,
  type OnnxAnswer,
  type OnnxProblem,
  type OnnxQuestion,
} from './onnx-messages.js';
import { FEATURE_COUNT } from './risk-features.js';

/**
 * A program of its own: runs risk models, one question at a time, for whoever
 * started it. See `model-process.ts` for why it is none of the server's threads.
 */
const MOST_MODELS = 8;
const MOST_MESSAGE_CHARACTERS = 300;

class Fault extends Error {
  constructor(
    readonly problem: OnnxProblem,
    message: string,
  ) {
    super(message);
  }
}

interface Loaded {
  readonly session: Session;
  readonly bytes: number;
}

const models = new LRUCache<string, Loaded>({
  max: MOST_MODELS,
  maxSize: MOST_MODEL_BYTES,
  sizeCalculation: ({ bytes }) => bytes,
  dispose: ({ session }) => void session.release().catch(() => process.exit(1)),
});

endWithParent();
limitWasmMemory(MOST_WASM_BYTES);
const { env, InferenceSession, Tensor } = await import('onnxruntime-web');
// Threads of its own would be more than the one core a model may have.
env.wasm.numThreads = 1;
env.logLevel = 'fatal';

// The first session compiles WebAssembly: before there is a model whose time that would be.
await InferenceSession.create(new Uint8Array(1)).catch(() => undefined);

process.on('message', (question: OnnxQuestion) => {
  answer(question).then(tell, (error: unknown) => tell(problemOf(error)));
});

async function answer({ digest, model, rows, features }: OnnxQuestion): Promise<OnnxAnswer> {
  const known = digest === null ? undefined : models.get(digest);
  if (known !== undefined && digest !== null) return run(known.session, digest, rows, features);
  if (model === null) return { kind: 'model_missing' };
  const found = createHash('sha256').update(model).digest('hex');
  if (digest !== null && digest !== found) throw new Fault('corrupt', 'its digest is another');
  const session = await sessionOf(model);
  models.set(found, { session, bytes: Math.max(1, model.length) });
  return run(session, found, rows, features);
}

async function sessionOf(model: Uint8Array): Promise<Session> {
  const session = await InferenceSession.create(model, {
    executionProviders: ['wasm'],
    enableCpuMemArena: false,
    enableMemPattern: false,
    logSeverityLevel: 4,
  }).catch((error: unknown) => {
    throw isHunger(error) ? error : new Fault('onnx', textOf(error));
  });
  const wrong = wrongShapeOf(session);
  if (wrong !== null) throw new Fault('shape', wrong);
  return session;
}

function wrongShapeOf({ inputMetadata, outputMetadata }: Session): string | null {
  const [input, ...moreInputs] = inputMetadata;
  const [output, ...moreOutputs] = outputMetadata;
  if (input === undefined || moreInputs.length > 0)
    return `It must have one input, not ${inputMetadata.length}.`;
  if (output === undefined || moreOutputs.length > 0) {
    return `It must have one output, not ${outputMetadata.length}.`;
  }
  if (!input.isTensor || input.type !== 'float32') return 'Its input must be a float32 tensor.';
  const [batch, width, ...more] = input.shape;
  if (
    more.length > 0 ||
    typeof batch === 'number' ||
    (typeof width === 'number' && width !== FEATURE_COUNT)
  ) {
    return `Its input must be [n, ${FEATURE_COUNT}] with n left open, not [${input.shape.join(', ')}].`;
  }
  return output.isTensor && output.type === 'float32' ? null : 'Its output must be a float32 tensor.';
}

async function run(
  session: Session,
  digest: string,
  rows: number,
  features: Float32Array,
): Promise<OnnxAnswer> {
  const [input = ''] = session.inputNames;
  const [output = ''] = session.outputNames;
  const answered = await session.run({ [input]: new Tensor('float32', features, [rows, FEATURE_COUNT]) });
  const answer = answered[output];
  if (answer === undefined) throw new Fault('shape', `It answered without its output ${output}.`);
  const { data, dims } = answer;
  const isColumn = dims.length === 1 || (dims.length === 2 && dims[1] === 1);
  if (!(data instanceof Float32Array) || !isColumn || dims[0] !== rows) {
    throw new Fault('shape', `Its output must be [n] or [n, 1], not [${dims.join(', ')}] for n = ${rows}.`);
  }
  const wrong = data.find((probability) => !(probability >= 0 && probability <= 1));
  if (wrong !== undefined) throw new Fault('output', `Its output must be within 0 and 1, not ${wrong}.`);
  return { kind: 'probabilities', digest, probabilities: data };
}

function problemOf(error: unknown): OnnxAnswer {
  const problem = error instanceof Fault ? error.problem : isHunger(error) ? 'memory' : 'shape';
  return { kind: 'problem', problem, message: textOf(error) };
}

/** Of memory, whichever part of the runtime noticed. */
function isHunger(error: unknown): boolean {
  return /alloc|out of memory|too large|memory access|Aborted|RangeError/i.test(String(error));
}

function textOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return (
    text
      .replace(/^.*ERROR_MESSAGE: /s, '')
      .replaceAll(/\s+/g, ' ')
      .slice(0, MOST_MESSAGE_CHARACTERS)
      // Half of a pair at the cut is nothing PostgreSQL takes for JSON: the evaluation would fail with its model.
      .toWellFormed()
  );
}

function tell(what: OnnxAnswer): void {
  process.send?.(what);
}
