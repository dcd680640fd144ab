import { Menu as MenuIcon } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { Link, Navigate, Outlet, useLocation, useNavigation } from 'react-router';
import { IconButton } from '../components/button';
import { useWhoever } from '../session/session';
import { AccountMenu } from './account-menu';
import { Navigation } from './navigation';
import { useKeptTheme } from './use-theme';

/** Around every page for people who are signed in; strangers are led to the sign-in page and back. */
export function Shell() {
  const profile = useWhoever();
  const { pathname, search } = useLocation();
  if (profile === null) {
    const next = pathname === '/' ? '' : `?next=${encodeURIComponent(pathname + search)}`;
    return <Navigate to={`/sign-in${next}`} replace />;
  }
  return <Frame />;
}

function Frame() {
  useKeptTheme();
  const { pathname } = useLocation();
  const [openAt, setOpenAt] = useState<string | null>(null);
  const main = useFocusOnArrival(pathname);
  const isOpen = openAt === pathname;
  useEscape(isOpen, () => setOpenAt(null));
  return (
    <div className="shell">
      <a className="skip-link" href="#main">
        Skip to the page
      </a>
      <header className="bar">
        <IconButton
          icon={MenuIcon}
          label="Navigation"
          className="nav-toggle"
          aria-expanded={isOpen}
          aria-controls="navigation"
          onClick={() => setOpenAt(isOpen ? null : pathname)}
        />
        <Link to="/" className="brand">
          <img src="/console/cloudkeep.svg" alt="" />
          Cloudkeep
        </Link>
        <Progress />
        <AccountMenu />
      </header>
      <Navigation isOpen={isOpen} close={() => setOpenAt(null)} />
      <main id="main" className="page" ref={main} tabIndex={-1}>
        <Outlet />
      </main>
    </div>
  );
}

function useEscape(isOpen: boolean, close: () => void): void {
  useEffect(() => {
    if (!isOpen) return;
    const onKey = (event: KeyboardEvent) => event.key === 'Escape' && close();
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [isOpen, close]);
}

/** Who goes to another page by keyboard begins at its top, not where the link was. */
function useFocusOnArrival(pathname: string) {
  const main = useRef<HTMLElement>(null);
  const last = useRef(pathname);
  useEffect(() => {
    if (last.current === pathname) return;
    last.current = pathname;
    main.current?.focus();
    window.scrollTo(0, 0);
  }, [pathname]);
  return main;
}

function Progress() {
  const { state } = useNavigation();
  return (
    <span role="status">
      {state === 'loading' && (
        <>
          <span className="spinner" style={{ display: 'block' }} />
          <span className="hidden-visually">Loading the page</span>
        </>
      )}
    </span>
  );
}
