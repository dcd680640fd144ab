import type { WriteStream } from 'node:tty';
import { Presets, SingleBar } from 'cli-progress';
import type { CopyProgress } from './copy-store.js';

/** How often a log gets a line. */
const LINE_MS = 5_000;

export interface ProgressDisplay {
  readonly show: (progress: CopyProgress) => void;
  readonly end: () => void;
}

/** A bar for people at a terminal, a line now and then for a log. */
export function showProgress(total: number, out: WriteStream): ProgressDisplay {
  return out.isTTY ? bar(total, out) : lines(total, out);
}

function bar(total: number, out: WriteStream): ProgressDisplay {
  const display = new SingleBar(
    {
      stream: out,
      format: '{bar} {percentage}% | {value} of {total} objects | {megabytes} MB | {eta_formatted}',
    },
    Presets.shades_classic,
  );
  display.start(total, 0, { megabytes: 0 });
  return {
    show: (progress) => display.update(doneOf(progress), { megabytes: megabytesOf(progress) }),
    end: () => display.stop(),
  };
}

function lines(total: number, out: WriteStream): ProgressDisplay {
  let nextAt = performance.now() + LINE_MS;
  out.write(`${total} objects to copy\n`);
  return {
    show: (progress) => {
      if (performance.now() < nextAt) return;
      nextAt = performance.now() + LINE_MS;
      out.write(`${doneOf(progress)} of ${total} objects, ${megabytesOf(progress)} MB copied\n`);
    },
    end: () => undefined,
  };
}

function doneOf({ copied, skipped, failed }: CopyProgress): number {
  return copied + skipped + failed;
}

function megabytesOf({ bytes }: CopyProgress): number {
  return Math.round(bytes / 1e6);
}
