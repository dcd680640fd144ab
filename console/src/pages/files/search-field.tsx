import { useEffect, useRef, useState } from 'react';
import { TextField } from '../../components/field';

const SETTLED_MS = 250;

/** Tells what is looked for once the typing pauses. */
export function SearchField({
  value,
  onSearch,
}: {
  readonly value: string;
  readonly onSearch: (text: string) => void;
}) {
  const [typed, setTyped] = useState(value);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  return (
    <TextField
      label="Search by name"
      type="search"
      value={typed}
      onChange={({ target }) => {
        setTyped(target.value);
        clearTimeout(timer.current);
        timer.current = setTimeout(() => onSearch(target.value.trim()), SETTLED_MS);
      }}
    />
  );
}
