import { Compass } from 'lucide-react';
import { LinkButton } from '../components/button';
import { Page } from '../components/page';
import { EmptyState } from '../components/states';

export function NotFound() {
  return (
    <Page title="Not found">
      <EmptyState
        icon={Compass}
        title="There is no such page"
        action={<LinkButton to="/">Go to the overview</LinkButton>}
      >
        The address may be mistyped, or the page may have moved.
      </EmptyState>
    </Page>
  );
}
