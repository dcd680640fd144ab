import { randomBytes } from 'node:crypto';
import { NotTried } from './attack.js';
import type { Answer } from './http.js';
import type { People, Person, Target } from './target.js';

/** What all accounts are called that attacks make, so that whoever finds one knows. */
export const PREFIX = 'attack-';

/** People of a deployment: an administrator makes and deletes them, or else they register. */
export class NewPeople implements People {
  /** The names of those that stay, for want of somebody who may delete them. */
  readonly left: string[] = [];

  constructor(
    readonly adminToken: string | undefined,
    private readonly target: () => Target,
  ) {}

  person(role?: string): Promise<Person> {
    return this.adminToken === undefined ? this.registered(role) : this.made(this.adminToken, role);
  }

  private async made(token: string, role = 'user'): Promise<Person> {
    const target = this.target();
    const account = newAccount();
    const made = await target.call('POST', '/users', { token, body: { ...account, role } });
    if (made.status !== 201) throw new NotTried(`the token can make no account (${told(made)})`);
    target.afterwards(() => target.call('DELETE', `/users/${made.body.id}`, { token }));
    const { email, password } = account;
    const login = await target.call('POST', '/auth/login', { body: { email, password } });
    if (login.status !== 200) throw new NotTried(`a new account can not sign in (${told(login)})`);
    return personOf(account, login);
  }

  private async registered(role?: string): Promise<Person> {
    if (role !== undefined) throw new NotTried('needs --token of an administrator');
    const target = this.target();
    const account = newAccount();
    const answer = await target.call('POST', '/auth/register', { body: account });
    if (answer.status !== 201) throw new NotTried(`nobody can register (${told(answer)})`);
    this.left.push(account.username);
    const person = personOf(account, answer);
    target.afterwards(() => target.call('POST', '/auth/logout/all', { token: person.token }));
    return person;
  }
}

function newAccount() {
  const username = `${PREFIX}${randomBytes(6).toString('hex')}`;
  return { email: `${username}@example.com`, username, password: randomBytes(18).toString('base64url') };
}

function personOf(account: ReturnType<typeof newAccount>, { body }: Answer): Person {
  return { ...account, id: body.user.id, token: body.access_token, refreshToken: body.refresh_token };
}

const told = ({ status, body }: Answer) => `${status} ${body.code ?? ''}`.trim();
