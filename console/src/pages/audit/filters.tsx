import { useCallback, useEffect, useRef, useState } from 'react';
import { problemOf } from '../../api/problem';
import { FilterBar, FilterText } from '../../components/filters';
import { useCan } from '../../session/session';
import { idOf, useName } from '../people/use-name';
import { FILTERS, type Filtered, type SetFilters } from './entry';

interface Props {
  readonly values: Filtered;
  readonly set: SetFilters;
}

export function AuditFilters({ values, set }: Props) {
  const clear = () => set(Object.fromEntries(FILTERS.map((name) => [name, ''])));
  return (
    <FilterBar isSet={Object.keys(values).length > 0} clear={clear}>
      <WhoFilter values={values} set={set} />
      <TextFilter label="Action" name="action" placeholder="session.open" values={values} set={set} />
      <TextFilter label="Resource" name="resource" placeholder="user:…" values={values} set={set} />
      <TextFilter label="Address" name="ip" placeholder="203.0.113.0/24" values={values} set={set} />
      <TimeFilter label="From" name="from" values={values} set={set} />
      <TimeFilter label="To" name="to" values={values} set={set} />
    </FilterBar>
  );
}

type OneProps = Props & { readonly name: keyof Filtered; readonly label: string };

function TextFilter({ name, label, values, set, placeholder }: OneProps & { readonly placeholder: string }) {
  const onSet = useCallback(
    (text: string, how: { readonly replace: boolean }) => set({ [name]: text }, how),
    [name, set],
  );
  return (
    <FilterText label={label} placeholder={placeholder} maxLength={200} value={values[name]} onSet={onSet} />
  );
}

const ID = /^[\da-f]{8}-([\da-f]{4}-){3}[\da-f]{12}$/i;

/** Shows a name and takes one; the address and the API have the id. */
function WhoFilter({ values: { user_id: id }, set }: Props) {
  const [error, setError] = useState<string>();
  const mayName = useCan('users:read');
  const asked = useRef<string | null>(null);
  useEffect(
    () => () => {
      asked.current = null;
    },
    [],
  );
  const onSet = useCallback(
    (name: string, how: { readonly replace: boolean }) => {
      asked.current = name;
      setError(undefined);
      const finding = name === '' || ID.test(name) ? Promise.resolve(name) : idOf(name);
      // What was asked for before may be found after it.
      const unlessLate = (tell: () => void) => asked.current === name && tell();
      finding.then(
        (found) => unlessLate(() => set({ user_id: found }, how)),
        (problem: unknown) => unlessLate(() => setError(problemOf(problem).detail)),
      );
    },
    [set],
  );
  return (
    <FilterText
      label="User"
      placeholder={mayName ? 'Username or e-mail' : 'Id'}
      value={useName(id) ?? ''}
      error={error}
      onSet={onSet}
    />
  );
}

function TimeFilter({ name, label, values, set }: OneProps) {
  const onSet = useCallback(
    (local: string, how: { readonly replace: boolean }) =>
      set({ [name]: local === '' ? '' : new Date(local).toISOString() }, how),
    [name, set],
  );
  return (
    <FilterText
      label={label}
      type="datetime-local"
      max="9999-12-31T23:59"
      value={localOf(values[name])}
      onSet={onSet}
    />
  );
}

/** As the control has it: in the reader's own zone, to the minute. */
function localOf(iso: string | undefined): string {
  const time = new Date(iso ?? '');
  if (Number.isNaN(time.getTime())) return '';
  return new Date(time.getTime() - time.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
