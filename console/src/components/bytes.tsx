const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

export function bytesInWords(bytes: number): string {
  const step = bytes < 1 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log2(bytes) / 10));
  const value = bytes / 1024 ** step;
  return `${value.toLocaleString('en', { maximumFractionDigits: value < 10 && step > 0 ? 1 : 0 })} ${UNITS[step] ?? ''}`;
}

export function Bytes({ of }: { readonly of: number }) {
  return (
    <span className="nowrap" title={`${of.toLocaleString('en')} bytes`}>
      {bytesInWords(of)}
    </span>
  );
}
