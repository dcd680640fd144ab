/** A scrape of the metrics is not to wait for a database that does not answer. */
export const SCRAPE_PATIENCE_MS = 1_000;

/** @throws Error when the work takes longer; it goes on unheard. */
export async function withPatience<T>(work: Promise<T>, milliseconds: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const impatience = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('No answer in time')), milliseconds);
  });
  return Promise.race([work, impatience]).finally(() => clearTimeout(timer));
}
