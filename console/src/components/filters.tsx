import { useEffect, useState, type ComponentProps, type ReactNode } from 'react';
import { Button } from './button';
import { SelectField, TextField } from './field';

const PAUSE_MS = 400;

/** What narrows a list down; offers to drop it all while something is set. */
export function FilterBar({
  isSet,
  clear,
  children,
}: {
  readonly isSet: boolean;
  readonly clear: () => void;
  readonly children: ReactNode;
}) {
  return (
    <div className="filters" role="search">
      {children}
      {isSet && <Button onClick={clear}>Clear the filters</Button>}
    </div>
  );
}

interface FilterTextProps extends Omit<ComponentProps<typeof TextField>, 'value' | 'onChange'> {
  readonly value: string | undefined;
  readonly onSet: (value: string, how: { readonly replace: boolean }) => void;
}

interface Typed {
  readonly text: string;
  /** The value it was typed over. */
  readonly of: string;
  readonly asked: string | null;
}

/** Text that counts once somebody stops typing; one entry of the history, not one a letter. */
export function FilterText({ value = '', onSet, ...props }: FilterTextProps) {
  const [typed, setTyped] = useState<Typed>({ text: value, of: value, asked: null });
  // What comes as it was asked for leaves what was typed on meanwhile; anything else takes its place.
  if (typed.of !== value)
    setTyped({ text: value === typed.asked ? typed.text : value, of: value, asked: null });
  const { text } = typed;
  useEffect(() => {
    const asked = text.trim();
    if (asked === value) return;
    const timer = setTimeout(() => {
      setTyped((now) => ({ ...now, asked }));
      onSet(asked, { replace: value !== '' });
    }, PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text, value, onSet]);
  return (
    <TextField
      autoComplete="off"
      {...props}
      value={text}
      onChange={({ target: { value: written } }) => setTyped((now) => ({ ...now, text: written }))}
    />
  );
}

interface FilterChoiceProps {
  readonly label: string;
  readonly value: string | undefined;
  /** What is asked for by the value, and what it is called. */
  readonly choices: readonly (readonly [value: string, label: string])[];
  readonly onSet: (value: string) => void;
}

export function FilterChoice({ label, value = '', choices, onSet }: FilterChoiceProps) {
  return (
    <SelectField label={label} value={value} onChange={(event) => onSet(event.target.value)}>
      <option value="">All</option>
      {choices.map(([choice, name]) => (
        <option key={choice} value={choice}>
          {name}
        </option>
      ))}
    </SelectField>
  );
}
