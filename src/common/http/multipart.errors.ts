import { AppError } from '../errors/app-error.js';
import { CommonErrors } from '../errors/common.errors.js';

/** What a caller is told of a form it sent. */
export const MultipartErrors = {
  formExpected: () =>
    new AppError({
      status: 415,
      code: 'unsupported_media_type',
      title: 'The body has the wrong type',
      detail: 'Send a form, with Content-Type: multipart/form-data.',
    }),
  malformed: () =>
    new AppError({
      status: 400,
      code: 'malformed_body',
      title: 'The body can not be read',
      detail: 'The body is not a valid form, or it ended early.',
    }),
  /** Nobody is left to read this; it is for the log. */
  interrupted: () =>
    new AppError({
      status: 400,
      code: 'upload_interrupted',
      title: 'The upload was cut off',
      detail: 'The connection ended before the body did.',
    }),
  field: (name: string, message: string) =>
    CommonErrors.validation([
      { field: name.toWellFormed().replaceAll('\0', '\uFFFD').slice(0, 64), message },
    ]),
  fieldAfterFile: (name: string) =>
    new AppError({
      status: 400,
      code: 'field_after_file',
      title: 'A field came after the file',
      detail: `The field ${name.slice(0, 64).toWellFormed()} came after the file. Send all fields before it: what follows the file is known too late.`,
    }),
};
