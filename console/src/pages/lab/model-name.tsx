import { Link } from 'react-router';
import { Badge } from '../../components/badge';
import type { Model, ModelName as Named } from './keys';

export const nameOf = ({ name, version }: Omit<Named, 'id'>) => `${name} ${version}`;

export function ModelLink({ of }: { readonly of: Named }) {
  return <Link to={`/lab/models/${of.id}`}>{nameOf(of)}</Link>;
}

export function Kind({ of }: { readonly of: Model }) {
  if (of.is_built_in) return <Badge tone="info">built in</Badge>;
  return of.is_experimental ? <Badge tone="warn">experimental</Badge> : <Badge tone="ok">steady</Badge>;
}

export function InstanceLink({ id }: { readonly id: string }) {
  return (
    <Link to={`/lab/instances/${encodeURIComponent(id)}`}>
      <code>{id}</code>
    </Link>
  );
}
