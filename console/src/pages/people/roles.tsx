import { Pencil, Plus, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { Link } from 'react-router';
import { api } from '../../api/client';
import { Badge } from '../../components/badge';
import { Button, IconButton } from '../../components/button';
import { ConfirmDialog } from '../../components/dialog';
import { Loaded } from '../../components/loaded';
import { Card, Page } from '../../components/page';
import { toasts } from '../../components/toasts';
import { useRefresh } from '../../components/use-change';
import { useCan, useProfile } from '../../session/session';
import { PeopleTabs } from './people-tabs';
import { holdsAll, ROLES, type Role } from './person';
import { RoleDialog } from './role-dialog';
import { useRoles } from './use-roles';

export default function RolesPage() {
  const query = useRoles();
  return (
    <Page title="Roles" about="What people may do, by what they are here." actions={<NewRole />}>
      <PeopleTabs />
      <Loaded query={query}>
        {(roles) => (
          <div className="stack">
            <RoleList
              title="Your organisation’s own"
              roles={roles.filter(({ is_built_in: isBuiltIn }) => !isBuiltIn)}
              none="None yet. Make one where no built-in role fits."
            />
            <RoleList
              title="Built in"
              about="The same everywhere; nobody can change them."
              roles={roles.filter(({ is_built_in: isBuiltIn }) => isBuiltIn)}
              none=""
            />
          </div>
        )}
      </Loaded>
    </Page>
  );
}

function NewRole() {
  const [open, setOpen] = useState(false);
  const mayManage = useCan('roles:manage');
  if (!mayManage) return null;
  return (
    <>
      <Button variant="primary" icon={Plus} onClick={() => setOpen(true)}>
        Make a role
      </Button>
      {open && <RoleDialog onClose={() => setOpen(false)} />}
    </>
  );
}

interface RoleListProps {
  readonly title: string;
  readonly about?: string;
  readonly roles: readonly Role[];
  readonly none: string;
}

function RoleList({ title, about, roles, none }: RoleListProps) {
  return (
    <Card title={title} {...(about && { about })}>
      {roles.length === 0 ? (
        <p className="muted">{none}</p>
      ) : (
        <ul className="items">
          {roles.map((role) => (
            <RoleLine key={role.name} role={role} />
          ))}
        </ul>
      )}
    </Card>
  );
}

function RoleLine({ role }: { readonly role: Role }) {
  const { name, description, scopes, is_built_in: isBuiltIn } = role;
  const profile = useProfile();
  const mayRead = useCan('users:read');
  const mayManage = useCan('roles:manage') && !isBuiltIn && holdsAll(profile, scopes);
  return (
    <li>
      <div className="stack tight">
        <div className="row">
          <strong>{name}</strong>
          {mayRead && (
            <Link className="small" to={`/people?role=${name}`}>
              who has it
            </Link>
          )}
        </div>
        {description !== null && <p className="muted">{description}</p>}
        <div className="row">
          {scopes.length === 0 && <span className="muted small">allows nothing</span>}
          {(scopes.includes('admin') ? ['everything'] : scopes).map((scope) => (
            <Badge key={scope}>{scope}</Badge>
          ))}
        </div>
      </div>
      {mayManage && <RoleDeeds role={role} />}
    </li>
  );
}

function RoleDeeds({ role }: { readonly role: Role }) {
  const { name } = role;
  const [open, setOpen] = useState<'edit' | 'delete' | null>(null);
  const refresh = useRefresh(ROLES);
  const close = () => setOpen(null);
  return (
    <div className="row">
      <IconButton icon={Pencil} label={`Change ${name}`} small onClick={() => setOpen('edit')} />
      <IconButton icon={Trash2} label={`Delete ${name}`} small onClick={() => setOpen('delete')} />
      {open === 'edit' && <RoleDialog role={role} onClose={close} />}
      {open === 'delete' && (
        <ConfirmDialog
          title={`Delete the role ${name}?`}
          action="Delete the role"
          danger
          onClose={close}
          onConfirm={async () => {
            await api.DELETE('/api/v1/roles/{name}', { params: { path: { name } } });
            toasts.tell(`The role ${name} is deleted.`);
            await refresh();
          }}
        >
          Open invitations to it are withdrawn. It can not be deleted while somebody has it.
        </ConfirmDialog>
      )}
    </div>
  );
}
