import { createHash } from 'node:crypto';
import type { OnnxModelReference } from '../../src/modules/evaluation/evaluation.service.js';
import { bytes, integer, message, type Field } from './protobuf.js';

/** ONNX files written field by field (onnx.proto3 of ONNX 1.x), so that tests need no other tool. */

const FLOAT = 1;
const INT64 = 7;
const BOOL = 9;
const FEATURES = 6;

type Dimension = number | string;

/** Numbers in the graph itself: TensorProto. */
function tensor(name: string, type: number, dims: readonly number[], data: ArrayBufferView): Field {
  const raw = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return Buffer.concat([
    ...dims.map((size) => integer(1, size)),
    integer(2, type),
    bytes(8, name),
    bytes(9, raw),
  ]);
}

const floats = (name: string, dims: readonly number[], values: readonly number[]) =>
  tensor(name, FLOAT, dims, Float32Array.from(values));
const integers = (name: string, dims: readonly number[], values: readonly bigint[]) =>
  tensor(name, INT64, dims, BigInt64Array.from(values));

/** ValueInfoProto. */
function value(name: string, type: number, dims: readonly Dimension[]): Field {
  const shape = dims.map((size) => message(1, typeof size === 'number' ? integer(1, size) : bytes(2, size)));
  return Buffer.concat([bytes(1, name), message(2, message(1, integer(1, type), message(2, ...shape)))]);
}

/** NodeProto. */
function node(
  op: string,
  inputs: readonly string[],
  outputs: readonly string[],
  ...attributes: Field[]
): Field {
  return Buffer.concat([
    ...inputs.map((name) => bytes(1, name)),
    ...outputs.map((name) => bytes(2, name)),
    bytes(4, op),
    ...attributes.map((attribute) => bytes(5, attribute)),
  ]);
}

interface Graph {
  readonly nodes: readonly Field[];
  readonly weights?: readonly Field[];
  readonly inputs: readonly Field[];
  readonly outputs: readonly Field[];
}

function graph({ nodes, weights = [], inputs, outputs }: Graph): Field {
  return Buffer.concat([
    ...nodes.map((one) => bytes(1, one)),
    bytes(2, 'graph'),
    ...weights.map((one) => bytes(5, one)),
    ...inputs.map((one) => bytes(11, one)),
    ...outputs.map((one) => bytes(12, one)),
  ]);
}

function model(content: Graph): Uint8Array {
  const [irVersion, opset] = [8, 13];
  return Buffer.concat([
    integer(1, irVersion),
    message(8, bytes(1, ''), integer(2, opset)),
    bytes(7, graph(content)),
  ]);
}

const input = value('features', FLOAT, ['n', FEATURES]);
const output = value('probability', FLOAT, ['n', 1]);

/** p = sigmoid(features x weights + bias), as `[n, 1]`. */
export function logisticRegression(
  weights: readonly number[],
  bias: number,
  { width = FEATURES, batch = 'n' }: { width?: number; batch?: Dimension } = {},
): Uint8Array {
  return model({
    nodes: [node('Gemm', ['features', 'w', 'b'], ['z']), node('Sigmoid', ['z'], ['probability'])],
    weights: [floats('w', [width, 1], weights), floats('b', [1], [bias])],
    inputs: [value('features', FLOAT, [batch, width])],
    outputs: [output],
  });
}

/** The first feature, as `[n]`. */
export function firstFeature(): Uint8Array {
  return model({
    nodes: [node('Gather', ['features', 'column'], ['probability'], axis(1))],
    weights: [integers('column', [], [0n])],
    inputs: [input],
    outputs: [value('probability', FLOAT, ['n'])],
  });
}

/** All features: a table where a column is wanted. */
export function wideOutput(): Uint8Array {
  return model({
    nodes: [node('Sigmoid', ['features'], ['probability'])],
    inputs: [input],
    outputs: [value('probability', FLOAT, ['n', FEATURES])],
  });
}

