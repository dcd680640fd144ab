import type { Env } from './settings.js';

export abstract class SandboxConfig {
  /** Sessions a user may have at a time; null for no limit. */
  abstract readonly mostActiveSessions: number | null;
  /** Whether an evaluation may act on machines, where its caller asks for it. */
  abstract readonly allowsActions: boolean;
}

export function sandboxOf(env: Env): SandboxConfig {
  return {
    mostActiveSessions: env.SANDBOX_MAX_ACTIVE_SESSIONS === 0 ? null : env.SANDBOX_MAX_ACTIVE_SESSIONS,
    allowsActions: env.SANDBOX_ALLOW_ACTIONS,
  };
}
