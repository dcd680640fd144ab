import type { SandboxLog } from '#sdk';
import { Pause, Play } from 'lucide-react';
import { useState } from 'react';
import { Badge, type Tone } from '../../components/badge';
import { Button } from '../../components/button';
import { CheckField } from '../../components/field';
import { Card } from '../../components/page';
import { ProblemNotice } from '../../components/problem-notice';
import { linesBefore, MOST_LINES, type LogView } from './live-log';
import { LogFilters, useLogFilter } from './log-filters';
import { LogLines } from './log-lines';

const CONNECTIONS: Readonly<Record<LogView['connection'], readonly [Tone, string]>> = {
  connecting: ['plain', 'connecting…'],
  live: ['ok', 'live'],
  lost: ['warn', 'connection lost'],
  over: ['plain', 'complete'],
};

interface Props {
  readonly sessionId: string;
  readonly log: LogView & { readonly reconnect: () => void };
}

export function LogCard({ sessionId, log }: Props) {
  const [tone, word] = CONNECTIONS[log.connection];
  const pause = usePause(sessionId, log.lines);
  const filter = useLogFilter();
  const shown = pause.lines.filter(filter.matches);
  return (
    <Card
      title="Log"
      about="Each line once and in order, also after a lost connection."
      actions={
        <div className="row" role="status">
          <Badge tone={tone}>{word}</Badge>
        </div>
      }
    >
      <div className="stack tight">
        {log.problem !== null && <Lost problem={log.problem} reconnect={log.reconnect} />}
        <LogFilters filter={filter} />
        {pause.problem !== null && <ProblemNotice error={pause.problem} />}
        <FollowedLines pause={pause} lines={shown} words={filter.words} />
        <p className="muted small" role="status">
          {countInWords(shown.length, pause.lines)}
        </p>
      </div>
    </Card>
  );
}

interface FollowedProps {
  readonly pause: Pausing;
  readonly lines: readonly SandboxLog[];
  readonly words: string;
}

function FollowedLines({ pause, lines, words }: FollowedProps) {
  const [wants, setWants] = useState(true);
  const follows = wants && !pause.isPaused;
  return (
    <>
      <div className="row spread">
        <div className="row">
          <PauseButton pause={pause} />
          <CheckField
            label="Follow the end"
            checked={follows}
            disabled={pause.isPaused}
            onChange={(event) => setWants(event.target.checked)}
          />
        </div>
        <Earlier pause={pause} />
      </div>
      <LogLines lines={lines} words={words} follows={follows} onFollow={setWants} />
    </>
  );
}

function countInWords(shown: number, lines: readonly SandboxLog[]): string {
  const [first, last] = [lines.at(0)?.seq, lines.at(-1)?.seq];
  if (first === undefined || last === undefined) return 'No lines yet: they come with the first evaluation.';
  const held = `lines ${first} to ${last}`;
  return shown === lines.length ? `Shows ${held}.` : `Shows ${shown} of ${held}.`;
}

function Lost({ problem, reconnect }: { readonly problem: unknown; readonly reconnect: () => void }) {
  return (
    <div className="stack tight">
      <ProblemNotice error={problem} />
      <div className="row">
        <Button small onClick={reconnect}>
          Connect again
        </Button>
      </div>
    </div>
  );
}

type Pausing = ReturnType<typeof usePause>;

/** While it is paused the page stays as it is; what comes is collected all the same. */
function usePause(sessionId: string, live: readonly SandboxLog[]) {
  const [kept, setKept] = useState<readonly SandboxLog[] | null>(null);
  const [isLoading, setIsLoading] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);
  const lines = kept ?? live;
  const first = lines.at(0)?.seq ?? 1;
  const loadEarlier = async () => {
    setIsLoading(true);
    setProblem(null);
    const before = await linesBefore(sessionId, first).catch((error: unknown) => setProblem(error));
    setIsLoading(false);
    // Read on from the old to the new with a window of so many lines, whatever the log has.
    if (before) setKept([...before, ...lines].slice(0, 2 * MOST_LINES));
  };
  const newest = (of: readonly SandboxLog[]) => of.at(-1)?.seq ?? 0;
  return {
    lines,
    isPaused: kept !== null,
    /** How many lines came, or were put aside, since. */
    missed: kept === null ? 0 : Math.max(0, newest(live) - newest(kept)),
    toggle: () => setKept(kept === null ? live : null),
    hasEarlier: first > 1,
    isLoading,
    problem,
    loadEarlier,
  };
}

function PauseButton({ pause: { isPaused, missed, toggle } }: { readonly pause: Pausing }) {
  return (
    <Button small icon={isPaused ? Play : Pause} onClick={toggle}>
      {isPaused ? `Go on${missed > 0 ? ` (${missed} more)` : ''}` : 'Pause'}
    </Button>
  );
}

function Earlier({ pause: { hasEarlier, isLoading, loadEarlier } }: { readonly pause: Pausing }) {
  if (!hasEarlier) return null;
  return (
    <Button small busy={isLoading} onClick={() => void loadEarlier()}>
      Load earlier
    </Button>
  );
}
