import { Injectable, type PipeTransform } from '@nestjs/common';
import type { ApiParamOptions } from '@nestjs/swagger';
import { RoleErrors } from './roles.errors.js';

/** A slug: what can stand in a path and in a mail as it is. */
export const ROLE_NAME = /^[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*$/;
export const LONGEST_ROLE_NAME = 64;

/** How the name of a role in a path is described. */
export const ROLE_PARAM: ApiParamOptions = {
  name: 'name',
  schema: { type: 'string', minLength: 1, maxLength: LONGEST_ROLE_NAME, pattern: ROLE_NAME.source },
  example: 'release-manager',
};

/** The name of a role in a path. What can be no name names nothing, so it is 404 like any other that is not there. */
@Injectable()
export class RoleNamePipe implements PipeTransform<string, string> {
  transform(name: string): string {
    if (name.length > LONGEST_ROLE_NAME || !ROLE_NAME.test(name)) throw RoleErrors.notFound('of this name');
    return name;
  }
}
