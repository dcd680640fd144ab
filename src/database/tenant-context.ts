import { Injectable } from '@nestjs/common';
import { ClsService } from 'nestjs-cls';

const TENANT = Symbol('organisation whose rows may be touched');

/**
 * Whose rows the database lets the current request touch. Set once a caller is
 * known; until then, and in jobs, the system works for itself: it signs people in
 * and cleans up across organisations.
 */
@Injectable()
export class TenantContext {
  constructor(private readonly cls: ClsService) {}

  /** Null for the system. */
  get current(): string | null {
    return this.cls.isActive() ? (this.cls.get<string | undefined>(TENANT) ?? null) : null;
  }

  enter(organizationId: string): void {
    this.cls.set(TENANT, organizationId);
  }
}
