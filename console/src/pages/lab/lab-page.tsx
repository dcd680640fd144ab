import type { ReactNode } from 'react';
import { Page } from '../../components/page';
import { LinkTabs } from '../../components/tabs';

const LINKS = [
  { to: '/lab', label: 'Models' },
  { to: '/lab/instances', label: 'Instances' },
  { to: '/lab/experiments', label: 'Experiments' },
  { to: '/lab/compare', label: 'Compare' },
];

/** The frame of what the lab lists. */
export function LabPage({
  title,
  about,
  actions,
  children,
}: {
  readonly title: string;
  readonly about: string;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}) {
  return (
    <Page title={title} about={about} actions={actions}>
      <LinkTabs label="Lab" links={LINKS} />
      {children}
    </Page>
  );
}
