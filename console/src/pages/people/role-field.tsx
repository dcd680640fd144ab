import type { ComponentProps } from 'react';
import { SelectField } from '../../components/field';
import { useGivableRoles } from './use-roles';

/** The roles one may give. The one that is there already stays a choice. */
export function RoleField({
  now = 'user',
  ...props
}: Omit<ComponentProps<typeof SelectField>, 'children'> & { readonly now?: string }) {
  const names = useGivableRoles().map(({ name }) => name);
  return (
    <SelectField {...props}>
      {[...new Set([now, ...names])].sort().map((name) => (
        <option key={name} value={name}>
          {name}
        </option>
      ))}
    </SelectField>
  );
}
