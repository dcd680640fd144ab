import { Badge } from '../../components/badge';
import { SelectField, TextField } from '../../components/field';
import type { ApiForm } from '../../components/form';
import { RelativeTime, useNow } from '../../components/time';

const DAY_MS = 86_400_000;
const SOON_MS = 14 * DAY_MS;

/** When it ends, and a word of warning before and after. */
export function Expiry({
  at,
  status,
}: {
  readonly at: string | null;
  readonly status: 'active' | 'expired';
}) {
  const now = useNow();
  const isSoon = at !== null && Date.parse(at) - now < SOON_MS;
  return (
    <span className="row">
      <RelativeTime at={at} />
      {status === 'expired' ? (
        <Badge tone="danger">expired</Badge>
      ) : (
        isSoon && <Badge tone="warn">expires soon</Badge>
      )}
    </span>
  );
}

export interface ExpiryValues {
  readonly expiry: string;
  readonly expires_at: string;
}

export const NO_EXPIRY: ExpiryValues = { expiry: '30', expires_at: '' };

const CHOICES = [
  ['7', 'In a week'],
  ['30', 'In 30 days'],
  ['90', 'In 90 days'],
  ['latest', 'As late as the server allows'],
  ['date', 'On a day of your choice'],
  ['never', 'Never, where the server allows it'],
] as const;

/** Undefined leaves it to the server; null is never. */
export function expiryFrom({ expiry, expires_at: day }: ExpiryValues): string | null | undefined {
  if (expiry === 'latest') return undefined;
  if (expiry === 'never') return null;
  // To the end of that day, as the person's own clock has it.
  if (expiry === 'date') return new Date(`${day}T23:59:59`).toISOString();
  return new Date(Date.now() + Number(expiry) * DAY_MS).toISOString();
}

export function ExpiryFields<Values extends ExpiryValues>({ form }: { readonly form: ApiForm<Values> }) {
  // Every form that has these fields has them under these names.
  const { form: hook, field } = form as unknown as ApiForm<ExpiryValues & Record<string, unknown>>;
  const chosen = hook.watch('expiry');
  const dated = field('expires_at', chosen === 'date' ? { required: 'Choose the day.' } : {});
  return (
    <>
      <SelectField label="Ends" {...field('expiry')} error={chosen === 'date' ? undefined : dated.error}>
        {CHOICES.map(([value, words]) => (
          <option key={value} value={value}>
            {words}
          </option>
        ))}
      </SelectField>
      {chosen === 'date' && <TextField label="Day" type="date" max="9999-12-31" {...dated} />}
    </>
  );
}
