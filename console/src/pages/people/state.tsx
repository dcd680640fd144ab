import { Badge } from '../../components/badge';
import type { User } from './person';

export function State({ user }: { readonly user: User }) {
  return (
    <span className="row">
      <Badge tone={user.is_active ? 'ok' : 'danger'}>{user.is_active ? 'active' : 'deactivated'}</Badge>
      {user.mfa_enabled && <Badge tone="info">second factor</Badge>}
      {!user.email_verified && <Badge tone="warn">e-mail not verified</Badge>}
    </span>
  );
}
