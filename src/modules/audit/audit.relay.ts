import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Actor } from '../../common/access/actor.js';
import type { DomainEvent } from '../../common/events/domain-events.js';
import { EventBus } from '../../common/events/event-bus.js';
import { RequestContext } from '../../common/http/request-context.js';
import { DEFAULT_ORGANIZATION_ID } from '../../common/access/organizations.js';
import { AuditRepository, type NewAuditRow } from './audit.repository.js';
import { auditRules } from './audit.rules.js';
import { RefusalTrail } from './refusal-trail.js';
import type { AuditRecord } from './rule-parts.js';

/**
 * Turns domain events into audit rows. Those of a change are written in its own
 * transaction, all in one statement; refusals go through the trail that bounds
 * how many rows a flood of them can make.
 */
@Injectable()
export class AuditRelay implements OnModuleInit {
  constructor(
    private readonly events: EventBus,
    private readonly audit: AuditRepository,
    private readonly refusals: RefusalTrail,
    private readonly context: RequestContext,
  ) {}

  onModuleInit(): void {
    this.events.onCommitting(async (events) => {
      const rows = events.flatMap((event) => this.rowOf(event) ?? []);
      if (rows.length > 0) await this.audit.insert(rows);
    });
    this.events.onObserved((event) => {
      const row = this.rowOf(event);
      if (row !== null) this.refusals.add(row);
    });
  }

  private rowOf({ name, payload }: DomainEvent): NewAuditRow | null {
    const rule = auditRules[name] as ((payload: unknown) => AuditRecord) | 'not-audited';
    if (rule === 'not-audited') return null;
    const { action, resource, userId, organizationId, details } = rule(payload);
    return {
      action,
      resource,
      details: { ...details, ...credentialOf(payload) },
      user_id: userId,
      // What strangers do at the gate concerns whoever runs the server.
      organization_id: organizationId ?? DEFAULT_ORGANIZATION_ID,
      happenedAt: performance.now(),
      ip: this.context.ip,
      user_agent: this.context.shortUserAgent,
      request_id: this.context.requestId,
    };
  }
}

/** With which token or key somebody did it, where they did not sign in themselves. */
function credentialOf(payload: object): { readonly credential?: string } {
  const { actor } = payload as { readonly actor?: Actor | null };
  if (actor == null || actor.credential === 'session') return {};
  return { credential: `${actor.credential}:${actor.credentialId}` };
}
