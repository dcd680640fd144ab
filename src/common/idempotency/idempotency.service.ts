import { Injectable, Logger } from '@nestjs/common';
import { ClsService } from 'nestjs-cls';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { newId } from '../crypto/ids.js';
import type { SealedColumn } from '../crypto/sealed-column.js';
import { Sealer } from '../crypto/sealer.js';
import { Clock, secondsAfter } from '../time/clock.js';
import { IdempotencyErrors } from './idempotency.errors.js';
import { IdempotencyRepository, type Attempt, type Call, type KeptCall } from './idempotency.repository.js';

/** What is kept of an answer: JSON text, null without a body. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

/** The right to serve a call, and a duty to say how it ended. */
export class Reservation implements Attempt {
  readonly holder = newId();
  isOpen = true;

  constructor(readonly digest: Buffer) {}
}

const LIFETIME_SECONDS = 24 * 60 * 60;
const LEASE_SECONDS = 60;
const RENEWAL_MS = (LEASE_SECONDS * 1000) / 3;
const LARGEST_ANSWER_BYTES = 256 * 1024;

/** Answers that a retry is given again. */
export const SEALED_ANSWERS: SealedColumn = {
  table: 'idempotency_keys',
  column: 'answer',
  id: { column: 'digest', type: 'bytea' },
  purposeOf,
};

const RESERVATION = Symbol('idempotency reservation of this request');

/**
 * Serves a call once, however often it is sent. The reservation is committed
 * before the work begins; the work's own transaction marks it as it commits. So
 * whatever dies when, either nothing happened and a retry may begin anew, or it
 * did and no retry repeats it.
 */
@Injectable()
export class IdempotencyService {
  private readonly logger = new Logger(IdempotencyService.name);

  constructor(
    private readonly calls: IdempotencyRepository,
    private readonly sealer: Sealer,
    private readonly clock: Clock,
    private readonly cls: ClsService,
    unitOfWork: UnitOfWork,
  ) {
    unitOfWork.onBeforeCommit(
      () => this.markCommitted(),
      () => this.reservation() !== null,
    );
  }

  /**
   * @returns the right to serve the call, or the answer it had before.
   * @throws AppError 409 in flight or its answer lost, 422 the key belongs to another call.
   */
  async claim(call: Call): Promise<Reservation | Answer> {
    const reservation = new Reservation(call.digest);
    const now = this.clock.now();
    const times = { now, leasedUntil: this.leaseEnd(), expiresAt: secondsAfter(now, LIFETIME_SECONDS) };
    // Between the two statements the first attempt may have been refused, which frees the key.
    for (let attempt = 0; attempt < 2; attempt++) {
      if (await this.calls.reserve(call, reservation.holder, times)) return reservation;
      const kept = await this.calls.find(call.digest);
      if (kept !== null) return this.earlierAnswer(call, kept);
    }
    throw IdempotencyErrors.inFlight();
  }

  /** Does the work under its reservation. Work that throws frees the key, unless it committed something before. */
  async serve<T>(
    reservation: Reservation,
    work: () => Promise<T>,
    answerOf: (value: T) => Answer | null,
  ): Promise<T> {
    let value: T;
    try {
      value = await this.holding(reservation, work);
    } catch (error) {
      await this.settle(async () => {
        if (!(await this.calls.release(reservation))) await this.complete(reservation, null);
      });
      throw error;
    }
    await this.settle(() => this.complete(reservation, answerOf(value)));
    return value;
  }

  purge(): Promise<void> {
    return this.calls.purge(this.clock.now());
  }

  private async holding<T>(reservation: Reservation, work: () => Promise<T>): Promise<T> {
    this.cls.set(RESERVATION, reservation);
    const renew = () => this.settle(() => this.calls.renew(reservation, this.leaseEnd()));
    const renewal = setInterval(() => void renew(), RENEWAL_MS).unref();
    try {
      return await work();
    } finally {
      clearInterval(renewal);
      // What goes on in the background after the answer is no part of the call.
      reservation.isOpen = false;
    }
  }

  /** @throws AppError 409, which rolls the work back, when a retry has taken over from what looked dead. */
  private async markCommitted(): Promise<void> {
    const reservation = this.reservation();
    if (reservation === null) return;
    if (!(await this.calls.markCommitted(reservation, this.clock.now()))) throw IdempotencyErrors.inFlight();
  }

  /** That the current work is done under. */
  private reservation(): Reservation | null {
    const reservation = this.cls.get<Reservation | undefined>(RESERVATION);
    return reservation?.isOpen === true ? reservation : null;
  }

  private earlierAnswer({ digest, fingerprint }: Call, kept: KeptCall): Answer {
    if (!kept.fingerprint.equals(fingerprint)) throw IdempotencyErrors.keyReused();
    if (kept.answer === null) {
      const isServed = kept.committed_at === null || kept.leased_until > this.clock.now();
      throw isServed ? IdempotencyErrors.inFlight() : IdempotencyErrors.answerLost();
    }
    try {
      return JSON.parse(this.sealer.open(kept.answer, purposeOf(digest))) as Answer;
    } catch (error) {
      this.logger.warn(`A kept answer can not be opened: ${(error as Error).message}`);
      throw IdempotencyErrors.answerLost();
    }
  }

  private complete(reservation: Reservation, answer: Answer | null): Promise<void> {
    const text = JSON.stringify(answer);
    const fits = answer !== null && Buffer.byteLength(text) <= LARGEST_ANSWER_BYTES;
    const sealed = fits ? this.sealer.seal(text, purposeOf(reservation.digest)) : null;
    return this.calls.complete(reservation, this.clock.now(), sealed);
  }

  /** The caller's outcome stands whether or not it can be noted; the lease and the mark keep a retry honest. */
  private async settle(note: () => Promise<void>): Promise<void> {
    try {
      await note();
    } catch (error) {
      this.logger.warn(`The state of an idempotency key was not noted: ${(error as Error).message}`);
    }
  }

  private leaseEnd(): Date {
    return secondsAfter(this.clock.now(), LEASE_SECONDS);
  }
}

function purposeOf(digest: Buffer): string {
  return `idempotency-key:${digest.toString('hex')}`;
}
