import type { Attack } from '../attack.js';
import { tokens } from './tokens.js';

/** Every attack that needs nothing but an address, in the order of their lines. */
export const ATTACKS: readonly Attack[] = [...tokens];
