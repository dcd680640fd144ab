/** Where a module keeps something sealed, so that it can be sealed anew under another key. */
export interface SealedColumn {
  readonly table: string;
  readonly column: string;
  /** Unique in its table, and what the purpose is made of. */
  readonly id: { readonly column: string; readonly type: 'uuid' | 'bytea' | 'text' };
  /** As `Sealer.seal` is given it; `id` as pg reads the column. */
  readonly purposeOf: (id: never) => string;
}
