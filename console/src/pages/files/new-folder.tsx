import { FolderPlus } from 'lucide-react';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { Button } from '../../components/button';
import { Dialog } from '../../components/dialog';
import { TextField } from '../../components/field';
import { Form, FormActions, useApiForm } from '../../components/form';
import { folderAddress } from './use-file-filters';

const NAME = {
  value: /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/,
  message: 'Up to 64 letters, digits, ".", "_" and "-", the first a letter or digit.',
};

/** A folder is there once it has a file: this only leads to where that is uploaded. */
export function NewFolder() {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button small variant="quiet" icon={FolderPlus} onClick={() => setOpen(true)}>
        New folder
      </Button>
      {open && (
        <Dialog title="New folder" onClose={() => setOpen(false)}>
          <NameForm onDone={() => setOpen(false)} />
        </Dialog>
      )}
    </>
  );
}

function NameForm({ onDone }: { readonly onDone: () => void }) {
  const navigate = useNavigate();
  const form = useApiForm({ name: '' }, async ({ name }) => {
    await navigate(folderAddress(name));
    onDone();
  });
  return (
    <Form of={form}>
      <TextField
        label="Name"
        description="It stays once a file is in it."
        autoComplete="off"
        {...form.field('name', { required: 'Give it a name.', pattern: NAME })}
      />
      <FormActions of={form}>Open it</FormActions>
    </Form>
  );
}
