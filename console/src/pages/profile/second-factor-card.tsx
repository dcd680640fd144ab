import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, type components } from '../../api/client';
import { Badge } from '../../components/badge';
import { Button } from '../../components/button';
import { Loaded } from '../../components/loaded';
import { Card } from '../../components/page';
import { useChange, useRefresh } from '../../components/use-change';
import { SESSION } from '../../session/session';
import { MFA } from './keys';
import { RecoveryCodesDialog } from './recovery-codes-dialog';
import { RemoveAppDialog } from './remove-app-dialog';
import { SetUpAppDialog } from './set-up-app-dialog';

type Mfa = components['schemas']['MfaDto'];
type Open = 'set-up' | 'remove' | readonly string[] | null;

export function SecondFactorCard({ mayChange }: { readonly mayChange: boolean }) {
  const query = useQuery({
    queryKey: MFA,
    queryFn: async ({ signal }) => (await api.GET('/api/v1/auth/mfa', { signal })).data,
  });
  return (
    <Card
      title="Authenticator app"
      about="A code from your phone beside the password, so that the password alone opens nothing."
    >
      <Loaded query={query}>{(mfa) => <Factors mfa={mfa} mayChange={mayChange} />}</Loaded>
    </Card>
  );
}

function Factors({ mfa, mayChange }: { readonly mfa: Mfa; readonly mayChange: boolean }) {
  const [open, setOpen] = useState<Open>(null);
  const refresh = useRefresh(MFA, SESSION);
  const hasApp = mfa.methods.includes('totp');
  const close = () => {
    setOpen(null);
    void refresh();
  };
  return (
    <div className="stack">
      <div className="row">
        {hasApp ? <Badge tone="ok">on</Badge> : <Badge>off</Badge>}
        {mfa.methods.length > 0 && (
          <span className="muted">{mfa.recovery_codes_left} recovery codes left</span>
        )}
      </div>
      {mayChange && (
        <div className="row">
          {hasApp ? (
            <Button onClick={() => setOpen('remove')}>Remove the app</Button>
          ) : (
            <Button variant="primary" onClick={() => setOpen('set-up')}>
              Set up an app
            </Button>
          )}
          {mfa.methods.length > 0 && <NewRecoveryCodes onMade={setOpen} />}
        </div>
      )}
      {open === 'set-up' && <SetUpAppDialog onClose={close} onDone={setOpen} />}
      {open === 'remove' && <RemoveAppDialog onClose={close} />}
      {Array.isArray(open) && <RecoveryCodesDialog codes={open as readonly string[]} onClose={close} />}
    </div>
  );
}

function NewRecoveryCodes({ onMade }: { readonly onMade: (codes: readonly string[]) => void }) {
  const make = useChange(
    async () => onMade((await api.POST('/api/v1/auth/mfa/recovery-codes')).data.recovery_codes),
    { refresh: [MFA] },
  );
  return (
    <Button busy={make.isPending} onClick={() => make.mutate()}>
      New recovery codes
    </Button>
  );
}
