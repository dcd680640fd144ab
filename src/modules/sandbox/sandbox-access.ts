import type { AccessRule } from '../../common/access/access.decorator.js';

/** What a socket or a stream asks of its caller, the same as reading over HTTP. */
export const SANDBOX_READ: AccessRule = { scope: 'sandbox:read', by: 'any', fresh: false };
