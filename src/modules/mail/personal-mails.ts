import { Injectable, type OnModuleInit } from '@nestjs/common';
import { PersonalData } from '../../common/personal-data/personal-data.js';
import { PersonalMailsRepository } from './personal-mails.repository.js';

/** What the outbox remembers of mails to somebody: no foreign key ties them to the account. */
@Injectable()
export class PersonalMails implements OnModuleInit {
  constructor(
    private readonly personalData: PersonalData,
    private readonly mails: PersonalMailsRepository,
  ) {}

  onModuleInit(): void {
    this.personalData.register('mails', {
      export: (person) => this.mails.list(person),
      erase: (person) => this.mails.deleteAllTo(person),
    });
  }
}
