import type { KeyObject } from 'node:crypto';
import type { Env } from './settings.js';
import { readSigningKey } from './signing-key.js';

export abstract class AuditConfig {
  /** Signs what is sealed of the trail; null asks for one of our own making. */
  abstract readonly signingKey: KeyObject | null;
  /** Whole months that stay in the database; null for all. */
  abstract readonly retentionMonths: number | null;
}

export function auditOf(env: Env): AuditConfig {
  return {
    signingKey: env.AUDIT_SIGNING_KEY === undefined ? null : readSigningKey(env.AUDIT_SIGNING_KEY),
    retentionMonths: env.AUDIT_RETENTION_MONTHS === 0 ? null : env.AUDIT_RETENTION_MONTHS,
  };
}
