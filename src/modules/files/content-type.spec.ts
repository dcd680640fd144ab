import { contentTypeOf, isSafeInline, SNIFFED_BYTES } from './content-type.js';

const typeOf = (text: string, claimed = 'text/plain') => contentTypeOf(Buffer.from(text), claimed);

it.each([
  '<html>',
  '<!DOCTYPE HTML>',
  '\ufeff \n<body onload=x>',
  '<!-- a --><!-- b --><script>',
  '<?xml version="1.0"?><html xmlns="x">',
  '<iframe/>',
])('takes %j for a page', async (text) => {
  expect(await typeOf(text)).toBe('text/html');
});

it.each(['<svg>', '<!DOCTYPE svg PUBLIC "x"><svg>', '<?xml?><!-- x --><svg xmlns="x">'])(
  'takes %j for a drawing',
  async (text) => {
    expect(await typeOf(text, 'image/png')).toBe('image/svg+xml');
  },
);

it.each(['<htmlx>', 'a <html>', '# <script>', '<svgs>'])('takes %j for text', async (text) => {
  expect(await typeOf(text)).toBe('text/plain');
});

it('is not held up by text made to', async () => {
  const evil = ['\ufeff', '<!---->', '<?xml?>', ' ', '<!--', '<!doctype svg>', '-->'].map((part) =>
    part.repeat(SNIFFED_BYTES / part.length),
  );
  const start = performance.now();
  for (const text of evil) expect(await typeOf(`${text}x`)).toMatch(/^text\/|^application\/xml/);
  expect(performance.now() - start).toBeLessThan(1_000);
});

it('lets nothing be shown that could run', () => {
  for (const type of ['text/html', 'image/svg+xml', 'application/xml', 'text/xml', 'application/pdf', 'x'])
    expect([type, isSafeInline(type)]).toEqual([type, false]);
});
