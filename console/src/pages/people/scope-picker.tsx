import { CheckField } from '../../components/field';
import type { ApiForm } from '../../components/form';
import type { Scope } from '../../session/session';

interface Picked {
  name: string;
  description: string;
  scopes: Scope[];
}

/** What a role may allow, by what it is about: no more than one holds oneself. */
export function ScopePicker({
  choices,
  form: { field },
}: {
  readonly choices: readonly Scope[];
  readonly form: ApiForm<Picked>;
}) {
  const { error, ...control } = field('scopes');
  const subjects = [...new Set(choices.map(subjectOf))];
  return (
    <fieldset className="field">
      <legend>What it allows</legend>
      <p className="description">You can give what you hold yourself.</p>
      <div className="grid scopes">
        {subjects.map((subject) => (
          <div key={subject} className="stack tight" role="group" aria-label={subject}>
            {choices
              .filter((scope) => subjectOf(scope) === subject)
              .map((scope) => (
                <CheckField
                  key={scope}
                  label={scope}
                  value={scope}
                  {...(scope === 'admin' && { description: 'Everything, now and in later versions.' })}
                  {...control}
                />
              ))}
          </div>
        ))}
      </div>
      {error && <p className="error">{error}</p>}
    </fieldset>
  );
}

const subjectOf = (scope: Scope) => scope.split(':', 1)[0] ?? scope;
