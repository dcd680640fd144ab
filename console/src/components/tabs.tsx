import { NavLink } from 'react-router';

/** Tabs that are pages with addresses of their own. */
export function LinkTabs({
  label,
  links,
}: {
  readonly label: string;
  readonly links: readonly { readonly to: string; readonly label: string }[];
}) {
  return (
    <nav className="tabs" aria-label={label}>
      {links.map((link) => (
        <NavLink key={link.to} to={link.to} end>
          {link.label}
        </NavLink>
      ))}
    </nav>
  );
}
