import { AppError } from '../../common/errors/app-error.js';

export const UploadErrors = {
  notFound: (id: string) =>
    new AppError({
      status: 404,
      code: 'upload_not_found',
      title: 'Upload not found',
      detail: `No upload ${id} is under way.`,
    }),
  expired: () =>
    new AppError({
      status: 410,
      code: 'upload_expired',
      title: 'The upload has expired',
      detail: 'It was not finished in time, and what came of it is removed. Begin anew.',
    }),
  completed: (id: string) =>
    new AppError({
      status: 409,
      code: 'upload_completed',
      title: 'The upload is complete',
      detail: `Upload ${id} has become a file.`,
    }),
  contentAwaited: () =>
    new AppError({
      status: 409,
      code: 'upload_content_awaited',
      title: 'The content has not come yet',
      detail: 'Send all of it to the upload’s address first.',
    }),
  /** Told before a byte of it is read; of a body without a length the store tells. */
  otherLength: (expected: number, announced: number) =>
    new AppError({
      status: 400,
      code: 'size_mismatch',
      title: 'The body has another size than announced',
      detail: `The upload is of ${expected} bytes, the body of ${announced}.`,
    }),
  sizeMismatch: (expected: number, received: number) =>
    new AppError({
      status: 409,
      code: 'upload_size_mismatch',
      title: 'The content has another size than announced',
      detail: `Announced were ${expected} bytes, ${received} came. They are removed; send the right ones.`,
    }),
  digestMismatch: (expected: string, received: string) =>
    new AppError({
      status: 409,
      code: 'upload_digest_mismatch',
      title: 'The content is not what was announced',
      detail: `Announced was SHA-256 ${expected}, ${received} came. It is removed; send the right one.`,
    }),
  /** Another request for the same upload came later, and goes on with it. */
  superseded: () =>
    new AppError({
      status: 409,
      code: 'upload_superseded',
      title: 'Another request goes on with this upload',
      detail: 'Ask for its offset, and go on from there.',
    }),
};
