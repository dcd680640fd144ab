import fc from 'fast-check';
import type { Operation } from '../../architecture/openapi-reader.js';
import { hostileText } from './hostile.js';
import type { Good } from './known.js';

/** What HTTP lets a header hold. */
const headerText = (text: string) => text.replaceAll(/[^\t\x20-\x7e\x80-\xff]/g, '?').trim();

const ANY_HEADERS: Record<string, readonly string[]> = {
  accept: ['text/html', 'application/xml;q=0', '*/*', 'text/event-stream', ''],
  range: [
    'bytes=0-1',
    'bytes=-1',
    'bytes=9-',
    'bytes=0-0,2-3',
    'bytes=',
    'items=0-1',
    'bytes=99999999999999999999-',
  ],
  'if-match': ['*', '"x"', 'W/"x"', '{{etag}}'],
  'if-none-match': ['*', '"x"', ', ,', '{{etag}}'],
  'if-range': ['"x"', 'Wed, 21 Oct 2015 07:28:00 GMT', 'yesterday'],
  'if-modified-since': ['Wed, 21 Oct 2099 07:28:00 GMT', 'x'],
  'x-request-id': ['abc', 'a b', '{{long_300}}', '\xff'],
  'x-forwarded-for': ['203.0.113.7', '::1', 'x', '1.2.3.4, , ::ffff:1.2.3.4'],
  origin: ['https://evil.example', 'null', ''],
  'accept-encoding': ['gzip', 'identity;q=0, *;q=0', 'x'],
  'content-encoding': ['gzip', 'br', 'x'],
  'idempotency-key': ['"a', '', '{{long_300}}', 'one', '{{fresh}}', '"\\""'],
  authorization: [
    'Bearer',
    'Basic YTpi',
    'Bearer a.b.c',
    'Bearer eyJhbGciOiJub25lIn0.e30.',
    'Bearer pat_x',
    '\xff',
  ],
  'x-api-key': ['key_x', '', 'x'.repeat(9000)],
  cookie: ['cloudkeep_session=x', 'cloudkeep_session=%ff', '; ;=;'],
  'x-http-method-override': ['DELETE'],
  'user-agent': ['', '{{long_5000}}', '\xe9'],
  'x-csrf-token': ['x'],
  'last-event-id': ['0', '-1', 'x', '99999999999999999999'],
  'upload-offset': ['0', '5', '-1', '1e3', '9007199254740993', 'x'],
  'upload-length': ['0', '5', '-1', '1e99', '99999999999999', 'x'],
  'upload-metadata': [
    'filename eC50eHQ=',
    'filename',
    'x',
    '__proto__ eA==',
    'filename eC50eHQ=,metadata e30=,x',
  ],
  'upload-defer-length': ['1', '2'],
  'upload-concat': ['partial', 'final;/api/v1/files/tus/x'],
  'tus-resumable': ['1.0.0', '0.2.2', ''],
};

export function headersOf({ parameters = [] }: Operation, good: Good): fc.Arbitrary<Record<string, string>> {
  const own = parameters.filter(({ in: where }) => where === 'header').map(({ name }) => name.toLowerCase());
  const names = [...own, ...own, ...own, ...Object.keys(ANY_HEADERS)];
  const odd = fc.constantFrom(...names).chain((name) =>
    fc
      .oneof(
        { weight: 3, arbitrary: fc.constantFrom(...(ANY_HEADERS[name] ?? [''])) },
        {
          weight: 1,
          arbitrary: hostileText.map((text) => headerText(text).replace(/long_\d+/, 'long_4000')),
        },
      )
      .map((value): [string, string] => [name, headerText(value)]),
  );
  const amount = fc.oneof(
    { weight: 5, arbitrary: fc.constant([]) },
    { weight: 2, arbitrary: fc.array(odd, { maxLength: 2 }) },
  );
  return amount.map((more) => ({ ...good.headers, ...Object.fromEntries(more) }));
}
