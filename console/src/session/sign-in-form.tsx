import { useState, type ReactNode } from 'react';
import { Button } from '../components/button';
import { PasswordField, TextField } from '../components/field';
import { Form, useApiForm } from '../components/form';
import { PasskeyButton } from './passkey-button';
import type { Profile } from './session';
import { SecondFactorStep } from './second-factor-step';
import {
  passkeysWork,
  signInByPasskey,
  signInByPassword,
  type MfaRequired,
  type SignInOutcome,
} from './sign-in';

interface SignInFormProps {
  readonly onSignedIn: (profile: Profile) => void;
  /** Whose session has ended; they need not type who they are. */
  readonly account?: string;
  /** Other ways in, beneath. */
  readonly children?: ReactNode;
}

/** Both steps of a sign-in, on the page of its own as over another. */
export function SignInForm({ onSignedIn, account = '', children }: SignInFormProps) {
  const [begun, setBegun] = useState<MfaRequired | null>(null);
  const take = (outcome: SignInOutcome) => {
    if ('user' in outcome) onSignedIn(outcome.user);
    else setBegun(outcome);
  };
  if (begun !== null) {
    return <SecondFactorStep begun={begun} onDone={take} onBack={() => setBegun(null)} />;
  }
  return (
    <div className="stack">
      <PasswordStep account={account} onDone={take} />
      {passkeysWork() && <PasskeyButton ask={() => signInByPasskey()} onDone={take} />}
      {children}
    </div>
  );
}

type OnDone = (outcome: SignInOutcome) => void;

function PasswordStep({ account, onDone }: { readonly account: string; readonly onDone: OnDone }) {
  const form = useApiForm({ account, password: '' }, async ({ account: name, password }) =>
    onDone(await signInByPassword(name.trim(), password)),
  );
  return (
    <Form of={form}>
      <TextField
        label="E-mail or username"
        autoComplete="username webauthn"
        autoCapitalize="none"
        spellCheck={false}
        readOnly={account !== ''}
        {...form.field('account', { required: 'Enter your e-mail or username.' })}
      />
      <PasswordField
        label="Password"
        autoComplete="current-password"
        {...form.field('password', { required: 'Enter your password.' })}
      />
      <Button type="submit" variant="primary" block busy={form.busy}>
        Sign in
      </Button>
    </Form>
  );
}
