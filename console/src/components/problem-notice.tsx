import { CircleAlert } from 'lucide-react';
import { problemOf } from '../api/problem';
import { useCountdown } from './countdown';

/** A refusal in the server's own words, with what to quote when asking for help. */
export function ProblemNotice({ error }: { readonly error: unknown }) {
  const { title, code, detail, requestId, retryAfter, errors } = problemOf(error);
  const left = useCountdown(retryAfter, error);
  return (
    <div className="notice failed" role="alert">
      <CircleAlert className="icon" />
      <div>
        <strong>{title}</strong>
        {/* Of a mere limit the detail is the wait, as it was. */}
        {(left === 0 || code !== 'rate_limited') && <p>{detail}</p>}
        {left > 0 && <p>Try again in {left} s.</p>}
        {errors.length > 0 && (
          <ul>
            {errors.map(({ field, message }) => (
              <li key={field + message}>
                <code>{field}</code> {message}
              </li>
            ))}
          </ul>
        )}
        {requestId !== null && <RequestId id={requestId} />}
      </div>
    </div>
  );
}

export function RequestId({ id }: { readonly id: string }) {
  return (
    <p className="small muted">
      Request <code>{id}</code>
    </p>
  );
}
