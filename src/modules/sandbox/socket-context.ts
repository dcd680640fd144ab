import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { Express, Request } from 'express';
import { ClsService } from 'nestjs-cls';
import { clientIp } from '../../common/http/client-ip.js';
import type { RequestContextStore } from '../../common/http/request-context.js';
import { Tracing } from '../../telemetry/tracing.js';
import { TenantContext } from '../../database/tenant-context.js';
import type { LiveSocket } from './socket-protocol.js';

/** What a request has by its middleware, for a socket: where it comes from, and a context that its queries run in. */
@Injectable()
export class SocketContext {
  constructor(
    private readonly http: HttpAdapterHost,
    private readonly cls: ClsService<RequestContextStore>,
    private readonly tenant: TenantContext,
    private readonly tracing: Tracing,
  ) {}

  /** As Express tells it, by the proxies that `TRUST_PROXY` names. */
  ipOf({ request }: LiveSocket): string {
    const express = this.http.httpAdapter.getInstance<Express>();
    const asRequest = Object.create(express.request, {
      headers: { value: request.headers },
      socket: { value: request.socket },
      connection: { value: request.socket },
    }) as Request;
    return clientIp(asRequest);
  }

  /** Of one that is to be let in, of whom nothing is known. */
  connecting<T>(socket: LiveSocket, work: () => Promise<T>): Promise<T> {
    const attributes = { 'cloudkeep.socket': socket.id };
    return this.tracing.run(
      { name: 'socket connect', kind: 'server', attributes },
      () => this.run(socket, null, work),
      socket.request.headers,
    );
  }

  /** @param organizationId whose rows may be touched; null until a caller is known. */
  run<T>(socket: LiveSocket, organizationId: string | null, work: () => Promise<T>): Promise<T> {
    const userAgent = socket.request.headers['user-agent'] ?? null;
    const store = { requestId: randomUUID(), ip: this.ipOf(socket), userAgent } as RequestContextStore;
    return this.cls.runWith(store, () => {
      if (organizationId !== null) this.tenant.enter(organizationId);
      return work();
    });
  }
}
