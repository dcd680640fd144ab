import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { digestOf } from '../../common/crypto/secrets.js';
import { EventBus } from '../../common/events/event-bus.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import type { UserRef } from '../users/users.events.js';
import { RecoveryCodesRepository } from './recovery-codes.repository.js';
import './mfa.events.js';

const HOW_MANY = 10;
const LENGTH = 16;
/** Crockford's base32: nothing in it can be mistaken for something else in it. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** Codes for the day the phone is lost: each works once, and only digests are kept. */
@Injectable()
export class RecoveryCodes {
  constructor(
    private readonly codes: RecoveryCodesRepository,
    private readonly unitOfWork: UnitOfWork,
    private readonly events: EventBus,
  ) {}

  /** Ten new codes in the place of all there were. Part of the caller's unit of work. */
  async replace(user: UserRef): Promise<string[]> {
    const codes = Array.from({ length: HOW_MANY }, newCode);
    await this.codes.removeAll(user.id);
    await this.codes.insert(
      user,
      codes.map((code) => digestOf(asKept(code))),
    );
    return codes;
  }

  /** Uses a code up; false when it is none of the user's. */
  async use(user: UserRef, typed: string): Promise<boolean> {
    const code = asKept(typed);
    if (code.length !== LENGTH) return false;
    return this.unitOfWork.run(async () => {
      if (!(await this.codes.take(user.id, digestOf(code)))) return false;
      this.events.emit('mfa.recovery-code-used', { user, left: await this.codes.count(user.id) });
      return true;
    });
  }

  count(userId: string): Promise<number> {
    return this.codes.count(userId);
  }

  async removeAll(userId: string): Promise<void> {
    await this.codes.removeAll(userId);
  }
}

/** 80 random bits, as `7K3M-Q0ZT-…`. */
function newCode(): string {
  const letters = [...randomBytes(LENGTH)].map((byte) => ALPHABET.charAt(byte % ALPHABET.length));
  return letters.join('').match(/.{4}/g)?.join('-') ?? '';
}

/** However it was typed. */
function asKept(typed: string): string {
  return typed
    .normalize('NFKC')
    .toUpperCase()
    .replaceAll(/[^0-9A-Z]/g, '')
    .replaceAll('O', '0')
    .replaceAll(/[IL]/g, '1');
}
