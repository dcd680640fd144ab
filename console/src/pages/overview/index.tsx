import { Page } from '../../components/page';
import { LinkButton } from '../../components/button';
import { useCan, useProfile } from '../../session/session';
import { FIRST_ADMIN } from '../welcome/first-admin';
import { BackupCard } from './backup-card';
import { HealthCard } from './health-card';
import { SandboxCard } from './sandbox-card';
import { SignInsCard } from './sign-ins-card';
import { StorageCard } from './storage-card';
import { TrafficCard } from './traffic-card';

export default function Overview() {
  const { full_name: fullName, username } = useProfile();
  return (
    <Page title="Overview" about={`Good to see you, ${fullName ?? username}.`}>
      <div className="stack">
        <FirstAdminNotice />
        <HealthCard />
        <div className="grid">
          {useCan('files:read') && <StorageCard />}
          {useCan('sandbox:read') && <SandboxCard />}
          {useCan('backups:read') && <BackupCard />}
        </div>
        {useCan('admin') && <TrafficCard />}
        {useCan('audit:read') && <SignInsCard />}
      </div>
    </Page>
  );
}

function FirstAdminNotice() {
  const { email } = useProfile();
  if (email !== FIRST_ADMIN) return null;
  return (
    <div className="notice warn">
      <div className="row spread">
        <p>You work with the account this server made for itself. No mail reaches it.</p>
        <LinkButton to="/welcome" small>
          Make one of your own
        </LinkButton>
      </div>
    </div>
  );
}
