import { v7 } from 'uuid';

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Whether a text has the form of an id, in lower case as we write them. */
export function isId(text: string): boolean {
  return ID.test(text);
}

/** A new UUIDv7 (RFC 9562 section 5.7): ids sort by the time they were made. */
export function newId(): string {
  return v7();
}
