import { AppError } from '../../common/errors/app-error.js';

export const ConsoleErrors = {
  notBuilt: () =>
    new AppError({
      status: 404,
      code: 'console_not_built',
      title: 'The console has not been built',
      detail: 'Run `npm run build` and start the server again; the API works without it.',
    }),
};
