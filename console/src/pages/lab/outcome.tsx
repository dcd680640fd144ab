import { api } from '../../api/client';
import { Badge } from '../../components/badge';
import { Button } from '../../components/button';
import { toasts } from '../../components/toasts';
import { useChange, useRefresh } from '../../components/use-change';
import { useCan } from '../../session/session';
import { COMPARISONS, EXPERIMENTS, modelKey, type Experiment } from './keys';

/** What came of an experiment; whoever knows may tell, and correct what was told. */
export function Outcome({ of: { id, model, outcome } }: { readonly of: Experiment }) {
  const mayTell = useCan('lab:write');
  const keys = [EXPERIMENTS, COMPARISONS, modelKey(model.id)];
  const refresh = useRefresh(...keys);
  const params = { path: { id } };
  const tell = useChange(
    async (interrupted: boolean) => {
      // The reader's clock may be off, and what is ahead of the server's is refused.
      const { timestamp } = (await api.GET('/health')).data;
      const body = { interrupted, observed_at: timestamp };
      await api.POST('/api/v1/lab/experiments/{id}/outcome', { params, body });
      const words = interrupted ? 'It was interrupted.' : 'It stayed.';
      toasts.undoable(`${words} Not so?`, async () => {
        const corrected = { ...body, interrupted: !interrupted };
        await api.PUT('/api/v1/lab/experiments/{id}/outcome', { params, body: corrected });
        await refresh();
      });
    },
    { refresh: keys },
  );
  if (outcome !== null) {
    return (
      <Badge tone={outcome.interrupted ? 'danger' : 'ok'}>
        {outcome.interrupted ? 'interrupted' : 'stayed'}
      </Badge>
    );
  }
  if (!mayTell) return <span className="muted">not known yet</span>;
  return (
    <div className="row">
      <Button small busy={tell.isPending} onClick={() => tell.mutate(true)}>
        Interrupted
      </Button>
      <Button small busy={tell.isPending} onClick={() => tell.mutate(false)}>
        Stayed
      </Button>
    </div>
  );
}
