import type { Attack } from '../../attack/attack.js';
import { LINES } from '../../attack/lines.js';
import { Target, type People, type Person } from '../../attack/target.js';
import type { TestApp } from './app.js';
import { PASSWORD, type SignedIn } from './factories/given.js';

/**
 * The tests of some attacks: each finds nothing where the defences are whole, and something where
 * they were taken away, so that none holds for the wrong reason.
 *
 * @param whole what is attacked, once it has started.
 * @param weakened the same with the mutations of all these attacks.
 */
export function attacked<On>(attacks: readonly Attack<On>[], whole: () => On, weakened: () => On): void {
  describe.each(attacks.map((attack) => [nameOf(attack), attack] as const))('%s', (_, attack) => {
    it('goes not through', async () => {
      expect(await attack.run(whole())).toEqual([]);
    });

    it('is seen where the defence is weakened', async () => {
      expect(await attack.run(weakened())).not.toEqual([]);
    });
  });
}

const nameOf = ({ line, how }: Pick<Attack, 'line' | 'how'>) => `${line}. ${LINES[line]?.title}: ${how}`;

/** An application as attacks reach it, which get their people without asking. */
export async function targetOf(app: TestApp, ...replicas: TestApp[]): Promise<Target> {
  const admin = await app.given.signedIn({ role: 'admin' });
  const people: People = {
    adminToken: admin.token,
    person: async (role = 'user') => personOf(await app.given.signedIn({ role })),
  };
  const targets = replicas.map(({ url }) => new Target(new URL(url), people));
  // A weakened defence is waited for as long as it may take.
  return new Target(new URL(app.url), people, { replicas: targets, deadlineMs: 3_000 });
}

export const personOf = (user: SignedIn): Person => ({ ...user, password: PASSWORD });
