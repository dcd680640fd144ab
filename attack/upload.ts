import { mustHold } from './attack.js';
import type { Target } from './target.js';

const BOUNDARY = 'cloudkeep-attack-7Qm2ZkT0xGd8Yb5R';

/** Uploads a file of somebody's. @returns its id. */
export async function uploaded(
  target: Target,
  token: string,
  content: string,
  name = 'notes.txt',
): Promise<string> {
  const body = [
    `--${BOUNDARY}`,
    `content-disposition: form-data; name="file"; filename="${name}"`,
    'content-type: text/plain',
    '',
    content,
    `--${BOUNDARY}--`,
    '',
  ].join('\r\n');
  const headers = { 'content-type': `multipart/form-data; boundary=${BOUNDARY}` };
  const answer = await target.call('POST', '/files', { token, headers, body });
  mustHold(answer.status === 201, `an upload is answered ${answer.status}`);
  const id = answer.body.id as string;
  target.afterwards(() => target.call('DELETE', `/files/${id}`, { token }));
  return id;
}
