import { useQuery } from '@tanstack/react-query';
import { api, cloudkeep, type components } from '../../api/client';
import { hasStatus } from '../../api/problem';
import { evaluationKey, historyKey, type Evaluation, type Found } from './keys';

type Action = components['schemas']['ActionDto'];
type Saved = components['schemas']['SessionSavingsDto'];

/** As the history of actions keeps a decision. */
export type Decided = Omit<Evaluation, 'candidates' | 'stages' | 'actions' | 'savings'> & {
  readonly at: string;
};

export interface History {
  /** The newest first, as the charts the newest hundreds of them. */
  readonly decisions: readonly Decided[];
  readonly savings: readonly Saved[];
}

const MOST = 300;

async function atMost<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const taken: Item[] = [];
  for await (const item of items) {
    taken.push(item);
    if (taken.length === MOST) break;
  }
  return taken;
}

async function readHistory(id: string, signal: AbortSignal): Promise<History> {
  const params = { path: { id }, query: { limit: 200 }, signal };
  const [actions, savings] = await Promise.all([
    atMost(cloudkeep.pages('/api/v1/sandbox/sessions/{id}/actions', params)),
    atMost(cloudkeep.pages('/api/v1/sandbox/sessions/{id}/savings', params)),
  ]);
  return { decisions: actions.filter(({ kind }) => kind === 'decision').map(decidedIn), savings };
}

const decidedIn = ({ id, created_at: at, details }: Action) =>
  ({ ...details, action_id: id, at }) as unknown as Decided;

export function useHistory(id: string) {
  return useQuery({ queryKey: historyKey(id), queryFn: ({ signal }) => readHistory(id, signal) });
}

async function readLast(id: string, signal: AbortSignal): Promise<Found | null> {
  try {
    return (await api.GET('/api/v1/sandbox/sessions/{id}/evaluation', { params: { path: { id } }, signal }))
      .data;
  } catch (error) {
    // Decided before the server kept more than the decision.
    if (hasStatus(error, 404)) return null;
    throw error;
  }
}

/** All that the newest decision was made of; null where that is not kept, or not read yet. */
export function useFound(id: string, newest: Decided | undefined): Found | null {
  const { data = null } = useQuery({
    queryKey: evaluationKey(id, newest?.action_id),
    enabled: newest !== undefined,
    staleTime: Infinity,
    queryFn: ({ signal }) => readLast(id, signal),
  });
  return data?.action_id === newest?.action_id ? data : null;
}
