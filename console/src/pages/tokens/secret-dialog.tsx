import { TriangleAlert } from 'lucide-react';
import { Button } from '../../components/button';
import { Copyable } from '../../components/copyable';
import { Dialog } from '../../components/dialog';

/** A secret that nobody, the server included, can show again. */
export function SecretDialog({
  title,
  secret,
  onClose,
}: {
  readonly title: string;
  readonly secret: string;
  readonly onClose: () => void;
}) {
  return (
    <Dialog title={title} onClose={onClose}>
      <div className="stack">
        <div className="notice warn">
          <TriangleAlert className="icon" />
          <div>
            Whoever has it may do what it may do. Put it where secrets are kept, not into code or chats.
          </div>
        </div>
        <Copyable text={secret} once />
      </div>
      <div className="dialog-actions">
        <Button variant="primary" onClick={onClose}>
          I have kept it
        </Button>
      </div>
    </Dialog>
  );
}
