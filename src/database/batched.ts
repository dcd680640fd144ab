import DataLoader from 'dataloader';

const LARGEST_BATCH = 200;

/**
 * A look-up whose callers of one turn of the event loop share a query: after a
 * restart every credential is unknown at once. It sees what is committed, since it
 * joins nobody's transaction, and keeps nothing.
 *
 * @param find the answers to these keys, in their order.
 */
export function batched<Key, Row>(
  find: (keys: readonly Key[]) => Promise<(Row | null)[]>,
): (key: Key) => Promise<Row | null> {
  const loader = new DataLoader<Key, Row | null>(find, {
    cache: false,
    maxBatchSize: LARGEST_BATCH,
    batchScheduleFn: setImmediate,
  });
  return (key) => loader.load(key);
}
