import type { Strategy } from 'passport';

interface Attempt {
  authenticate: (request: object, options: object) => void;
  success: (principal: unknown) => void;
  fail: (challenge: unknown) => void;
  error: (error: unknown) => void;
  redirect: (url: string) => void;
}

/**
 * Runs a Passport strategy on its own: without the middleware, since a credential
 * may come by socket as well as by request. As in Passport, every attempt gets a
 * copy of the strategy that carries the callbacks of its outcome; where it sends
 * the browser elsewhere, the address is the outcome.
 *
 * @throws whatever the strategy fails with.
 */
export function runPassportStrategy<Result>(strategy: Strategy, request: object): Promise<Result> {
  return new Promise((resolve, reject) => {
    const attempt = Object.create(strategy) as Attempt;
    attempt.success = (result) => resolve(result as Result);
    attempt.fail = reject;
    attempt.error = reject;
    attempt.redirect = (url) => resolve(url as Result);
    attempt.authenticate(request, {});
  });
}
