/**
 * Works on one item after the other; one that fails keeps no other from its turn.
 *
 * @param failed is told at once of each.
 * @throws what the first failed of, once all have had their turn, so that a job counts as failed.
 */
export async function inTurn<Item>(
  items: Iterable<Item>,
  work: (item: Item) => Promise<void>,
  failed: (item: Item, error: Error) => void,
): Promise<void> {
  const failures: unknown[] = [];
  for (const item of items)
    await work(item).catch((error: unknown) => {
      failed(item, error as Error);
      failures.push(error);
    });
  if (failures.length > 0) throw failures[0];
}
