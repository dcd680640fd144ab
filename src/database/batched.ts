import DataLoader from 'dataloader';
import { ClsServiceManager } from 'nestjs-cls';

const LARGEST_BATCH = 200;

/**
 * A look-up whose callers of one turn of the event loop share a query: after a
 * restart every credential is unknown at once. It belongs to none of them: it sees
 * what is committed, of every organisation, whoever of them asked first and in
 * whose transaction. It keeps nothing.
 *
 * @param find the answers to these keys, in their order.
 */
export function batched<Key, Row>(
  find: (keys: readonly Key[]) => Promise<(Row | null)[]>,
): (key: Key) => Promise<Row | null> {
  const loader = new DataLoader<Key, Row | null>(find, {
    cache: false,
    maxBatchSize: LARGEST_BATCH,
    batchScheduleFn: (dispatch) => ClsServiceManager.getClsService().exit(() => setImmediate(dispatch)),
  });
  return (key) => loader.load(key);
}
