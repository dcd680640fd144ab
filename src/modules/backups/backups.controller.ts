import { Body, Controller, Delete, Get, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Access, CurrentActor } from '../../common/access/access.decorator.js';
import type { Actor } from '../../common/access/actor.js';
import { IdPipe } from '../../common/http/id.pipe.js';
import { LocatedById } from '../../common/http/located.interceptor.js';
import { Returns } from '../../common/openapi/returns.decorator.js';
import { BackupDto, BackupPageDto, CreateBackupDto, ListBackupsQuery } from './backups.dto.js';
import { BackupsService } from './backups.service.js';

/** A backup holds the rows of every organisation: it is the operators'. */
@ApiTags('Backups')
@Controller('backups')
export class BackupsController {
  constructor(private readonly backups: BackupsService) {}

  @Post()
  @Access('backups:write', 'any', { operators: true })
  @ApiOperation({
    summary: 'Ask for a backup of the whole installation, which is made as soon as none other is',
  })
  @LocatedById()
  @Returns(201, BackupDto, [400, 409, 413, 415])
  create(@CurrentActor() actor: Actor, @Body() request: CreateBackupDto): Promise<BackupDto> {
    return this.backups.create(actor, request);
  }

  @Get()
  @Access('backups:read', 'any', { operators: true })
  @ApiOperation({ summary: 'List backups, the newest first, with how each was verified and copied' })
  @Returns(200, BackupPageDto, [400])
  list(@Query() query: ListBackupsQuery): Promise<BackupPageDto> {
    return this.backups.list(query);
  }

  @Get(':id')
  @Access('backups:read', 'any', { operators: true })
  @ApiOperation({ summary: 'Read what is known of a backup, and how far it is' })
  @Returns(200, BackupDto, [404])
  get(@Param('id', IdPipe) id: string): Promise<BackupDto> {
    return this.backups.get(id);
  }

  @Post(':id/verify')
  @Access('backups:write', 'any', { operators: true })
  @ApiOperation({ summary: 'Have a backup verified by a restore beside the database' })
  @Returns(202, BackupDto, [404, 409])
  verify(@CurrentActor() actor: Actor, @Param('id', IdPipe) id: string): Promise<BackupDto> {
    return this.backups.verify(actor, id);
  }

  @Delete(':id')
  @Access('backups:write', 'any', { operators: true })
  @ApiOperation({ summary: 'Delete a backup and its copy; never the newest that was verified' })
  @Returns(204, null, [404, 409])
  delete(@CurrentActor() actor: Actor, @Param('id', IdPipe) id: string): Promise<void> {
    return this.backups.delete(actor, id);
  }
}
