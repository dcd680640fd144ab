import { mustHold, type Attack } from '../attack.js';
import { uploaded } from '../forms.js';
import type { Answer } from '../http.js';
import type { Target } from '../target.js';

const SHARED = '/files/shared/';
const AT_ONCE = 20;

interface Link {
  /** Below `/api/v1`, with what is signed. */
  readonly path: string;
  open(path?: string, method?: string): Promise<Answer>;
}

async function linkTo(target: Target, id: string, request: object = {}): Promise<Link> {
  const { token } = await target.someone();
  const { status, body } = await target.call('POST', `/files/${id}/links`, { token, body: request });
  mustHold(status === 201, `a link answered ${status}`);
  const { pathname, search } = new URL(body.url as string);
  // Behind a proxy it may begin with a prefix that is not ours to know.
  const path = pathname.slice(pathname.indexOf(SHARED)) + search;
  return { path, open: (other = path, method = 'GET') => target.call(method, other) };
}

/** A file, and a link that opens it. */
async function shared(target: Target, value: string): Promise<{ id: string; link: Link }> {
  const { token } = await target.someone();
  const { id } = await uploaded(target, token, { value });
  const link = await linkTo(target, id);
  mustHold((await link.open()).text === value, 'a link does not open its file');
  return { id, link };
}

/** Every address that differs in one sign of what is signed. */
function* altered(path: string): Generator<string> {
  for (let at = SHARED.length; at < path.length; at++) {
    const sign = path[at] ?? '';
    if ('?&=-'.includes(sign)) continue;
    yield path.slice(0, at) + (sign === '0' ? '1' : '0') + path.slice(at + 1);
  }
}

const alteredLinks: Attack = {
  line: 21,
  how: 'any byte of it changed, or its signature gone',
  async run(target) {
    const { link } = await shared(target, 'Shared');
    const [unsigned = ''] = link.path.split('?');
    const through: string[] = [];
    for (const path of [...altered(link.path), unsigned]) {
      const { status } = await link.open(path);
      if (status < 400) through.push(`${path} opened with ${status}.`);
    }
    return through;
  },
};

const swappedSignatures: Attack = {
  line: 21,
  how: 'the signature of another file, or used for another verb',
  async run(target) {
    const [{ link }, other] = [await shared(target, 'One'), await shared(target, 'Other')];
    const [place = ''] = link.path.split('?');
    const [, signature = ''] = other.link.path.split('?');
    const through: string[] = [];
    if ((await link.open(`${place}?${signature}`)).status < 400)
      through.push('A signature opened another file.');
    for (const verb of ['POST', 'PUT', 'PATCH', 'DELETE'])
      if ((await link.open(link.path, verb)).status < 400) through.push(`A link to read took ${verb}.`);
    const asUpload = link.path.replace(SHARED, '/files/uploads/').replace('?', '/content?');
    const { status } = await target.call('PUT', asUpload, { body: 'x' });
    if (status < 400) through.push('A link to read took bytes.');
    return through;
  },
};

const linksPastTheirTime: Attack = {
  line: 21,
  how: 'after its time',
  async run(target) {
    const { id } = await shared(target, 'Brief');
    const link = await linkTo(target, id, { expires_in_seconds: 1 });
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    return (await link.open()).status < 400 ? ['A link opened past its time.'] : [];
  },
};

const linksOverTheirUses: Attack = {
  line: 21,
  how: `a link for one use, ${AT_ONCE} times at once`,
  async run(target) {
    const { id } = await shared(target, 'Once');
    const link = await linkTo(target, id, { max_uses: 1 });
    const answers = await Promise.all(Array.from({ length: AT_ONCE }, () => link.open()));
    const opened = answers.filter(({ status }) => status === 200).length;
    mustHold(opened > 0, 'it opens not even once');
    return opened > 1 ? [`A link for one use opened ${opened} times of ${AT_ONCE} at once.`] : [];
  },
};

const linksToOtherVersions: Attack = {
  line: 21,
  how: 'after a new version of the file',
  async run(target) {
    const { id } = await shared(target, 'First');
    // Not opened yet, so that nothing is remembered of what it leads to.
    const link = await linkTo(target, id);
    const { token } = await target.someone();
    const content = { token, headers: { 'content-type': 'text/plain' }, body: 'Second' };
    const { status } = await target.call('PUT', `/files/${id}/content`, content);
    mustHold(status === 200, `a new version answered ${status}`);
    const { text } = await link.open();
    return text === 'First' ? [] : [`A link to one version opened another: ${text}.`];
  },
};

export const links: readonly Attack[] = [
  alteredLinks,
  swappedSignatures,
  linksPastTheirTime,
  linksOverTheirUses,
  linksToOtherVersions,
];
