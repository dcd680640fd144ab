import { contentDisposition } from './content-disposition.js';

it.each([
  ['report.pdf', 'filename="report.pdf"'],
  ['a b~ (1).txt', 'filename="a b~ (1).txt"'],
  ['a"b\\c%41.txt', `filename="a_b_c_41.txt"; filename*=UTF-8''a%22b%5Cc%2541.txt`],
  ["é'(*)!.txt", `filename="_'(*)!.txt"; filename*=UTF-8''%C3%A9%27%28%2A%29%21.txt`],
  ['a\r\nSet-Cookie: x', `filename="a__Set-Cookie: x"; filename*=UTF-8''a%0D%0ASet-Cookie%3A%20x`],
  ['\u007f\u001f', `filename="__"; filename*=UTF-8''%7F%1F`],
  ['🔑', `filename="_"; filename*=UTF-8''%F0%9F%94%91`],
  ['\ud800', `filename="_"; filename*=UTF-8''%EF%BF%BD`],
])('names %j as %s', (name, expected) => {
  expect(contentDisposition('attachment', name)).toBe(`attachment; ${expected}`);
});

it('says what is to be done with it', () => {
  expect(contentDisposition('inline', 'a')).toBe('inline; filename="a"');
});
