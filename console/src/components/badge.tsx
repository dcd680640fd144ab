import type { ReactNode } from 'react';
import { classes } from './classes';

export type Tone = 'ok' | 'warn' | 'danger' | 'info' | 'plain';

/** A state in a word; the colour repeats what the word says. */
export function Badge({ tone = 'plain', children }: { readonly tone?: Tone; readonly children: ReactNode }) {
  return <span className={classes('badge', tone !== 'plain' && tone)}>{children}</span>;
}
