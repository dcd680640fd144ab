import { X } from 'lucide-react';
import { useEffect, useRef, useSyncExternalStore } from 'react';
import { problemOf } from '../api/problem';
import { Button, IconButton } from './button';
import { classes } from './classes';
import { Store } from './store';

interface Toast {
  readonly id: number;
  readonly text: string;
  readonly failed: boolean;
  readonly undo?: () => Promise<unknown>;
}

const SHOWN_MS = 8_000;
const store = new Store<readonly Toast[]>([]);
let last = 0;

function add(toast: Omit<Toast, 'id'>): void {
  store.set([...store.value, { ...toast, id: (last += 1) }].slice(-3));
}

function remove(id: number): void {
  store.set(store.value.filter((toast) => toast.id !== id));
}

/** Short news of what was done, from anywhere. */
export const toasts = {
  tell: (text: string) => add({ text, failed: false }),
  /** Stays for eight seconds, in which it can be taken back. */
  undoable: (text: string, undo: () => Promise<unknown>) => add({ text, failed: false, undo }),
  /** A refusal that no form or page has a place for; stays until it is closed. */
  problem: (error: unknown) => {
    const { title, detail } = problemOf(error);
    add({ text: `${title}. ${detail}`, failed: true });
  },
};

export function Toasts() {
  const shown = useSyncExternalStore(store.subscribe, store.get);
  const ref = useRef<HTMLDivElement>(null);
  // In the top layer and put there anew, so that an open dialog does not cover it.
  useEffect(() => {
    if (ref.current?.matches(':popover-open')) ref.current.hidePopover();
    if (shown.length > 0) ref.current?.showPopover();
  }, [shown]);
  return (
    <div ref={ref} className="toasts" popover="manual" role="status" aria-live="polite">
      {shown.map((toast) => (
        <ToastLine key={toast.id} toast={toast} />
      ))}
    </div>
  );
}

function ToastLine({ toast: { id, text, failed, undo } }: { readonly toast: Toast }) {
  useEffect(() => {
    if (failed) return;
    const timer = setTimeout(() => remove(id), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [id, failed]);
  const takeBack = () => {
    remove(id);
    undo?.().catch(toasts.problem);
  };
  return (
    <div className={classes('toast', failed && 'failed')}>
      <p>{text}</p>
      {undo && (
        <Button small onClick={takeBack}>
          Undo
        </Button>
      )}
      <IconButton icon={X} label="Dismiss" small onClick={() => remove(id)} />
    </div>
  );
}
