import { DatabaseBackup } from 'lucide-react';
import { useState } from 'react';
import { api } from '../../api/client';
import { Button } from '../../components/button';
import { Dialog } from '../../components/dialog';
import { SelectField } from '../../components/field';
import { Form, FormActions, useApiForm } from '../../components/form';
import { toasts } from '../../components/toasts';
import { useRefresh } from '../../components/use-change';
import { BACKUPS, type Backup } from './backup';

export function StartBackup() {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button variant="primary" icon={DatabaseBackup} onClick={() => setOpen(true)}>
        Start a backup
      </Button>
      {open && (
        <Dialog title="Start a backup" onClose={() => setOpen(false)}>
          <KindForm close={() => setOpen(false)} />
        </Dialog>
      )}
    </>
  );
}

function KindForm({ close }: { readonly close: () => void }) {
  const refresh = useRefresh(BACKUPS);
  const form = useApiForm<{ kind: Backup['kind'] }>({ kind: 'full' }, async (body) => {
    await api.POST('/api/v1/backups', { body });
    toasts.tell('The backup begins as soon as none other is being made.');
    close();
    await refresh();
  });
  return (
    <Form of={form}>
      <p className="muted">
        It holds the rows of every organisation and the inventory of the files’ store, and is verified by a
        restore once it is made.
      </p>
      <SelectField
        label="Kind"
        description="An incremental one holds what has changed since the newest, and can be made where the server archives its log."
        {...form.field('kind')}
      >
        <option value="full">Full</option>
        <option value="incremental">Incremental</option>
      </SelectField>
      <FormActions of={form} onCancel={close}>
        Start
      </FormActions>
    </Form>
  );
}
