import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { backupCommands } from '../../src/backup-restore.js';
import type { CliOutcome } from './cli-process.js';

/** A command about backups without a process of its own, which takes a second to start. */
export async function callBackupCommand(
  [name = '', ...args]: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<CliOutcome> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const said = Promise.all([text(stdout), text(stderr)]);
  const command = backupCommands[name as keyof typeof backupCommands];
  const code = await command(args, { env, stdout, stderr }).finally(() => {
    stdout.end();
    stderr.end();
  });
  const [out, errors] = await said;
  return { code, out, errors };
}
