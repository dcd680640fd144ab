import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { ValidateBy, ValidateIf } from 'class-validator';

/** The field may be left out; sent as null it is checked, and so refused, like any other value. */
export function MayBeAbsent(): PropertyDecorator {
  return ValidateIf((_, value) => value !== undefined);
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
