import { useState } from 'react';
import { Badge } from '../../components/badge';
import { Button } from '../../components/button';
import { classes } from '../../components/classes';
import type { Candidate } from './keys';
import { dollars, percent, stageInWords } from './words';

const HEADERS = [
  'Rank',
  'Pool',
  'vCPU, memory',
  'Spot',
  'On-demand',
  'Interrupted',
  'Crash',
  'Yield',
  'Fate',
];

/** A region has hundreds of pools; the first tell what one asks first. */
const FIRST = 12;

/** The pools that were looked at: the ranked, best first, then the rejected and why. */
export function CandidatesTable({ candidates }: { readonly candidates: readonly Candidate[] }) {
  const [isWhole, setIsWhole] = useState(false);
  const first = candidates.filter(({ is_current: isCurrent }, index) => index < FIRST || isCurrent);
  return (
    <div className="stack tight">
      <Rows candidates={isWhole ? candidates : first} />
      {first.length < candidates.length && (
        <div className="row">
          <Button small aria-expanded={isWhole} onClick={() => setIsWhole(!isWhole)}>
            {isWhole ? `Show the first ${first.length}` : `Show all ${candidates.length} pools`}
          </Button>
        </div>
      )}
    </div>
  );
}

function Rows({ candidates }: { readonly candidates: readonly Candidate[] }) {
  return (
    // eslint-disable-next-line jsx-a11y-x/no-noninteractive-tabindex -- what scrolls has to be reached by keyboard
    <div className="table-frame" role="region" aria-label="Pools" tabIndex={0}>
      <table className="table" aria-label="Pools that were considered">
        <thead>
          <tr>
            {HEADERS.map((header) => (
              <th key={header} scope="col">
                {header}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {candidates.map((candidate) => (
            <Row key={`${candidate.instance_type} ${candidate.availability_zone}`} of={candidate} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({ of }: { readonly of: Candidate }) {
  const share = (value: number | null) => (value === null ? '–' : percent(value));
  const cells = [
    of.rank ?? '–',
    <span key="pool">
      <code>{of.instance_type}</code> in {of.availability_zone}{' '}
      {of.is_current && <Badge tone="info">current</Badge>}
    </span>,
    `${of.vcpu}, ${of.memory_gb} GB, ${of.architecture}`,
    dollars(of.spot_price),
    dollars(of.on_demand_price),
    share(of.interruption_rate),
    share(of.crash_probability),
    of.yield_score?.toFixed(1) ?? '–',
    of.rejected ? `${stageInWords(of.rejected.stage)}: ${of.rejected.reason}` : 'ranked',
  ];
  return (
    <tr className={classes(of.rejected && 'rejected')}>
      {cells.map((cell, index) => (
        <td key={HEADERS[index]} data-label={HEADERS[index]}>
          {cell}
        </td>
      ))}
    </tr>
  );
}
