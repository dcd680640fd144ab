import type { ApiClient } from './client.js';

/** Begins a conversation and gives its id. */
export async function begun(client: ApiClient, title?: string): Promise<string> {
  const { status, body } = await client.post('/conversations', title === undefined ? {} : { title });
  expect(status).toBe(201);
  return body.id;
}

/** Adds a message and gives its id. */
export async function said(client: ApiClient, id: string, query: string, response = 'ok'): Promise<string> {
  const { status, body } = await client.post(`/conversations/${id}/messages`, { query, response });
  expect(status).toBe(201);
  return body.id;
}

/** The ids on the first page of a search. */
export async function found(client: ApiClient, path: string, q: string): Promise<string[]> {
  const { status, body } = await client.get(`${path}?q=${encodeURIComponent(q)}`);
  expect({ q, status }).toEqual({ q, status: 200 });
  return idsOf(body);
}

/** The ids of a whole list, page by page. */
export async function listed(client: ApiClient, path: string, limit = 200): Promise<string[]> {
  const ids: string[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const after: string = cursor === '' ? '' : `&cursor=${cursor}`;
    const { status, body } = await client.get(`${path}?limit=${limit}${after}`);
    expect(status).toBe(200);
    expect(body.items.length).toBeLessThanOrEqual(limit);
    ids.push(...idsOf(body));
    cursor = body.next_cursor;
  }
  return ids;
}

export function idsOf({ items }: { readonly items: readonly { readonly id: string }[] }): string[] {
  return items.map(({ id }) => id);
}
