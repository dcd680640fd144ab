/** One field of a message in the wire format of Protocol Buffers. */
export type Field = Uint8Array;

const VARINT = 0;
const BYTES = 2;

function varint(value: number): number[] {
  const bytes: number[] = [];
  let left = BigInt.asUintN(64, BigInt(value));
  do {
    const low = Number(left & 0x7fn);
    left >>= 7n;
    bytes.push(left > 0n ? low | 0x80 : low);
  } while (left > 0n);
  return bytes;
}

export function integer(number: number, value: number): Field {
  return Uint8Array.from([...varint((number << 3) | VARINT), ...varint(value)]);
}

/** A message, raw bytes or text. */
export function bytes(number: number, value: Uint8Array | string): Field {
  const content = typeof value === 'string' ? Buffer.from(value) : value;
  return Buffer.concat([
    Uint8Array.from([...varint((number << 3) | BYTES), ...varint(content.length)]),
    content,
  ]);
}

export function message(number: number, ...fields: readonly Field[]): Field {
  return bytes(number, Buffer.concat(fields));
}

const FIXED64 = 1;
const FIXED32 = 5;

/** Reads a message: by the number of each field its values, in their order; numbers of a fixed width are left as bytes. */
export function fieldsOf(content: Uint8Array): Map<number, (bigint | Uint8Array)[]> {
  const fields = new Map<number, (bigint | Uint8Array)[]>();
  let at = 0;
  const readVarint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = content[at++] ?? 0;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  const take = (length: number) => content.subarray(at, (at += length));
  while (at < content.length) {
    const key = Number(readVarint());
    const kind = key & 7;
    const value =
      kind === VARINT
        ? readVarint()
        : take(kind === FIXED64 ? 8 : kind === FIXED32 ? 4 : Number(readVarint()));
    fields.set(key >> 3, [...(fields.get(key >> 3) ?? []), value]);
  }
  return fields;
}
