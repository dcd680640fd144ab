import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Invalidations } from '../../common/cache/invalidations.js';
import type { Loaded, PushedCache } from '../../common/cache/pushed-cache.js';
import { EventBus } from '../../common/events/event-bus.js';
import { FileLinksRepository, type OpenedLink } from './file-links.repository.js';
import type { FileRef } from './files.events.js';
import type { Origin } from './request-origin.js';
import './file-links.events.js';
import '../organizations/organizations.events.js';

const MAX_LINKS = 10_000;
const MAX_AGE_MS = 60_000;
const FILE_CHANGES = [
  'file.updated',
  'file.deleted',
  'file.restored',
  'file.purged',
  'file-link.revoked',
] as const;
const ORGANIZATION_CHANGES = ['organization.deletion-scheduled', 'organization.restored'] as const;

/**
 * Links as they are opened. What anybody may open any number of times is asked for
 * once and kept until something changes that it hangs on, on whatever replica; all
 * others are asked for, and counted, each time.
 */
@Injectable()
export class FileLinkOpenings implements OnModuleInit {
  private readonly known: PushedCache<OpenedLink | null>;

  constructor(
    private readonly links: FileLinksRepository,
    private readonly invalidations: Invalidations,
    private readonly events: EventBus,
  ) {
    this.known = invalidations.createCache({ max: MAX_LINKS, maxAge: MAX_AGE_MS });
  }

  /** People who share, who own files and who are no more invalidate by themselves. */
  onModuleInit(): void {
    const onFile = ({ file }: { readonly file: FileRef }) => this.invalidations.publish(`file:${file.id}`);
    for (const name of FILE_CHANGES) this.events.react(name, onFile);
    for (const name of ORGANIZATION_CHANGES)
      this.events.react(name, ({ actor }) =>
        this.invalidations.publish(`organization:${actor.organizationId}`),
      );
  }

  /** @param takes false where it is only looked at. @returns null for a link that is no more. */
  open(id: string, takes: boolean, { ip, now }: Origin): OpenedLink | null | Promise<OpenedLink | null> {
    return (
      this.known.get(id) ??
      this.known.load(id, async () => loadedOf(await this.links.open(id, takes, ip, now), now))
    );
  }
}

function loadedOf(link: OpenedLink | null, now: Date): Loaded<OpenedLink | null> {
  const isForAll = link?.is_there === true && !link.is_limited && !link.is_bound;
  if (!isForAll) return { value: link, tags: [], expiresAt: now };
  const { file_id: file, shared_by: sharer, owner_id: owner, organization_id: organization } = link;
  const tags = [`file:${file}`, `user:${sharer}`, `user:${owner}`, `organization:${organization}`];
  return { value: link, tags, expiresAt: link.expires_at };
}
