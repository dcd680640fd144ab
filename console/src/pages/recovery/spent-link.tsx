import { Unlink } from 'lucide-react';
import type { ReactNode } from 'react';
import { EmptyState } from '../../components/states';

/** An address without its secret, as when a mail programme has cut the link. */
export function SpentLink({
  action,
  children,
}: {
  readonly action: ReactNode;
  readonly children: ReactNode;
}) {
  return (
    <EmptyState icon={Unlink} title="This link is not whole" action={action}>
      {children}
    </EmptyState>
  );
}
