import { Badge, type Tone } from '../../components/badge';
import type { Decision, Session } from './keys';

const STATUS_TONES: Readonly<Record<Session['status'], Tone>> = {
  active: 'ok',
  expired: 'plain',
  ended: 'plain',
};

export function StatusBadge({ of }: { readonly of: Session['status'] }) {
  return <Badge tone={STATUS_TONES[of]}>{of}</Badge>;
}

const DECISION_TONES: Readonly<Record<string, Tone>> & Readonly<Record<Decision, Tone>> = {
  STAY: 'ok',
  SWITCH: 'info',
  DRAIN: 'warn',
  EVACUATE: 'danger',
};

export function DecisionBadge({ of }: { readonly of: string }) {
  return <Badge tone={DECISION_TONES[of] ?? 'plain'}>{of}</Badge>;
}

const END_REASONS: Readonly<Record<string, string>> = {
  deleted: 'Its owner ended it.',
  cancelled: 'An operator ended it.',
  expired: 'Its time was up.',
  user_erased: 'Its owner’s account is gone.',
};

export const endInWords = (reason: string | null) => END_REASONS[reason ?? ''] ?? 'It is over.';

export const percent = (share: number) =>
  share.toLocaleString('en', { style: 'percent', maximumFractionDigits: 1 });

/** Of prices, which are exact decimals in dollars: for the eye, four places do. */
export const dollars = (amount: number | string) =>
  `$${Number(amount).toLocaleString('en', { minimumFractionDigits: 2, maximumFractionDigits: 4 })}`;

export const stageInWords = (name: string) => name.replaceAll('_', ' ');
