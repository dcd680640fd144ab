import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { IsDate, ValidateBy, ValidateIf, type ValidationOptions } from 'class-validator';
import { beginsWithDay } from '../time/calendar.js';
import { isAddressOrNetwork } from './ip-networks.js';
import { isMailAddress } from './mail-address.js';

/** The field may be left out; sent as null it is checked, and so refused, like any other value. */
export function MayBeAbsent(): PropertyDecorator {
  return ValidateIf((_, value) => value !== undefined);
}

/** Without the blanks around it; what is no text stays, to be checked. */
export function Trimmed(): PropertyDecorator {
  return Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.trim() : value));
}

/** `true` or `false` as a query or a form writes it; becomes a boolean, which is still to be checked. */
export function Flag(): PropertyDecorator {
  return Transform(({ value }: { value: unknown }) =>
    value === 'true' ? true : value === 'false' ? false : value,
  );
}

/** An IP address, or a network in CIDR notation. */
export function IsAddressOrNetwork(options: ValidationOptions = {}): PropertyDecorator {
  return ValidateBy(
    {
      name: 'isAddressOrNetwork',
      validator: {
        validate: isAddressOrNetwork,
        defaultMessage: () => 'must be an IP address or a network such as 203.0.113.0/24',
      },
    },
    options,
  );
}

/** An e-mail address that mail can go to: one with a quoted part (`"a b"@example.com`) is none. */
export function IsMailAddress(): PropertyDecorator {
  const isAddress = (value: unknown) => typeof value === 'string' && isMailAddress(value);
  return Satisfies('isMailAddress', isAddress, 'must be an e-mail address, without quotes');
}

const RFC_3339 = /^\d{4}-\d{2}-\d{2}([Tt]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2}))?$/;

/** A time as RFC 3339 writes it, or a date for its midnight in UTC; becomes a `Date`. */
export function IsTime(): PropertyDecorator {
  return applyDecorators(
    Transform(({ value }: { value: unknown }) =>
      typeof value === 'string' && RFC_3339.test(value) && beginsWithDay(value) ? new Date(value) : value,
    ),
    IsDate({ message: 'must be a date or an RFC 3339 time' }),
  );
}

/** Text of 1 to `most` bytes as UTF-8. */
export function TextOfBytes(most: number): PropertyDecorator {
  const fits = (value: unknown) =>
    typeof value === 'string' && value !== '' && Buffer.byteLength(value) <= most;
  return Satisfies('textOfBytes', fits, `must be text of 1 to ${most} bytes in UTF-8`);
}

/** Any JSON, null too, of at most `mostBytes` written as UTF-8. */
export function AnyJson(mostBytes: number): PropertyDecorator {
  return applyDecorators(
    AsSent(),
    Satisfies(
      'anyJson',
      (value) => value !== undefined && bytesOf(value) <= mostBytes,
      `must be JSON of at most ${mostBytes} bytes in UTF-8`,
    ),
  );
}

/** A JSON object of at most `mostBytes` written as UTF-8. */
export function JsonObject(mostBytes: number): PropertyDecorator {
  const isObject = (value: unknown) => typeof value === 'object' && value !== null && !Array.isArray(value);
  return applyDecorators(
    AsSent(),
    Satisfies(
      'jsonObject',
      (value) => isObject(value) && bytesOf(value) <= mostBytes,
      `must be a JSON object of at most ${mostBytes} bytes in UTF-8`,
    ),
  );
}

/** Copied member by member, an object would lose those named like a method of every object, `toString` say. */
function AsSent(): PropertyDecorator {
  return Transform(({ obj, key }: { obj: Record<string, unknown>; key: string }) => obj[key]);
}

function bytesOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}

function Satisfies(name: string, validate: (value: unknown) => boolean, message: string): PropertyDecorator {
  return ValidateBy({ name, validator: { validate, defaultMessage: () => message } });
}
