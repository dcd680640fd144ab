import { Body, Controller, Delete, Get, Patch, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Access, CurrentActor } from '../../common/access/access.decorator.js';
import type { Actor } from '../../common/access/actor.js';
import { Returns } from '../../common/openapi/returns.decorator.js';
import { OrganizationDto, TransferOrganizationDto, UpdateOrganizationDto } from './organizations.dto.js';
import { OrganizationsService } from './organizations.service.js';

@ApiTags('Organisations')
@Controller('organizations')
export class OrganizationsController {
  constructor(private readonly organizations: OrganizationsService) {}

  @Get('current')
  @Access()
  @ApiOperation({ summary: 'Read the organisation one belongs to' })
  @Returns(200, OrganizationDto, [404])
  current(@CurrentActor() actor: Actor): Promise<OrganizationDto> {
    return this.organizations.current(actor);
  }

  @Patch('current')
  @Access('users:manage')
  @ApiOperation({ summary: 'Change the organisation’s name and settings' })
  @Returns(200, OrganizationDto, [400, 404, 413, 415])
  update(@CurrentActor() actor: Actor, @Body() changes: UpdateOrganizationDto): Promise<OrganizationDto> {
    return this.organizations.update(actor, changes);
  }

  @Post('transfer')
  @Access('profile:write', 'session')
  @ApiOperation({
    summary: 'Give the organisation to somebody in it: its owner, or an admin while it has none',
  })
  @Returns(200, OrganizationDto, [400, 404, 413, 415])
  transfer(
    @CurrentActor() actor: Actor,
    @Body() { user_id: userId }: TransferOrganizationDto,
  ): Promise<OrganizationDto> {
    return this.organizations.transfer(actor, userId);
  }

  @Delete('current')
  @Access('profile:write', 'session')
  @ApiOperation({ summary: 'Have the organisation removed after a time of grace; only its owner' })
  @Returns(200, OrganizationDto, [404, 409])
  delete(@CurrentActor() actor: Actor): Promise<OrganizationDto> {
    return this.organizations.delete(actor);
  }

  @Post('current/restore')
  @Access('profile:write', 'session')
  @ApiOperation({ summary: 'Keep an organisation that was about to be removed; only its owner' })
  @Returns(200, OrganizationDto, [404, 409])
  restore(@CurrentActor() actor: Actor): Promise<OrganizationDto> {
    return this.organizations.restore(actor);
  }
}
