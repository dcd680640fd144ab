import { AppError } from '../../common/errors/app-error.js';

export const MarketErrors = {
  /** The market gave no answer that can be used, or none in time. */
  unavailable: (detail: string, cause?: unknown) =>
    new AppError({
      status: 502,
      code: 'market_unavailable',
      title: 'The market does not answer',
      detail,
      cause,
    }),
  credentialsRefused: (detail: string, cause?: unknown) =>
    new AppError({
      status: 400,
      code: 'market_credentials_refused',
      title: 'The cloud refuses the credentials',
      detail,
      cause,
    }),
  unknownRegion: (detail: string, cause?: unknown) =>
    new AppError({
      status: 400,
      code: 'unknown_region',
      title: 'There is no such region',
      detail,
      cause,
    }),
  /** 400, not 404: what is missing is no resource of ours. */
  instanceNotFound: (instanceId: string, region: string, cause?: unknown) =>
    new AppError({
      status: 400,
      code: 'instance_not_found',
      title: 'The cloud has no such instance',
      detail: `The account has no instance ${instanceId} in ${region}.`,
      cause,
    }),
};
