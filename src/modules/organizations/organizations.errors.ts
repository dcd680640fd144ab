import { AppError } from '../../common/errors/app-error.js';

export const OrganizationErrors = {
  notFound: (id: string) =>
    new AppError({
      status: 404,
      code: 'organization_not_found',
      title: 'Organisation not found',
      detail: `No organisation ${id}.`,
    }),
  ownerRequired: () =>
    new AppError({
      status: 403,
      code: 'owner_required',
      title: 'Only for the owner',
      detail: 'Only the owner of the organisation may do this; while it has none, an admin names one.',
    }),
  memberNotFound: (id: string) =>
    new AppError({
      status: 404,
      code: 'user_not_found',
      title: 'User not found',
      detail: `No active user ${id}.`,
    }),
  isDefault: () =>
    new AppError({
      status: 409,
      code: 'default_organization',
      title: 'The default organisation stays',
      detail: 'The default organisation is that of whoever runs this server; it can not be deleted.',
    }),
  notDeleted: () =>
    new AppError({
      status: 409,
      code: 'organization_not_deleted',
      title: 'There is nothing to restore',
      detail: 'The organisation is not about to be removed, or it is too late.',
    }),
  invitationNotFound: (id: string) =>
    new AppError({
      status: 404,
      code: 'invitation_not_found',
      title: 'Invitation not found',
      detail: `No invitation ${id}, or it has been accepted, revoked or has expired.`,
    }),
  invalidInvitation: () =>
    new AppError({
      status: 400,
      code: 'invalid_invitation',
      title: 'The invitation does not hold',
      detail: 'The invitation is unknown, used, revoked or expired: ask for another.',
      errors: [{ field: 'token', message: 'is not the token of an open invitation' }],
    }),
  tooManyInvitations: (most: number) =>
    new AppError({
      status: 409,
      code: 'too_many_invitations',
      title: 'Too many invitations',
      detail: `At most ${most} invitations are open at a time: revoke some first.`,
    }),
  unacceptablePassword: (messages: readonly string[]) =>
    new AppError({
      status: 400,
      code: 'weak_password',
      title: 'The password is not acceptable',
      detail: 'Choose another password.',
      errors: messages.map((message) => ({ field: 'password', message })),
    }),
};
