import type { SandboxLog } from '#sdk';
import { memo, useLayoutEffect, useRef } from 'react';
import { classes } from '../../components/classes';

/** As near to the end as counts for it: two lines. */
const NEAR_PX = 48;

interface Props {
  readonly lines: readonly SandboxLog[];
  readonly words: string;
  readonly follows: boolean;
  /** Somebody scrolled away from the end, or back to it. */
  readonly onFollow: (follows: boolean) => void;
}

export function LogLines({ lines, words, follows, onFollow }: Props) {
  const frame = useRef<HTMLDivElement>(null);
  const top = useRef(0);
  useLayoutEffect(() => {
    if (follows) frame.current?.scrollTo({ top: frame.current.scrollHeight });
  }, [follows, lines]);
  const onScroll = () => {
    const { scrollHeight = 0, scrollTop = 0, clientHeight = 0 } = frame.current ?? {};
    const isAtEnd = scrollHeight - scrollTop - clientHeight < NEAR_PX;
    // Upwards only people scroll.
    if (isAtEnd || scrollTop < top.current) onFollow(isAtEnd);
    top.current = scrollTop;
  };
  return (
    <div
      ref={frame}
      className="log"
      role="log"
      aria-live="off"
      aria-label="Lines of the log"
      // eslint-disable-next-line jsx-a11y-x/no-noninteractive-tabindex -- what scrolls has to be reached by keyboard
      tabIndex={0}
      onScroll={onScroll}
    >
      {lines.map((line) => (
        <LogLine key={line.seq} line={line} words={words} />
      ))}
    </div>
  );
}

const clock = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' });

const LogLine = memo(function LogLine({
  line,
  words,
}: {
  readonly line: SandboxLog;
  readonly words: string;
}) {
  const { seq, level, log_type: type, message, timestamp } = line;
  return (
    <p className={classes('log-line', level)}>
      <span className="log-seq">{seq}</span>
      <time dateTime={timestamp}>{clock.format(new Date(timestamp))}</time>
      <span className="log-level">{level}</span>
      <span className="log-type">{type}</span>
      <span className="log-message">
        <Marked text={message} words={words} />
      </span>
    </p>
  );
});

function Marked({ text, words }: { readonly text: string; readonly words: string }) {
  const at = words === '' ? -1 : text.toLowerCase().indexOf(words.toLowerCase());
  if (at === -1) return text;
  const end = at + words.length;
  return (
    <>
      {text.slice(0, at)}
      <mark>{text.slice(at, end)}</mark>
      {text.slice(end)}
    </>
  );
}
