import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { TestApp } from '../support/app.js';
import { builtConsole, firstLoad } from '../support/console-build.js';

const MOST_FIRST_LOAD_BYTES = 200_000;

let app: TestApp;
beforeAll(async () => {
  app = await TestApp.start();
});
afterAll(() => app.stop());

const { folder, manifest } = builtConsole();
const script = firstLoad(manifest)[0] ?? '';
const get = (path: string, headers: Record<string, string> = {}) =>
  fetch(`${app.url}${path}`, { headers, redirect: 'manual' });

describe('the console', () => {
  it('may load and run what was built with it, and nothing else', async () => {
    const answer = await get('/console');
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    const policy = answer.headers.get('content-security-policy')?.split(';').sort();
    expect(policy).toEqual(
      [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' blob: data:",
        "connect-src 'self'",
        "font-src 'self'",
        'frame-src blob:',
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
      ].sort(),
    );
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    const html = await answer.text();
    expect(html).not.toMatch(/<script(?![^>]*\ssrc=)|<style|\sstyle=|\son[a-z]+=/);
  });

  it.each(['/console', '/console/', '/console/users/0199f3a4', '/console/sign-in?next=%2Fusers'])(
    'answers %s with its page, which is asked for anew each time and sent once',
    async (path) => {
      const first = await get(path);
      const etag = first.headers.get('etag') ?? '';
      expect([first.status, first.headers.get('cache-control')]).toEqual([200, 'no-cache']);
      expect(etag).toMatch(/^"[\w-]{27}"$/);
      // Else fetch would ask for a whole one, as a forced reload does.
      const again = await get(path, { 'if-none-match': etag, 'cache-control': 'max-age=0' });
      expect(again.status).toBe(304);
    },
  );

  it('has its scripts kept for good, under names that change with them', async () => {
    const answer = await get(`/console/${script}`);
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([
      200,
      'public, max-age=31536000, immutable',
    ]);
    expect(answer.headers.get('content-type')).toMatch(/^text\/javascript/);
    expect(Buffer.from(await answer.arrayBuffer()).equals(readFileSync(join(folder, script)))).toBe(true);
  });

  it('is sent compressed to those who take it', async () => {
    const [small, whole] = await Promise.all(
      ['gzip', 'identity'].map((coding) => get(`/console/${script}`, { 'accept-encoding': coding })),
    );
    expect([small?.headers.get('content-encoding'), whole?.headers.get('content-encoding')]).toEqual([
      'gzip',
      null,
    ]);
    expect((await small?.text()) === (await whole?.text())).toBe(true);
  });

  it.each([
    '/console/assets/gone-1a2b3c4d.js',
    '/console/favicon.ico',
    '/console/..%2fsrc%2fmain.js',
    '/console/assets/..%2f..%2fsrc%2fmain.js',
    '/console/%2e%2e/src/main.js',
    '/console/assets/',
  ])('answers 404 where %s is no file of the build', async (path) => {
    const answer = await get(path);
    expect(answer.status).toBe(404);
    expect(await answer.json()).toMatchObject({ code: 'not_found', request_id: expect.any(String) });
  });

  it('begins with at most 200 kB of script, compressed', () => {
    const bytes = firstLoad(manifest).reduce(
      (sum, file) => sum + gzipSync(readFileSync(join(folder, file)), { level: 9 }).length,
      0,
    );
    expect(bytes).toBeGreaterThan(50_000);
    expect(bytes).toBeLessThanOrEqual(MOST_FIRST_LOAD_BYTES);
  });
});
