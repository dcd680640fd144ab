import { useSyncExternalStore } from 'react';
import { Link } from 'react-router';
import { X } from 'lucide-react';
import { Bytes } from '../../components/bytes';
import { Button, IconButton } from '../../components/button';
import { Card } from '../../components/page';
import { ProblemNotice } from '../../components/problem-notice';
import { toasts } from '../../components/toasts';
import { UnfinishedLine } from './unfinished-line';
import type { UploadItem, UploadQueue } from './upload-queue';

/** What is being sent, what has been, and what was begun before the page was loaded anew. */
export function UploadsCard({ queue }: { readonly queue: UploadQueue }) {
  const items = useSyncExternalStore(queue.items.subscribe, queue.items.get);
  const leftOver = queue.leftOver();
  if (items.length === 0 && leftOver.length === 0) return null;
  return (
    <Card title="Uploads">
      <ul className="items" aria-live="polite">
        {items.map((item) => (
          <UploadLine key={item.key} item={item} queue={queue} />
        ))}
        {leftOver.map((begun) => (
          <UnfinishedLine key={begun.urlStorageKey} begun={begun} queue={queue} />
        ))}
      </ul>
    </Card>
  );
}

function UploadLine({ item, queue }: { readonly item: UploadItem; readonly queue: UploadQueue }) {
  const { key, file, sent, state } = item;
  return (
    <li>
      <div className="stack tight">
        <div className="row">
          <strong className="file-name">
            {state.kind === 'done' ? <Link to={`/files/${state.fileId}`}>{file.name}</Link> : file.name}
          </strong>
          <span className="muted small">
            <StateInWords item={item} />
          </span>
        </div>
        {state.kind !== 'done' && state.kind !== 'failed' && (
          <progress aria-label={`Upload of ${file.name}`} value={sent} max={Math.max(1, file.size)} />
        )}
        {state.kind === 'failed' && <ProblemNotice error={state.error} />}
      </div>
      <div className="row">
        {state.kind === 'failed' && (
          <Button small onClick={() => queue.again(key)}>
            Try again
          </Button>
        )}
        {state.kind === 'done' ? (
          <IconButton small icon={X} label={`Dismiss ${file.name}`} onClick={() => queue.forget(key)} />
        ) : (
          <Button small onClick={() => void queue.cancel(key).catch(toasts.problem)}>
            Cancel
          </Button>
        )}
      </div>
    </li>
  );
}

function StateInWords({ item: { file, sent, state } }: { readonly item: UploadItem }) {
  if (state.kind === 'done') return 'arrived';
  if (state.kind === 'failed') return 'refused';
  if (state.kind === 'waiting') return 'waits for its turn';
  if (state.kind === 'offline') return 'the connection is gone: it goes on by itself when it is back';
  const percent = file.size === 0 ? 100 : Math.floor((100 * sent) / file.size);
  return (
    <>
      {percent} % of <Bytes of={file.size} />
    </>
  );
}
