import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { OrganizationEntity } from './organization.entity.js';
import { PreferenceEntity } from './preference.entity.js';
import { PreferencesController } from './preferences.controller.js';
import { PreferencesRepository } from './preferences.repository.js';
import { PreferencesService } from './preferences.service.js';
import { RoleEntity } from './role.entity.js';
import { RolesController } from './roles.controller.js';
import { RolesRepository } from './roles.repository.js';
import { RolesService } from './roles.service.js';
import { UserEntity } from './user.entity.js';
import { UsersController } from './users.controller.js';
import { UsersRepository } from './users.repository.js';
import { UsersService } from './users.service.js';

/** People, the organisations they belong to and their roles. Refuses to leave an organisation without an admin. */
@Module({
  imports: [TypeOrmModule.forFeature([OrganizationEntity, PreferenceEntity, RoleEntity, UserEntity])],
  controllers: [PreferencesController, RolesController, UsersController],
  providers: [
    PreferencesRepository,
    PreferencesService,
    RolesRepository,
    RolesService,
    UsersRepository,
    UsersService,
  ],
  exports: [RolesService, UsersService],
})
export class UsersModule {}
