import { createBrowserRouter, type RouteObject } from 'react-router';
import { Loading } from './components/states';
import { pages, publicPages, type PageEntry } from './pages';
import { Allowed } from './shell/allowed';
import { NotFound } from './shell/not-found';
import { Outside } from './shell/outside';
import { PageFailed } from './shell/page-failed';
import { Root } from './shell/root';
import { Shell } from './shell/shell';

/** Loaded when first gone to, so that nobody waits for pages they do not open. */
function routeOf({ path, load, scope }: Pick<PageEntry, 'path' | 'load'> & Partial<PageEntry>): RouteObject {
  return {
    path,
    ErrorBoundary: PageFailed,
    lazy: async () => {
      const { default: Page } = await load();
      return {
        Component: () => (
          <Allowed scope={scope ?? null}>
            <Page />
          </Allowed>
        ),
      };
    },
  };
}

export const router = createBrowserRouter(
  [
    {
      Component: Root,
      ErrorBoundary: PageFailed,
      HydrateFallback: Loading,
      children: [
        { Component: Outside, children: publicPages.map((page) => routeOf(page)) },
        { Component: Shell, children: [...pages.map(routeOf), { path: '*', Component: NotFound }] },
      ],
    },
  ],
  { basename: '/console' },
);
