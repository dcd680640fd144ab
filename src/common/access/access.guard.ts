import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Response } from 'express';
import { AuthConfig } from '../../config/config.js';
import { AppError } from '../errors/app-error.js';
import { clientIp } from '../http/client-ip.js';
import { RouteMetadata } from '../http/route-metadata.js';
import { ACCESS, type AccessRule, type AuthenticatedRequest } from './access.decorator.js';
import { AccessReports } from './access-reports.js';
import { AccessErrors } from './access.errors.js';
import { AccessPolicy } from './access-policy.js';
import type { Actor } from './actor.js';
import { Authenticator } from './authenticator.js';
import { presentedCredential, sessionCookieName, type PresentedCredential } from './credential.js';
import { CsrfProtection } from './csrf.js';
import { LiveAccess } from './live-credentials.js';

/** As much of a socket as its handshake leaves for us. */
interface AdmittedSocket {
  readonly data: { readonly access?: unknown };
}

/**
 * The one global guard. A route that declares no access is refused; a public one
 * passes; for every other the caller is authenticated and its scope checked.
 */
@Injectable()
export class AccessGuard implements CanActivate {
  private readonly cookieName: string;
  private readonly rules: RouteMetadata<AccessRule | 'public'>;

  constructor(
    reflector: Reflector,
    private readonly authenticator: Authenticator,
    private readonly policy: AccessPolicy,
    private readonly csrf: CsrfProtection,
    private readonly reports: AccessReports,
    { secureCookie }: AuthConfig,
  ) {
    this.rules = new RouteMetadata(reflector, ACCESS);
    this.cookieName = sessionCookieName(secureCookie);
  }

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const rule = this.rules.of(context);
    if (rule === 'public') return true;
    if (context.getType() === 'ws') return this.mayStay(context.switchToWs().getClient(), rule);
    const http = context.switchToHttp();
    const request = http.getRequest<AuthenticatedRequest>();
    return this.admit(request, rule) || this.examine(request, http.getResponse<Response>(), rule);
  }

  /** A socket was let in at its handshake, and is watched since; a message asks no more than whether it still may. */
  private mayStay({ data: { access } }: AdmittedSocket, rule: AccessRule | undefined): boolean {
    if (rule === undefined || !(access instanceof LiveAccess)) throw AccessErrors.undeclared();
    this.policy.authorize(access.actor, rule, access.ip);
    return true;
  }

  /** The fast way in: a credential verified before, all synchronous. False leaves the answer to `examine`. */
  private admit(request: AuthenticatedRequest, rule: AccessRule | undefined): boolean {
    if (rule === undefined || request.headers['x-api-key'] !== undefined) return false;
    const { authorization } = request.headers;
    if (authorization?.startsWith('Bearer ') !== true) return false;
    const actor = this.authenticator.known({ token: authorization.slice('Bearer '.length), via: 'header' });
    if (actor?.networks !== null || rule.by !== 'any' || rule.fresh || rule.operators === true) return false;
    if (rule.scope !== null && !actor.holds(rule.scope)) return false;
    this.reports.admitted(request, actor);
    return true;
  }

  private async examine(
    request: AuthenticatedRequest,
    response: Response,
    rule: AccessRule | undefined,
  ): Promise<boolean> {
    let actor: Actor | null = null;
    try {
      if (rule === undefined) throw AccessErrors.undeclared();
      const credential = presentedCredential(request, this.cookieName);
      if (credential === null) throw AccessErrors.credentialMissing();
      actor = await this.actorOf(credential);
      if (credential.via === 'cookie') this.csrf.verify(request, actor.credentialId);
      this.policy.authorize(actor, rule, clientIp(request));
      this.reports.admitted(request, actor);
      return true;
    } catch (error) {
      if (error instanceof AppError) await this.reports.refused(request, response, actor, error);
      throw error;
    }
  }

  private actorOf(credential: PresentedCredential): Actor | Promise<Actor> {
    return this.authenticator.known(credential) ?? this.authenticator.verify(credential);
  }
}
