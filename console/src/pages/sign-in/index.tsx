import { useState } from 'react';
import { Link, Navigate, useSearchParams } from 'react-router';
import { Page } from '../../components/page';
import { ownPath } from '../../session/own-path';
import { ProviderButtons } from '../../session/provider-buttons';
import { useSessionChange, useWhoever, type Profile } from '../../session/session';
import { SignInForm } from '../../session/sign-in-form';
import { FIRST_ADMIN } from '../welcome/first-admin';

export default function SignIn() {
  const [search] = useSearchParams();
  const profile = useWhoever();
  const { signedIn } = useSessionChange();
  // Who was signed in when they came has nothing to type.
  const [justIn, setJustIn] = useState<Profile | null>(null);
  if (profile !== null) {
    const next = ownPath(search.get('next'));
    const isFirst = justIn?.email === FIRST_ADMIN;
    return <Navigate to={isFirst ? '/welcome' : next} replace />;
  }
  return (
    <Page title="Sign in">
      <div className="card">
        <SignInForm
          onSignedIn={(back) => {
            setJustIn(back);
            signedIn(back);
          }}
        >
          <ProviderButtons next={search.get('next')} />
        </SignInForm>
      </div>
      <p className="outside-links">
        <Link to="/forgot-password">Forgot your password?</Link>
      </p>
    </Page>
  );
}
