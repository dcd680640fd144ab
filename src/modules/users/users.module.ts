import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { OrganizationEntity } from './organization.entity.js';
import { MailModule } from '../mail/mail.module.js';
import { MailedTokensService } from './mailed-tokens.service.js';
import { PersonalDataService } from './personal-data.service.js';
import { PreferenceEntity } from './preference.entity.js';
import { PreferencesController } from './preferences.controller.js';
import { PreferencesRepository } from './preferences.repository.js';
import { PreferencesService } from './preferences.service.js';
import { ProvenUsersService } from './proven-users.service.js';
import { RoleEntity } from './role.entity.js';
import { RolesController } from './roles.controller.js';
import { RolesRepository } from './roles.repository.js';
import { RolesService } from './roles.service.js';
import { SetPasswordMails } from './set-password-mails.js';
import { UserControlService } from './user-control.service.js';
import { UserCreationService } from './user-creation.service.js';
import { UserData } from './user-data.js';
import { ImportedUserReader } from './imported-user.js';
import { UserErasureService } from './user-erasure.service.js';
import { UserEntity } from './user.entity.js';
import { UserImportBatches } from './user-import-batches.js';
import { UserImportController } from './user-import.controller.js';
import { UserImportSpool } from './user-import-spool.repository.js';
import { UserImportRepository } from './user-import.repository.js';
import { UserImportService } from './user-import.service.js';
import { UserMailsService } from './user-mails.service.js';
import { UsersController } from './users.controller.js';
import { UsersRepository } from './users.repository.js';
import { UsersService } from './users.service.js';

/** People, the organisations they belong to and their roles. Refuses to leave an organisation without an admin. */
@Module({
  imports: [
    TypeOrmModule.forFeature([OrganizationEntity, PreferenceEntity, RoleEntity, UserEntity]),
    MailModule,
  ],
  controllers: [PreferencesController, RolesController, UserImportController, UsersController],
  providers: [
    ImportedUserReader,
    MailedTokensService,
    PersonalDataService,
    PreferencesRepository,
    PreferencesService,
    ProvenUsersService,
    RolesRepository,
    RolesService,
    SetPasswordMails,
    UserControlService,
    UserCreationService,
    UserData,
    UserErasureService,
    UserImportBatches,
    UserImportRepository,
    UserImportService,
    UserImportSpool,
    UserMailsService,
    UsersRepository,
    UsersService,
  ],
  exports: [
    MailedTokensService,
    ProvenUsersService,
    RolesService,
    UserErasureService,
    UserMailsService,
    UsersService,
  ],
})
export class UsersModule {}
