import type { TestApp } from './app.js';
import type { Answer } from './client.js';
import type { SignedIn } from './factories/given.js';

export interface MadeLink {
  readonly id: string;
  /** As clients get it. */
  readonly url: string;
  readonly expires_at: string;
}

/** Makes a link to a file. */
export async function linked(
  app: TestApp,
  owner: SignedIn,
  fileId: string,
  request: object = {},
): Promise<MadeLink> {
  const { status, body } = await app.as(owner).post(`/files/${fileId}/links`, request);
  expect([status, body]).toEqual([201, expect.anything()]);
  return body as MadeLink;
}

/** The part of a URL of this server after its host. */
export function pathOf(url: string): string {
  const { pathname, search } = new URL(url);
  return `${pathname}${search}`;
}

/** Opens a link as a browser would: without a credential, at this app. */
export function open(app: TestApp, url: string, init: RequestInit = {}): Promise<Response> {
  return fetch(`${app.url}${pathOf(url)}`, { redirect: 'manual', ...init });
}

/** The same through the client that holds every answer against our description. */
export function opened(app: TestApp, url: string): Promise<Answer> {
  return app.anyone.get(`/${pathOf(url)}`);
}

/** Begins a direct upload of some text. */
export async function begunUpload(
  app: TestApp,
  owner: SignedIn,
  content: string,
): Promise<{ id: string; url: string }> {
  const request = { file_name: 'notes.txt', size: Buffer.byteLength(content), content_type: 'text/plain' };
  const { status, body } = await app.as(owner).post('/files/uploads', request);
  expect([status, body]).toEqual([201, expect.anything()]);
  return { id: body.upload_id as string, url: `${app.url}${pathOf(body.upload_url as string)}` };
}
