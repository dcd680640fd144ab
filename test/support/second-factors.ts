import { generateSync } from 'otplib';
import type { TestApp } from './app.js';
import type { Answer } from './client.js';
import { PASSWORD, type GivenUser, type SignedIn, type UserTraits } from './factories/given.js';

const STEP_SECONDS = 30;

/** The authenticator app on somebody's phone, which goes by the app's clock. */
export class AuthenticatorApp {
  constructor(
    private readonly app: TestApp,
    readonly secret: string,
  ) {}

  /** What it shows, or will have shown some steps from now. */
  code(steps = 0): string {
    const now = Math.floor(this.app.clock.now().getTime() / 1000);
    return generateSync({ secret: this.secret, epoch: now + steps * STEP_SECONDS });
  }

  /** What it shows once everything it showed so far is over. */
  nextCode(): string {
    this.app.clock.advance(2 * STEP_SECONDS);
    return this.code();
  }

  /** A code that is none of this hour's. */
  wrongCode(): string {
    const near = new Set(Array.from({ length: 240 }, (_, index) => this.code(index - 120)));
    return ['000000', '123456', '654321'].find((code) => !near.has(code)) ?? '999999';
  }
}

export interface Protected {
  readonly user: SignedIn;
  readonly phone: AuthenticatorApp;
  readonly recoveryCodes: readonly string[];
}

/** Sets an authenticator app up for somebody signed in. */
export async function addPhone(app: TestApp, user: SignedIn): Promise<Protected> {
  const begun = await app.as(user).post('/auth/mfa/totp');
  expect(begun.status).toBe(200);
  const phone = new AuthenticatorApp(app, begun.body.secret as string);
  const confirmed = await app.as(user).post('/auth/mfa/totp/confirm', { code: phone.code() });
  expect(confirmed.status).toBe(200);
  return { user, phone, recoveryCodes: confirmed.body.recovery_codes as string[] };
}

/** Somebody signed in whose account has an authenticator app. */
export async function givenProtected(app: TestApp, traits: UserTraits = {}): Promise<Protected> {
  return addPhone(app, await app.given.signedIn(traits));
}

/** The first step of a sign-in: the answer, which holds an `mfa_token`. */
export async function firstStep(app: TestApp, { email }: GivenUser, query = ''): Promise<Answer> {
  const answer = await app.anyone.post(`/auth/login${query}`, { email, password: PASSWORD });
  expect([answer.status, answer.body.mfa_required]).toEqual([200, true]);
  return answer;
}

export async function mfaToken(app: TestApp, user: GivenUser, query = ''): Promise<string> {
  return (await firstStep(app, user, query)).body.mfa_token as string;
}
