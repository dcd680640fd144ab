import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import type { AzureLocation } from '../../src/config/storage.js';

const ACCOUNT = 'devstoreaccount1';
/** Published by Microsoft for its emulator. */
const KEY = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';

/** Ends with whoever started it, however that ended. */
const WATCHED = `
  process.stdin.on('end', () => process.exit()).on('error', () => process.exit()).resume();
  require(process.argv[1]);
`;

/** Azurite in a process of its own on a free loopback port, with nothing on any disk. */
export class AzureServer {
  private constructor(
    private readonly child: ChildProcess,
    /** Of the account. */
    readonly url: string,
  ) {}

  static async start(): Promise<AzureServer> {
    const main = createRequire(import.meta.url).resolve('azurite/dist/src/blob/main.js');
    const options = ['--inMemoryPersistence', '--skipApiVersionCheck', '--disableTelemetry', '--silent'];
    const where = ['--blobHost', '127.0.0.1', '--blobPort', '0'];
    const child = spawn(process.execPath, ['-e', WATCHED, main, ...options, ...where], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    for await (const line of createInterface(child.stdout)) {
      const [, url] = /successfully listens on (\S+)/.exec(line) ?? [];
      if (url !== undefined) return new AzureServer(child, `${url}/${ACCOUNT}`);
    }
    throw new Error('Azurite did not start');
  }

  location(overrides: Partial<AzureLocation> = {}): AzureLocation {
    return {
      backend: 'azure',
      container: `test-${randomUUID()}`,
      connectionString: this.connectionString(),
      ...overrides,
    };
  }

  connectionString(url = this.url, key = KEY): string {
    return `DefaultEndpointsProtocol=http;AccountName=${ACCOUNT};AccountKey=${key};BlobEndpoint=${url};`;
  }

  async stop(): Promise<void> {
    const gone = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await gone;
  }
}
