import { AppError } from '../../../../common/errors/app-error.js';

export const PointInTimeErrors = {
  /** @param from the end of the backup. @param to the newest moment in the log that was archived. */
  outOfRange: (at: Date, from: Date, to: Date, cause?: unknown) =>
    new AppError({
      status: 400,
      code: 'moment_out_of_range',
      title: 'There is no way to that moment',
      detail: `${at.toISOString()} can not be reached from this backup: it leads from ${from.toISOString()} to ${to.toISOString()}. ${
        at < from ? 'Take an older backup.' : 'What came later was not archived.'
      }`,
      cause,
    }),
};
