import type { ReactNode } from 'react';
import { CopyButton } from '../../components/copyable';
import { Dialog } from '../../components/dialog';
import { ExactTime } from '../../components/time';
import { useName } from '../people/use-name';
import type { Entry, Filtered } from './entry';

interface Props {
  readonly entry: Entry;
  readonly only: (filter: Filtered) => void;
  readonly onClose: () => void;
}

/** All that is known of one row, as it was written. */
export function EntryDrawer({ entry, only, onClose }: Props) {
  const json = JSON.stringify(entry, null, 2);
  return (
    <Dialog title={entry.action} drawer onClose={onClose}>
      <div className="stack">
        <EntryFacts entry={entry} only={only} />
        <div className="row spread">
          <h3>As it was written</h3>
          <CopyButton text={json} />
        </div>
        {/* eslint-disable-next-line jsx-a11y-x/no-noninteractive-tabindex -- what scrolls has to be reached by keyboard */}
        <pre className="json" role="region" aria-label="The row as JSON" tabIndex={0}>
          {json}
        </pre>
      </div>
    </Dialog>
  );
}

function EntryFacts({
  entry: { created_at: at, user_id: userId, action, resource, ip, request_id: requestId },
  only,
}: {
  readonly entry: Entry;
  readonly only: (filter: Filtered) => void;
}) {
  const name = useName(userId);
  return (
    <dl className="facts">
      <dt>When</dt>
      <dd>
        <ExactTime at={at} />
      </dd>
      <dt>Who</dt>
      <dd>
        {userId === null ? (
          <span className="muted">a stranger, or the server itself</span>
        ) : (
          <Only onClick={() => only({ user_id: userId })}>{name}</Only>
        )}
      </dd>
      <dt>Action</dt>
      <dd>
        <Only onClick={() => only({ action })}>{action}</Only>
      </dd>
      <dt>Resource</dt>
      <dd>
        <Only onClick={() => only({ resource })}>{resource}</Only>
      </dd>
      <dt>Address</dt>
      <dd>{ip === null ? '–' : <Only onClick={() => only({ ip })}>{ip}</Only>}</dd>
      <dt>Request</dt>
      <dd>
        <code>{requestId ?? '–'}</code>
      </dd>
    </dl>
  );
}

function Only({ onClick, children }: { readonly onClick: () => void; readonly children: ReactNode }) {
  return (
    <button type="button" className="link-button" title="Only such rows" onClick={onClick}>
      {children}
    </button>
  );
}
