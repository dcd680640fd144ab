import type { QueryClient } from '@tanstack/react-query';
import { api, cloudkeep } from '../../api/client';
import { hasStatus, problemOf } from '../../api/problem';
import { Store } from '../../components/store';
import { prompts } from '../../session/prompts';
import { SESSION, type Profile } from '../../session/session';
import { FILES } from './keys';
import { idOf, UploadShelf, type Begun } from './upload-shelf';

const AT_ONCE = 2;
const UNREACHABLE_AGAIN_MS = 5_000;
const REFRESH_MS = 5_000;
const CANCELLED = Symbol('cancelled');
const OFFLINE = Symbol('offline');

type UploadState =
  | { readonly kind: 'waiting' | 'sending' | 'offline' }
  | { readonly kind: 'failed'; readonly error: unknown }
  | { readonly kind: 'done'; readonly fileId: string };

export interface UploadItem {
  readonly key: string;
  readonly file: File;
  readonly collection: string;
  readonly sent: number;
  readonly state: UploadState;
}

/** The uploads of one person in this tab. They go on while one is on other pages of the console. */
export class UploadQueue {
  readonly items = new Store<readonly UploadItem[]>([]);
  private readonly running = new Map<string, AbortController>();
  private readonly shelves = new Map<string, UploadShelf>();
  private readonly unwatch: () => void;
  private refreshedAt = 0;

  constructor(
    readonly userId: string,
    private readonly queries: QueryClient,
  ) {
    this.unwatch = queries.getQueryCache().subscribe(this.endWithSession);
    window.addEventListener('offline', this.pause);
    window.addEventListener('online', this.goOn);
    window.addEventListener('storage', this.show);
  }

  /** What is under way already is not begun twice. */
  add(files: readonly File[], collection: string): void {
    const known = new Set(this.items.value.filter(isUnfinished).map(({ key }) => key));
    const added = files
      .map((file) => ({ key: keyOf(file, collection), file, collection, sent: 0, state: WAITING }))
      .filter(({ key }) => !known.has(key));
    const keys = new Set(added.map(({ key }) => key));
    this.items.set([...this.items.value.filter(({ key }) => !keys.has(key)), ...added]);
    this.fill();
  }

  again(key: string): void {
    this.change(key, { state: WAITING });
    this.fill();
  }

  /** Stops it and has the server throw away what has arrived. */
  async cancel(key: string): Promise<void> {
    this.running.get(key)?.abort(CANCELLED);
    const begun = this.shelves.get(key)?.current;
    // What the server can not be told now is offered again as left over.
    this.shelves.delete(key);
    this.forget(key);
    if (begun) await this.giveUp(begun);
    this.fill();
  }

  forget(key: string): void {
    this.items.set(this.items.value.filter((item) => item.key !== key));
  }

  /** Those that were begun before a reload, or in another tab. */
  leftOver(): Begun[] {
    const mine = new Set([...this.shelves.values()].map(({ current }) => current?.urlStorageKey));
    return new UploadShelf(this.userId).all().filter(({ urlStorageKey }) => !mine.has(urlStorageKey));
  }

  async giveUp(begun: Begun): Promise<void> {
    const id = idOf(begun);
    const params = { path: { id: id ?? '' }, header: { 'Tus-Resumable': '1.0.0' } };
    if (id !== null) await api.DELETE('/api/v1/files/tus/{id}', { params }).catch(unlessGone);
    localStorage.removeItem(begun.urlStorageKey);
    this.show();
  }

  private close(): void {
    if (queue === this) queue = null;
    this.unwatch();
    window.removeEventListener('offline', this.pause);
    window.removeEventListener('online', this.goOn);
    window.removeEventListener('storage', this.show);
    this.items.set([]);
    for (const stop of this.running.values()) stop.abort(CANCELLED);
  }

  /** What one person began must not go on in the name of the next. */
  private readonly endWithSession = () => {
    const profile = this.queries.getQueryData<Profile | null>(SESSION);
    if (profile !== undefined && profile?.id !== this.userId) this.close();
  };

  /** What is left over may have changed, by another tab say. */
  private readonly show = () => this.items.set([...this.items.value]);

  private readonly pause = () => {
    for (const stop of this.running.values()) stop.abort(OFFLINE);
  };

  private readonly goOn = () => {
    for (const { key, state } of this.items.value) if (state.kind === 'offline') this.again(key);
  };

  private fill(): void {
    for (const item of this.items.value) {
      if (this.running.size >= AT_ONCE) return;
      if (item.state.kind === 'waiting' && !this.running.has(item.key)) void this.send(item);
    }
  }

  private async send({ key, file, collection }: UploadItem): Promise<void> {
    const stop = new AbortController();
    const shelf = new UploadShelf(this.userId);
    this.running.set(key, stop);
    this.shelves.set(key, shelf);
    this.change(key, { state: { kind: 'sending' } });
    try {
      const onProgress = ({ sent }: { readonly sent: number }) => this.change(key, { sent });
      const options = { collection, onProgress, storage: shelf, signal: stop.signal };
      const { id } = await cloudkeep.upload(file, options);
      this.change(key, { sent: file.size, state: { kind: 'done', fileId: id } });
    } catch (error) {
      if (error === OFFLINE) this.change(key, { state: { kind: 'offline' } });
      else if (error !== CANCELLED) void this.failed(key, error);
    } finally {
      this.running.delete(key);
      this.refresh();
      // The network may have come back before the upload had stopped.
      if (navigator.onLine && stop.signal.reason === OFFLINE) this.goOn();
      this.fill();
    }
  }

  /** Not after each of a hundred small files: that would use up what a minute may have of calls. */
  private refresh(): void {
    const isLast = !this.items.value.some(isUnfinished);
    if (!isLast && Date.now() - this.refreshedAt < REFRESH_MS) return;
    this.refreshedAt = Date.now();
    void this.queries.invalidateQueries({ queryKey: FILES });
  }

  private async failed(key: string, error: unknown): Promise<void> {
    const { status, code, retryAfter } = problemOf(error);
    if (code === 'unreachable' || code === 'timed_out') {
      this.change(key, { state: { kind: 'offline' } });
      setTimeout(() => navigator.onLine && this.goOn(), UNREACHABLE_AGAIN_MS);
      return;
    }
    this.change(key, { state: { kind: 'failed', error } });
    if (status === 401 && (await prompts.ask('sign-in'))) this.againIf(key, error);
    if (status === 429) setTimeout(() => this.againIf(key, error), (retryAfter + 1) * 1000);
  }

  /** Unless it was cancelled, or begun anew by hand. */
  private againIf(key: string, error: unknown): void {
    const state = this.items.value.find((item) => item.key === key)?.state;
    if (state?.kind === 'failed' && state.error === error) this.again(key);
  }

  private change(key: string, changes: Partial<UploadItem>): void {
    this.items.set(this.items.value.map((item) => (item.key === key ? { ...item, ...changes } : item)));
  }
}

const WAITING: UploadState = { kind: 'waiting' };
const isUnfinished = ({ state }: UploadItem) => state.kind !== 'done' && state.kind !== 'failed';
const keyOf = ({ name, size, lastModified }: File, collection: string) =>
  [collection, name, size, lastModified].join('\n');

function unlessGone(error: unknown): void {
  if (!hasStatus(error, 404, 410)) throw error;
}

let queue: UploadQueue | null = null;

/** The queue of whoever is signed in; that of anybody before them has ended. */
export function uploadsOf(userId: string, queries: QueryClient): UploadQueue {
  if (queue?.userId !== userId) queue = new UploadQueue(userId, queries);
  return queue;
}
