import { createHash, createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/time/clock.js';
import { AppConfig, SecretsConfig } from '../../config/config.js';
import { SignedUrlErrors } from './signed-urls.errors.js';
import type { SignatureQuery } from './signed-urls.dto.js';

const KEY_ID_BYTES = 4;

/**
 * Addresses on this server that stand for a credential: HMAC-SHA-256 over verb,
 * path, expiry and the key's id. Compared as text, so that no byte of them can be
 * changed, not even those bits of the last character that encode nothing.
 */
@Injectable()
export class SignedUrls {
  /** Where clients reach us, without a slash at its end. Never the `Host` header: that is the caller's word. */
  readonly home: string;
  /** The same, or nothing where nobody said: for clients that read addresses as relative to where they asked. */
  readonly publicHome: string;
  private readonly key: Buffer;
  private readonly keyId: string;

  constructor(
    { secretKey }: SecretsConfig,
    { publicUrl, port }: AppConfig,
    private readonly clock: Clock,
  ) {
    this.publicHome =
      publicUrl === null ? '' : `${publicUrl.origin}${publicUrl.pathname}`.replace(/\/+$/, '');
    this.home = this.publicHome || `http://localhost:${port}`;
    this.key = Buffer.from(hkdfSync('sha256', secretKey, '', 'cloudkeep signed urls', 32));
    this.keyId = createHash('sha256').update(this.key).digest().subarray(0, KEY_ID_BYTES).toString('hex');
  }

  /** @param path below `/api/v1`, with a slash at its beginning. @param expiresAt in whole seconds. */
  sign(verb: 'GET' | 'PUT', path: string, expiresAt: Date): string {
    const expires = String(Math.floor(expiresAt.getTime() / 1000));
    const signature = this.signatureOf(verb, path, expires);
    return `${this.home}/api/v1${path}?expires=${expires}&key=${this.keyId}&signature=${signature}`;
  }

  /**
   * Asks nobody, least of all the database.
   *
   * @param path as it was asked for, to the letter.
   * @throws AppError 403 `signature_invalid`, 410 `signed_url_expired`.
   */
  verify(verb: 'GET' | 'PUT', path: string, { expires = '', key, signature = '' }: SignatureQuery): void {
    const [sent, expected] = [Buffer.from(signature), Buffer.from(this.signatureOf(verb, path, expires))];
    const isOurs = sent.length === expected.length && timingSafeEqual(sent, expected);
    if (!isOurs || key !== this.keyId) throw SignedUrlErrors.invalid();
    if (Number(expires) * 1000 <= this.clock.now().getTime()) throw SignedUrlErrors.expired();
  }

  private signatureOf(verb: string, path: string, expires: string): string {
    const signed = `1\n${verb}\n${path}\n${expires}\n${this.keyId}`;
    return createHmac('sha256', this.key).update(signed).digest('base64url');
  }
}
