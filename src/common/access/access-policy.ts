import { Injectable } from '@nestjs/common';
import { AccessErrors } from './access.errors.js';
import type { Actor } from './actor.js';
import type { AccessRule } from './access.decorator.js';

/** The one place that decides whether an actor may do a thing: HTTP, sockets, signed URLs and jobs all ask here. */
@Injectable()
export class AccessPolicy {
  /** @throws AppError 403 `insufficient_scope`. */
  authorize(actor: Actor, { scope }: AccessRule): void {
    if (scope !== null && !actor.holds(scope)) throw AccessErrors.insufficientScope([scope]);
  }
}
