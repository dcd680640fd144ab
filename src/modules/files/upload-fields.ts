import { CommonErrors } from '../../common/errors/common.errors.js';
import { textFaults } from '../../common/http/text-faults.js';
import { validationPipe } from '../../common/http/validation.pipe.js';
import { UploadFields } from './files.dto.js';

const pipe = validationPipe();

/**
 * The fields of a form as those of a JSON body: `metadata` read, all of them checked.
 *
 * @throws AppError 400 naming every bad field.
 */
export async function uploadFields(sent: Record<string, string>): Promise<UploadFields> {
  const fields: Record<string, unknown> = { ...sent };
  if (sent.metadata !== undefined) fields.metadata = jsonIn(sent.metadata);
  const faults = textFaults(fields);
  if (faults.length > 0) throw CommonErrors.validation(faults);
  return (await pipe.transform(fields, { type: 'body', metatype: UploadFields })) as UploadFields;
}

/** What is no JSON stays text, which is then refused for not being an object. */
function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
