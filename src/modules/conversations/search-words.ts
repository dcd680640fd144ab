/**
 * The words of a search as PostgreSQL can take them. `websearch_to_tsquery` promises to
 * accept anything, yet gives up ("tsquery stack too small") on some thirty minus signs
 * with nothing to negate between them; of such a row only the last one counts.
 */
export function searchWords(q: string): string {
  return q.replaceAll(/-(?=[\p{Z}\p{C}!&|()]*-)/gu, ' ');
}
