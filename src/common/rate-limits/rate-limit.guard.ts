import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Response } from 'express';
import type { AuthenticatedRequest } from '../access/access.decorator.js';
import { clientIp, clientNetwork } from '../http/client-ip.js';
import { RouteMetadata } from '../http/route-metadata.js';
import { RATE_LIMITS, type RouteLimit } from './rate-limit.decorator.js';
import { RateLimiter } from './rate-limiter.js';

/**
 * The general limit, for a principal or else a client's address, and the limit
 * of the route's own. Runs after the access guard, which knows the principal and
 * counts refused credentials itself.
 */
@Injectable()
export class RateLimitGuard implements CanActivate {
  private readonly ownLimits: RouteMetadata<RouteLimit | 'none'>;

  constructor(
    private readonly limiter: RateLimiter,
    reflector: Reflector,
  ) {
    this.ownLimits = new RouteMetadata(reflector, RATE_LIMITS);
  }

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    // Sockets count their handshakes and messages themselves.
    if (context.getType() === 'ws') return true;
    const own = this.ownLimits.of(context);
    if (own === 'none') return true;
    const http = context.switchToHttp();
    const request = http.getRequest<AuthenticatedRequest>();
    const response = http.getResponse<Response>();
    const { actor } = request;
    const counted =
      actor === undefined
        ? this.limiter.consume('default', clientNetwork(clientIp(request)), response)
        : this.limiter.consumeFor(actor, response);
    if (own !== undefined) return this.consumeOwn(own, request, response, counted);
    return counted === undefined ? true : counted.then(() => true);
  }

  private async consumeOwn(
    { name, per, subject }: RouteLimit,
    request: AuthenticatedRequest,
    response: Response,
    general: Promise<void> | undefined,
  ): Promise<boolean> {
    await general;
    const address = () => `${clientNetwork(clientIp(request))}|${subject?.(request) ?? ''}`;
    const account = per === 'account' ? request.actor?.userId : undefined;
    await this.limiter.consume(name, account ?? address(), response);
    return true;
  }
}
