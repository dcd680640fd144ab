import { Page } from '../../components/page';
import { useCan } from '../../session/session';
import { AccountCard } from './account-card';
import { AppearanceCard } from './appearance-card';
import { IdentitiesCard } from './identities-card';
import { PasskeysCard } from './passkeys-card';
import { PasswordCard } from './password-card';
import { SecondFactorCard } from './second-factor-card';
import { SessionsCard } from './sessions-card';

export default function ProfilePage() {
  const mayChange = useCan('profile:write');
  return (
    <Page title="Profile" about="Who you are here, how you prove it, and where you are signed in.">
      <div className="grid halves">
        <div className="stack">
          <AccountCard mayChange={mayChange} />
          {mayChange && <PasswordCard />}
          {mayChange && <AppearanceCard />}
        </div>
        <div className="stack">
          <SecondFactorCard mayChange={mayChange} />
          <PasskeysCard mayChange={mayChange} />
          <IdentitiesCard mayChange={mayChange} />
        </div>
      </div>
      <div className="stack below">
        <SessionsCard mayChange={mayChange} />
      </div>
    </Page>
  );
}
