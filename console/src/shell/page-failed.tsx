import { useRouteError } from 'react-router';
import { Page } from '../components/page';
import { ErrorState } from '../components/states';

/** A page that could not be loaded, as after an update of the server, or that broke. */
export function PageFailed() {
  const error = useRouteError();
  return (
    <Page title="This page does not work">
      <ErrorState error={error} retry={() => location.reload()} />
    </Page>
  );
}
