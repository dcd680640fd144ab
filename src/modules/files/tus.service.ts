import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { Server, type Locker } from '@tus/server';
import type { Request as ExpressRequest, Response as ExpressResponse } from 'express';
import type { Actor } from '../../common/access/actor.js';
import { AppError } from '../../common/errors/app-error.js';
import { readBody } from '../../common/http/multipart.js';
import { FilesConfig } from '../../config/storage.js';
import { UploadDto } from './direct-uploads.dto.js';
import { SignedUrls } from './signed-urls.js';
import { TUS_EXTENSIONS, TusStore } from './tus-store.js';
import { TUS_HEADERS, TusErrors } from './tus.errors.js';
import { TusUploads } from './tus-uploads.js';

const PATH = '/api/v1/files/tus';
/** What the protocol reads of a request. */
const READ_HEADERS = /^(tus-|upload-|content-(type|length)$)/;
/** What it says that is ours to say: who may call from elsewhere, and what they may read. */
const OWN_HEADERS = /^(access-control-|content-(type|length)$)/;
const FILE_ID = 'X-File-Id';

/** Speaks tus 1.0 (https://tus.io/protocols/resumable-upload): `@tus/server` over our own store. */
@Injectable()
export class TusService {
  constructor(
    private readonly uploads: TusUploads,
    private readonly config: FilesConfig,
    private readonly urls: SignedUrls,
  ) {}

  /** @throws AppError as `answer`. */
  async create(actor: Actor, request: ExpressRequest, response: ExpressResponse): Promise<UploadDto> {
    const store = new TusStore(actor, this.uploads);
    await this.speak(actor, store, null, request, response);
    return UploadDto.of(await this.uploads.mustFind(actor, store.created ?? ''));
  }

  /** @throws AppError as problem details; the protocol leaves bodies open. */
  answer(actor: Actor, id: string, request: ExpressRequest, response: ExpressResponse): Promise<void> {
    return this.speak(actor, new TusStore(actor, this.uploads), id, request, response);
  }

  private async speak(
    actor: Actor,
    store: TusStore,
    id: string | null,
    request: ExpressRequest,
    response: ExpressResponse,
  ): Promise<void> {
    try {
      const answer = await this.ask(actor, store, id, request);
      for (const [name, value] of answer.headers)
        if (!OWN_HEADERS.test(name)) response.setHeader(name, value);
      response.status(answer.status);
    } catch (error) {
      throw error instanceof AppError ? TusErrors.told(error) : error;
    }
  }

  /** To HEAD what the protocol says; to GET the upload as any other. */
  async look(
    actor: Actor,
    id: string,
    request: ExpressRequest,
    response: ExpressResponse,
  ): Promise<UploadDto | undefined> {
    if (request.method !== 'HEAD') return UploadDto.of(await this.uploads.mustFind(actor, id));
    // Who asks how far it is goes on only where something is missing: so nothing else may be.
    const file = await this.uploads.finish(actor, id);
    if (file !== null) response.setHeader(FILE_ID, file.id);
    await this.answer(actor, id, request, response);
    return undefined;
  }

  /** What this server can do: without a credential, as the protocol has it. */
  describe(response: ExpressResponse): void {
    response.set({
      ...TUS_HEADERS,
      'Tus-Version': TUS_HEADERS['Tus-Resumable'],
      'Tus-Extension': TUS_EXTENSIONS.join(','),
      'Tus-Max-Size': String(this.config.mostBytes),
    });
  }

  private async ask(
    actor: Actor,
    store: TusStore,
    id: string | null,
    request: ExpressRequest,
  ): Promise<Response> {
    const refusal: { error?: unknown } = {};
    const server = new Server({
      path: PATH,
      datastore: store,
      maxSize: this.config.mostBytes,
      locker: lockerOf(store, request.method),
      allowedOrigins: () => false,
      getFileIdFromRequest: () => id ?? undefined,
      generateUrl: (_request, { id: made }) => `${this.urls.publicHome}${PATH}/${made}`,
      onUploadFinish: async (_request, upload) => {
        const file = await this.uploads.finish(actor, upload.id);
        return file === null ? {} : { headers: { [FILE_ID]: file.id } };
      },
      onResponseError: (_request, error) => void (refusal.error = error),
    });
    const answer = await readBody(request, (body) => server.handleWeb(webRequest(request, body)));
    if (answer.status < 400) return answer;
    // What is thrown of the protocol itself has a `status_code`; everything else is ours.
    if (refusal.error instanceof Error && !('status_code' in refusal.error)) throw refusal.error;
    throw TusErrors.refused(answer.status, await answer.text());
  }
}

/** Who writes takes the upload over at once; who reads waits for nobody. */
function lockerOf(store: TusStore, method: string): Locker {
  const lock = (id: string) => (method === 'PATCH' ? store.take(id) : Promise.resolve());
  return { newLock: (id) => ({ lock: () => lock(id), unlock: () => Promise.resolve() }) };
}

function webRequest({ method, headers, originalUrl }: ExpressRequest, body: Readable): Request {
  const read = Object.entries(headers).filter(([name]) => READ_HEADERS.test(name)) as [string, string][];
  const hasBody = method === 'PATCH' || method === 'POST';
  return new Request(`http://localhost${originalUrl}`, {
    method,
    headers: read,
    ...(hasBody ? { body: Readable.toWeb(body) as ReadableStream, duplex: 'half' } : {}),
  } as RequestInit);
}
