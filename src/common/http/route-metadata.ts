import type { ExecutionContext } from '@nestjs/common';
import type { Reflector } from '@nestjs/core';

/**
 * What a decorator declared for routes, the method before the class, read once a
 * handler: it never changes, and reflection is slow.
 */
export class RouteMetadata<Value> {
  /** By class, then by handler: controllers may inherit a handler and declare differently. */
  private readonly kept = new WeakMap<object, WeakMap<object, Value | undefined>>();

  constructor(
    private readonly reflector: Reflector,
    private readonly key: symbol,
  ) {}

  of(context: ExecutionContext): Value | undefined {
    const handler = context.getHandler();
    const controller = context.getClass();
    const ofController = this.kept.get(controller) ?? new WeakMap<object, Value | undefined>();
    if (ofController.has(handler)) return ofController.get(handler);
    const value = this.reflector.getAllAndOverride<Value | undefined>(this.key, [handler, controller]);
    this.kept.set(controller, ofController.set(handler, value));
    return value;
  }
}
