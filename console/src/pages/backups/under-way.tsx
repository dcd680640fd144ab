import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { api } from '../../api/client';
import { problemOf } from '../../api/problem';
import { Bytes } from '../../components/bytes';
import { Button } from '../../components/button';
import { ProblemNotice } from '../../components/problem-notice';
import { RelativeTime, useNow } from '../../components/time';
import { useRefresh } from '../../components/use-change';
import { BACKUPS, nameOf, workOn, type Backup } from './backup';

const MINUTE_MS = 60_000;
const OFTEN_MS = 1_500;
const SELDOM_MS = 15_000;
/** After that somebody has to want more. */
const LIMIT_MS = 60 * MINUTE_MS;

function pause(watchedMs: number, error: unknown): number | false {
  if (watchedMs > LIMIT_MS) return false;
  if (error !== null) return Math.max(SELDOM_MS, problemOf(error).retryAfter * 1000);
  return watchedMs < 2 * MINUTE_MS ? OFTEN_MS : SELDOM_MS;
}

/** Asks again and again how far it is: soon often, then seldom, and not for ever. */
function useWatched(known: Backup) {
  const { id } = known;
  const now = useNow();
  const [since, setSince] = useState(now);
  const query = useQuery({
    queryKey: ['backup-under-way', id],
    queryFn: async ({ signal }) =>
      (await api.GET('/api/v1/backups/{id}', { params: { path: { id } }, signal })).data,
    placeholderData: known,
    gcTime: 0,
    refetchInterval: ({ state }) => pause(now - since, state.error),
  });
  return { query, isOver: now - since > LIMIT_MS, goOn: () => setSince(now) };
}

export function UnderWay({ of: known }: { readonly of: Backup }) {
  const refresh = useRefresh(BACKUPS);
  const { query, isOver, goOn } = useWatched(known);
  const backup = query.data ?? known;
  const work = workOn(backup);
  const hasChanged = work !== workOn(known);
  useEffect(() => {
    if (hasChanged) void refresh();
    // eslint-disable-next-line react-hooks/exhaustive-deps -- `refresh` is another one with each drawing
  }, [hasChanged]);
  return (
    <li>
      <div role="status">
        <strong>The {nameOf(backup)}</strong> {work ?? 'is done'}.{' '}
        <span className="muted">
          Asked for <RelativeTime at={backup.created_at} />
          {backup.progress_bytes > 0 && (
            <>
              , <Bytes of={backup.progress_bytes} /> of the database read
            </>
          )}
          .{backup.attempts > 1 && ` This is attempt ${backup.attempts}.`}
        </span>
      </div>
      {query.isError && <ProblemNotice error={query.error} />}
      {isOver && (
        <Button small onClick={goOn}>
          Go on watching
        </Button>
      )}
    </li>
  );
}
