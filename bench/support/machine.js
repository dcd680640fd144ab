// @ts-check
import { MACHINE as ATTACKED } from '../../dist/attack/sandbox.js';

/** What a sandbox session is opened over, for as long as any benchmark takes. */
export const MACHINE = { ...ATTACKED, ttl_minutes: 240 };
