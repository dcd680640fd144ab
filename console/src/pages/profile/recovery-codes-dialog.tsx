import { Button } from '../../components/button';
import { Copyable } from '../../components/copyable';
import { Dialog } from '../../components/dialog';

export function RecoveryCodesDialog({
  codes,
  onClose,
}: {
  readonly codes: readonly string[];
  readonly onClose: () => void;
}) {
  return (
    <Dialog title="Your recovery codes" onClose={onClose}>
      <div className="stack">
        <p>
          Each signs you in once when the phone is not at hand. Keep them where the phone is not; those you
          had before are void.
        </p>
        <Copyable text={codes.join('\n')} once />
      </div>
      <div className="dialog-actions">
        <Button variant="primary" onClick={onClose}>
          I have kept them
        </Button>
      </div>
    </Dialog>
  );
}
