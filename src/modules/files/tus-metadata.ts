import { Metadata } from '@tus/server';
import { CommonErrors } from '../../common/errors/common.errors.js';
import { UNKNOWN_TYPE } from './content-type.js';
import type { UploadFields } from './files.dto.js';
import { uploadFields } from './upload-fields.js';

export interface TusMetadata {
  readonly fileName: string;
  readonly contentType: string;
  readonly fields: UploadFields;
}

/** As the protocol's clients call them; Uppy sends both names of each, and a path we do not keep. */
const NAMES = ['filename', 'name'] as const;
const TYPES = ['filetype', 'type'] as const;
const IGNORED = ['relativePath'];

/**
 * What `Upload-Metadata` says of a file: `filename`, `filetype`, and the fields of a form.
 *
 * @throws AppError 400 naming every bad field.
 */
export async function tusMetadata(sent: Readonly<Record<string, string | null>>): Promise<TusMetadata> {
  const fields: Record<string, string> = {};
  for (const [name, value] of Object.entries(sent)) fields[name] = value ?? '';
  const [fileName, contentType] = [taken(fields, NAMES), taken(fields, TYPES)];
  for (const name of IGNORED) delete fields[name];
  if (fileName === undefined) throw CommonErrors.validation([{ field: 'filename', message: 'is required' }]);
  return { fileName, contentType: contentType ?? UNKNOWN_TYPE, fields: await uploadFields(fields) };
}

/** As it is repeated to who asks for the offset. */
export function readTusMetadata(header: string | null): Record<string, string | null> | undefined {
  return header === null ? undefined : Metadata.parse(header);
}

export function writeTusMetadata(sent: Record<string, string | null>): string {
  return Metadata.stringify(sent);
}

function taken(fields: Record<string, string>, names: readonly string[]): string | undefined {
  const values = names.flatMap((name) => (fields[name] === undefined ? [] : [fields[name]]));
  for (const name of names) delete fields[name];
  return values[0];
}
