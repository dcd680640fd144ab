import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { Response } from 'express';
import type { AuthenticatedRequest } from '../access/access.decorator.js';
import { RecentWriters } from './recent-writers.js';
import { ReplicaReads } from './replica-reads.js';

const READING: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Knows of each request whether it reads or writes, and for whom: so that people find what they wrote. Lets everybody pass. */
@Injectable()
export class ReplicasGuard implements CanActivate {
  constructor(
    private readonly reads: ReplicaReads,
    private readonly writers: RecentWriters,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (context.getType() === 'ws') return true;
    const http = context.switchToHttp();
    const { actor, method } = http.getRequest<AuthenticatedRequest>();
    if (actor === undefined) return true;
    const { userId } = actor;
    if (READING.has(method)) this.reads.enter(userId);
    else {
      await this.writers.add(userId);
      // One that took long is remembered from its end.
      http.getResponse<Response>().once('close', () => void this.writers.add(userId));
    }
    return true;
  }
}
