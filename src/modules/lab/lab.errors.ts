import { AppError } from '../../common/errors/app-error.js';

function conflict(code: string, title: string, detail: string): AppError {
  return new AppError({ status: 409, code, title, detail });
}

export const LabErrors = {
  modelNotFound: (id: string) =>
    new AppError({
      status: 404,
      code: 'model_not_found',
      title: 'Model not found',
      detail: `No model ${id}.`,
    }),
  modelTaken: (name: string, version: string) =>
    conflict('model_taken', 'The version is taken', `There is a ${name} ${version} already.`),
  modelAssigned: (instances: readonly string[], more: boolean) =>
    conflict(
      'model_assigned',
      'The model is in use',
      `It judges ${instances.join(', ')}${more ? ' and others' : ''}. Assign them another first.`,
    ),
  modelBuiltIn: () =>
    conflict('model_built_in', 'The model is built in', 'It has no file, and neither changes nor goes.'),
  modelTooLarge: (limitBytes: number) =>
    new AppError({
      status: 413,
      code: 'model_too_large',
      title: 'The model can not be used',
      detail: `A model may have at most ${limitBytes} bytes.`,
    }),
  /** The store does not hold what was sent to it. */
  storedOtherwise: () =>
    new AppError({
      status: 503,
      code: 'storage_unavailable',
      title: 'The store does not answer',
      detail: 'The store did not keep it as it was sent. Nothing of it is left.',
    }),
  notAssigned: (instanceId: string, role: string) =>
    new AppError({
      status: 404,
      code: 'model_not_assigned',
      title: 'No model is assigned',
      detail: `${instanceId} has no ${role} assigned.`,
    }),
  experimentNotFound: (id: string) =>
    new AppError({
      status: 404,
      code: 'experiment_not_found',
      title: 'Experiment not found',
      detail: `No experiment ${id}, or it was archived.`,
    }),
  outcomeKnown: () =>
    conflict(
      'outcome_known',
      'The outcome is known',
      'An outcome was recorded before. PUT replaces it where it was wrong.',
    ),
  archiveNotFound: (id: string) =>
    new AppError({
      status: 404,
      code: 'archive_not_found',
      title: 'Archive not found',
      detail: `No archive ${id}.`,
    }),
  contentMissing: (key: string, cause: unknown) =>
    new AppError({
      status: 500,
      code: 'lab_content_missing',
      title: 'The content is not there',
      detail: `The store no longer holds ${key}.`,
      cause,
    }),
};
