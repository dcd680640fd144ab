const DAY_LENGTH = 'yyyy-mm-dd'.length;

/** Whether the calendar has the day that a time begins with: JavaScript takes 30 February for 1 March. */
export function beginsWithDay(time: string): boolean {
  const day = time.slice(0, DAY_LENGTH);
  const start = new Date(day);
  return !Number.isNaN(start.getTime()) && start.toISOString().startsWith(day);
}
