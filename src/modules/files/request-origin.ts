import { Injectable } from '@nestjs/common';
import { RequestContext } from '../../common/http/request-context.js';
import { Clock } from '../../common/time/clock.js';
import type { Origin } from './file-links.repository.js';

const USER_AGENT_LENGTH = 512;

/** From where and when the current request comes, as logs keep it. */
@Injectable()
export class RequestOrigin {
  constructor(
    private readonly context: RequestContext,
    private readonly clock: Clock,
  ) {}

  now(): Origin {
    return {
      ip: this.context.ip,
      userAgent: this.context.userAgent?.slice(0, USER_AGENT_LENGTH).toWellFormed() ?? null,
      now: this.clock.now(),
    };
  }
}
