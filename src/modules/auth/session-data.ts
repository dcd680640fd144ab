import { Injectable, type OnModuleInit } from '@nestjs/common';
import { NIL_ID } from '../../common/crypto/ids.js';
import { inPages, PersonalData } from '../../common/personal-data/personal-data.js';
import { SessionDataRepository, type SessionRecord } from './session-data.repository.js';
import { SessionsService } from './sessions.service.js';

const PAGE = 200;

/** Where somebody is and was signed in. The rows go with the account's; here the sessions end. */
@Injectable()
export class SessionData implements OnModuleInit {
  constructor(
    private readonly personalData: PersonalData,
    private readonly repository: SessionDataRepository,
    private readonly sessions: SessionsService,
  ) {}

  onModuleInit(): void {
    this.personalData.register('sessions', {
      export: ({ id }) =>
        inPages<SessionRecord>((last) => this.repository.list(id, last?.id ?? NIL_ID, PAGE)),
      erase: async (person, actor) => {
        await this.sessions.end(person, {}, 'user_erased', actor);
      },
    });
  }
}
