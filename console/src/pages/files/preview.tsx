import { useQuery } from '@tanstack/react-query';
import { useCallback } from 'react';
import { api } from '../../api/client';
import { Loaded } from '../../components/loaded';
import type { FileOf } from './keys';

/** Nothing that could run in this page: a drawing (SVG) or a page may hold scripts. */
const PICTURES = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif', 'image/bmp']);
const TEXTS = new Set(['text/plain', 'text/csv', 'text/markdown', 'application/json']);
const PDF = 'application/pdf';
const LARGEST_PICTURE = 16 * 1024 * 1024;
const LARGEST_PDF = 32 * 1024 * 1024;
const LARGEST_TEXT = 256 * 1024;
const TIMEOUT_MS = 60_000;

type Kind = 'picture' | 'text' | 'pdf';

const bareType = ({ content_type: type }: FileOf) => type.split(';')[0]?.trim() ?? '';

function kindOf(file: FileOf): Kind | null {
  const type = bareType(file);
  if (PICTURES.has(type) && file.size <= LARGEST_PICTURE) return 'picture';
  if (type === PDF && file.size <= LARGEST_PDF) return 'pdf';
  return TEXTS.has(type) && file.size <= LARGEST_TEXT ? 'text' : null;
}

/** What the file shows, where its type can do no harm. Everything else is for downloading. */
export function Preview({ file }: { readonly file: FileOf }) {
  const kind = kindOf(file);
  if (kind === null) {
    return (
      <p className="muted">
        Files of this type or size are not shown here. Download it to open it with an application of yours.
      </p>
    );
  }
  // Without a viewer the browser would offer the bytes as a download of no name.
  if (kind === 'pdf' && !navigator.pdfViewerEnabled) {
    return (
      <p className="muted">Your browser does not show PDF. Download it to open it with another viewer.</p>
    );
  }
  return <Shown file={file} kind={kind} />;
}

function Shown({ file, kind }: { readonly file: FileOf; readonly kind: Kind }) {
  const { id, sha256 } = file;
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
      const blob = new Blob([data], { type: bareType(file) });
      return { blob, text: kind === 'text' ? await blob.text() : '' };
    },
  });
  return (
    <Loaded query={query}>
      {({ blob, text }) => <Drawn name={file.file_name} kind={kind} blob={blob} text={text} />}
    </Loaded>
  );
}

interface DrawnProps {
  readonly name: string;
  readonly kind: Kind;
  readonly blob: Blob;
  readonly text: string;
}

function Drawn({ name, kind, blob, text }: DrawnProps) {
  const show = useCallback((shown: HTMLImageElement | HTMLIFrameElement | null) => draw(shown, blob), [blob]);
  if (kind === 'picture') return <img className="preview" alt={`Preview of ${name}`} ref={show} />;
  // Browsers show PDF in no sandboxed frame; its own scripts run in the viewer's sandbox, which has no page.
  if (kind === 'pdf') return <iframe className="preview-pdf" title={`Pages of ${name}`} ref={show} />;
  return (
    // eslint-disable-next-line jsx-a11y-x/no-noninteractive-tabindex -- what scrolls has to be reached by keyboard
    <pre className="preview-text" role="region" aria-label={`Text of ${name}`} tabIndex={0}>
      {text}
    </pre>
  );
}

function draw(shown: HTMLImageElement | HTMLIFrameElement | null, blob: Blob) {
  if (shown === null) return undefined;
  const address = URL.createObjectURL(blob);
  shown.src = address;
  return () => URL.revokeObjectURL(address);
}
