import { Metadata } from '@tus/server';
import { CommonErrors } from '../../common/errors/common.errors.js';
import { claimOf, UNKNOWN_TYPE } from './content-type.js';
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
  const said = new Map(Object.entries(sent).map(([name, value]) => [name, value ?? '']));
  const [fileName, claimed] = [taken(said, NAMES), taken(said, TYPES)];
  taken(said, IGNORED);
  if (fileName === undefined) throw CommonErrors.validation([{ field: 'filename', message: 'is required' }]);
  const fields = await uploadFields(Object.fromEntries(said));
  return { fileName, contentType: claimOf(claimed ?? '') ?? UNKNOWN_TYPE, fields };
}

/** As it is repeated to who asks for the offset. */
export function readTusMetadata(header: string | null): Record<string, string | null> | undefined {
  return header === null ? undefined : Metadata.parse(header);
}

export function writeTusMetadata(sent: Record<string, string | null>): string {
  return Metadata.stringify(sent);
}

/** The first of these that is said; none of them is left. */
function taken(said: Map<string, string>, names: readonly string[]): string | undefined {
  const values = names.map((name) => said.get(name));
  for (const name of names) said.delete(name);
  return values.find((value) => value !== undefined);
}
