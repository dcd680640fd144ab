import type { Attack } from '../attack.js';
import { accounts } from './accounts.js';
import { browserSessions, redirects } from './browsers.js';
import { tokens } from './tokens.js';

/** Every attack that needs nothing but an address. */
export const ATTACKS: readonly Attack[] = [...tokens, ...accounts, redirects, ...browserSessions];