/** A sum of hours and the rest, which is no probability. */
export function outOfRange(): Uint8Array {
  return model({
    nodes: [node('Gemm', ['features', 'w', 'b'], ['probability'])],
    weights: [floats('w', [FEATURES, 1], Array<number>(FEATURES).fill(1)), floats('b', [1], [0])],
    inputs: [input],
    outputs: [output],
  });
}

export function twoInputs(): Uint8Array {
  return model({
    nodes: [node('Gemm', ['features', 'w', 'b'], ['z']), node('Sigmoid', ['z'], ['probability'])],
    weights: [floats('b', [1], [0])],
    inputs: [input, value('w', FLOAT, [FEATURES, 1])],
    outputs: [output],
  });
}

/** An answer, after 2^62 rounds of a loop that only counts. */
export function endlessLoop(): Uint8Array {
  const body = graph({
    nodes: [node('Identity', ['go'], ['goes_on']), node('Sigmoid', ['x'], ['y'])],
    inputs: [value('round', INT64, []), value('go', BOOL, []), value('x', FLOAT, ['n', 1])],
    outputs: [value('goes_on', BOOL, []), value('y', FLOAT, ['n', 1])],
  });
  return model({
    nodes: [
      node('Gemm', ['features', 'w', 'b'], ['z']),
      node('Loop', ['rounds', 'yes', 'z'], ['probability'], subgraph('body', body)),
    ],
    weights: [
      floats('w', [FEATURES, 1], Array<number>(FEATURES).fill(0)),
      floats('b', [1], [0]),
      integers('rounds', [], [2n ** 62n]),
      tensor('yes', BOOL, [], Uint8Array.of(1)),
    ],
    inputs: [input],
    outputs: [output],
  });
}

/** A few bytes that ask for so many GiB. */
export function hungry(gigabytes: number): Uint8Array {
  return model({
    nodes: [
      node('ConstantOfShape', ['shape'], ['zeros']),
      node('ReduceSum', ['zeros'], ['sum']),
      node('Gemm', ['features', 'w', 'b'], ['z']),
      node('Add', ['z', 'sum'], ['sums']),
      node('Sigmoid', ['sums'], ['probability']),
    ],
    weights: [
      integers('shape', [2], [BigInt(gigabytes), 2n ** 28n]),
      floats('w', [FEATURES, 1], Array<number>(FEATURES).fill(0)),
      floats('b', [1], [0]),
    ],
    inputs: [input],
    outputs: [output],
  });
}

/** A logistic regression that carries so many numbers besides. */
export function heavy(megabytes: number): Uint8Array {
  const count = megabytes * 262_144;
  return model({
    nodes: [
      node('ReduceMax', ['ballast'], ['most']),
      node('Gemm', ['features', 'w', 'b'], ['z']),
      node('Add', ['z', 'most'], ['sums']),
      node('Sigmoid', ['sums'], ['probability']),
    ],
    weights: [
      tensor('ballast', FLOAT, [count], new Float32Array(count)),
      floats('w', [FEATURES, 1], Array<number>(FEATURES).fill(0)),
      floats('b', [1], [0]),
    ],
    inputs: [input],
    outputs: [output],
  });
}

/** As a registry would hand `file` over; `loads` counts how often it had to. */
export function registered(file: Uint8Array, name = 'own'): OnnxModelReference & { loads: number } {
  return {
    id: '0192f0c0-0000-7000-8000-000000000000',
    name,
    version: '1.2.0',
    digest: createHash('sha256').update(file).digest('hex'),
    loads: 0,
    load() {
      this.loads++;
      return Promise.resolve(file);
    },
  };
}

/** AttributeProto: an integer. */
function axis(index: number): Field {
  return Buffer.concat([bytes(1, 'axis'), integer(3, index), integer(20, 2)]);
}

function subgraph(name: string, body: Field): Field {
  return Buffer.concat([bytes(1, name), bytes(6, body), integer(20, 5)]);
}
