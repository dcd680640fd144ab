import { useState } from 'react';
import { api } from '../../api/client';
import { Button } from '../../components/button';
import { Copyable } from '../../components/copyable';
import { Dialog } from '../../components/dialog';
import { SelectField, TextField } from '../../components/field';
import { Form, FormActions, useApiForm, type ApiForm } from '../../components/form';
import { useRefresh } from '../../components/use-change';
import type { FileOf } from './keys';

interface DialogProps {
  readonly file: FileOf;
  readonly onClose: () => void;
}

export function NewLinkDialog({ file, onClose }: DialogProps) {
  const [url, setUrl] = useState<string | null>(null);
  if (url === null) {
    return (
      <Dialog title="Make a link" onClose={onClose}>
        <LinkForm file={file} onMade={setUrl} />
      </Dialog>
    );
  }
  return (
    <Dialog title="The link" onClose={onClose}>
      <div className="stack">
        <p>Whoever has it has the file, without signing in. Send it only to whom you mean.</p>
        <Copyable text={url} once />
      </div>
      <div className="dialog-actions">
        <Button variant="primary" onClick={onClose}>
          I have kept it
        </Button>
      </div>
    </Dialog>
  );
}

const LIVES = [
  ['3600', 'An hour'],
  ['86400', 'A day'],
  ['604800', 'A week'],
] as const;

interface LinkValues {
  expires_in_seconds: string;
  max_uses: string;
  ip: string;
  disposition: string;
}

const USUAL: LinkValues = { expires_in_seconds: '86400', max_uses: '', ip: '', disposition: 'attachment' };

function LinkForm({ file, onMade }: { readonly file: FileOf; readonly onMade: (url: string) => void }) {
  const refresh = useRefresh(['files', 'links', file.id]);
  const form = useApiForm<LinkValues>(USUAL, async (given) => {
    const { data } = await api.POST('/api/v1/files/{id}/links', {
      params: { path: { id: file.id } },
      body: {
        expires_in_seconds: Number(given.expires_in_seconds),
        disposition: given.disposition === 'inline' ? 'inline' : 'attachment',
        version: file.version,
        ...(given.max_uses !== '' && { max_uses: Number(given.max_uses) }),
        ...(given.ip.trim() !== '' && { ip: given.ip.trim() }),
      },
    });
    onMade(data.url);
    await refresh();
  });
  return <LinkFields form={form} />;
}

function LinkFields({ form }: { readonly form: ApiForm<LinkValues> }) {
  return (
    <Form of={form}>
      <SelectField label="Works for" {...form.field('expires_in_seconds')}>
        {LIVES.map(([seconds, words]) => (
          <option key={seconds} value={seconds}>
            {words}
          </option>
        ))}
      </SelectField>
      <TextField
        label="Number of uses"
        description="Empty for any number. Chat programs that show a preview use one up."
        optional
        inputMode="numeric"
        {...form.field('max_uses', { pattern: { value: /^[1-9]\d*$/, message: 'A number from 1 on.' } })}
      />
      <TextField
        label="Only from"
        description="An address or a network, such as 203.0.113.0/24."
        optional
        autoComplete="off"
        {...form.field('ip')}
      />
      <SelectField
        label="The browser"
        description="Types that could run something are downloaded either way."
        {...form.field('disposition')}
      >
        <option value="attachment">downloads it</option>
        <option value="inline">shows it</option>
      </SelectField>
      <FormActions of={form}>Make the link</FormActions>
    </Form>
  );
}
