import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { IsDate, ValidateBy, ValidateIf, type ValidationOptions } from 'class-validator';
import { isAddressOrNetwork } from './ip-networks.js';

/** The field may be left out; sent as null it is checked, and so refused, like any other value. */
export function MayBeAbsent(): PropertyDecorator {
  return ValidateIf((_, value) => value !== undefined);
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

const RFC_3339 = /^\d{4}-\d{2}-\d{2}([Tt]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2}))?$/;

/** A time as RFC 3339 writes it, or a date for its midnight in UTC; becomes a `Date`. */
export function IsTime(): PropertyDecorator {
  return applyDecorators(
    Transform(({ value }: { value: unknown }) =>
      typeof value === 'string' && RFC_3339.test(value) ? new Date(value) : value,
    ),
    IsDate({ message: 'must be a date or an RFC 3339 time' }),
  );
}
