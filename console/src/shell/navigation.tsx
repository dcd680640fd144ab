import { NavLink } from 'react-router';
import { GROUPS, pages, type PageEntry } from '../pages';
import { holds, useProfile } from '../session/session';

/** The pages one may see, by group. */
export function Navigation({ isOpen, close }: { readonly isOpen: boolean; readonly close: () => void }) {
  const profile = useProfile();
  const shown = pages.filter(
    ({ icon, scope, otherwise }) =>
      icon !== undefined && holds(profile, scope) && !(otherwise !== undefined && holds(profile, otherwise)),
  );
  const groups = [undefined, ...GROUPS].map((group) => ({
    group,
    entries: shown.filter((page) => page.group === group),
  }));
  return (
    <nav id="navigation" className="side" aria-label="Pages" data-open={isOpen}>
      {groups
        .filter(({ entries }) => entries.length > 0)
        .map(({ group, entries }) => (
          <section key={group ?? ''}>
            {group && <h2>{group}</h2>}
            <ul>
              {entries.map((page) => (
                <Entry key={page.path} page={page} close={close} />
              ))}
            </ul>
          </section>
        ))}
    </nav>
  );
}

function Entry({ page, close }: { readonly page: PageEntry; readonly close: () => void }) {
  const { path, title, icon: Icon } = page;
  return (
    <li>
      <NavLink to={`/${path}`} end={path === ''} onClick={close}>
        {Icon && <Icon className="icon" />}
        {title}
      </NavLink>
    </li>
  );
}
