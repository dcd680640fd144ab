import { cleanFileName, fileNameOfForm, nameInKey } from './file-name.js';

it.each([
  ['report.pdf', 'report.pdf'],
  ['/etc/passwd', 'passwd'],
  ['C:\\temp\\a.txt', 'a.txt'],
  ['a/b\\c', 'c'],
  ['../../x', 'x'],
  ['  a  ', 'a'],
  ['a\u0000b\u001f\u007f\u009f.txt', 'ab.txt'],
  ['photo\u202egpj.exe', 'photogpj.exe'],
  ['a\u061c\u200e\u200f\u2028\u2029\u202a\u2066\u2069\ufeffb', 'ab'],
  ['Grüße 🔑.txt', 'Grüße 🔑.txt'],
  ['a\ud800b', 'a\ufffdb'],
  ['...', '...'],
  ['.a', '.a'],
])('calls %j %j', (sent, name) => {
  expect(cleanFileName(sent)).toBe(name);
});

it.each(['', ' ', '.', '..', 'a/', 'a\\', '/..', '\u0000', ' \u200e '])('has no name for %j', (sent) => {
  expect(cleanFileName(sent)).toBeNull();
});

it('reads what forms escape', () => {
  expect(fileNameOfForm('a%22b%22.txt')).toBe('a"b".txt');
  expect(fileNameOfForm('a%0Db%0ac%0A.txt')).toBe('abc.txt');
  expect(fileNameOfForm('100%.txt')).toBe('100%.txt');
  expect(fileNameOfForm('%0A')).toBeNull();
});

describe('a long name', () => {
  it('is cut to 255 bytes, with its extension kept', () => {
    expect(cleanFileName('x'.repeat(255))).toBe('x'.repeat(255));
    expect(cleanFileName('x'.repeat(256))).toBe('x'.repeat(255));
    expect(cleanFileName(`${'x'.repeat(300)}.pdf`)).toBe(`${'x'.repeat(251)}.pdf`);
    expect(cleanFileName(`${'x'.repeat(300)}.tar.gz`)).toBe(`${'x'.repeat(252)}.gz`);
    expect(cleanFileName(`${'x'.repeat(300)}.`)).toBe('x'.repeat(255));
    expect(cleanFileName(`x.pdf${'x'.repeat(300)}`)).toBe(`x.pdf${'x'.repeat(250)}`);
  });

  it('keeps extensions of sixteen characters and no longer', () => {
    const [kept, lost] = ['e'.repeat(16), 'e'.repeat(17)];
    expect(cleanFileName(`${'x'.repeat(300)}.${kept}`)).toBe(`${'x'.repeat(238)}.${kept}`);
    expect(cleanFileName(`${'x'.repeat(300)}.${lost}`)).toBe('x'.repeat(255));
  });

  it('is never cut within a character', () => {
    expect(cleanFileName('ü'.repeat(128))).toBe('ü'.repeat(127));
    expect(cleanFileName(`${'🔑'.repeat(80)}.txt`)).toBe(`${'🔑'.repeat(62)}.txt`);
  });

  it('leaves room in a key for an id', () => {
    expect(nameInKey('x'.repeat(218))).toBe('x'.repeat(218));
    expect(nameInKey('x'.repeat(219))).toBe('x'.repeat(218));
  });
});
