import { api } from '../../api/client';

/** Hands a file to the browser to keep, which shows its own progress; a refusal is thrown before that. */
export async function download(id: string, version?: number): Promise<void> {
  // A link would keep a refusal as if it were the file; this asks for a new session where one has ended.
  await api.GET('/api/v1/files/{id}', { params: { path: { id } } });
  const part = version === undefined ? '' : `/versions/${version}`;
  const link = document.createElement('a');
  link.href = `/api/v1/files/${id}${part}/download?mode=stream`;
  link.download = '';
  link.click();
}
