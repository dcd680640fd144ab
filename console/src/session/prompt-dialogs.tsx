import { useSyncExternalStore } from 'react';
import { Dialog } from '../components/dialog';
import { ProofForm } from './proof-form';
import { prompts } from './prompts';
import { ProviderButtons } from './provider-buttons';
import { useSessionChange, useWhoever, type Profile } from './session';
import { SignInForm } from './sign-in-form';

/** What is asked over a page, which stays as it is meanwhile. */
export function PromptDialogs() {
  const asked = useSyncExternalStore(prompts.shown.subscribe, prompts.shown.get);
  const profile = useWhoever();
  if (asked === null || profile === null) return null;
  const decline = () => prompts.answer(false);
  if (asked === 'sign-in') return <SignInAgain profile={profile} onClose={decline} />;
  return (
    <Dialog title="Prove that it is you" onClose={decline}>
      <ProofForm onProven={() => prompts.answer(true)} />
    </Dialog>
  );
}

function SignInAgain({ profile, onClose }: { readonly profile: Profile; readonly onClose: () => void }) {
  const { signedIn } = useSessionChange();
  return (
    <Dialog title="Sign in again" onClose={onClose}>
      <div className="stack">
        <p>Your session has ended. What you have typed is still there, and goes on once you are back.</p>
        <SignInForm
          account={profile.email}
          onSignedIn={(back) => {
            // A passkey may be another person's: nothing of this page is theirs.
            if (back.id !== profile.id) return location.assign('/console/');
            signedIn(back);
            prompts.answer(true);
          }}
        >
          <ProviderButtons about="These lead away from this page: what you have typed is lost." />
        </SignInForm>
      </div>
    </Dialog>
  );
}
