/** Asked of the process that runs models. */
export interface OnnxQuestion {
  /** SHA-256 in hex; null where it is not known yet. */
  readonly digest: string | null;
  /** None where it should have the model already. */
  readonly model: Uint8Array | null;
  readonly rows: number;
  /** Row by row, `FEATURE_COUNT` numbers each. */
  readonly features: Float32Array;
}

/** What was wrong with a model: its file, its shapes, its numbers, its hunger, or that it is another file. */
export type OnnxProblem = 'onnx' | 'shape' | 'output' | 'memory' | 'corrupt';

export type OnnxAnswer =
  | { readonly kind: 'probabilities'; readonly digest: string; readonly probabilities: Float32Array }
  | { readonly kind: 'model_missing' }
  | { readonly kind: 'problem'; readonly problem: OnnxProblem; readonly message: string };

/** Of the memory that WebAssembly gets in that process, models and all. */
export const MOST_WASM_BYTES = 256 * 1024 * 1024;

/** Of models kept loaded, their files together. Loading one takes about four times its size. */
export const MOST_MODEL_BYTES = 32 * 1024 * 1024;
