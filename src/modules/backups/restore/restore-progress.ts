import {
  megabytes,
  showProgress,
  type ProgressDisplay,
  type TextStream,
} from '../../../common/terminal/progress.js';

export type BytesDisplay = ProgressDisplay<number>;

/** How many bytes of something have been read. @param total null where nobody knows. */
export function showBytes(what: string, total: number | null, out: TextStream): BytesDisplay {
  const all = total === null ? '' : String(megabytes(total));
  return showProgress(
    {
      total,
      start: 0,
      doneOf: (bytes) => bytes,
      title: `${what} `,
      beside: (bytes) => `${megabytes(bytes)} of ${all} MB`,
      opening: all === '' ? what : `${what} ${all} MB`,
      line: (bytes) => `${what}: ${megabytes(bytes)}${all === '' ? '' : ` of ${all}`} MB`,
    },
    out,
  );
}
