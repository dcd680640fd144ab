import { Injectable } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import type { AuthenticatedRequest } from '../../common/access/access.decorator.js';
import type { Actor } from '../../common/access/actor.js';
import { presentedCredential, sessionCookieName } from '../../common/access/credential.js';
import { LiveAccess, LiveCredentials } from '../../common/access/live-credentials.js';
import { clientIp } from '../../common/http/client-ip.js';
import { Lifecycle } from '../../common/http/lifecycle.js';
import { AuthConfig } from '../../config/config.js';
import { LogFeeds } from './log-feeds.js';
import { LogStream, type Follow } from './log-stream.js';
import { SANDBOX_READ } from './sandbox-access.js';
import { SandboxMetrics } from './sandbox-metrics.js';

const LOOK_EVERY_MS = 1_000;

/** The streams that are open, each for as long as its reader's credential holds and this process serves. */
@Injectable()
export class LogStreams {
  private readonly streams = new Set<LogStream>();
  private readonly cookieName: string;

  constructor(
    private readonly feeds: LogFeeds,
    private readonly live: LiveCredentials,
    private readonly lifecycle: Lifecycle,
    private readonly metrics: SandboxMetrics,
    { secureCookie }: AuthConfig,
  ) {
    this.cookieName = sessionCookieName(secureCookie);
  }

  open(actor: Actor, request: AuthenticatedRequest, follow: Follow): LogStream {
    const stream = new LogStream(this.feeds, follow);
    const credential = presentedCredential(request, this.cookieName);
    if (credential === null) throw new Error('A stream without a credential');
    const access = new LiveAccess(credential, SANDBOX_READ, clientIp(request), actor, ({ code, detail }) =>
      stream.finish('refused', { code, detail }),
    );
    const unwatch = this.live.watch(access);
    this.streams.add(stream);
    this.metrics.streams.inc();
    stream.once('close', () => {
      unwatch();
      this.streams.delete(stream);
      this.metrics.streams.dec();
    });
    return stream;
  }

  /** A process that is to end lets its readers go, so that they come back to another. */
  @Interval(LOOK_EVERY_MS)
  letGo(): void {
    if (!this.lifecycle.isDraining) return;
    for (const stream of this.streams) stream.finish('going_away', {});
  }
}
