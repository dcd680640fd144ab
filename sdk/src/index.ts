export type { Api, CallOptions } from './api.js';
export { createCloudkeep, type Cloudkeep, type CloudkeepOptions } from './cloudkeep.js';
export { cookieSession, type CookieSession, type CookieSessionOptions } from './cookie-session.js';
export { anonymous, bearer, type Credentials } from './credentials.js';
export { ConnectionError, ProblemError, type Problem } from './errors.js';
export type { ItemOf, ListPath, PagesOptions } from './pages.js';
export type { SandboxLogsOptions } from './sandbox-logs.js';
export type {
  SandboxDecision,
  SandboxEvent,
  SandboxLog,
  SandboxSocket,
  SandboxSocketOptions,
} from './sandbox.js';
export type { components, operations, paths } from './schema.js';
export { browserTokenStore, memoryTokenStore, type TokenPair, type TokenStore } from './token-store.js';
export { tokens, type TokenCredentials, type TokenOptions } from './tokens.js';
export type { Fetch } from './transport.js';
export { ContentError, type UploadContent } from './upload-source.js';
export type { UploadedFile, UploadOptions, UploadProgress } from './upload.js';
