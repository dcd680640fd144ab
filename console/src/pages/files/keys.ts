import type { components } from '../../api/client';

export type FileOf = components['schemas']['FileDto'];

/** Everything that is read of files; what changes one has it all read anew. */
export const FILES = ['files'] as const;
export const DEFAULT_COLLECTION = 'default';
