import { AppError } from '../../common/errors/app-error.js';

export const HealthErrors = {
  notReady: (detail: string) =>
    new AppError({
      status: 503,
      code: 'not_ready',
      title: 'Not ready',
      detail,
      headers: { 'Retry-After': '1' },
    }),
  metricsTokenRequired: () =>
    new AppError({
      status: 401,
      code: 'metrics_token_required',
      title: 'Metrics are protected',
      detail: 'Send METRICS_TOKEN as a bearer token.',
      headers: { 'WWW-Authenticate': 'Bearer realm="metrics"' },
    }),
};
