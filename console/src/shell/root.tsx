import { Outlet } from 'react-router';
import { Toasts } from '../components/toasts';
import { PromptDialogs } from '../session/prompt-dialogs';
import { SessionProvider } from '../session/session';

/** Around every page: who one is, what is asked over a page, and the news. */
export function Root() {
  return (
    <SessionProvider>
      <Outlet />
      <PromptDialogs />
      <Toasts />
    </SessionProvider>
  );
}
