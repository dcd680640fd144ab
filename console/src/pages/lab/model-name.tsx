import { Link } from 'react-router';
import type { ModelName as Named } from './keys';

export const nameOf = ({ name, version }: Omit<Named, 'id'>) => `${name} ${version}`;

export function ModelLink({ of }: { readonly of: Named }) {
  return <Link to={`/lab/models/${of.id}`}>{nameOf(of)}</Link>;
}

export function InstanceLink({ id }: { readonly id: string }) {
  return (
    <Link to={`/lab/instances/${encodeURIComponent(id)}`}>
      <code>{id}</code>
    </Link>
  );
}
