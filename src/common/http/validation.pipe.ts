import { ValidationPipe, type ArgumentMetadata, type ValidationError } from '@nestjs/common';
import type { FieldError } from '../errors/app-error.js';
import { CommonErrors } from '../errors/common.errors.js';
import { textFaults } from './text-faults.js';

/** Queries too hold only text that can be stored and looked for; of bodies the body's reader has seen to it. */
class InputPipe extends ValidationPipe {
  override transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    const faults = metadata.type === 'query' ? textFaults(value) : [];
    if (faults.length > 0) return Promise.reject(CommonErrors.validation(faults));
    return super.transform(value, metadata);
  }
}

/** Checks bodies and queries against their DTO: unknown fields are refused, every bad field is named. */
export function validationPipe(): ValidationPipe {
  return new InputPipe({
    transform: true,
    whitelist: true,
    forbidNonWhitelisted: true,
    forbidUnknownValues: true,
    validationError: { target: false, value: false },
    exceptionFactory: (errors) => CommonErrors.validation(errors.flatMap((error) => fieldErrors(error, ''))),
  });
}

function fieldErrors({ property, constraints, children }: ValidationError, path: string): FieldError[] {
  const field = path === '' ? property : `${path}.${property}`;
  const own = Object.entries(constraints ?? {}).map(([rule, message]) => ({
    field,
    message: worded(rule, message, property),
  }));
  return [...own, ...(children ?? []).flatMap((child) => fieldErrors(child, field))];
}

function worded(rule: string, message: string, property: string): string {
  if (rule === 'whitelistValidation') return 'is not a known field';
  return message.startsWith(`${property} `) ? message.slice(property.length + 1) : message;
}
