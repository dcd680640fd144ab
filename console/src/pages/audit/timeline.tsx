import { useName } from '../people/use-name';
import { byDay, type Entry } from './entry';

const clock = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' });

interface Props {
  readonly entries: readonly Entry[];
  readonly open: (id: string) => void;
}

export function Timeline({ entries, open }: Props) {
  return (
    <div className="timeline">
      {byDay(entries).map((day) => (
        <section key={day.name} aria-label={day.name}>
          <h2>{day.name}</h2>
          <ol>
            {day.entries.map((entry) => (
              <Line key={entry.id} entry={entry} open={open} />
            ))}
          </ol>
        </section>
      ))}
    </div>
  );
}

function Line({ entry, open }: { readonly entry: Entry; readonly open: Props['open'] }) {
  const { id, created_at: at, action, resource, ip, user_id: userId } = entry;
  const name = useName(userId);
  return (
    <li>
      <button type="button" onClick={() => open(id)}>
        <time className="muted" dateTime={at}>
          {clock.format(new Date(at))}
        </time>
        <strong>{action}</strong>
        <span className="small muted">{resource}</span>
        <span className="small">
          {name ?? 'nobody'}
          {ip !== null && <span className="muted"> from {ip}</span>}
        </span>
      </button>
    </li>
  );
}
