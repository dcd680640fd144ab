import { randomBytes } from 'node:crypto';
import type { TestApp } from './app.js';
import type { Answer, ApiClient } from './client.js';
import { PASSWORD } from './factories/given.js';
import { mailedToken } from './mailed.js';

export const tag = () => randomBytes(5).toString('hex');

/** Organisations and invitations of an app under `TENANCY=multi`. */
export class Tenants {
  constructor(private readonly app: TestApp) {}

  /** An organisation with its owner, as registration makes it. */
  async founded() {
    const name = `owner-${tag()}`;
    const request = { email: `${name}@example.com`, username: name, password: PASSWORD };
    const { status, body } = await this.app.anyone.post('/auth/register', request);
    expect(status).toBe(201);
    const owner = await this.app.given.signIn({
      ...request,
      id: body.user.id as string,
      organizationId: body.user.organization_id as string,
    });
    return { owner, client: this.app.as(owner), organizationId: owner.organizationId };
  }

  async invited(client: ApiClient, more: object = {}) {
    const email = `guest-${tag()}@example.com`;
    const { status, body } = await client.post('/organizations/invitations', { email, ...more });
    expect(status).toBe(201);
    return { email, id: body.id as string, body, token: await mailedToken(this.app, email) };
  }

  accept(token: string, more: object = {}): Promise<Answer> {
    return this.app.anyone.post('/organizations/invitations/accept', {
      token,
      username: `joined-${tag()}`,
      password: PASSWORD,
      ...more,
    });
  }
}
