import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { outboundFetch } from './outbound.js';

let server: Server;
let url: string;
beforeAll(async () => {
  server = createServer((request, response) => {
    response.setHeader('x-method', request.method ?? '');
    request.pipe(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

it('brings an answer', async () => {
  const answer = await outboundFetch(url, { method: 'POST', body: 'Grüße' });
  expect([answer.status, answer.headers.get('x-method'), await answer.text()]).toEqual([
    200,
    'POST',
    'Grüße',
  ]);
});

it('asks no address that is refused', async () => {
  await expect(outboundFetch('https://169.254.169.254/')).rejects.toThrow('The address is refused');
});

it('takes an answer of 1 MiB, or of what it is told', async () => {
  const body = 'x'.repeat(1_048_577);
  await expect(outboundFetch(url, { method: 'POST', body })).rejects.toThrow('The answer is too long');
  const answer = await outboundFetch(url, { method: 'POST', body, mostBytes: 2_000_000 });
  await expect(answer.text()).resolves.toHaveLength(body.length);
});

it('tells of whatever fails in one kind of error', async () => {
  for (const address of ['no address', 'https://127.0.0.1:1/', `${url.replace('http:', 'https:')}/`])
    await expect(outboundFetch(address)).rejects.toMatchObject({ name: 'OutboundError' });
});
