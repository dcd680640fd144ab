import { Controller, Get } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Access, CurrentActor } from '../../common/access/access.decorator.js';
import type { Actor } from '../../common/access/actor.js';
import { Returns } from '../../common/openapi/returns.decorator.js';
import { StorageUsageDto } from './storage-usage.dto.js';
import { StorageUsageService } from './storage-usage.service.js';

@ApiTags('Files')
@Controller('files/usage')
export class StorageUsageController {
  constructor(private readonly usage: StorageUsageService) {}

  @Get()
  @Access('files:read')
  @ApiOperation({ summary: 'How much is kept, and how much may be' })
  @Returns(200, StorageUsageDto)
  of(@CurrentActor() actor: Actor): Promise<StorageUsageDto> {
    return this.usage.of(actor);
  }
}
