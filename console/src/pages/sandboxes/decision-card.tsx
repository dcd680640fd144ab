import { Card } from '../../components/page';
import { RelativeTime } from '../../components/time';
import { CandidatesTable } from './candidates-table';
import type { Decided } from './history';
import type { Evaluation } from './keys';
import { DecisionBadge, dollars, percent } from './words';

interface Props {
  /** The answer to whoever evaluated on this page; null where nobody did. */
  readonly answer: Evaluation | null;
  readonly newest: Decided | undefined;
}

export function DecisionCard({ answer, newest }: Props) {
  // Somebody may have evaluated elsewhere since.
  const isOwn = answer !== null && (newest === undefined || newest.action_id === answer.action_id);
  const shown = isOwn ? answer : newest;
  if (shown === undefined) return null;
  return (
    <Card
      title="Decision"
      about={newest && <RelativeTime at={newest.at} />}
      actions={<DecisionBadge of={shown.decision} />}
    >
      <div className="stack">
        <p>{shown.reason}</p>
        <Grounds of={shown} />
        {isOwn ? (
          <CandidatesTable candidates={answer.candidates} />
        ) : (
          <p className="muted small">
            The table of pools comes with the answer of an evaluation: evaluate here to see it.
          </p>
        )}
      </div>
    </Card>
  );
}

function Grounds({ of }: { readonly of: Evaluation | Decided }) {
  const { selected, model } = of;
  return (
    <dl className="facts">
      <dt>Crash probability</dt>
      <dd>{percent(of.crash_probability)}</dd>
      <dt>Warning</dt>
      <dd>{of.aws_signal}</dd>
      <dt>Goes to</dt>
      <dd>
        {selected
          ? `${selected.instance_type} in ${selected.availability_zone}, ${dollars(selected.spot_price)} an hour`
          : 'nowhere else on spot'}
      </dd>
      <dt>Judged by</dt>
      <dd>
        {model.name} {model.version}
        {model.fell_back_from &&
          `, because ${model.fell_back_from.name} failed: ${model.fell_back_from.problem}`}
      </dd>
    </dl>
  );
}
