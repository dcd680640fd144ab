const PAGE_BYTES = 64 * 1024;

interface MemoryDescriptor {
  readonly initial: number;
  readonly maximum?: number;
  readonly shared?: boolean;
}

/** Of what the browser's types declare, which Node's do not. */
interface WithMemory {
  WebAssembly: { Memory: new (asked: MemoryDescriptor) => object };
}

/**
 * Caps the WebAssembly memory that code loaded from now on can ask for: it lives
 * outside of V8's heap, so no flag bounds it. For a whole process, once.
 */
export function limitWasmMemory(mostBytes: number): void {
  const most = Math.floor(mostBytes / PAGE_BYTES);
  const { WebAssembly } = globalThis as unknown as WithMemory;
  WebAssembly.Memory = class extends WebAssembly.Memory {
    constructor(asked: MemoryDescriptor) {
      super({ ...asked, maximum: Math.min(asked.maximum ?? most, most) });
    }
  };
}
