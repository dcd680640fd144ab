import { ValidateBy, type ValidationArguments } from 'class-validator';
import { checkPassword } from './password-policy.js';

/** The password policy as a field rule; `context` names the words of this person that must not make the password. */
export function AcceptablePassword(
  context: (body: Record<string, unknown>) => readonly unknown[],
): PropertyDecorator {
  const faults = (value: unknown, args?: ValidationArguments): string[] => {
    if (typeof value !== 'string') return ['must be a string'];
    // The other fields are checked on their own; here they may still be anything.
    const words = context({ ...args?.object }).filter((word): word is string => typeof word === 'string');
    return checkPassword(value, { words });
  };
  return ValidateBy({
    name: 'acceptablePassword',
    validator: {
      validate: (value, args) => faults(value, args).length === 0,
      defaultMessage: (args) => faults(args?.value, args).join('; '),
    },
  });
}
