function warn(name: string, what: string): void {
  console.warn(`SKIPPED: ${name}: there is no ${what}`);
}

/** The stories that need `what`, which a machine may lack; then they are skipped, and say so. */
export function describeWhere(isThere: boolean, what: string, name: string, stories: () => void): void {
  if (isThere) return describe(name, stories);
  warn(name, what);
  describe.skip(name, stories);
}

/** The same for one story. */
export function itWhere(isThere: boolean, what: string, name: string, story: () => Promise<void>): void {
  if (isThere) return it(name, story);
  warn(name, what);
  it.skip(name, story);
}
