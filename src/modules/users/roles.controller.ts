import { Body, Controller, Delete, Get, Param, Patch, Post } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { Access, CurrentActor } from '../../common/access/access.decorator.js';
import type { Actor } from '../../common/access/actor.js';
import { Returns } from '../../common/openapi/returns.decorator.js';
import { ROLE_PARAM, RoleNamePipe } from './role-name.js';
import { CreateRoleDto, RoleDto, RolesDto, UpdateRoleDto } from './roles.dto.js';
import { RolesService } from './roles.service.js';

@ApiTags('Roles')
@Controller('roles')
export class RolesController {
  constructor(private readonly roles: RolesService) {}

  @Get()
  @Access()
  @ApiOperation({ summary: 'List the roles one may have here, with their scopes' })
  @Returns(200, RolesDto)
  list(@CurrentActor() actor: Actor): Promise<RolesDto> {
    return this.roles.list(actor);
  }

  @Get(':name')
  @Access()
  @ApiOperation({ summary: 'Read one role' })
  @ApiParam(ROLE_PARAM)
  @Returns(200, RoleDto, [404])
  get(@CurrentActor() actor: Actor, @Param('name', RoleNamePipe) name: string): Promise<RoleDto> {
    return this.roles.get(actor, name);
  }

  @Post()
  @Access('roles:manage')
  @ApiOperation({ summary: 'Make a role of the organisation’s own' })
  @Returns(201, RoleDto, [400, 409, 413, 415])
  create(@CurrentActor() actor: Actor, @Body() role: CreateRoleDto): Promise<RoleDto> {
    return this.roles.create(actor, role);
  }

  @Patch(':name')
  @Access('roles:manage')
  @ApiOperation({ summary: 'Change what a role allows, for all who have it, at once' })
  @ApiParam(ROLE_PARAM)
  @Returns(200, RoleDto, [400, 404, 409, 413, 415])
  update(
    @CurrentActor() actor: Actor,
    @Param('name', RoleNamePipe) name: string,
    @Body() changes: UpdateRoleDto,
  ): Promise<RoleDto> {
    return this.roles.update(actor, name, changes);
  }

  @Delete(':name')
  @Access('roles:manage')
  @ApiOperation({ summary: 'Delete a role that nobody has' })
  @ApiParam(ROLE_PARAM)
  @Returns(204, null, [404, 409])
  delete(@CurrentActor() actor: Actor, @Param('name', RoleNamePipe) name: string): Promise<void> {
    return this.roles.delete(actor, name);
  }
}
