import { applyDecorators, Injectable, type PipeTransform } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Matches } from 'class-validator';
import { CommonErrors } from '../../common/errors/common.errors.js';
import { MayBeAbsent } from '../../common/http/field.decorators.js';

/** As clouds name machines: letters, digits, `.`, `_` and `-`, the first a letter or digit, at most 64. */
const INSTANCE_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const DESCRIBED = { example: 'i-0abc1234def567890', pattern: INSTANCE_ID.source };

export function InstanceId(): PropertyDecorator {
  return applyDecorators(ApiProperty(DESCRIBED), MatchesInstanceId());
}

export function MaybeInstanceId(): PropertyDecorator {
  return applyDecorators(ApiPropertyOptional(DESCRIBED), MayBeAbsent(), MatchesInstanceId());
}

function MatchesInstanceId(): PropertyDecorator {
  return Matches(INSTANCE_ID, {
    message: 'must be 1 to 64 letters, digits, ".", "_" and "-", the first a letter or digit',
  });
}

/** An instance id in a path. What is none names nothing, so it is 404. */
@Injectable()
export class InstanceIdPipe implements PipeTransform<string, string> {
  transform(value: string): string {
    if (!INSTANCE_ID.test(value)) throw CommonErrors.notFound();
    return value;
  }
}
