import { api } from '../../api/client';
import { keep } from '../../api/keep';

/** Hands a file to the browser to keep, which shows its own progress; a refusal is thrown before that. */
export async function download(id: string, version?: number): Promise<void> {
  await api.GET('/api/v1/files/{id}', { params: { path: { id } } });
  const part = version === undefined ? '' : `/versions/${version}`;
  keep(`/api/v1/files/${id}${part}/download?mode=stream`);
}
