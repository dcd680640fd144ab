import { Global, Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { Invalidations } from '../cache/invalidations.js';
import { EventBus } from '../events/event-bus.js';
import { RateLimitGuard } from '../rate-limits/rate-limit.guard.js';
import { AccessGuard } from './access.guard.js';
import { AccessReports } from './access-reports.js';
import { AccessPolicy } from './access-policy.js';
import { Authenticator } from './authenticator.js';
import { CsrfProtection } from './csrf.js';
import { LiveCredentials } from './live-credentials.js';
import { Usage } from './usage.js';

/** Who may do what, decided in one place. Refuses every route that declares no access. */
@Global()
@Module({
  providers: [
    Authenticator,
    AccessPolicy,
    CsrfProtection,
    Invalidations,
    EventBus,
    AccessReports,
    Usage,
    LiveCredentials,
    // In this order: the limit is counted for the principal that the access guard finds.
    { provide: APP_GUARD, useClass: AccessGuard },
    { provide: APP_GUARD, useClass: RateLimitGuard },
  ],
  exports: [Authenticator, AccessPolicy, CsrfProtection, Invalidations, EventBus, LiveCredentials, Usage],
})
export class AccessModule {}
