import type { ConnectionError, ProblemError } from './errors.js';
import type { components } from './schema.js';

export type SandboxLog = components['schemas']['SandboxLogDto'];

/** What one is told of a session, in the order in which it came to pass. */
export type SandboxEvent =
  | { readonly event: 'welcome'; readonly data: { readonly session_id: string; readonly last_seq: number } }
  | { readonly event: 'log'; readonly data: SandboxLog }
  | { readonly event: 'decision'; readonly data: SandboxDecision }
  | {
      readonly event: 'session_ended';
      readonly data: { readonly session_id: string; readonly reason: string };
    };

/** As the line before it says, for machines. */
export type SandboxDecision = Readonly<Record<string, unknown>> & {
  readonly decision: string;
  readonly reason: string;
};

export interface SandboxSocketOptions {
  /** The number of the last line one has; all of the log unless given. */
  readonly since?: number;
  readonly onEvent: (event: SandboxEvent) => void;
  /** Told once, when nothing more will come: null after the session's end or `close`. */
  readonly onClose?: (reason: ProblemError | ConnectionError | null) => void;
  /** Told of each connection made and lost. */
  readonly onConnection?: (isConnected: boolean) => void;
  /** How long there may be no connection before it is given up; milliseconds. */
  readonly patienceMs?: number;
}

export interface SandboxSocket {
  /** The number of the last line that came. */
  readonly seen: number;
  close(): void;
}
