// The examples of docs/sdk.md, as a program that uses the package would have them.
import { createCloudkeep, tokens, ProblemError } from '@cloudkeep/sdk';

declare const [email, password, sessionId]: [string, string, string];
declare const input: File;
declare const signal: AbortSignal;

const cloudkeep = createCloudkeep({ baseUrl: 'https://cloudkeep.example.com', credentials: tokens() });
const { api } = cloudkeep;

const login = await api.POST('/api/v1/auth/login', { body: { email, password } });
if ('access_token' in login.data) await cloudkeep.credentials.accept(login.data);

const { data: me } = await api.GET('/api/v1/auth/profile');
export const address: string = me.email;

for await (const file of cloudkeep.pages('/api/v1/files', { query: { collection: 'papers' } })) {
  console.log(file.file_name);
}

const file = await cloudkeep.upload(input, {
  collection: 'papers',
  onProgress: ({ sent, total }) => console.log(sent / total),
  signal,
});

for await (const { event, data } of cloudkeep.sandboxLogs(sessionId, { since: 0 })) {
  if (event === 'log') console.log(data.seq, data.message);
}

export async function remove(): Promise<void> {
  const { id } = file;
  await api.DELETE('/api/v1/files/{id}', { params: { path: { id } } }).catch((error: unknown) => {
    if (!(error instanceof ProblemError) || error.code !== 'file_not_found') throw error;
  });
}

// @ts-expect-error -- there is no such path.
await api.GET('/api/v1/nothing');
// @ts-expect-error -- a login has a password.
await api.POST('/api/v1/auth/login', { body: { email } });
