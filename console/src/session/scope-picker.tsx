import { useId } from 'react';
import type { UseFormRegisterReturn } from 'react-hook-form';
import { CheckField } from '../components/field';
import { useProfile } from './session';
import { scopesToGive } from './scopes';

/** Scopes to tick: only those that one holds oneself. */
export function ScopePicker({
  error,
  ...register
}: UseFormRegisterReturn & { readonly error: string | undefined }) {
  const profile = useProfile();
  const id = useId();
  return (
    <fieldset className="field" aria-describedby={error === undefined ? undefined : `${id}-error`}>
      <legend>May</legend>
      <p className="description">You can give only what you hold yourself. Give as little as will do.</p>
      <div className="scopes">
        {scopesToGive(profile).map(({ resource, scopes }) => (
          <fieldset key={resource} className="field">
            <legend>{resource}</legend>
            {scopes.map(({ scope, deed }) => (
              <CheckField
                key={scope}
                label={deed}
                description={<code>{scope}</code>}
                value={scope}
                {...register}
              />
            ))}
          </fieldset>
        ))}
      </div>
      {error !== undefined && (
        <div id={`${id}-error`} className="error">
          {error}
        </div>
      )}
    </fieldset>
  );
}
