import type { Provider } from '@nestjs/common';
import { ArchivingRepository } from '../../archiving.repository.js';
import { PgBackRest } from './pgbackrest.js';
import { PgBackRestReadiness } from './pgbackrest-readiness.js';
import { PointInTime } from './point-in-time.js';
import { RepositoryParts } from './repository-parts.js';
import { RepositorySets } from './repository-sets.js';

/** What the engine is made of. */
export const PGBACKREST_PROVIDERS: Provider[] = [
  PgBackRest,
  PgBackRestReadiness,
  RepositoryParts,
  RepositorySets,
  PointInTime,
  ArchivingRepository,
];
