import { Injectable } from '@nestjs/common';
import { RequestContext } from '../../common/http/request-context.js';
import { Clock } from '../../common/time/clock.js';

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
      userAgent: this.context.shortUserAgent,
      now: this.clock.now(),
    };
  }
}
