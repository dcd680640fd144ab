import {
  Building2,
  CircleUser,
  DatabaseBackup,
  FlaskConical,
  Folder,
  KeyRound,
  LayoutDashboard,
  ScrollText,
  Server,
  SquareTerminal,
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
  /** Whoever holds this finds it by another page instead. */
  readonly otherwise?: Scope;
  readonly load: () => Promise<{ readonly default: ComponentType }>;
}

export const GROUPS = ['Work', 'Administration', 'Account'] as const;
type Group = (typeof GROUPS)[number];

/** Every page there is for people who are signed in: a line here is its route and its place in the navigation. */
export const pages: readonly PageEntry[] = [
  { path: '', title: 'Overview', scope: null, icon: LayoutDashboard, load: () => import('./pages/overview') },
  {
    path: 'sandboxes',
    title: 'Sandboxes',
    scope: 'sandbox:read',
    icon: SquareTerminal,
    group: 'Work',
    load: () => import('./pages/sandboxes'),
  },
  {
    path: 'sandboxes/new',
    title: 'Open a sandbox',
    scope: 'sandbox:write',
    load: () => import('./pages/sandboxes/new'),
  },
  {
    path: 'sandboxes/:id',
    title: 'Sandbox',
    scope: 'sandbox:read',
    load: () => import('./pages/sandboxes/session'),
  },
  {
    path: 'lab',
    title: 'Lab',
    scope: 'lab:read',
    icon: FlaskConical,
    group: 'Work',
    load: () => import('./pages/lab'),
  },
  {
    path: 'lab/upload',
    title: 'Upload a model',
    scope: 'lab:write',
    load: () => import('./pages/lab/upload'),
  },
  {
    path: 'lab/models/:id',
    title: 'Model',
    scope: 'lab:read',
    load: () => import('./pages/lab/model'),
  },
  {
    path: 'lab/instances',
    title: 'Instances',
    scope: 'lab:read',
    load: () => import('./pages/lab/instances'),
  },
  {
    path: 'lab/instances/:id',
    title: 'Instance',
    scope: 'lab:read',
    load: () => import('./pages/lab/instance'),
  },
  {
    path: 'lab/experiments',
    title: 'Experiments',
    scope: 'lab:read',
    load: () => import('./pages/lab/experiments'),
  },
  {
    path: 'lab/compare',
    title: 'Compare models',
    scope: 'lab:read',
    load: () => import('./pages/lab/compare'),
  },
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
  { path: 'people/roles', title: 'Roles', scope: null, load: () => import('./pages/people/roles') },
  {
    path: 'people/invitations',
    title: 'Invitations',
    scope: 'users:manage',
    load: () => import('./pages/people/invitations'),
  },
  {
    path: 'people/organisation',
    title: 'Organisation',
    scope: null,
    otherwise: 'users:read',
    icon: Building2,
    group: 'Account',
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
  {
    path: 'files',
    title: 'Files',
    scope: 'files:read',
    icon: Folder,
    group: 'Work',
    load: () => import('./pages/files'),
  },
  { path: 'files/:id/:tab?', title: 'File', scope: 'files:read', load: () => import('./pages/files/detail') },
  {
    path: 'service-keys',
    title: 'Service keys',
    scope: 'api-keys:read',
    icon: Server,
    group: 'Administration',
    load: () => import('./pages/tokens/service-keys'),
  },
  {
    path: 'tokens',
    title: 'Personal tokens',
    scope: 'tokens:write',
    icon: KeyRound,
    group: 'Account',
    load: () => import('./pages/tokens'),
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
