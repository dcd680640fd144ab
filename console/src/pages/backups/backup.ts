import type { components } from '../../api/client';
import type { Tone } from '../../components/badge';

export type Backup = components['schemas']['BackupDto'];

export const BACKUPS = ['backups'] as const;

export const KINDS = [
  ['full', 'Full'],
  ['incremental', 'Incremental'],
] as const;

export const STATUSES = [
  ['queued', 'Waiting'],
  ['running', 'Being made'],
  ['good', 'Good'],
  ['failed', 'Failed'],
  ['damaged', 'Damaged'],
] as const;

const TONES: Readonly<Record<string, Tone>> = {
  good: 'ok',
  ok: 'ok',
  copied: 'ok',
  failed: 'danger',
  damaged: 'danger',
  running: 'info',
  queued: 'info',
};

export const toneOf = (state: string): Tone => TONES[state] ?? 'plain';

const UNDER_WAY = ['queued', 'running'];

/** What is being done with it now, or about to be; null for nothing. */
export function workOn({ status, verification, replica }: Backup): string | null {
  if (status === 'queued') return 'waits for its turn';
  if (status === 'running') return 'is being made';
  if (UNDER_WAY.includes(verification.status)) return 'is being verified by a restore beside the database';
  if (UNDER_WAY.includes(replica.status)) return 'is being copied to the second store';
  return null;
}

/** By what people call it: kind, and the beginning of its id as the command line takes it. */
export const nameOf = ({ kind, id }: Backup): string => `${kind} backup ${id.slice(-8)}`;
