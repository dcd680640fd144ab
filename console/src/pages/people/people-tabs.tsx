import { LinkTabs } from '../../components/tabs';
import { useCan } from '../../session/session';

export function PeopleTabs() {
  const mayManage = useCan('users:manage');
  const links = [
    { to: '/people', label: 'Users' },
    { to: '/people/roles', label: 'Roles' },
    ...(mayManage ? [{ to: '/people/invitations', label: 'Invitations' }] : []),
    { to: '/people/organisation', label: 'Organisation' },
  ];
  return <LinkTabs label="Parts of People" links={links} />;
}
