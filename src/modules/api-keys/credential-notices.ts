import { Injectable } from '@nestjs/common';
import type { Actor } from '../../common/access/actor.js';
import { Invalidations } from '../../common/cache/invalidations.js';
import { EventBus } from '../../common/events/event-bus.js';
import type { CredentialRef } from './api-keys.events.js';
import type { MachineCredentialRow, RevokedCredential } from './machine-credentials.repository.js';
import './api-keys.events.js';

/** Tells the trail what became of a credential, and every replica to ask for it anew. Part of the caller's unit of work. */
@Injectable()
export class CredentialNotices {
  constructor(
    private readonly events: EventBus,
    private readonly invalidations: Invalidations,
  ) {}

  async updated(actor: Actor, key: MachineCredentialRow, changed: readonly string[]): Promise<void> {
    this.events.emit('credential.updated', { actor, credential: refOf(key), changed });
    await this.invalidations.publish(`credential:${key.id}`);
  }

  async rotated(actor: Actor, key: MachineCredentialRow, graceSeconds: number): Promise<void> {
    this.events.emit('credential.rotated', { actor, credential: refOf(key), graceSeconds });
    await this.invalidations.publish(`credential:${key.id}`);
  }

  async revoked(actor: Actor | null, revoked: readonly RevokedCredential[]): Promise<void> {
    for (const credential of revoked) {
      this.events.emit('credential.revoked', {
        actor,
        credential: refOf(credential),
        reason: credential.reason,
      });
    }
    if (revoked.length > 0)
      await this.invalidations.publish(...revoked.map(({ id }) => `credential:${id}` as const));
  }
}

function refOf({
  id,
  kind,
  name,
  organization_id: organizationId,
}: Pick<MachineCredentialRow, 'id' | 'kind' | 'name' | 'organization_id'>): CredentialRef {
  return { id, kind, name, organizationId };
}
