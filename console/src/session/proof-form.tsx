import { useQuery } from '@tanstack/react-query';
import { api } from '../api/client';
import { ProblemError } from '#sdk';
import { Button } from '../components/button';
import { PasswordField, TextField } from '../components/field';
import { Form, useApiForm } from '../components/form';
import { Loaded } from '../components/loaded';
import { PasskeyButton } from './passkey-button';
import { prompts } from './prompts';
import { ProviderButtons } from './provider-buttons';
import { answerOf, passkeysWork } from './sign-in';

type Proof = { readonly password: string } | { readonly code: string } | { readonly passkey: object };

/** Opens a new session in the place of this one. @returns who it is for. */
async function prove(proof: Proof) {
  try {
    return (await api.POST('/api/v1/auth/reauthenticate', { body: { ...proof } as never })).data;
  } catch (error) {
    if (error instanceof ProblemError && error.code.startsWith('credential_')) void prompts.ask('sign-in');
    throw error;
  }
}

async function proveByPasskey() {
  const { data } = await api.POST('/api/v1/auth/reauthenticate/passkey/options');
  return prove({ passkey: await answerOf(data.options) });
}

/** Asks for the strongest thing the account has, as the server does. */
export function ProofForm({ onProven }: { readonly onProven: () => void }) {
  const query = useQuery({
    queryKey: ['mfa'],
    queryFn: async ({ signal }) => (await api.GET('/api/v1/auth/mfa', { signal })).data,
  });
  return (
    <div className="stack">
      <p>This needs a proof of the last ten minutes, so that nobody else does it on your open screen.</p>
      <Loaded query={query}>
        {({ methods }) => (
          <>
            {methods.length === 0 && (
              <>
                <PasswordProof onProven={onProven} />
                <ElsewhereProof />
              </>
            )}
            {methods.some((method) => method !== 'passkey') && <CodeProof onProven={onProven} />}
            {methods.includes('passkey') && passkeysWork() && (
              <PasskeyButton ask={proveByPasskey} onDone={onProven} />
            )}
          </>
        )}
      </Loaded>
    </div>
  );
}

function PasswordProof({ onProven }: { readonly onProven: () => void }) {
  const form = useApiForm({ password: '' }, async ({ password }) => {
    await prove({ password });
    onProven();
  });
  return (
    <Form of={form}>
      <PasswordField
        label="Your password"
        autoComplete="current-password"
        {...form.field('password', { required: 'Enter your password.' })}
      />
      <Button type="submit" variant="primary" busy={form.busy}>
        Go on
      </Button>
    </Form>
  );
}

/** For those who sign in with others alone: coming from there once more is as fresh a proof. */
function ElsewhereProof() {
  const { data } = useQuery({
    queryKey: ['identities', 'linked'],
    queryFn: async ({ signal }) => (await api.GET('/api/v1/auth/identities', { signal })).data.items,
  });
  return (
    <ProviderButtons
      only={(data ?? []).map(({ provider }) => provider)}
      about="These lead away from this page and back to it. What you were about to do is begun anew."
    />
  );
}

function CodeProof({ onProven }: { readonly onProven: () => void }) {
  const form = useApiForm({ code: '' }, async ({ code }) => {
    await prove({ code });
    onProven();
  });
  return (
    <Form of={form}>
      <TextField
        label="Code"
        description="What your authenticator app shows now, or one of your recovery codes."
        autoComplete="one-time-code"
        {...form.field('code', { required: 'Enter a code.' })}
      />
      <Button type="submit" variant="primary" busy={form.busy}>
        Go on
      </Button>
    </Form>
  );
}
