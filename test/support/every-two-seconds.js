import { CronJob } from 'cron';

/** Preloaded into a server process: each of its jobs is due every two seconds, on the even ones. */
const { from } = CronJob;
CronJob.from = (options) => from.call(CronJob, { ...options, cronTime: '*/2 * * * * *' });
