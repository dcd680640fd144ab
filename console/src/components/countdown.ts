import { useEffect, useState } from 'react';

/** Seconds left of a wait that begins anew with each `of`; 0 once it is over. */
export function useCountdown(seconds: number, of: unknown): number {
  const [wait, setWait] = useState({ of, left: seconds });
  if (wait.of !== of) setWait({ of, left: seconds });
  const { left } = wait;
  useEffect(() => {
    if (left <= 0) return;
    const timer = setTimeout(() => setWait({ of, left: left - 1 }), 1000);
    return () => clearTimeout(timer);
  }, [of, left]);
  return Math.max(0, left);
}
