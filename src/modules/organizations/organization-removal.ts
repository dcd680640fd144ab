import { Injectable, Logger } from '@nestjs/common';
import { EventBus } from '../../common/events/event-bus.js';
import { OrganizationData } from '../../common/personal-data/organization-data.js';
import { inTurn } from '../../common/scheduling/in-turn.js';
import { Clock } from '../../common/time/clock.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { UserErasureService } from '../users/user-erasure.service.js';
import { OrganizationsRepository } from './organizations.repository.js';
import './organizations.events.js';

const BATCH = 100;

/**
 * Removes organisations whose time of grace is over: person by person, each as if
 * erased alone, then what is left. Ended halfway, the next run goes on: past its
 * time nobody can restore an organisation.
 */
@Injectable()
export class OrganizationRemoval {
  private readonly logger = new Logger(OrganizationRemoval.name);

  constructor(
    private readonly organizations: OrganizationsRepository,
    private readonly erasure: UserErasureService,
    private readonly organizationData: OrganizationData,
    private readonly unitOfWork: UnitOfWork,
    private readonly events: EventBus,
    private readonly clock: Clock,
  ) {}

  /** One that can not be removed keeps no other from going. @returns how many it removed. @throws what the first failed of. */
  async removeDue(): Promise<number> {
    const due = await this.organizations.listDue(this.clock.now());
    await inTurn(
      due,
      (id) => this.remove(id),
      (id, { message }) => this.logger.error(`Organisation ${id} could not be removed: ${message}`),
    );
    return due.length;
  }

  private async remove(id: string): Promise<void> {
    let people = await this.organizations.listPeople(id, BATCH);
    while (people.length > 0) {
      for (const userId of people) await this.erasure.erase(userId, null);
      people = await this.organizations.listPeople(id, BATCH);
    }
    await this.unitOfWork.run(async () => {
      await this.organizationData.erase(id);
      await this.organizations.delete(id);
      this.events.emit('organization.removed', { organizationId: id });
    });
  }
}
