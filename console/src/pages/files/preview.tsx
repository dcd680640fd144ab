import { useQuery } from '@tanstack/react-query';
import { api } from '../../api/client';
import { Loaded } from '../../components/loaded';
import type { FileOf } from './keys';

/** Nothing that could run: a drawing (SVG) or a page may hold scripts. */
const PICTURES = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif', 'image/bmp']);
const TEXTS = new Set(['text/plain', 'text/csv', 'text/markdown', 'application/json']);
const LARGEST_PICTURE = 16 * 1024 * 1024;
const LARGEST_TEXT = 256 * 1024;
const TIMEOUT_MS = 60_000;

type Kind = 'picture' | 'text' | 'none';

function kindOf({ content_type: type, size }: FileOf): Kind {
  const bare = type.split(';')[0]?.trim() ?? '';
  if (PICTURES.has(bare) && size <= LARGEST_PICTURE) return 'picture';
  return TEXTS.has(bare) && size <= LARGEST_TEXT ? 'text' : 'none';
}

/** What the file shows, where its type can do no harm. Everything else is for downloading. */
export function Preview({ file }: { readonly file: FileOf }) {
  const kind = kindOf(file);
  if (kind === 'none') {
    return (
      <p className="muted">
        Files of this type or size are not shown here. Download it to open it with an application of yours.
      </p>
    );
  }
  return <Shown file={file} kind={kind} />;
}

function Shown({ file, kind }: { readonly file: FileOf; readonly kind: 'picture' | 'text' }) {
  const { id, sha256, content_type: type } = file;
  const query = useQuery({
    // What has these bytes never shows anything else.
    queryKey: ['preview', id, sha256],
    staleTime: Infinity,
    gcTime: 60_000,
    queryFn: async ({ signal }) => {
      const params = { path: { id }, query: { mode: 'stream' } } as const;
      const { data } = await api.GET('/api/v1/files/{id}/download', {
        params,
        signal,
        parseAs: 'blob',
        timeoutMs: TIMEOUT_MS,
      });
      const blob = new Blob([data], { type });
      return { blob, text: kind === 'text' ? await blob.text() : '' };
    },
  });
  return (
    <Loaded query={query}>
      {({ blob, text }) =>
        kind === 'picture' ? (
          <img className="preview" alt={`Preview of ${file.file_name}`} ref={(image) => show(image, blob)} />
        ) : (
          // eslint-disable-next-line jsx-a11y-x/no-noninteractive-tabindex -- what scrolls has to be reached by keyboard
          <pre className="preview-text" role="region" aria-label={`Text of ${file.file_name}`} tabIndex={0}>
            {text}
          </pre>
        )
      }
    </Loaded>
  );
}

function show(image: HTMLImageElement | null, blob: Blob) {
  if (image === null) return undefined;
  const address = URL.createObjectURL(blob);
  image.src = address;
  return () => URL.revokeObjectURL(address);
}
