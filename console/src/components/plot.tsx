import 'uplot/dist/uPlot.min.css';
import { memo, useEffect, useRef, useSyncExternalStore } from 'react';
import UPlot from 'uplot';
import { theme } from '../shell/theme';

export interface Series {
  readonly label: string;
  readonly values: readonly (number | null)[];
  readonly tone: 'accent' | 'danger' | 'warn' | 'info' | 'ok';
}

/** Memoise `times` and `series` where a page is drawn often: other arrays are another drawing. */
export interface PlotProps {
  /** Seconds since 1970, ascending. */
  readonly times: readonly number[];
  readonly series: readonly Series[];
  readonly kind?: 'lines' | 'bars';
  /** How far the scale reaches at least; 1 unless given. */
  readonly reach?: number;
  /** How a value is written; plain numbers unless given. */
  readonly format?: (value: number) => string;
}

const HEIGHT = 180;
const system = matchMedia('(prefers-color-scheme: dark)');

function onSystemChange(listener: () => void): () => void {
  system.addEventListener('change', listener);
  return () => system.removeEventListener('change', listener);
}

/** The drawing of a `Chart`, made anew when its numbers or the colours change. */
export default memo(function Plot(props: PlotProps) {
  const frame = useRef<HTMLDivElement>(null);
  const chosen = useSyncExternalStore(theme.subscribe, theme.get);
  const isDark = useSyncExternalStore(onSystemChange, () => system.matches);
  useEffect(() => {
    const element = frame.current;
    if (element === null) return;
    const plot = new UPlot(optionsOf(props, element), dataOf(props), element);
    const sizes = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height: HEIGHT }));
    sizes.observe(element);
    return () => {
      sizes.disconnect();
      plot.destroy();
    };
  }, [props, chosen, isDark]);
  return <div ref={frame} aria-hidden="true" style={{ minHeight: `${HEIGHT}px` }} />;
});

function dataOf({ times, series }: PlotProps): UPlot.AlignedData {
  return [[...times], ...series.map(({ values }) => [...values])];
}

function optionsOf(props: PlotProps, element: HTMLElement): UPlot.Options {
  const colour = coloursOf(element);
  const { series, kind = 'lines', reach = 1, format } = props;
  const axis = {
    stroke: colour('ink-soft'),
    grid: { stroke: colour('line'), width: 1 },
    ticks: { show: false },
  };
  const values = format && ((_: UPlot, ticks: number[]) => ticks.map(format));
  return {
    width: element.clientWidth,
    height: HEIGHT,
    legend: { show: series.length > 1 },
    cursor: { y: false },
    scales: { y: { range: (_, _least, most) => [0, Math.max(reach, most * 1.1)] } },
    axes: [axis, { ...axis, size: 60, ...(values && { values }) }],
    series: [
      {},
      ...series.map(({ label, tone }) => ({
        label,
        stroke: colour(tone),
        width: 1.5,
        fill: `color-mix(in oklab, ${colour(tone)} ${kind === 'bars' ? 70 : 12}%, transparent)`,
        points: { show: false },
        ...(kind === 'bars' && UPlot.paths.bars && { paths: UPlot.paths.bars({ size: [0.7, 40] }) }),
      })),
    ],
  };
}

/** A canvas knows no custom properties nor `light-dark()`: a colour has to be computed by an element. */
function coloursOf(element: HTMLElement): (name: string) => string {
  return (name) => {
    element.style.color = `var(--${name})`;
    const computed = getComputedStyle(element).color;
    // The legend is within it.
    element.style.color = '';
    return computed;
  };
}
