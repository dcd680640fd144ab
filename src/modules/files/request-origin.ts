import { Injectable } from '@nestjs/common';
import { RequestContext } from '../../common/http/request-context.js';
import { Clock } from '../../common/time/clock.js';

const USER_AGENT_LENGTH = 512;

/** From where somebody acts, and when. */
export interface Origin {
  readonly ip: string | null;
  readonly userAgent: string | null;
  readonly now: Date;
}

/** Where the current request comes from, as logs keep it; nulls outside of one. */
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
