import { Injectable } from '@nestjs/common';
import { EventBus } from '../../common/events/event-bus.js';
import { Clock, secondsAfter } from '../../common/time/clock.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { CredentialMails } from './credential-mails.js';
import {
  CredentialUpkeepRepository,
  type WarnedOwner,
  type WarningRules,
} from './credential-upkeep.repository.js';
import './api-keys.events.js';

const DAY_SECONDS = 86_400;
const WARNED_BEFORE_SECONDS = 7 * DAY_SECONDS;
const UNUSED_AFTER_SECONDS = 30 * DAY_SECONDS;
const KEPT_AFTER_SECONDS = 90 * DAY_SECONDS;

/** Tells owners a week ahead that a token or key ends, and of those nobody ever used; each once. */
@Injectable()
export class CredentialUpkeep {
  constructor(
    private readonly credentials: CredentialUpkeepRepository,
    private readonly mails: CredentialMails,
    private readonly unitOfWork: UnitOfWork,
    private readonly events: EventBus,
    private readonly clock: Clock,
  ) {}

  ownersToWarn(): Promise<WarnedOwner[]> {
    return this.credentials.listOwnersToWarn(this.rules());
  }

  async warn(owner: WarnedOwner): Promise<void> {
    await this.unitOfWork.run(async () => {
      const due = await this.credentials.takeWarnings(owner, this.rules());
      for (const { id, kind, name, is_expiring: isExpiring } of due) {
        const credential = { id, kind, name, organizationId: owner.organization_id };
        this.events.emit('credential.owner-warned', {
          credential,
          because: isExpiring ? 'expiring' : 'unused',
        });
      }
      if (due.length > 0) await this.mails.warn(owner, due);
    });
  }

  purge(): Promise<void> {
    return this.credentials.purge(secondsAfter(this.clock.now(), -KEPT_AFTER_SECONDS));
  }

  private rules(): WarningRules {
    const now = this.clock.now();
    return {
      now,
      endsBefore: secondsAfter(now, WARNED_BEFORE_SECONDS),
      madeBefore: secondsAfter(now, -UNUSED_AFTER_SECONDS),
    };
  }
}
