import type { ReactNode } from 'react';
import type { components } from '../../api/client';
import { percent } from '../sandboxes/words';

type Of = components['schemas']['ComparedModelDto'] | components['schemas']['PerformanceDto'];

interface Column {
  readonly name: string;
  readonly scores: Of;
  readonly isBetter: boolean;
}

const share = (value: number | null) => (value === null ? '–' : percent(value));

const ROWS: readonly (readonly [label: string, of: (scores: Of) => string])[] = [
  ['Predictions', ({ predictions }) => String(predictions)],
  ['With a known outcome', ({ observed }) => String(observed)],
  ['Warned, rightly', ({ true_positives: count }) => String(count)],
  ['Warned in vain', ({ false_positives: count }) => String(count)],
  ['Did not warn, wrongly', ({ false_negatives: count }) => String(count)],
  ['Did not warn, rightly', ({ true_negatives: count }) => String(count)],
  ['Precision', ({ precision }) => share(precision)],
  ['Recall', ({ recall }) => share(recall)],
  ['Brier score (0 is best)', ({ brier_score: score }) => score?.toFixed(4) ?? '–'],
];

/** How right predictions were, a column a model. */
export function Scores({
  label,
  columns,
  children,
}: {
  readonly label: string;
  readonly columns: readonly Column[];
  readonly children?: ReactNode;
}) {
  return (
    <div className="stack tight">
      <table className="plain-table scores" aria-label={label}>
        <thead>
          <tr>
            <td />
            {columns.map(({ name, isBetter }) => (
              <th key={name} scope="col" className={isBetter ? 'better' : undefined}>
                {name}
                {isBetter && ' (better)'}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {ROWS.map(([row, of]) => (
            <tr key={row}>
              <th scope="row">{row}</th>
              {columns.map(({ name, scores }) => (
                <td key={name}>{of(scores)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {children}
    </div>
  );
}
