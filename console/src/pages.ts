import {
  CircleUser,
  DatabaseBackup,
  LayoutDashboard,
  ScrollText,
  Users,
  type LucideIcon,
} from 'lucide-react';
import type { ComponentType } from 'react';
import type { Scope } from './session/session';

export interface PageEntry {
  /** Below `/console/`; `:name` is a parameter. */
  readonly path: string;
  readonly title: string;
  /** What one has to hold to see it; null is everybody who is signed in. */
  readonly scope: Scope | null;
  /** Those with an icon are in the navigation, under the heading of their group. */
  readonly icon?: LucideIcon;
  readonly group?: Group;
  readonly load: () => Promise<{ readonly default: ComponentType }>;
}

export const GROUPS = ['Work', 'Administration', 'Account'] as const;
export type Group = (typeof GROUPS)[number];

/** Every page there is for people who are signed in: a line here is its route and its place in the navigation. */
export const pages: readonly PageEntry[] = [
  { path: '', title: 'Overview', scope: null, icon: LayoutDashboard, load: () => import('./pages/overview') },
  {
    path: 'profile',
    title: 'Profile',
    scope: 'profile:read',
    icon: CircleUser,
    group: 'Account',
    load: () => import('./pages/profile'),
  },
  {
    path: 'people',
    title: 'People',
    scope: 'users:read',
    icon: Users,
    group: 'Administration',
    load: () => import('./pages/people'),
  },
  { path: 'people/users/:id', title: 'User', scope: 'users:read', load: () => import('./pages/people/user') },
  { path: 'people/roles', title: 'Roles', scope: 'users:read', load: () => import('./pages/people/roles') },
  {
    path: 'people/invitations',
    title: 'Invitations',
    scope: 'users:manage',
    load: () => import('./pages/people/invitations'),
  },
  {
    path: 'people/organisation',
    title: 'Organisation',
    scope: 'users:read',
    load: () => import('./pages/people/organisation'),
  },
  {
    path: 'audit',
    title: 'Audit',
    scope: 'audit:read',
    icon: ScrollText,
    group: 'Administration',
    load: () => import('./pages/audit'),
  },
  {
    path: 'backups',
    title: 'Backups',
    scope: 'backups:read',
    icon: DatabaseBackup,
    group: 'Administration',
    load: () => import('./pages/backups'),
  },
  {
    path: 'backups/restoring',
    title: 'How to restore',
    scope: 'backups:read',
    load: () => import('./pages/backups/restoring'),
  },
  { path: 'welcome', title: 'Welcome', scope: 'users:manage', load: () => import('./pages/welcome') },
];

/** Those that strangers see: each gets people in, or to a place from which they can. */
export const publicPages: readonly Pick<PageEntry, 'path' | 'load'>[] = [
  { path: 'sign-in', load: () => import('./pages/sign-in') },
  { path: 'signed-in', load: () => import('./pages/sign-in/signed-in') },
  { path: 'forgot-password', load: () => import('./pages/recovery/forgot-password') },
  { path: 'reset-password', load: () => import('./pages/recovery/reset-password') },
  { path: 'verify-email', load: () => import('./pages/recovery/verify-email') },
  { path: 'accept-invitation', load: () => import('./pages/recovery/accept-invitation') },
];
