import { LinkTabs } from '../../components/tabs';
import { useCan } from '../../session/session';

/** Everybody sees the roles and the organisation they are in; who else is in it, those who may read users. */
export function PeopleTabs() {
  const mayManage = useCan('users:manage');
  const mayRead = useCan('users:read');
  const links = [
    ...(mayRead ? [{ to: '/people', label: 'Users' }] : []),
    { to: '/people/roles', label: 'Roles' },
    ...(mayManage ? [{ to: '/people/invitations', label: 'Invitations' }] : []),
    { to: '/people/organisation', label: 'Organisation' },
  ];
  return <LinkTabs label="Parts of People" links={links} />;
}
