import { lazy, Suspense } from 'react';
import type { PlotProps } from './plot';
import { Loading } from './states';

interface ChartProps extends PlotProps {
  /** What it shows, for those who can not see it. */
  readonly label: string;
}

const Plot = lazy(() => import('./plot'));

/** Values over time. The drawing is loaded when a page has one; its numbers are there as a table too. */
export function Chart({ label, ...plot }: ChartProps) {
  return (
    <figure className="chart" aria-label={label}>
      <Suspense fallback={<Loading label="Drawing…" />}>
        <Plot {...plot} />
      </Suspense>
      <ChartNumbers label={label} {...plot} />
    </figure>
  );
}

const day = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' });

function ChartNumbers({ label, times, series, format = String }: ChartProps) {
  return (
    <details className="chart-numbers">
      <summary>The numbers</summary>
      {/* eslint-disable-next-line jsx-a11y-x/no-noninteractive-tabindex -- what scrolls has to be reached by keyboard */}
      <div className="chart-table" role="region" aria-label={`${label}: the numbers`} tabIndex={0}>
        <table className="plain-table">
          <caption className="hidden-visually">{label}</caption>
          <thead>
            <tr>
              <th scope="col">Time</th>
              {series.map(({ label: name }) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {times.map((time, index) => (
              <tr key={time}>
                <th scope="row">{day.format(time * 1000)}</th>
                {series.map(({ label: name, values }) => (
                  <td key={name}>{inWords(values[index], format)}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}

const inWords = (value: number | null | undefined, format: (value: number) => string) =>
  value === null || value === undefined ? '–' : format(value);
