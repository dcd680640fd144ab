import { RelativeTime } from '../../components/time';

interface Usage {
  readonly last_used_at: string | null;
  readonly last_used_ip: string | null;
  readonly usage_count: number;
}

/** How often and when last, so that one sees what is forgotten or stolen. */
export function Used({
  of: { last_used_at: at, last_used_ip: ip, usage_count: count },
}: {
  readonly of: Usage;
}) {
  if (at === null) return <span className="muted">never</span>;
  return (
    <span title={ip ?? undefined}>
      <RelativeTime at={at} />, {count === 1 ? 'once' : `${count.toLocaleString('en')} times`}
    </span>
  );
}

/** The name, what is left to see of the secret, and what it may do. */
export function NameAndScopes({
  of: { name, masked, scopes },
}: {
  readonly of: { readonly name: string; readonly masked: string; readonly scopes: readonly string[] };
}) {
  return (
    <div>
      <strong className="file-name">{name}</strong>
      <p className="muted small">
        <code>{masked}</code> {scopes.join(', ')}
      </p>
    </div>
  );
}
