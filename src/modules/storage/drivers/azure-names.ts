/**
 * Azure takes the dots off the end of every segment of a name
 * (https://learn.microsoft.com/rest/api/storageservices/naming-and-referencing-containers--blobs--and-metadata):
 * such segments get a `%` behind, and those that end like that already one more.
 */
export function blobNameOf(key: string): string {
  return key.split('/').map(guarded).join('/');
}

export function keyOf(blobName: string): string {
  return blobName
    .split('/')
    .map((segment) => (/\.%+$/.test(segment) ? segment.slice(0, -1) : segment))
    .join('/');
}

/** What the names of all keys begin with that begin with `prefix`; others' may too. */
export function blobPrefixOf(prefix: string): string {
  const at = prefix.lastIndexOf('/') + 1;
  return blobNameOf(prefix.slice(0, at)) + prefix.slice(at);
}

function guarded(segment: string): string {
  return /\.%*$/.test(segment) ? `${segment}%` : segment;
}
