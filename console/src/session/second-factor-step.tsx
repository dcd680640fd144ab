import { Button } from '../components/button';
import { TextField } from '../components/field';
import { Form, useApiForm } from '../components/form';
import { PasskeyButton } from './passkey-button';
import {
  completeByCode,
  passkeysWork,
  signInByPasskey,
  type MfaRequired,
  type SignInOutcome,
} from './sign-in';

interface SecondFactorStepProps {
  readonly begun: MfaRequired;
  readonly onDone: (outcome: SignInOutcome) => void;
  readonly onBack: () => void;
}

/** After the right password, where the account has a second factor. */
export function SecondFactorStep({ begun, onDone, onBack }: SecondFactorStepProps) {
  const { mfa_token: token, methods } = begun;
  const form = useApiForm({ code: '' }, async ({ code }) => onDone(await completeByCode(token, code)));
  return (
    <div className="stack">
      <Form of={form}>
        <TextField
          label="Code"
          description={
            methods.includes('totp')
              ? 'What your authenticator app shows now, or one of your recovery codes.'
              : 'One of your recovery codes.'
          }
          autoComplete="one-time-code"
          inputMode="text"
          // eslint-disable-next-line jsx-a11y-x/no-autofocus -- the step before had the focus and is gone
          autoFocus
          {...form.field('code', { required: 'Enter a code.' })}
        />
        <Button type="submit" variant="primary" block busy={form.busy}>
          Go on
        </Button>
      </Form>
      {methods.includes('passkey') && passkeysWork() && (
        <PasskeyButton ask={() => signInByPasskey(token)} onDone={onDone} />
      )}
      <button type="button" className="link-button" onClick={onBack}>
        Begin again
      </button>
    </div>
  );
}
