import { Presets, SingleBar } from 'cli-progress';

/** How often a log gets a line. */
const LINE_MS = 5_000;
const MB = 1e6;

/** A terminal, or what is no terminal. */
export type TextStream = NodeJS.WritableStream & { readonly isTTY?: boolean };

export interface ProgressDisplay<State> {
  readonly show: (state: State) => void;
  readonly end: () => void;
}

/** What there is to tell of something under way. */
export interface ProgressWords<State> {
  /** Null where nobody knows. */
  readonly total: number | null;
  readonly start: State;
  readonly doneOf: (state: State) => number;
  /** Before a bar, and after it. */
  readonly title?: string;
  readonly beside: (state: State) => string;
  /** Of a log: the first line, and those that follow. */
  readonly opening: string;
  readonly line: (state: State) => string;
}

/** A bar for people at a terminal, a line now and then for a log. */
export function showProgress<State>(words: ProgressWords<State>, out: TextStream): ProgressDisplay<State> {
  const { total } = words;
  return out.isTTY && total !== null && total > 0 ? bar(words, total, out) : lines(words, out);
}

function bar<State>(
  { start, doneOf, title = '', beside }: ProgressWords<State>,
  total: number,
  out: TextStream,
): ProgressDisplay<State> {
  const format = `${title}{bar} {percentage}% | {beside} | {eta_formatted}`;
  const display = new SingleBar({ stream: out, format }, Presets.shades_classic);
  display.start(total, doneOf(start), { beside: beside(start) });
  return {
    show: (state) => display.update(doneOf(state), { beside: beside(state) }),
    end: () => display.stop(),
  };
}

function lines<State>({ opening, line }: ProgressWords<State>, out: TextStream): ProgressDisplay<State> {
  let nextAt = performance.now() + LINE_MS;
  out.write(`${opening}\n`);
  return {
    show: (state) => {
      if (performance.now() < nextAt) return;
      nextAt = performance.now() + LINE_MS;
      out.write(`${line(state)}\n`);
    },
    end: () => undefined,
  };
}

export function megabytes(bytes: number): number {
  return Math.round(bytes / MB);
}
