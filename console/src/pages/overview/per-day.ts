/** Midnights in the reader's own zone, in seconds, the last being today's. */
export function daysUntil(today: Date, count: number): number[] {
  return Array.from({ length: count }, (_, index) => {
    const day = new Date(today.getFullYear(), today.getMonth(), today.getDate() - (count - 1 - index));
    return day.getTime() / 1000;
  });
}

/** How many of the times fall on each of the days. */
export function perDay(days: readonly number[], times: readonly string[]): number[] {
  const counts = days.map(() => 0);
  for (const time of times) {
    const at = Date.parse(time) / 1000;
    const index = days.findLastIndex((day) => day <= at);
    if (index >= 0) counts[index] = (counts[index] ?? 0) + 1;
  }
  return counts;
}
