import { randomUUID } from 'node:crypto';
import type { INestApplicationContext } from '@nestjs/common';
import { ClsService } from 'nestjs-cls';
import type { RequestContextStore } from '../../src/common/http/request-context.js';
import { UnitOfWork } from '../../src/database/unit-of-work.js';
import { SignInService } from '../../src/modules/auth/sign-in.service.js';
import { UsersService } from '../../src/modules/users/users.service.js';
import type { GivenTokens, GivenUser, OpenSession } from './factories/given.js';
import { serviceOf } from './weakened.js';

/** Where the clients of our tests come from, and what they call themselves. */
const CLIENT = { ip: '127.0.0.1', userAgent: null };

/**
 * Opens sessions as the application does once a password has proved right, with
 * all that follows from it. The password itself, made slow to check, is for the
 * tests of sign-in: it was a quarter of the work of all others.
 */
export function openSessionsOf(nest: INestApplicationContext): OpenSession {
  const cls = nest.get<ClsService<RequestContextStore>>(ClsService);
  const [unitOfWork, users, signIn] = [
    serviceOf(nest, UnitOfWork),
    serviceOf(nest, UsersService),
    serviceOf(nest, SignInService),
  ];
  const open = async ({ id, email }: GivenUser): Promise<GivenTokens> => {
    const user = await users.mustFind(id);
    if (!user.is_active) throw new Error(`${email} is not active`);
    const answer = await unitOfWork.run(() => signIn.withTokens(user, { by: ['password'] }));
    if ('mfa_required' in answer) throw new Error(`${email} has a second factor`);
    return answer;
  };
  return (user) => cls.runWith({ requestId: randomUUID(), ...CLIENT }, () => open(user));
}
