import { ResealingRepository } from './common/crypto/resealing.repository.js';
import { ResealingService, type Resealed } from './common/crypto/resealing.service.js';
import type { SealedColumn } from './common/crypto/sealed-column.js';
import { SEALED_ANSWERS } from './common/idempotency/idempotency.service.js';
import { SEALED_TOKEN_DATA } from './common/one-time-tokens/one-time-tokens.js';
import { showProgress } from './common/terminal/progress.js';
import type { Config } from './config/config.js';
import { StartupError } from './database/startup-error.js';
import { SEALED_SIGNING_KEYS } from './modules/auth/signing-keys.service.js';
import { SEALED_AUDIT_KEYS } from './modules/audit/audit-keys.js';
import { SEALED_MAILS } from './modules/mail/letters.js';
import { SEALED_TOTP_SECRETS } from './modules/mfa/totp-codes.js';
import { SEALED_CREDENTIALS } from './modules/sandbox/session-credentials.js';
import { withPart } from './part-of-house.js';

/** Everything the database holds sealed. */
export const SEALED_COLUMNS: readonly SealedColumn[] = [
  SEALED_ANSWERS,
  SEALED_AUDIT_KEYS,
  SEALED_CREDENTIALS,
  SEALED_MAILS,
  SEALED_SIGNING_KEYS,
  SEALED_TOKEN_DATA,
  SEALED_TOTP_SECRETS,
];

const DONE =
  'Nothing in the database needs the other keys any more. Backups do, and files under STORAGE_ENCRYPT: each opens' +
  ' with the key it was sealed with (docs/keys.md).';

/**
 * Seals everything in the database under the first of `ENCRYPTION_KEY`.
 *
 * @throws StartupError where something could not be opened: its key must stay listed.
 */
export function reencrypt(config: Config, databaseUrl: string): Promise<string> {
  const providers = [ResealingRepository, ResealingService];
  return withPart(config, databaseUrl, { providers }, async (part) => {
    const service = part.get(ResealingService);
    const lines: string[] = [];
    const failures: string[] = [];
    for (const place of SEALED_COLUMNS) {
      const { done, failed } = await resealTelling(service, place);
      lines.push(`${place.table}: ${done} sealed anew`);
      if (failed > 0) failures.push(`${failed} in ${place.table}`);
    }
    if (failures.length === 0) return [...lines, DONE].join('\n');
    throw new StartupError(
      `${lines.join(', ')}. No key in ENCRYPTION_KEY opens ${failures.join(', ')}: list the one that sealed them, and run this again.`,
    );
  });
}

async function resealTelling(service: ResealingService, place: SealedColumn): Promise<Resealed> {
  const total = await service.count(place);
  const told = ({ done, failed }: Resealed) => `${done + failed} of ${total}`;
  const display = showProgress<Resealed>(
    {
      total,
      start: { done: 0, failed: 0 },
      doneOf: ({ done, failed }) => done + failed,
      title: `${place.table} `,
      beside: told,
      opening: `${place.table}: ${total} to seal anew`,
      line: (state) => `${place.table}: ${told(state)}`,
    },
    process.stderr,
  );
  try {
    return await service.reseal(place, display.show);
  } finally {
    display.end();
  }
}
