import { Injectable } from '@nestjs/common';
import type { Actor } from '../../common/access/actor.js';
import { newId } from '../../common/crypto/ids.js';
import { AppError, type FieldError } from '../../common/errors/app-error.js';
import type { NdjsonLine } from '../../common/http/ndjson.js';
import type { ImportTally } from './import-tally.js';
import { ImportedUserReader } from './imported-user.js';
import { RolesService } from './roles.service.js';
import { UserImportErrors } from './user-import.errors.js';
import { UserImportRepository, type NewImportedUser, type Taken } from './user-import.repository.js';

/** Some lines of an import: who they are, and bringing those in with one insert. Part of the caller's unit of work. */
@Injectable()
export class UserImportBatches {
  constructor(
    private readonly reader: ImportedUserReader,
    private readonly roles: RolesService,
    private readonly repository: UserImportRepository,
  ) {}

  /** Whom lines name; those that are wrong by themselves are told of. */
  async read(actor: Actor, lines: readonly NdjsonLine[], tally: ImportTally): Promise<NewImportedUser[]> {
    const candidates: NewImportedUser[] = [];
    const roleFaults = new Map<string, string | null>();
    for (const read of lines) {
      const user = await this.reader.read(read, actor.organizationId);
      if (!('email' in user)) {
        tally.refuse(read.line, 'value' in read ? read.value : null, 'failed', user);
        continue;
      }
      const known = roleFaults.get(user.role);
      const fault = known === undefined ? await this.roleFault(actor, user.role) : known;
      roleFaults.set(user.role, fault);
      if (fault === null) candidates.push({ id: newId(), line: read.line, user });
      else tally.refuse(read.line, user, 'failed', [{ field: 'role', message: fault }]);
    }
    return candidates;
  }

  /** @throws AppError 503 `imports_busy` where another import writes for too long. */
  async bring(actor: Actor, candidates: readonly NewImportedUser[], tally: ImportTally): Promise<void> {
    if (candidates.length === 0) return;
    if (!(await this.repository.lock())) throw UserImportErrors.busy();
    const created = await this.repository.insert(actor.organizationId, candidates);
    tally.created += created.size;
    const rejected = candidates.filter(({ id }) => !created.has(id));
    if (rejected.length === 0) return;
    const taken = new Map((await this.repository.findTaken(rejected)).map((one) => [one.id, one]));
    for (const { id, line, user } of rejected) {
      const status = taken.get(id)?.email_taken === true ? 'skipped' : 'failed';
      tally.refuse(line, user, status, takenErrors(taken.get(id)));
    }
  }

  private async roleFault(actor: Actor, role: string): Promise<string | null> {
    try {
      actor.mustHoldAll(await this.roles.scopesToAssign(actor.organizationId, role));
      return null;
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      return error.status === 403 ? 'holds more than you do' : 'is not a role of this organisation';
    }
  }
}

const ELSEWHERE = 'its e-mail or username belongs, or just did, to an account of another organisation';

function takenErrors(taken: Taken | undefined): FieldError[] {
  const errors: FieldError[] = [];
  if (taken?.email_taken === true) errors.push({ field: 'email', message: 'is already taken' });
  if (taken?.username_taken === true) errors.push({ field: 'username', message: 'is already taken' });
  // Of another organisation, which row-level security does not show us; or whoever had it has let go since.
  return errors.length > 0 ? errors : [{ field: 'line', message: ELSEWHERE }];
}
