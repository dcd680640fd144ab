import { Presets, SingleBar } from 'cli-progress';

const LINE_MS = 5_000;
const MB = 1e6;

/** A terminal, or what is no terminal. */
export type TextStream = NodeJS.WritableStream & { readonly isTTY?: boolean };

export interface BytesDisplay {
  readonly show: (bytes: number) => void;
  readonly end: () => void;
}

/** A bar for people at a terminal, a line now and then for a log. @param total null where nobody knows. */
export function showBytes(what: string, total: number | null, out: TextStream): BytesDisplay {
  return out.isTTY && total !== null && total > 0 ? bar(what, total, out) : lines(what, total, out);
}

function bar(what: string, total: number, out: TextStream): BytesDisplay {
  const format = `${what} {bar} {percentage}% | {megabytes} of ${megabytes(total)} MB | {eta_formatted}`;
  const display = new SingleBar({ stream: out, format }, Presets.shades_classic);
  display.start(total, 0, { megabytes: 0 });
  return {
    show: (bytes) => display.update(bytes, { megabytes: megabytes(bytes) }),
    end: () => display.stop(),
  };
}

function lines(what: string, total: number | null, out: TextStream): BytesDisplay {
  let nextAt = performance.now() + LINE_MS;
  out.write(`${what}${total === null ? '' : ` ${megabytes(total)} MB`}\n`);
  return {
    show: (bytes) => {
      if (performance.now() < nextAt) return;
      nextAt = performance.now() + LINE_MS;
      out.write(`${what}: ${megabytes(bytes)}${total === null ? '' : ` of ${megabytes(total)}`} MB\n`);
    },
    end: () => undefined,
  };
}

function megabytes(bytes: number): number {
  return Math.round(bytes / MB);
}
