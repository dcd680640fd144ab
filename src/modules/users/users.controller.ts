import {
  Body,
  Controller,
  Delete,
  Get,
  Param,
  Patch,
  Post,
  Query,
  type StreamableFile,
} from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Access, CurrentActor } from '../../common/access/access.decorator.js';
import type { Actor } from '../../common/access/actor.js';
import { IdPipe } from '../../common/http/id.pipe.js';
import { Returns } from '../../common/openapi/returns.decorator.js';
import { PersonalDataDto } from './personal-data.dto.js';
import { PersonalDataService } from './personal-data.service.js';
import { UserControlService } from './user-control.service.js';
import { UserCreationService } from './user-creation.service.js';
import { CreateUserDto } from './user-requests.dto.js';
import { ListUsersQuery, UpdateUserDto, UserDto, UserPageDto } from './users.dto.js';
import { UsersService } from './users.service.js';

@ApiTags('Users')
@Controller('users')
export class UsersController {
  constructor(
    private readonly users: UsersService,
    private readonly creation: UserCreationService,
    private readonly control: UserControlService,
    private readonly personalData: PersonalDataService,
  ) {}

  @Get()
  @Access('users:read')
  @ApiOperation({ summary: 'List the users of the organisation, newest first' })
  @Returns(200, UserPageDto, [400])
  list(@CurrentActor() actor: Actor, @Query() query: ListUsersQuery): Promise<UserPageDto> {
    return this.users.list(actor, query);
  }

  @Get(':id')
  @Access('users:read')
  @ApiOperation({ summary: 'Read one user' })
  @Returns(200, UserDto, [404])
  get(@CurrentActor() actor: Actor, @Param('id', IdPipe) id: string): Promise<UserDto> {
    return this.users.get(actor, id);
  }

  @Patch(':id')
  @Access('users:manage')
  @ApiOperation({ summary: 'Change a user: name, role, active or not' })
  @Returns(200, UserDto, [400, 404, 409, 413, 415])
  update(
    @CurrentActor() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Body() changes: UpdateUserDto,
  ): Promise<UserDto> {
    return this.users.update(actor, id, changes);
  }

  @Post()
  @Access('users:manage')
  @ApiOperation({ summary: 'Make an account for somebody' })
  @Returns(201, UserDto, [400, 409, 413, 415, 503])
  create(@CurrentActor() actor: Actor, @Body() request: CreateUserDto): Promise<UserDto> {
    return this.creation.create(actor, request);
  }

  @Delete(':id')
  @Access('users:manage')
  @ApiOperation({ summary: 'Erase a user and their personal data' })
  @Returns(204, null, [404, 409])
  delete(@CurrentActor() actor: Actor, @Param('id', IdPipe) id: string): Promise<void> {
    return this.control.delete(actor, id);
  }

  @Post(':id/revoke-sessions')
  @Access('users:manage')
  @ApiOperation({ summary: 'End every session and personal token of a user' })
  @Returns(204, null, [404])
  revokeSessions(@CurrentActor() actor: Actor, @Param('id', IdPipe) id: string): Promise<void> {
    return this.control.revokeAccess(actor, id);
  }

  @Post(':id/force-password-reset')
  @Access('users:manage')
  @ApiOperation({ summary: 'Make a password useless and mail its owner a link to choose another' })
  @Returns(204, null, [400, 404])
  forcePasswordReset(@CurrentActor() actor: Actor, @Param('id', IdPipe) id: string): Promise<void> {
    return this.control.forcePasswordReset(actor, id);
  }

  @Get(':id/export')
  @Access()
  @ApiOperation({ summary: 'Download all that is held about a person: oneself, or a user one manages' })
  @Returns(200, PersonalDataDto, [404])
  export(@CurrentActor() actor: Actor, @Param('id', IdPipe) id: string): Promise<StreamableFile> {
    return this.personalData.export(actor, id);
  }
}
