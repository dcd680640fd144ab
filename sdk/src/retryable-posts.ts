// Made from the server's own OpenAPI document by `npm run sdk:generate`: not to be edited.

/** Paths whose POST takes an `Idempotency-Key`, and so can be sent again. */
export const RETRYABLE_POSTS: ReadonlySet<string> = new Set([
  '/api/v1/api-keys',
  '/api/v1/auth/mfa/passkeys',
  '/api/v1/auth/register',
  '/api/v1/auth/tokens',
  '/api/v1/backups',
  '/api/v1/conversations',
  '/api/v1/conversations/{id}/messages',
  '/api/v1/files',
  '/api/v1/files/tus',
  '/api/v1/files/uploads',
  '/api/v1/files/uploads/{id}/complete',
  '/api/v1/files/{id}/links',
  '/api/v1/lab/assign-model',
  '/api/v1/lab/experiments/{id}/outcome',
  '/api/v1/lab/models',
  '/api/v1/organizations/invitations',
  '/api/v1/organizations/invitations/accept',
  '/api/v1/roles',
  '/api/v1/sandbox/sessions',
  '/api/v1/users',
]);
