import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Navigate, useSearchParams } from 'react-router';
import { LinkButton } from '../../components/button';
import { Page } from '../../components/page';
import { EmptyState, ErrorState, Loading } from '../../components/states';
import { finishElsewhere } from '../../session/elsewhere';
import { SecondFactorStep } from '../../session/second-factor-step';
import { useSessionChange, useWhoever } from '../../session/session';
import type { SignInOutcome } from '../../session/sign-in';

const WORDS: Readonly<Record<string, string>> = {
  access_denied: 'You, or the provider, declined.',
  email_not_verified:
    'The provider has not verified an address of yours, so it proves nobody’s account here.',
  registration_closed: 'Nobody here has your address, and this server does not let people register.',
  account_inactive: 'Your account is deactivated.',
  identity_taken: 'You belong to another account here already.',
  provider_unavailable: 'The provider does not answer. Try again in a while.',
  provider_answer_refused: 'What the provider answered is not valid. Try again.',
};

/** Where providers send people back to, with a code, a link made, or an error. */
export default function SignedIn() {
  const [search] = useSearchParams();
  const [error, linked, code] = ['error', 'linked', 'code'].map((name) => search.get(name));
  const isKnown = useWhoever() !== null;
  if (linked) return <Navigate to="/profile" replace />;
  return (
    <Page title="Sign in">
      <div className="card">
        {code ? (
          <Exchange code={code} />
        ) : (
          <EmptyState
            title="That did not work"
            action={
              <LinkButton to={isKnown ? '/profile' : '/sign-in'}>
                {isKnown ? 'Back to the profile' : 'Back to sign-in'}
              </LinkButton>
            }
          >
            {WORDS[error ?? ''] ?? 'The provider sent you back without an answer.'}
          </EmptyState>
        )}
      </div>
    </Page>
  );
}

function Exchange({ code }: { readonly code: string }) {
  const { signedIn } = useSessionChange();
  const profile = useWhoever();
  const [later, setLater] = useState<SignInOutcome | null>(null);
  const query = useQuery({
    queryKey: ['exchange', code],
    queryFn: async () => {
      const finished = await finishElsewhere(code);
      if ('user' in finished.outcome) signedIn(finished.outcome.user);
      return finished;
    },
    // A code works once.
    staleTime: Infinity,
    gcTime: Infinity,
    refetchOnReconnect: false,
  });
  if (query.isError) {
    return (
      <>
        <ErrorState error={query.error} />
        <LinkButton to="/sign-in" block>
          Back to sign-in
        </LinkButton>
      </>
    );
  }
  if (query.data === undefined) return <Loading label="Signing in…" />;
  if (profile !== null) return <Navigate to={query.data.next} replace />;
  const outcome = later ?? query.data.outcome;
  if ('user' in outcome) return <Loading />;
  const take = (next: SignInOutcome) => ('user' in next ? signedIn(next.user) : setLater(next));
  return (
    <SecondFactorStep begun={outcome} onDone={take} onBack={() => location.assign('/console/sign-in')} />
  );
}
