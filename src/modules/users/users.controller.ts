import { Body, Controller, Get, Param, Patch, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Access, CurrentActor } from '../../common/access/access.decorator.js';
import type { Actor } from '../../common/access/actor.js';
import { IdPipe } from '../../common/http/id.pipe.js';
import { Returns } from '../../common/openapi/returns.decorator.js';
import { ListUsersQuery, UpdateUserDto, UserDto, UserPageDto } from './users.dto.js';
import { UsersService } from './users.service.js';

@ApiTags('Users')
@Controller('users')
export class UsersController {
  constructor(private readonly users: UsersService) {}

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
}
