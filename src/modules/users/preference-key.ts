import { Injectable, type PipeTransform } from '@nestjs/common';
import type { ApiParamOptions } from '@nestjs/swagger';
import { CommonErrors } from '../../common/errors/common.errors.js';

const KEY = /^[\w.:-]{1,128}$/;

/** How the key of a preference is described. */
export const KEY_PARAM: ApiParamOptions = {
  name: 'key',
  schema: { type: 'string', minLength: 1, maxLength: 128, pattern: KEY.source },
  example: 'dashboard.layout',
};

export function isPreferenceKey(text: string): boolean {
  return KEY.test(text);
}

/** The key of a preference in a path. */
@Injectable()
export class PreferenceKeyPipe implements PipeTransform<string, string> {
  transform(key: string): string {
    if (isPreferenceKey(key)) return key;
    const message = 'must be 1 to 128 of the characters A-Z a-z 0-9 . _ : -';
    throw CommonErrors.validation([{ field: 'key', message }]);
  }
}
