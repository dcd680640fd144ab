import type { Attack } from '../attack.js';
import { accounts } from './accounts.js';
import { authorisation } from './authorisation.js';
import { browserSessions, redirects } from './browsers.js';
import { files } from './files.js';
import { inputs } from './inputs.js';
import { limits } from './limits.js';
import { links } from './links.js';
import { sockets } from './sockets.js';
import { tokens } from './tokens.js';

/** Every attack that needs nothing but an address. */
export const ATTACKS: readonly Attack[] = [
  ...tokens,
  ...accounts,
  redirects,
  ...browserSessions,
  ...authorisation,
  ...limits,
  ...files,
  ...links,
  ...sockets,
  ...inputs,
];
