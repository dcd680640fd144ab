/** How far something is that is being sent, and what is waited for then. */
export function Progress({
  label,
  share,
  then,
}: {
  readonly label: string;
  /** From 0 to 1; 1 is when all is sent and the answer awaited. */
  readonly share: number;
  readonly then: string;
}) {
  return (
    <div className="stack tight">
      <progress className="progress" value={share} max={1} aria-label={label} />
      <p className="muted small" role="status">
        {share < 1 ? `${Math.floor(share * 100)} % sent` : then}
      </p>
    </div>
  );
}
