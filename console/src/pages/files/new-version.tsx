import { useState } from 'react';
import { sendContent } from '../../api/send';
import { Button } from '../../components/button';
import { ProblemNotice } from '../../components/problem-notice';
import { Progress } from '../../components/progress';
import { toasts } from '../../components/toasts';
import { useRefresh } from '../../components/use-change';
import { FilePicker } from './file-picker';
import { FILES, type FileOf } from './keys';

interface Sending {
  readonly name: string;
  readonly share: number;
  readonly stop: () => void;
}

/** Follows the version that is shown: where somebody was faster, the server says so instead. */
export function NewVersion({ file }: { readonly file: FileOf }) {
  const [sending, setSending] = useState<Sending | null>(null);
  const [problem, setProblem] = useState<unknown>(null);
  const refresh = useRefresh(FILES);
  const upload = async ([content]: readonly File[]) => {
    if (content === undefined) return;
    const stop = new AbortController();
    const onProgress = (share: number) => setSending({ name: content.name, share, stop: () => stop.abort() });
    onProgress(0);
    setProblem(null);
    await sendContent(`/api/v1/files/${file.id}/content`, content, file.sha256, {
      onProgress,
      signal: stop.signal,
    })
      .then(() => toasts.tell('The new version is the current one.'))
      .catch((error: unknown) => stop.signal.aborted || setProblem(error))
      .finally(() => setSending(null));
    await refresh();
  };
  return (
    <div className="stack tight">
      {problem !== null && <ProblemNotice error={problem} />}
      {sending === null ? (
        <div className="row">
          <FilePicker label={`New version of ${file.file_name}`} onFiles={(files) => void upload(files)}>
            Upload a new version
          </FilePicker>
        </div>
      ) : (
        <UnderWay sending={sending} />
      )}
    </div>
  );
}

function UnderWay({ sending: { name, share, stop } }: { readonly sending: Sending }) {
  return (
    <>
      <Progress label={`Upload of ${name}`} share={share} then="All is sent; the server keeps it now…" />
      <div className="row">
        <Button small onClick={stop}>
          Cancel
        </Button>
      </div>
    </>
  );
}
