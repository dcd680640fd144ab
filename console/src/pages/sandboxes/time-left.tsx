import { useSyncExternalStore } from 'react';
import { Store } from '../../components/store';

const seconds = new Store(Date.now());
let watchers = 0;
let timer: ReturnType<typeof setInterval> | undefined;

/** The clock ticks only while somebody looks. */
function subscribe(listener: () => void): () => void {
  const stop = seconds.subscribe(listener);
  watchers += 1;
  if (watchers === 1) timer = setInterval(() => seconds.set(Date.now()), 1000);
  return () => {
    stop();
    watchers -= 1;
    if (watchers === 0) clearInterval(timer);
  };
}

/** How long until then, to the second. */
export function TimeLeft({ until }: { readonly until: string }) {
  const now = useSyncExternalStore(subscribe, seconds.get);
  const left = Math.max(0, Math.round((new Date(until).getTime() - now) / 1000));
  return (
    <time className="nowrap ticking" role="timer" aria-live="off" dateTime={until}>
      {left === 0 ? 'time is up' : inWords(left)}
    </time>
  );
}

function inWords(left: number): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const [hours, minutes] = [Math.floor(left / 3600), Math.floor(left / 60) % 60];
  return `${hours > 0 ? `${hours}:${two(minutes)}` : minutes}:${two(left % 60)}`;
}
