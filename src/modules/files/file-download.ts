import { contentDisposition } from './content-disposition.js';
import { isSafeInline } from './content-type.js';
import type { FileVersionRow } from './file-versions.repository.js';
import type { FileRow } from './files.repository.js';

/** One version of a file on its way out. */
export interface Download {
  readonly fileId: string;
  readonly organizationId: string;
  readonly fileKey: string;
  readonly backend: string;
  readonly size: number;
  readonly sha256: string;
  /** As an answer tells it. */
  readonly contentType: string;
  /** As an answer tells it. */
  readonly disposition: string;
  readonly modifiedAt: Date;
}

/** @param wanted how it is to be shown; what could run something in a browser is an attachment in any case. */
export function downloadOf(
  file: FileRow,
  version: FileVersionRow | null,
  wanted: 'attachment' | 'inline',
): Download {
  const type = version?.content_type ?? file.content_type;
  const disposition = wanted === 'inline' && isSafeInline(type) ? 'inline' : 'attachment';
  return {
    fileId: file.id,
    organizationId: file.organization_id,
    fileKey: version?.object_key ?? file.file_key,
    backend: version?.storage_backend ?? file.storage_backend,
    size: version?.size ?? file.size,
    sha256: version?.sha256 ?? file.sha256,
    contentType: type === 'text/plain' ? 'text/plain; charset=utf-8' : type,
    disposition: contentDisposition(disposition, file.file_name),
    modifiedAt: version?.created_at ?? file.modified_at,
  };
}
