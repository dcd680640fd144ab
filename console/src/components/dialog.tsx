import { X } from 'lucide-react';
import { useId, useLayoutEffect, useRef, useState, type ReactNode } from 'react';
import { Button, IconButton } from './button';
import { classes } from './classes';
import { TextField } from './field';
import { ProblemNotice } from './problem-notice';

interface DialogProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly wide?: boolean;
  /** At the side of the page, as high as it: for what belongs to a line of a list. */
  readonly drawer?: boolean;
  readonly children: ReactNode;
}

/** Over the page while it is rendered; what had the focus before has it again afterwards. */
export function Dialog({ title, onClose, wide, drawer, children }: DialogProps) {
  const ref = useRef<HTMLDialogElement>(null);
  const id = useId();
  // Before it is taken out of the page: only an open dialog gives the focus back.
  useLayoutEffect(() => {
    const dialog = ref.current;
    dialog?.showModal();
    return () => dialog?.close();
  }, []);
  return (
    <dialog
      ref={ref}
      className={classes('dialog', wide && 'wide', drawer && 'drawer')}
      aria-labelledby={id}
      onCancel={(event) => {
        // Some browsers would close it on a second Escape whatever we say.
        event.preventDefault();
        if (event.target === event.currentTarget) onClose();
      }}
    >
      <div className="dialog-header">
        <h2 id={id}>{title}</h2>
        <IconButton icon={X} label="Close" small onClick={onClose} />
      </div>
      <div className="dialog-body">{children}</div>
    </dialog>
  );
}

interface ConfirmProps extends DialogProps {
  /** What the button says: the deed itself, not "OK". */
  readonly action: string;
  readonly danger?: boolean;
  /** To be typed first, where a slip would be dear. */
  readonly typed?: string;
  readonly onConfirm: () => Promise<unknown>;
}

/** Asks before what can not be undone; closes once it is done, and tells why where it is refused. */
export function ConfirmDialog({ action, danger, typed, onConfirm, children, ...dialog }: ConfirmProps) {
  const [given, setGiven] = useState('');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);
  const confirm = async () => {
    setBusy(true);
    setProblem(null);
    await onConfirm()
      .then(dialog.onClose, setProblem)
      .finally(() => setBusy(false));
  };
  return (
    <Dialog {...dialog}>
      <div className="stack">
        {problem !== null && <ProblemNotice error={problem} />}
        <div>{children}</div>
        {typed !== undefined && (
          <TextField
            label={`Type ${typed} to go on`}
            value={given}
            autoComplete="off"
            onChange={(event) => setGiven(event.target.value)}
          />
        )}
      </div>
      <div className="dialog-actions">
        <Button onClick={dialog.onClose}>Cancel</Button>
        <Button
          variant={danger ? 'danger' : 'primary'}
          busy={busy}
          disabled={typed !== undefined && given !== typed}
          onClick={() => void confirm()}
        >
          {action}
        </Button>
      </div>
    </Dialog>
  );
}
