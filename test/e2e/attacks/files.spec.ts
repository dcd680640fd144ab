import { files, tracedUploads, type Traced } from '../../../attack/attacks/files.js';
import { links } from '../../../attack/attacks/links.js';
import { TestApp } from '../../support/app.js';
import { attacked, targetOf } from '../../support/attacked.js';
import { traces } from '../../support/store-files.js';
import type { Mutation } from '../../support/weakened.js';

/** A defence of each attack, taken away. */
const WEAKENED: readonly Mutation[] = [
  {
    // 18: names keep their folders.
    file: 'src/modules/files/file-name.js',
    from: 'sent.toWellFormed().split(/[/\\\\]/)',
    to: '[sent]',
  },
  {
    // 18: any text is a collection.
    file: 'src/modules/files/files.dto.js',
    from: 'const COLLECTION = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;',
    to: 'const COLLECTION = /./;',
  },
  {
    // 19: everything may be shown.
    file: 'src/modules/files/content-type.js',
    from: 'return INLINE_TYPES.has(type) ||',
    to: 'return true ||',
  },
  {
    // 19: what a sender says is believed.
    file: 'src/modules/files/content-type.js',
    from: 'const claim = claimOf(claimed);',
    to: 'const claim = claimOf(claimed); if (claim !== null) return claim;',
  },
  {
    // 19: quotes stay in names.
    file: 'src/modules/files/content-disposition.js',
    from: ".replaceAll(/[%\"\\\\]/g, '_')",
    to: '',
  },
  {
    // 20: what an upload has written so far stays.
    file: 'src/modules/storage/drivers/local.driver.js',
    from: 'await rm(draft, { force: true });\n            throw error;',
    to: 'throw error;',
  },
  {
    // 20: a form may go on after its file.
    file: 'src/common/http/multipart.js',
    from: 'if (taking !== undefined)\n                throw MultipartErrors.fieldAfterFile(name);',
    to: '',
  },
  {
    // 20: no scope is asked for.
    file: 'src/common/access/access-policy.js',
    from: 'if (scope !== null && !actor.holds(scope))',
    to: 'if (false)',
  },
  {
    // 21: any signature will do.
    file: 'src/modules/files/signed-urls.js',
    from: 'if (!isOurs || key !== this.keyId)',
    to: 'if (false)',
  },
  {
    // 21: uses are counted, but not limited.
    file: 'src/modules/files/file-links.repository.js',
    from: 'WHERE id = $1 AND $2 AND uses < max_uses',
    to: 'WHERE id = $1 AND $2',
  },
  {
    // 21: a link leads to the newest version.
    file: 'src/modules/files/file-links.repository.js',
    from: 'v.file_id = l.file_id AND v.number = l.version',
    to: 'v.file_id = l.file_id AND v.number = f.version',
  },
  {
    // 21: links last for ever.
    file: 'src/modules/files/signed-urls.js',
    from: 'if (Number(expires) * 1000 <= this.clock.now().getTime())',
    to: 'if (false)',
  },
];

let apps: TestApp[];
let whole: Traced;
let weakened: Traced;
beforeAll(async () => {
  apps = [await TestApp.start(), await TestApp.start({ weakened: WEAKENED })];
  [whole, weakened] = (await Promise.all(apps.map(traced))) as [Traced, Traced];
});
afterAll(async () => {
  for (const app of apps) await app.stop();
});

/** Looks into the database and the store as well. */
async function traced(app: TestApp): Promise<Traced> {
  return { target: await targetOf(app), traces: () => traces(app) };
}

attacked(
  [...files, ...links],
  () => whole.target,
  () => weakened.target,
);

attacked(
  [tracedUploads],
  () => whole,
  () => weakened,
);
