import { AppError } from '../../common/errors/app-error.js';

export const ApiKeyErrors = {
  notFound: (id: string) =>
    new AppError({
      status: 404,
      code: 'api_key_not_found',
      title: 'API key not found',
      detail: `No API key ${id}, or it has been revoked.`,
    }),
  tokenNotFound: (id: string) =>
    new AppError({
      status: 404,
      code: 'token_not_found',
      title: 'Token not found',
      detail: `No personal access token ${id} of yours, or it has been revoked.`,
    }),
  tooMany: (limit: number) =>
    new AppError({
      status: 409,
      code: 'too_many_credentials',
      title: 'Too many tokens or keys',
      detail: `There are ${limit} already, the most there may be: revoke what nobody uses.`,
    }),
};
