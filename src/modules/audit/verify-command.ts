import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { UsageError } from '../../common/errors/usage-error.js';
import { FAULTS } from './chain-check.js';
import { exportedLinks } from './exported-links.js';
import { checkOffline, type OfflineOutcome, type SignedFile } from './offline-check.js';
import { readKeySet, type PublicKeys } from './signed-document.js';

export const VERIFY_USAGE = `audit:verify --from <export.ndjson> --seals <folder> --keys <keys.json>
                   check an export of the audit trail without the server: --from as
                   often as there are files (archives .ndjson.gz too), --seals what is
                   below audit-seals/ in the object store, --keys as GET /audit/keys says
`;

/**
 * Runs `audit:verify`, which needs neither settings nor database.
 *
 * @returns the exit code: 0 when all holds, 1 when not.
 * @throws UsageError.
 */
export async function runVerify(args: readonly string[]): Promise<number> {
  const { from = [], seals, keys } = readFlags(args);
  if (from.length === 0) throw new UsageError('--from is missing');
  if (seals === undefined) throw new UsageError('--seals is missing');
  if (keys === undefined) throw new UsageError('--keys is missing');
  try {
    const trusted = await readKeys(keys);
    const outcome = await checkOffline(exportedLinks(from), await readFolder(seals), trusted);
    return tell(outcome);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    process.stderr.write(`${(error as Error).message}\n`);
    return 1;
  }
}

function tell({ organizationId, checked, head, sealed, fault }: OfflineOutcome): number {
  if (fault === null) {
    const open = head.seq - (sealed?.seq ?? 0);
    process.stdout.write(
      `Valid: ${checked} links of organisation ${organizationId}, the last ${head.seq} with hash ${head.hash.toString('hex')}.\n` +
        (sealed === null
          ? 'Nothing of it is sealed.\n'
          : `Sealed up to link ${sealed.seq} at ${sealed.sealedAt.toISOString()}; ${open} links are younger.\n`),
    );
    return 0;
  }
  const row = fault.log_id === null ? '' : ` (row ${fault.log_id})`;
  process.stdout.write(
    `Broken at link ${fault.seq ?? '?'}${row}: ${fault.kind}. ${FAULTS[fault.kind]}\n${checked} links before it hold.\n`,
  );
  return 1;
}

async function readKeys(path: string): Promise<PublicKeys> {
  try {
    return readKeySet(await readFile(path, 'utf8'));
  } catch (error) {
    throw new UsageError(`--keys ${path} is no set of public keys: ${(error as Error).message}`);
  }
}

async function readFolder(folder: string): Promise<SignedFile[]> {
  try {
    const names = await readdir(folder, { recursive: true });
    const files: SignedFile[] = [];
    // One by one: a year's seals are more files than a process may have open.
    for (const name of names.filter((each) => each.endsWith('.json')).sort())
      files.push({ name, text: await readFile(join(folder, name), 'utf8') });
    return files;
  } catch (error) {
    throw new UsageError(`--seals ${folder} can not be read: ${(error as Error).message}`);
  }
}

function readFlags(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        from: { type: 'string', multiple: true },
        seals: { type: 'string' },
        keys: { type: 'string' },
      },
    });
    return values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}
