import { CircleUser, LogOut, Monitor, Moon, Sun } from 'lucide-react';
import { useNavigate } from 'react-router';
import { api } from '../api/client';
import { hasStatus } from '../api/problem';
import { Menu, MenuItem } from '../components/menu';
import { toasts } from '../components/toasts';
import { useProfile, useSessionChange } from '../session/session';
import { useTheme } from './use-theme';

const CHOICES = [
  { value: 'system', label: 'Colours of the system', icon: Monitor },
  { value: 'light', label: 'Light', icon: Sun },
  { value: 'dark', label: 'Dark', icon: Moon },
] as const;

export function AccountMenu() {
  const { username, full_name: fullName, email } = useProfile();
  const navigate = useNavigate();
  const { chosen, choose } = useTheme();
  const signOut = useSignOut();
  return (
    <Menu label={`Account of ${fullName ?? username}`} button={<AccountButton name={fullName ?? username} />}>
      <p className="menu-who small muted">{email}</p>
      <MenuItem icon={CircleUser} onClick={() => void navigate('/profile')}>
        Profile
      </MenuItem>
      <hr />
      {CHOICES.map(({ value, label, icon }) => (
        <MenuItem key={value} icon={icon} aria-pressed={chosen === value} onClick={() => choose(value)}>
          {label}
        </MenuItem>
      ))}
      <hr />
      <MenuItem icon={LogOut} onClick={() => void signOut()}>
        Sign out
      </MenuItem>
    </Menu>
  );
}

function AccountButton({ name }: { readonly name: string }) {
  return (
    <>
      <CircleUser className="icon" />
      <span className="account-name">{name}</span>
    </>
  );
}

function useSignOut() {
  const { signedOut } = useSessionChange();
  return async () => {
    try {
      await api.POST('/api/v1/auth/logout');
    } catch (error) {
      // Who is refused is signed out already.
      if (!hasStatus(error, 401)) {
        toasts.problem(error);
        return;
      }
    }
    signedOut();
  };
}
