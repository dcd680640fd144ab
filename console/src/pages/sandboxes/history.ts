import { useQuery } from '@tanstack/react-query';
import { cloudkeep, type components } from '../../api/client';
import { historyKey, type Evaluation } from './keys';

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
