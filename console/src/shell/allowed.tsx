import { Lock } from 'lucide-react';
import type { ReactNode } from 'react';
import { EmptyState } from '../components/states';
import { useWhoever, holds, type Scope } from '../session/session';

/** A page only for those who hold what it is about; others are told what they lack. */
export function Allowed({ scope, children }: { readonly scope: Scope | null; readonly children: ReactNode }) {
  const profile = useWhoever();
  if (scope === null || holds(profile, scope)) return children;
  return (
    <EmptyState icon={Lock} title="Not for your role">
      This page needs <code>{scope}</code>, which the role {profile?.role} does not have. An administrator of
      your organisation can give you one that does.
    </EmptyState>
  );
}
