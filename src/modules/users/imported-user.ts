import { Injectable } from '@nestjs/common';
import { DEFAULT_ORGANIZATION_ID } from '../../common/access/organizations.js';
import { AppError, type FieldError } from '../../common/errors/app-error.js';
import type { NdjsonLine } from '../../common/http/ndjson.js';
import { textFaults } from '../../common/http/text-faults.js';
import { validationPipe } from '../../common/http/validation.pipe.js';
import { PasswordHasher } from '../../common/passwords/password-hasher.js';
import { ImportedUserDto } from './user-import.dto.js';

/** Checks a line by itself, by the rules a body of our API is held to. */
@Injectable()
export class ImportedUserReader {
  private readonly pipe = validationPipe();

  constructor(private readonly hasher: PasswordHasher) {}

  /** @returns the user, or all that is wrong. */
  async read(read: NdjsonLine, organizationId: string): Promise<ImportedUserDto | readonly FieldError[]> {
    if (read.fault !== undefined) return [{ field: 'line', message: read.fault }];
    const { value } = read;
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      return [{ field: 'line', message: 'must be a JSON object' }];
    const faults = textFaults(value);
    if (faults.length > 0) return faults;
    try {
      const user = (await this.pipe.transform(value, {
        type: 'body',
        metatype: ImportedUserDto,
      })) as ImportedUserDto;
      const beyond = this.faultsOf(user, organizationId);
      return beyond.length > 0 ? beyond : user;
    } catch (error) {
      if (error instanceof AppError && error.errors !== undefined) return error.errors;
      throw error;
    }
  }

  private faultsOf(
    { password_hash: hash, email_verified }: ImportedUserDto,
    organizationId: string,
  ): FieldError[] {
    const faults: FieldError[] = [];
    if (typeof hash === 'string' && !this.hasher.isSupported(hash))
      faults.push({ field: 'password_hash', message: 'is not a hash we can check' });
    // Whoever could vouch for addresses would take over those of strangers who later sign in with a provider.
    if (email_verified && organizationId !== DEFAULT_ORGANIZATION_ID)
      faults.push({
        field: 'email_verified',
        message: 'may be true only in the organisation of the operator',
      });
    return faults;
  }
}
