import { Injectable, type OnModuleInit } from '@nestjs/common';
import { inPages, PersonalData } from '../../common/personal-data/personal-data.js';
import { PreferencesRepository, type PreferenceRow } from './preferences.repository.js';
import { UserDto } from './users.dto.js';
import { UsersRepository } from './users.repository.js';

const PAGE = 200;

/** What an account itself tells of its owner. Both go with the account's row. */
@Injectable()
export class UserData implements OnModuleInit {
  constructor(
    private readonly personalData: PersonalData,
    private readonly users: UsersRepository,
    private readonly preferences: PreferencesRepository,
  ) {}

  onModuleInit(): void {
    this.personalData.register('profile', {
      export: async ({ id }) => {
        const user = await this.users.findById(id);
        return user === null ? null : UserDto.of(user);
      },
    });
    this.personalData.register('preferences', {
      export: ({ id }) =>
        inPages<PreferenceRow>((last) => this.preferences.list(id, last?.key ?? null, PAGE)),
    });
  }
}
