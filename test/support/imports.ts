import { randomBytes } from 'node:crypto';
import type { TestApp } from './app.js';
import type { ApiClient } from './client.js';

/** A client that sends lines. */
export function importer(app: TestApp, credential: { readonly token: string }): ApiClient {
  return app.as(credential).with({ 'content-type': 'application/x-ndjson' });
}

/** Strings go as they are, so that a test can send what is no JSON. */
export function text(lines: readonly unknown[]): string {
  return lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n');
}

/** Somebody new, as a line. */
export function person(more: object = {}) {
  const tag = randomBytes(5).toString('hex');
  return { email: `in-${tag}@example.com`, username: `in-${tag}`, ...more };
}
