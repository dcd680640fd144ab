import { formFields } from '../../common/http/form-fields.js';
import { UploadFields } from './files.dto.js';

/**
 * The fields of an upload's form, its metadata read.
 *
 * @throws AppError 400 naming every bad field.
 */
export function uploadFields(sent: Record<string, string>): Promise<UploadFields> {
  return formFields(UploadFields, sent, ['metadata']);
}
