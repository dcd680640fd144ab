import { AppError } from '../../common/errors/app-error.js';

export const FileLinkErrors = {
  notFound: (id: string) =>
    new AppError({
      status: 404,
      code: 'file_link_not_found',
      title: 'Link not found',
      detail: `The file has no link ${id}.`,
    }),
  revoked: () =>
    new AppError({
      status: 410,
      code: 'file_link_revoked',
      title: 'The link no longer works',
      detail: 'It was revoked, or its file is gone for good.',
    }),
  /** It may come back, out of the trash for one. */
  unavailable: () =>
    new AppError({
      status: 404,
      code: 'file_link_unavailable',
      title: 'The file is not there',
      detail: 'The file was deleted, or whoever shared it has no account any more.',
    }),
  usedUp: () =>
    new AppError({
      status: 410,
      code: 'file_link_used_up',
      title: 'The link is used up',
      detail: 'It was opened as often as whoever made it allows.',
    }),
  addressNotAllowed: () =>
    new AppError({
      status: 403,
      code: 'file_link_address_not_allowed',
      title: 'Not from here',
      detail: 'The link works only from the address it was made for.',
    }),
};
