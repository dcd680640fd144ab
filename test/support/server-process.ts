import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { memoryOrDisk } from './scratch.js';

const MAIN = join(import.meta.dirname, '..', '..', 'dist', 'src', 'main.js');

/** The built server as an operator runs it: a process of its own, seen by its output, its exit code and its port. */
export class ServerProcess {
  output = '';
  private readonly exited: Promise<number | null>;

  private constructor(
    private readonly child: ChildProcess,
    readonly dataDir: string,
  ) {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        this.output += chunk.toString();
        child.emit('printed');
      });
    }
    this.exited = once(child, 'exit').then(([code]) => code as number | null);
  }

  static start(
    env: Readonly<Record<string, string>>,
    dataDir = mkdtempSync(join(memoryOrDisk(), 'cloudkeep-main-')),
  ): ServerProcess {
    // A folder of its own as working directory, so that no .env of a developer is read.
    const child = spawn(process.execPath, [MAIN], {
      cwd: dataDir,
      env: { PATH: process.env.PATH, HOST: '127.0.0.1', PORT: '0', DATA_DIR: join(dataDir, 'data'), ...env },
    });
    return new ServerProcess(child, dataDir);
  }

  /** Resolves with the URL of the banner; rejects with the output of a server that ended before. */
  async ready(): Promise<string> {
    for (;;) {
      const url = /^ {2}URL +http:\/\/localhost:(\d+)$/m.exec(this.output);
      if (url !== null) return `http://127.0.0.1:${url[1]}`;
      const ended = await Promise.race([
        once(this.child, 'printed').then(() => false),
        this.exited.then(() => true),
      ]);
      if (ended) throw new Error(`The server ended: ${this.output}`);
    }
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** The exit code; null when a signal ended it. */
  exitCode(): Promise<number | null> {
    return this.exited;
  }

  /** Ends it in good order, and removes its folder. */
  async dispose(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      this.child.kill('SIGTERM');
      await this.exited;
    }
    rmSync(this.dataDir, { recursive: true, force: true });
  }
}
