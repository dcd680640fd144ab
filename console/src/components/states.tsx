import { CircleAlert, Inbox, RotateCw, type LucideIcon } from 'lucide-react';
import { useEffect, useState, type ReactNode } from 'react';
import { problemOf, TookTooLong } from '../api/problem';
import { Button } from './button';
import { useCountdown } from './countdown';
import { RequestId } from './problem-notice';

/** Nothing is here yet: says what would be, and what to do. */
export function EmptyState({
  icon: Icon = Inbox,
  title,
  children,
  action,
}: {
  readonly icon?: LucideIcon;
  readonly title: string;
  readonly children: ReactNode;
  readonly action?: ReactNode;
}) {
  return (
    <div className="empty">
      <Icon className="icon" />
      <h2>{title}</h2>
      <p>{children}</p>
      {action}
    </div>
  );
}

/** What could not be read, in the server's own words, and another try once it may be made. */
export function ErrorState({ error, retry }: { readonly error: unknown; readonly retry?: () => void }) {
  const { title, detail, requestId, retryAfter, errors } = problemOf(error);
  const left = useCountdown(retryAfter, error);
  return (
    <div className="empty" role="alert">
      <CircleAlert className="icon" />
      <h2>{title}</h2>
      <p>{detail}</p>
      {errors.map(({ field, message }) => (
        <p key={field + message}>
          <code>{field}</code> {message}
        </p>
      ))}
      {requestId !== null && <RequestId id={requestId} />}
      {retry && (
        <Button icon={RotateCw} onClick={retry} disabled={left > 0}>
          {left > 0 ? `Try again in ${left} s` : 'Try again'}
        </Button>
      )}
    </div>
  );
}

const SLOW_MS = 5_000;
const LIMIT_MS = 30_000;

/** A wait with an end: it says when it takes long, and gives up. */
export function Loading({
  label = 'Loading…',
  retry,
}: {
  readonly label?: string;
  readonly retry?: () => void;
}) {
  const [stage, setStage] = useState<'soon' | 'slow' | 'over'>('soon');
  useEffect(() => {
    const slow = setTimeout(() => setStage('slow'), SLOW_MS);
    const over = setTimeout(() => setStage('over'), LIMIT_MS);
    return () => {
      clearTimeout(slow);
      clearTimeout(over);
    };
  }, []);
  if (stage === 'over') return <ErrorState error={new TookTooLong()} {...(retry && { retry })} />;
  return (
    <div className="loading" role="status">
      <span className="spinner" />
      {stage === 'slow' ? 'This takes longer than usual…' : label}
    </div>
  );
}
