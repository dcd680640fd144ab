import { Injectable } from '@nestjs/common';
import { newId } from '../crypto/ids.js';
import type { SealedColumn } from '../crypto/sealed-column.js';
import { Sealer } from '../crypto/sealer.js';
import { digestOf, randomSecret } from '../crypto/secrets.js';
import { Clock, secondsAfter } from '../time/clock.js';
import { OneTimeTokensRepository, type OneTimeTokenRow } from './one-time-tokens.repository.js';

/** What a one-time token is handed out for; it opens nothing else. */
export interface NewOneTimeToken {
  readonly purpose: string;
  /** Whom it is about, as `user:<id>`. */
  readonly subject: string;
  readonly organizationId: string | null;
  readonly seconds: number;
  /** What whoever redeems it needs to know; kept sealed. */
  readonly data?: object;
}

/** A token that was good. */
export interface RedeemedToken<Data> {
  readonly subject: string;
  readonly data: Data;
}

/** What is kept with a token until it is redeemed. */
export const SEALED_TOKEN_DATA: SealedColumn = {
  table: 'one_time_tokens',
  column: 'sealed_data',
  id: { column: 'id', type: 'uuid' },
  purposeOf,
};

/**
 * Secrets good for one use and one purpose until they expire: verification and
 * reset links, exchange codes, invitations. Only a digest is kept, and what hangs
 * on them is sealed.
 */
@Injectable()
export class OneTimeTokens {
  constructor(
    private readonly tokens: OneTimeTokensRepository,
    private readonly sealer: Sealer,
    private readonly clock: Clock,
  ) {}

  /** @returns the secret (43 characters of base64url). Part of the caller's unit of work. */
  async issue({ purpose, subject, organizationId, seconds, data = {} }: NewOneTimeToken): Promise<string> {
    const secret = randomSecret();
    const id = newId();
    await this.tokens.insert({
      id,
      organizationId,
      purpose,
      subject,
      digest: digestFor(purpose, secret),
      sealedData: this.sealer.seal(JSON.stringify(data), purposeOf(id)),
      expiresAt: secondsAfter(this.clock.now(), seconds),
    });
    return secret;
  }

  /**
   * Uses a token up. In a unit of work it is used up with the change it allows:
   * where that fails, the token can be tried again.
   *
   * @returns null for one that is unknown, used, expired or for another purpose.
   */
  async redeem<Data extends object>(purpose: string, secret: string): Promise<RedeemedToken<Data> | null> {
    return this.opened<Data>(await this.tokens.take(digestFor(purpose, secret), this.clock.now()));
  }

  /** As `redeem`, without using it up. */
  async look<Data extends object>(purpose: string, secret: string): Promise<RedeemedToken<Data> | null> {
    return this.opened<Data>(await this.tokens.find(digestFor(purpose, secret), this.clock.now()));
  }

  /**
   * As `look`, for a token that opens only together with something that can be
   * guessed: it is dead once it has been tried `most` times. Call it outside a unit
   * of work, whose rollback would forget the attempt.
   */
  async attempt<Data extends object>(
    purpose: string,
    secret: string,
    most: number,
  ): Promise<RedeemedToken<Data> | null> {
    const row = await this.tokens.findAttempt(digestFor(purpose, secret), this.clock.now(), most);
    return this.opened<Data>(row);
  }

  /** Ends all of a subject's tokens for a purpose. Part of the caller's unit of work. */
  async revokeAll(purpose: string, subject: string): Promise<void> {
    await this.tokens.removeAll(purpose, subject);
  }

  /** Ends all that a subject has, whatever they are for. Part of the caller's unit of work. */
  async forget(subject: string): Promise<void> {
    await this.tokens.removeEvery(subject);
  }

  purge(): Promise<void> {
    return this.tokens.purge(this.clock.now());
  }

  private opened<Data>(row: OneTimeTokenRow | null): RedeemedToken<Data> | null {
    if (row === null) return null;
    const data = JSON.parse(this.sealer.open(row.sealed_data, purposeOf(row.id))) as Data;
    return { subject: row.subject, data };
  }
}

function digestFor(purpose: string, secret: string): Buffer {
  return digestOf(`${purpose}\n${secret}`);
}

function purposeOf(id: string): string {
  return `one-time-token:${id}`;
}
