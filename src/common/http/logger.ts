import type { LoggerService } from '@nestjs/common';
import { destination, pino, type DestinationStream, type Level, type Logger, type LoggerOptions } from 'pino';
import { default as pretty } from 'pino-pretty';
import { LogConfig } from '../../config/config.js';
import { traceFields } from '../../telemetry/span.js';

/** Names under which a secret could reach a log line, at any depth we log. */
const SECRET_NAMES = [
  'password',
  'new_password',
  'current_password',
  'token',
  'access_token',
  'refresh_token',
  'secret',
  'aws_access_key',
  'aws_secret_key',
  'aws_session_token',
];
const REDACTED = [...SECRET_NAMES, 'authorization', 'cookie'].flatMap((name) => [
  name,
  `*.${name}`,
  `*.*.${name}`,
]);

/** The process's log: JSON for machines, readable lines for people. */
export class RootLogger {
  readonly pino: Logger;
  /** For lines that name each of their fields and so can hold no secret: looking for one is most of a line's cost. */
  readonly unredacted: Logger;

  /** @param tells whether each line tells of its trace. */
  constructor({ level, format }: LogConfig, tells: 'its trace' | 'no trace' = 'no trace') {
    const options: LoggerOptions = {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label: string) => ({ level: label }) },
      ...(tells === 'its trace' ? { mixin: () => traceFields() } : {}),
    };
    const stream = format === 'json' ? blocks() : readable();
    this.pino = pino({ ...options, redact: { paths: REDACTED, censor: '[redacted]' } }, stream);
    this.unredacted = pino(options, stream);
  }
}

const BLOCK_BYTES = 65_536;

/**
 * Lines leave in blocks, at the latest after half a second: handing one to the thread that writes
 * costs as much as many lines. They are given as bytes, for of a block of text the writer would
 * copy and measure all that waits with each further line.
 */
function blocks(): DestinationStream & { flushSync(): void } {
  const stream = destination({
    fd: 1,
    sync: false,
    minLength: BLOCK_BYTES,
    maxWrite: 2 * BLOCK_BYTES,
    periodicFlush: 500,
    contentMode: 'buffer',
  });
  // It takes bytes in this mode, whatever its types say.
  const writer = stream as unknown as { write(line: Buffer): boolean };
  return { write: (line) => void writer.write(Buffer.from(line)), flushSync: () => stream.flushSync() };
}

function readable(): DestinationStream {
  return pretty({
    colorize: process.stdout.isTTY,
    singleLine: true,
    translateTime: 'SYS:HH:MM:ss.l',
    sync: true,
  });
}

/** Nest's own messages, in the same log. */
export class NestLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, context?: unknown): void {
    // Nest narrates every route it maps; that is for debugging.
    this.write('debug', message, context);
  }

  error(message: unknown, ...details: unknown[]): void {
    this.write('error', message, details.at(-1), details.length > 1 ? { stack: details[0] } : {});
  }

  warn(message: unknown, context?: unknown): void {
    this.write('warn', message, context);
  }

  debug(message: unknown, context?: unknown): void {
    this.write('debug', message, context);
  }

  verbose(message: unknown, context?: unknown): void {
    this.write('trace', message, context);
  }

  fatal(message: unknown, context?: unknown): void {
    this.write('fatal', message, context);
  }

  private write(level: Level, message: unknown, context: unknown, details: object = {}): void {
    const bindings = { ...(typeof context === 'string' ? { context } : {}), ...details };
    if (message instanceof Error) this.logger[level]({ ...bindings, err: message }, message.message);
    else if (typeof message === 'object') this.logger[level]({ ...bindings, ...message });
    else this.logger[level](bindings, typeof message === 'string' ? message : JSON.stringify(message));
  }
}
