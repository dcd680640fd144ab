import type {
  SignedRequest,
  SignedVerb,
  SignOptions,
} from '../../../src/modules/storage/object-store.port.js';
import { eventually } from '../eventually.js';
import { pattern, type Stage } from './stage.js';

export function itSigns(stage: Stage): void {
  if (stage.options.signs) itSignsForOthers(stage);
  else {
    it('leaves them to this server', async () => {
      const key = stage.fresh();
      await stage.behind.set(key, Buffer.from('x'));
      for (const verb of ['GET', 'PUT'] as const)
        expect(await stage.store.signUrl(key, verb, { expiresInSeconds: 60 })).toBeNull();
    });
  }
}

function itSignsForOthers(stage: Stage): void {
  const sign = async (key: string, verb: SignedVerb, options: Partial<SignOptions> = {}) => {
    const signed = await stage.store.signUrl(key, verb, { expiresInSeconds: 60, ...options });
    if (signed === null) throw new Error('It does not sign');
    return signed;
  };
  const send = ({ method, url, headers }: SignedRequest, body?: Buffer) =>
    fetch(url, { method, headers, ...(body === undefined ? {} : { body: new Uint8Array(body) }) });

  it('lets anybody put and get an object, odd names and all', async () => {
    for (const name of ['plain.txt', 'od d %20#?+ü/🗂️.txt']) {
      const key = stage.fresh(name);
      const bytes = pattern(3000);
      const put = await sign(key, 'PUT', { contentType: 'text/plain', size: bytes.length });
      expect(put.method).toBe('PUT');
      expect((await send(put, bytes)).ok).toBe(true);
      expect(await stage.store.stat(key)).toMatchObject({ size: 3000, contentType: 'text/plain' });
      const got = await send(await sign(key, 'GET'));
      expect(got.status).toBe(200);
      expect(Buffer.from(await got.arrayBuffer()).equals(bytes)).toBe(true);
    }
  });

  it('tells browsers what to do with it', async () => {
    const key = stage.fresh();
    await stage.store.set(key, Buffer.from('x'), { contentType: 'text/html' });
    const disposition = `attachment; filename="x.txt"; filename*=UTF-8''%C3%BC.txt`;
    const signed = await sign(key, 'GET', { disposition, responseContentType: 'application/octet-stream' });
    const answer = await send(signed);
    expect(answer.headers.get('content-disposition')).toBe(disposition);
    expect(answer.headers.get('content-type')).toContain('application/octet-stream');
  });

  it('opens one object for one verb', async () => {
    const [key, other] = [stage.fresh('one'), stage.fresh('two')];
    for (const each of [key, other]) await stage.store.set(each, Buffer.from('as it was'));
    const get = await sign(key, 'GET');
    const put = await sign(key, 'PUT');
    const refusals = [
      await send({ ...get, method: 'PUT' }, Buffer.from('new')),
      await fetch(get.url, { method: 'DELETE' }),
      await fetch(put.url, { method: 'DELETE' }),
      await send({ ...get, url: get.url.replace('/one', '/two') }),
      await send({ ...put, url: put.url.replace('/one', '/two') }, Buffer.from('new')),
    ];
    expect(refusals.map(({ ok }) => ok)).toEqual(refusals.map(() => false));
    for (const each of [key, other]) expect((await stage.read(each)).toString()).toBe('as it was');
  });

  if (stage.options.bindsUploads)
    it('takes no other type and size than announced', async () => {
      const key = stage.fresh();
      const put = await sign(key, 'PUT', { contentType: 'text/plain', size: 4 });
      const html = { ...put, headers: { ...put.headers, 'Content-Type': 'text/html' } };
      expect((await send(html, Buffer.from('four'))).ok).toBe(false);
      expect((await send(put, Buffer.from('longer'))).ok).toBe(false);
      expect(await stage.store.has(key)).toBe(false);
    });

  it('stops when it has said it would', async () => {
    const key = stage.fresh();
    await stage.store.set(key, Buffer.from('x'));
    const signed = await sign(key, 'GET', { expiresInSeconds: 1 });
    expect(Math.abs(signed.expiresAt.getTime() - Date.now() - 1000)).toBeLessThan(1500);
    await eventually(async () => expect((await send(signed)).ok).toBe(false), { within: 10_000 });
  });
}
