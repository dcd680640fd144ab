import type { PreviousUpload, UrlStorage } from 'tus-js-client';

const PREFIX = 'cloudkeep.upload.';

/** Where an upload that has begun goes on, after a reload too. */
export interface Begun extends PreviousUpload {
  readonly fingerprint: string;
}

/**
 * The uploads that somebody has begun in this browser, one person's apart from
 * another's. `current` is the one that whoever was given this shelf works on.
 */
export class UploadShelf implements UrlStorage {
  current: Begun | null = null;

  constructor(private readonly userId: string) {}

  all(): Begun[] {
    const prefix = `${PREFIX}${this.userId}.`;
    return Object.keys(localStorage)
      .filter((key) => key.startsWith(prefix))
      .flatMap((key) => readBegun(key));
  }

  findAllUploads(): Promise<PreviousUpload[]> {
    return Promise.resolve(this.all());
  }

  findUploadsByFingerprint(fingerprint: string): Promise<PreviousUpload[]> {
    const found = this.all().filter((begun) => begun.fingerprint === fingerprint);
    this.current = found[0] ?? this.current;
    return Promise.resolve(found);
  }

  addUpload(fingerprint: string, upload: PreviousUpload): Promise<string> {
    const urlStorageKey = `${PREFIX}${this.userId}.${idOf(upload) ?? ''}`;
    this.current = { ...upload, fingerprint, urlStorageKey };
    localStorage.setItem(urlStorageKey, JSON.stringify(this.current));
    return Promise.resolve(urlStorageKey);
  }

  removeUpload(key: string): Promise<void> {
    localStorage.removeItem(key);
    return Promise.resolve();
  }
}

/** The server's id of it. */
export function idOf({ uploadUrl }: PreviousUpload): string | null {
  return uploadUrl?.split('/').at(-1) ?? null;
}

/** Nothing for what another version of the console, or somebody's hand, has left there. */
function readBegun(key: string): Begun[] {
  try {
    const begun = JSON.parse(localStorage.getItem(key) ?? '') as Partial<Begun>;
    const isWhole = typeof begun.uploadUrl === 'string' && typeof begun.metadata === 'object';
    return isWhole ? [{ ...(begun as Begun), urlStorageKey: key }] : [];
  } catch {
    return [];
  }
}
