/** Where to go on, if it is a page of ours: `//elsewhere` would be another host. */
export function ownPath(path: string | null): string {
  return path !== null && /^\/(?![/\\])/.test(path) ? path : '/';
}
