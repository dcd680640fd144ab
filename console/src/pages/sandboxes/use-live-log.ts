import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState, useSyncExternalStore } from 'react';
import { historyKey, SAVINGS, sessionKey, SESSIONS, type Session } from './keys';
import { LiveLog, type LogView } from './live-log';

/** Follows the log of a session while its page is open; what it tells of is read anew. */
export function useLiveLog({
  id,
  last_log_seq: newest,
}: Session): LogView & { readonly reconnect: () => void } {
  const queries = useQueryClient();
  const [log] = useState(
    () =>
      new LiveLog(id, newest, ({ event }) => {
        const keys = {
          welcome: [],
          decision: [historyKey(id), SAVINGS],
          session_ended: [sessionKey(id), SESSIONS, historyKey(id)],
        };
        for (const queryKey of keys[event]) void queries.invalidateQueries({ queryKey });
      }),
  );
  useEffect(() => {
    log.open();
    window.addEventListener('online', log.open);
    return () => {
      window.removeEventListener('online', log.open);
      log.close();
    };
  }, [log]);
  return { ...useSyncExternalStore(log.view.subscribe, log.view.get), reconnect: log.open };
}
