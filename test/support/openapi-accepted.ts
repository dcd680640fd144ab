const belowFile = (what: string) => ({ rule: 'no-ambiguous-paths', at: `/api/v1/files/{id}/${what}` });

/** What the linter would like and we do not, each with its reason. One that no longer applies fails the test. */
export const ACCEPTED = [
  // No id of a file is `shared`, `tus` or `uploads`.
  ...['restore', 'content', 'download', 'versions', 'links'].map(belowFile),
  {
    rule: 'no-ambiguous-paths',
    at: '/api/v1/auth/{provider}/callback',
    why: 'no provider may be called like another address below /auth, and no id is "callback"',
  },
  {
    rule: 'operation-4xx-response',
    at: '/health',
    why: 'a probe is refused nothing: no credential, no input',
  },
  ...['live', 'ready'].map((what) => ({
    rule: 'operation-4xx-response',
    at: `/health/${what}`,
    why: 'as /health',
  })),
  { rule: 'operation-2xx-response', at: '/api/v1/auth/{provider}', why: 'it sends the browser on' },
  { rule: 'operation-2xx-response', at: '/api/v1/auth/{provider}/callback', why: 'likewise' },
];
