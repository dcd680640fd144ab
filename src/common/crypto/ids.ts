import { randomInt } from 'node:crypto';
import { v7 } from 'uuid';

/** Before and after every id (RFC 9562 sections 5.9 and 5.10). */
export { MAX as MAX_ID, NIL as NIL_ID } from 'uuid';

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Whether a text has the form of an id, in lower case as we write them. */
export function isId(text: string): boolean {
  return ID.test(text);
}

/** A new UUIDv7 (RFC 9562 section 5.7): ids sort by the time they were made. */
export function newId(): string {
  return v7();
}

const TIME_LENGTH = 14;
let sequence = randomInt(2 ** 31);

/** What follows the time in a UUIDv7, for whoever has the time from elsewhere. Sorts by the order of calls. */
export function newIdAfterTime(): string {
  sequence = (sequence + 1) >>> 0;
  return v7({ seq: sequence }).slice(TIME_LENGTH);
}
