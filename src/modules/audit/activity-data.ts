import { Injectable, type OnModuleInit } from '@nestjs/common';
import { inPages, PersonalData, type Person } from '../../common/personal-data/personal-data.js';
import { cursorAt } from '../../common/pagination/pagination.js';
import { AuditRepository, type AuditRow } from './audit.repository.js';

const PAGE = 200;

/** What somebody did. Nothing erases it: the trail is append-only and knows people by their id. */
@Injectable()
export class ActivityData implements OnModuleInit {
  constructor(
    private readonly personalData: PersonalData,
    private readonly audit: AuditRepository,
  ) {}

  onModuleInit(): void {
    this.personalData.register('activity', { export: (person) => this.activityOf(person) });
  }

  private activityOf({ id, organizationId }: Person): AsyncGenerator<AuditRow> {
    return inPages((last) =>
      this.audit.list(organizationId, { user_id: id }, PAGE, last === null ? undefined : cursorAt(last)),
    );
  }
}
