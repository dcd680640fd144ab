import { Injectable, type StreamableFile } from '@nestjs/common';
import { AccessErrors } from '../../common/access/access.errors.js';
import type { Actor } from '../../common/access/actor.js';
import { EventBus } from '../../common/events/event-bus.js';
import { streamedFile } from '../../common/http/streamed-file.js';
import { PersonalData, type Person } from '../../common/personal-data/personal-data.js';
import { Clock } from '../../common/time/clock.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { UserErrors } from './users.errors.js';
import { refOf, UsersService } from './users.service.js';

/** Hands out all that is held about a person (GDPR articles 15 and 20). */
@Injectable()
export class PersonalDataService {
  constructor(
    private readonly users: UsersService,
    private readonly personalData: PersonalData,
    private readonly unitOfWork: UnitOfWork,
    private readonly events: EventBus,
    private readonly clock: Clock,
  ) {}

  /**
   * One's own, for whoever is signed in themselves (a token of little scope must not
   * read everything); anybody's who holds no more, for those who manage users.
   *
   * @throws AppError 403 `session_required` or `insufficient_scope`, 404.
   */
  async export(actor: Actor, id: string): Promise<StreamableFile> {
    if (!actor.holds('users:manage')) {
      if (id !== actor.userId) throw UserErrors.notFound(id);
      if (actor.credential !== 'session') throw AccessErrors.sessionRequired();
    }
    const user = await this.users.mustFindIn(actor.organizationId, id);
    if (id !== actor.userId) actor.mustHoldAll(user.scopes);
    const ref = refOf(user);
    await this.unitOfWork.run(() => {
      this.events.emit('user.data-exported', { actor, user: ref });
      return Promise.resolve();
    });
    const person = { ...ref, email: user.email };
    return streamedFile(this.document(person), { type: 'application/json', name: `user-${id}.json` });
  }

  private async *document(person: Person): AsyncGenerator<string> {
    yield `{"user_id":"${person.id}","exported_at":"${this.clock.now().toISOString()}","data":`;
    yield* this.personalData.export(person);
    yield '}';
  }
}
