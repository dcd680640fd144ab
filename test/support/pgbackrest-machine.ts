import { execFile } from 'node:child_process';
import { chownSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { promisify } from 'node:util';

const run = promisify(execFile);

export async function ownerOfServers(): Promise<{ uid: number; gid: number }> {
  const [uid, gid] = await Promise.all(['-u', '-g'].map((flag) => run('id', [flag, 'postgres'])));
  return { uid: Number(uid?.stdout), gid: Number(gid?.stdout) };
}

/** Lines of `[global]`. */
export function repositoryAt(path: string): string[] {
  return [
    `repo1-path=${path}`,
    'repo1-cipher-type=aes-256-cbc',
    'repo1-cipher-pass=only-a-test-knows-this',
    'repo1-bundle=y',
    'compress-type=zst',
    'start-fast=y',
  ];
}

export function commandLine(pid: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    return [];
  }
}

/** Turns one byte in the middle of a file. */
export function corrupt(file: string): void {
  const bytes = readFileSync(file);
  const middle = Math.floor(bytes.length / 2);
  bytes.writeUInt8((bytes.at(middle) ?? 0) ^ 0xff, middle);
  const { uid, gid } = statSync(file);
  writeFileSync(file, bytes);
  chownSync(file, uid, gid);
}
