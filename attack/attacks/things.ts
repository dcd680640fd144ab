import { mustHold } from '../attack.js';
import type { Person, Target } from '../target.js';
import { uploaded } from '../forms.js';

/** Something of somebody's, which paths name. */
export interface Thing {
  /** Before its id, below `/api/v1`. */
  readonly path: string;
  readonly id: string;
  /** Where its owner sees whether it is as it was. */
  readonly seenAt: string;
  /** What its routes ask for in headers. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** One of each kind that anybody may have. @throws NotTried where one can not be made. */
export async function thingsOf(target: Target, { token }: Person): Promise<Thing[]> {
  const made = async (path: string, body: object, id = 'id'): Promise<string> => {
    const answer = await target.call('POST', path, { token, body });
    mustHold(answer.status === 201, `POST ${path} answered ${answer.status}`);
    return answer.body[id] as string;
  };
  const { id: file } = await uploaded(target, token, { value: 'Mine' });
  const conversation = await made('/conversations', { title: 'Mine' });
  const accessToken = await made('/auth/tokens', { name: 'Another', scopes: ['profile:read'] });
  const upload = { file_name: 'notes.txt', size: 5, content_type: 'text/plain' };
  const begun = await made('/files/uploads', upload, 'upload_id');
  const [session] = (await target.call('GET', '/auth/sessions', { token })).body.items as { id: string }[];
  mustHold(session !== undefined, 'nobody is signed in');
  return [
    { path: '/files', id: file, seenAt: `/files/${file}` },
    { path: '/conversations', id: conversation, seenAt: `/conversations/${conversation}/messages` },
    { path: '/auth/tokens', id: accessToken, seenAt: '/auth/tokens' },
    { path: '/auth/sessions', id: session.id, seenAt: '/auth/profile' },
    { path: '/files/uploads', id: begun, seenAt: '/files/usage' },
  ];
}
