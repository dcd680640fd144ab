import type { SandboxLog } from '#sdk';
import { SelectField, TextField } from '../../components/field';
import { useFilters } from '../../components/use-address';

const LEVELS = ['debug', 'info', 'warn', 'error'] as const;
const TYPES = ['SCRAPER', 'FILTER', 'RISK', 'OPTIMIZER', 'SIGNAL', 'ACTUATOR', 'SYSTEM'] as const;
const AT_LEAST = { info: 'Info and graver', warn: 'Warnings and errors', error: 'Errors' } as const;

const FILTERS = ['level', 'type', 'q'] as const;

type LogFilter = ReturnType<typeof useLogFilter>;

/** What of the log is shown; the address has it. */
export function useLogFilter() {
  const { get, set } = useFilters(FILTERS);
  const level = LEVELS.find((known) => known === get('level')) ?? 'debug';
  const type = TYPES.find((known) => known === get('type'));
  const words = get('q');
  const needle = words.toLowerCase();
  const matches = (line: SandboxLog) =>
    LEVELS.indexOf(line.level) >= LEVELS.indexOf(level) &&
    (type === undefined || line.log_type === type) &&
    line.message.toLowerCase().includes(needle);
  return { level, type, words, set, matches };
}

export function LogFilters({ filter: { level, type, words, set } }: { readonly filter: LogFilter }) {
  return (
    <div className="filters log-filters">
      <SelectField
        label="Level"
        value={level === 'debug' ? '' : level}
        onChange={(event) => set('level', event.target.value)}
      >
        <option value="">Everything</option>
        {Object.entries(AT_LEAST).map(([name, text]) => (
          <option key={name} value={name}>
            {text}
          </option>
        ))}
      </SelectField>
      <SelectField label="Stage" value={type ?? ''} onChange={(event) => set('type', event.target.value)}>
        <option value="">All stages</option>
        {TYPES.map((known) => (
          <option key={known}>{known}</option>
        ))}
      </SelectField>
      <TextField
        label="Words"
        type="search"
        placeholder="Search the log"
        value={words}
        onChange={(event) => set('q', event.target.value)}
      />
    </div>
  );
}
