import { Controller, Delete, Param } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Access, CurrentActor } from '../../common/access/access.decorator.js';
import type { Actor } from '../../common/access/actor.js';
import { IdPipe } from '../../common/http/id.pipe.js';
import { Returns } from '../../common/openapi/returns.decorator.js';
import { MfaResetService } from './mfa-reset.service.js';

/** By a person who has just proved who they are: a leaked token must not open the accounts of others. */
@ApiTags('Users')
@Controller('users/:id/mfa')
export class UserMfaController {
  constructor(private readonly resets: MfaResetService) {}

  @Delete()
  @Access('users:manage', 'session', { fresh: true })
  @ApiOperation({
    summary: 'Remove every second factor of somebody who has lost theirs',
    description: 'Ends their sessions and tells them by mail. Without effect where there is none.',
  })
  @Returns(204, null, [404, 409])
  reset(@CurrentActor() actor: Actor, @Param('id', IdPipe) id: string): Promise<void> {
    return this.resets.reset(actor, id);
  }
}
