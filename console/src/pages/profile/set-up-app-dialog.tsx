import { useQuery } from '@tanstack/react-query';
import { api, type components } from '../../api/client';
import { Copyable } from '../../components/copyable';
import { Dialog } from '../../components/dialog';
import { TextField } from '../../components/field';
import { Form, FormActions, useApiForm } from '../../components/form';
import { Loaded } from '../../components/loaded';

interface SetUpProps {
  readonly onClose: () => void;
  readonly onDone: (recoveryCodes: readonly string[]) => void;
}

export function SetUpAppDialog({ onClose, onDone }: SetUpProps) {
  const query = useQuery({
    queryKey: ['totp-set-up'],
    queryFn: async () => (await api.POST('/api/v1/auth/mfa/totp')).data,
    // A secret of its own each time, and never asked for again behind the person's back.
    gcTime: 0,
    staleTime: Infinity,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });
  return (
    <Dialog title="Set up an authenticator app" onClose={onClose}>
      <Loaded query={query}>{(setUp) => <ConfirmForm setUp={setUp} onDone={onDone} />}</Loaded>
    </Dialog>
  );
}

function ConfirmForm({
  setUp,
  onDone,
}: {
  readonly setUp: components['schemas']['TotpSetupDto'];
  readonly onDone: SetUpProps['onDone'];
}) {
  const form = useApiForm({ code: '' }, async (body) =>
    onDone((await api.POST('/api/v1/auth/mfa/totp/confirm', { body })).data.recovery_codes),
  );
  return (
    <div className="stack">
      <p>Scan this with your app, or type the secret in.</p>
      <img className="qr" alt="QR code of the secret below" src={imageOf(setUp.qr_svg)} />
      <Copyable text={setUp.secret} />
      <Form of={form}>
        <TextField
          label="Code"
          description="What the app shows now."
          inputMode="numeric"
          autoComplete="one-time-code"
          {...form.field('code', { required: 'Enter the code.' })}
        />
        <FormActions of={form}>Turn it on</FormActions>
      </Form>
    </div>
  );
}

/** As a picture, so that nothing in it can become a part of the page. */
const imageOf = (svg: string) => `data:image/svg+xml,${encodeURIComponent(svg)}`;
