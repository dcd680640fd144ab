import { AccessTokens } from '../../../src/modules/auth/access-tokens.js';
import { DEFAULT_ORGANIZATION_ID } from '../../../src/common/access/organizations.js';
import { ALL_KINDS, callersOf, givenOrganization } from '../access-matrix/callers.js';
import type { TestApp } from '../app.js';
import type { SignedIn } from '../factories/given.js';
import { claimsOf } from '../../../attack/jwt.js';
import { addPhone } from '../second-factors.js';
import { SoftPasskey } from '../soft-passkey.js';

/** Whoever asks: what they send to say who they are, and whose things they have. */
export interface FuzzCaller {
  readonly headers: Readonly<Record<string, string>>;
  readonly owner: SignedIn;
  /** One that a second factor of theirs is taken away with. */
  readonly recoveryCode?: string;
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

/** The people of one organisation, good until one of them is asked to do without something. */
export class FuzzCallers {
  private constructor(
    private readonly app: TestApp,
    readonly owner: SignedIn,
    private readonly shared: ReadonlyMap<string, FuzzCaller>,
  ) {}

  static async of(app: TestApp): Promise<FuzzCallers> {
    const organizationId = await givenOrganization(app);
    const kinds = await callersOf(app, organizationId, 'admin', ALL_KINDS);
    const admin = kinds[0]?.user;
    if (admin === undefined) throw new Error('Nobody calls');
    const owner = await app.given.signIn(admin);
    const user = await app.given.signedIn({ role: 'user', organizationId });
    const operator = await app.given.signedIn({ role: 'admin', organizationId: DEFAULT_ORGANIZATION_ID });
    const mangled = owner.token.slice(0, -20) + owner.token.slice(-19);
    const shared = new Map<string, FuzzCaller>([
      ...kinds.map(({ kind, client }): [string, FuzzCaller] => [kind, { headers: client.headers, owner }]),
      ['user', { headers: bearer(user.token), owner }],
      ['operator', { headers: bearer(operator.token), owner: operator }],
      ['mangled', { headers: bearer(mangled), owner }],
      ['expired', { headers: bearer(expired(app, owner)), owner }],
    ]);
    return new FuzzCallers(app, owner, shared);
  }

  async named(name: string): Promise<FuzzCaller> {
    const known = this.shared.get(name);
    if (known !== undefined) return known;
    const person = await somebody(this.app);
    const caller = { headers: bearer(person.token), owner: person };
    switch (name) {
      case 'somebody':
        return caller;
      case 'with a phone':
        return { ...caller, recoveryCode: (await addPhone(this.app, person)).recoveryCodes[0] ?? '' };
      case 'with a passkey':
        await addPasskey(this.app, person);
        return caller;
      case 'of what ends': {
        const { status } = await this.app.as(person).delete('/organizations/current');
        if (status !== 200) throw new Error(`Deleting an organisation answered ${status}`);
        return { ...caller, headers: bearer((await this.app.given.signIn(person)).token) };
      }
      default:
        throw new Error(`Nobody is called ${name}`);
    }
  }
}

/** Alone in an organisation of their own, whom anything may be done to. */
export async function somebody(app: TestApp): Promise<SignedIn> {
  const organizationId = await app.given.organization('Alone');
  const person = await app.given.signedIn({ role: 'admin', organizationId });
  await app.database.query('UPDATE organizations SET owner_id = $2 WHERE id = $1', [
    organizationId,
    person.id,
  ]);
  return person;
}

/** @returns the key, and the codes that came with it. */
export async function addPasskey(app: TestApp, person: SignedIn): Promise<SoftPasskey> {
  const passkey = new SoftPasskey();
  const { body } = await app.as(person).post('/auth/mfa/passkeys/options');
  const request = { name: 'A key', response: passkey.create(body.options) };
  const { status } = await app.as(person).post('/auth/mfa/passkeys', request);
  if (status !== 201) throw new Error(`Adding a passkey answered ${status}`);
  return passkey;
}

/** Of an hour ago, and of that hour only. */
function expired(app: TestApp, { token }: SignedIn): string {
  const tokens = app.cloudkeep.nest.get(AccessTokens);
  const { sub, sid, org, scope } = claimsOf(token) as unknown as Parameters<AccessTokens['issue']>[0];
  app.clock.advance(-3600);
  try {
    return tokens.issue({ sub, sid, org, scope });
  } finally {
    app.clock.advance(3600);
  }
}
