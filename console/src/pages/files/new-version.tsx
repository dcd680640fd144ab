import { useState } from 'react';
import { api } from '../../api/client';
import { Button } from '../../components/button';
import { bytesInWords } from '../../components/bytes';
import { ProblemNotice } from '../../components/problem-notice';
import { toasts } from '../../components/toasts';
import { useRefresh } from '../../components/use-change';
import { FilePicker } from './file-picker';
import { FILES, type FileOf } from './keys';

/** Follows the version that is shown: where somebody was faster, the server says so instead. */
async function send({ id, sha256 }: FileOf, content: File, signal: AbortSignal) {
  await api.PUT('/api/v1/files/{id}/content', {
    params: { path: { id }, header: { 'If-Match': `"${sha256}"` } },
    body: content as unknown as string,
    bodySerializer: (body: unknown) => body as Blob,
    headers: { 'content-type': content.type || 'application/octet-stream' },
    signal,
  });
}

export function NewVersion({ file }: { readonly file: FileOf }) {
  const [sending, setSending] = useState<{ readonly file: File; readonly stop: AbortController } | null>(
    null,
  );
  const [problem, setProblem] = useState<unknown>(null);
  const refresh = useRefresh(FILES);
  const upload = async ([content]: readonly File[]) => {
    if (content === undefined) return;
    const stop = new AbortController();
    setSending({ file: content, stop });
    setProblem(null);
    await send(file, content, stop.signal)
      .then(() => toasts.tell('The new version is the current one.'))
      .catch((error: unknown) => stop.signal.aborted || setProblem(error))
      .finally(() => setSending(null));
    await refresh();
  };
  return (
    <div className="stack tight">
      {problem !== null && <ProblemNotice error={problem} />}
      <div className="row">
        {sending === null ? (
          <FilePicker label={`New version of ${file.file_name}`} onFiles={(files) => void upload(files)}>
            Upload a new version
          </FilePicker>
        ) : (
          <>
            <span role="status">
              Sending {sending.file.name} ({bytesInWords(sending.file.size)})…
            </span>
            <Button small onClick={() => sending.stop.abort()}>
              Cancel
            </Button>
          </>
        )}
      </div>
    </div>
  );
}
