import { Card } from '../../components/page';
import { RelativeTime } from '../../components/time';
import { CandidatesTable } from './candidates-table';
import type { Decided } from './history';
import type { Found } from './keys';
import { DecisionBadge, dollars, percent } from './words';

interface Props {
  readonly decided: Decided;
  /** What it was made of, where that is kept. */
  readonly found: Found | null;
}

export function DecisionCard({ decided, found }: Props) {
  return (
    <Card
      title="Decision"
      about={<RelativeTime at={decided.at} />}
      actions={<DecisionBadge of={decided.decision} />}
    >
      <div className="stack">
        <p>{decided.reason}</p>
        <Grounds of={decided} />
        {found && <CandidatesTable candidates={found.candidates} />}
      </div>
    </Card>
  );
}

function Grounds({ of }: { readonly of: Decided }) {
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
