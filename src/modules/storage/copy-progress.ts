import {
  megabytes,
  showProgress,
  type ProgressDisplay,
  type TextStream,
} from '../../common/terminal/progress.js';
import type { CopyProgress } from './copy-store.js';

/** How many objects of a store have been copied. */
export function showCopying(total: number, out: TextStream): ProgressDisplay<CopyProgress> {
  return showProgress(
    {
      total,
      start: { copied: 0, skipped: 0, failed: 0, bytes: 0 },
      doneOf,
      beside: (progress) => `${doneOf(progress)} of ${total} objects | ${megabytes(progress.bytes)} MB`,
      opening: `${total} objects to copy`,
      line: (progress) => `${doneOf(progress)} of ${total} objects, ${megabytes(progress.bytes)} MB copied`,
    },
    out,
  );
}

function doneOf({ copied, skipped, failed }: CopyProgress): number {
  return copied + skipped + failed;
}
