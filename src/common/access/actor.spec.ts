import { actorOf, codeOf } from '../../../test/support/actors.js';

const actor = actorOf({ scopes: new Set(['files:read', 'files:write']) });

it('holds its own scopes, and with admin all', () => {
  expect([actor.holds('files:read'), actor.holds('users:read')]).toEqual([true, false]);
  expect(actorOf({ scopes: new Set(['admin']) }).holds('users:read')).toBe(true);
});

it('grants what it holds and names all that it does not', () => {
  expect(codeOf(() => actor.mustHoldAll(['files:read', 'files:write']))).toBeNull();
  expect(codeOf(() => actor.mustHoldAll([]))).toBeNull();
  expect(() => actor.mustHoldAll(['users:read', 'files:read', 'admin'])).toThrow('needs users:read, admin');
});
