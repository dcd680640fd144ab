import { useState, type ReactNode } from 'react';
import {
  useForm,
  type DefaultValues,
  type FieldValues,
  type Path,
  type RegisterOptions,
  type UseFormRegisterReturn,
  type UseFormReturn,
} from 'react-hook-form';
import { problemOf } from '../api/problem';
import { Button } from './button';
import { ProblemNotice } from './problem-notice';

/** What a control of this name takes: `<TextField {...field('email')} label="E-mail" />`. */
type FieldOf<Values extends FieldValues> = (
  name: Path<Values>,
  rules?: RegisterOptions<Values, Path<Values>>,
) => UseFormRegisterReturn & { readonly error: string | undefined };

export interface ApiForm<Values extends FieldValues> {
  readonly form: UseFormReturn<Values>;
  readonly field: FieldOf<Values>;
  readonly busy: boolean;
  /** What was refused and belongs to no field of the form. */
  readonly problem: unknown;
  readonly send: () => Promise<void>;
}

/**
 * A form that sends what was typed to the API. What the API says of a field is
 * shown at that field, everything else above the form; nothing typed is lost.
 */
export function useApiForm<Values extends FieldValues>(
  values: DefaultValues<Values>,
  submit: (values: Values, form: UseFormReturn<Values>) => Promise<unknown>,
): ApiForm<Values> {
  const form = useForm<Values>({ defaultValues: values });
  const [problem, setProblem] = useState<unknown>(null);
  const { errors, isSubmitting } = form.formState;
  const send = form.handleSubmit(async (given) => {
    setProblem(null);
    await submit(given, form).catch((error: unknown) => setProblem(showAtFields(form, given, error)));
  });
  const field: FieldOf<Values> = (name, rules) => ({
    ...form.register(name, rules),
    error: errors[name]?.message as string | undefined,
  });
  return { form, field, busy: isSubmitting, problem, send };
}

/** @returns null when every word of the problem has found its field. */
function showAtFields<Values extends FieldValues>(
  form: UseFormReturn<Values>,
  values: Values,
  error: unknown,
): unknown {
  const { errors } = problemOf(error);
  const own = errors.filter(({ field }) => field in values);
  own.forEach(({ field, message }, index) =>
    form.setError(field as Path<Values>, { message: sentence(message) }, { shouldFocus: index === 0 }),
  );
  return own.length > 0 && own.length === errors.length ? null : error;
}

const sentence = (words: string) =>
  `${words.charAt(0).toUpperCase()}${words.slice(1)}.`.replace(/\.\.$/, '.');

export function Form<Values extends FieldValues>({
  of: { send, problem, busy },
  children,
}: {
  readonly of: ApiForm<Values>;
  readonly children: ReactNode;
}) {
  return (
    <form
      className="stack"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        event.stopPropagation();
        if (!busy) void send();
      }}
    >
      {problem !== null && <ProblemNotice error={problem} />}
      {children}
    </form>
  );
}

/** At the end of a form in a dialog: the deed itself, and the way back where closing is not enough. */
export function FormActions<Values extends FieldValues>({
  of: { busy },
  danger,
  onCancel,
  children,
}: {
  readonly of: ApiForm<Values>;
  readonly danger?: boolean;
  readonly onCancel?: () => void;
  readonly children: ReactNode;
}) {
  return (
    <div className="dialog-actions">
      {onCancel && <Button onClick={onCancel}>Cancel</Button>}
      <Button type="submit" variant={danger ? 'danger' : 'primary'} busy={busy}>
        {children}
      </Button>
    </div>
  );
}
