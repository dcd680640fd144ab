// @ts-check
import 'reflect-metadata';

/**
 * Decorators for plain JavaScript.
 *
 * @param {Function} Class
 * @param {{ on?: ClassDecorator[], takes?: unknown[],
 *   method?: string, does?: MethodDecorator[], parameters?: [ParameterDecorator, unknown][] }} how
 *   `takes` are the types of the constructor's parameters; each of `parameters` is a decorator and a type.
 */
export function decorate(Class, { on = [], takes = [], method, does = [], parameters = [] }) {
  if (method !== undefined) {
    const descriptor = /** @type {PropertyDescriptor} */ (
      Object.getOwnPropertyDescriptor(Class.prototype, method)
    );
    for (const decorator of does) decorator(Class.prototype, method, descriptor);
    parameters.forEach(([decorator], index) => decorator(Class.prototype, method, index));
    const types = parameters.map(([, type]) => type);
    Reflect.defineMetadata('design:paramtypes', types, Class.prototype, method);
  }
  if (takes.length > 0) Reflect.defineMetadata('design:paramtypes', takes, Class);
  for (const decorator of on) decorator(Class);
}
