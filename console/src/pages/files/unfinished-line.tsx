import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../../api/client';
import { Bytes } from '../../components/bytes';
import { Button } from '../../components/button';
import { ConfirmDialog } from '../../components/dialog';
import { RelativeTime } from '../../components/time';
import { toasts } from '../../components/toasts';
import { FilePicker } from './file-picker';
import { DEFAULT_COLLECTION } from './keys';
import type { UploadQueue } from './upload-queue';
import { idOf, type Begun } from './upload-shelf';

/** Pages may not keep a file of the person's disk: to go on, it has to be chosen once more. */
export function UnfinishedLine({ begun, queue }: { readonly begun: Begun; readonly queue: UploadQueue }) {
  const [asks, setAsks] = useState(false);
  const { metadata, size, creationTime } = begun;
  const name = metadata.filename ?? 'A file';
  const goOn = ([file]: readonly File[]) => {
    if (file === undefined) return;
    if (file.name === name && file.size === size)
      queue.add([file], metadata.collection ?? DEFAULT_COLLECTION);
    else toasts.tell(`That is not the ${name} you began with.`);
  };
  return (
    <li>
      <div>
        <strong className="file-name">{name}</strong>
        <p className="muted small">
          Begun <RelativeTime at={new Date(creationTime).toISOString()} />
          <HowFar begun={begun} />. Choose the same file again to go on where it was.
        </p>
      </div>
      <div className="row">
        <FilePicker label={`Go on with ${name}`} onFiles={goOn} small>
          Choose it again
        </FilePicker>
        <Button small onClick={() => setAsks(true)}>
          Give up
        </Button>
      </div>
      {asks && <GiveUp name={name} giveUp={() => queue.giveUp(begun)} onClose={() => setAsks(false)} />}
    </li>
  );
}

function GiveUp({
  name,
  giveUp,
  onClose,
}: {
  readonly name: string;
  readonly giveUp: () => Promise<void>;
  readonly onClose: () => void;
}) {
  return (
    <ConfirmDialog title={`Give ${name} up?`} action="Give up" danger onClose={onClose} onConfirm={giveUp}>
      What has arrived of it is thrown away.
    </ConfirmDialog>
  );
}

function HowFar({ begun }: { readonly begun: Begun }) {
  const id = idOf(begun) ?? '';
  const { data } = useQuery({
    queryKey: ['uploads', id],
    queryFn: async ({ signal }) =>
      (await api.GET('/api/v1/files/tus/{id}', { params: { path: { id } }, signal })).data,
  });
  if (data === undefined) return null;
  return (
    <>
      , <Bytes of={data.received} /> of <Bytes of={data.size} /> have arrived
    </>
  );
}
