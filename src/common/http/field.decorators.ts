import { ValidateIf } from 'class-validator';

/** The field may be left out; sent as null it is checked, and so refused, like any other value. */
export function MayBeAbsent(): PropertyDecorator {
  return ValidateIf((_, value) => value !== undefined);
}
