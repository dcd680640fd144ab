import { Badge, type Tone } from '../../components/badge';
import { Card } from '../../components/page';
import type { StageSeen } from './pipeline';
import { stageInWords } from './words';

const TONES: Readonly<Record<StageSeen['state'], Tone>> = {
  waiting: 'plain',
  running: 'info',
  done: 'ok',
  skipped: 'plain',
  failed: 'danger',
};

export function PipelineCard({ stages }: { readonly stages: readonly StageSeen[] }) {
  return (
    <Card title="Pipeline" about="The stages of the newest evaluation, as they run.">
      {stages.length === 0 ? (
        <p className="muted">Nothing has run yet.</p>
      ) : (
        <ol className="stages" aria-label="Stages">
          {stages.map(({ name, state, counts }) => (
            <li key={name}>
              <Badge tone={TONES[state]}>{state}</Badge>
              <span>{stageInWords(name)}</span>
              {counts !== undefined && <span className="counts">{counts}</span>}
            </li>
          ))}
        </ol>
      )}
    </Card>
  );
}
