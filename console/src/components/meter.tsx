/** How full something is; red from nine tenths on. */
export function Meter({ label, part }: { readonly label: string; readonly part: number }) {
  const percent = Math.min(100, Math.round(part * 100));
  return (
    <div
      className="meter"
      role="meter"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent}
      data-full={percent >= 90}
    >
      <div style={{ width: `${percent}%` }} />
    </div>
  );
}
