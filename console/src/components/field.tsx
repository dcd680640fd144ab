import { Eye, EyeOff } from 'lucide-react';
import { useId, useState, type ComponentProps, type ReactNode } from 'react';
import { classes } from './classes';
import { IconButton } from './button';

interface FieldProps {
  readonly label: string;
  /** Beneath the label, before anything is wrong. */
  readonly description?: ReactNode;
  readonly error?: string | undefined;
  readonly optional?: boolean;
}

interface ControlProps {
  readonly id: string;
  readonly 'aria-invalid': true | undefined;
  readonly 'aria-describedby': string | undefined;
}

/** A label, a control, and what is to be said about it, tied together for those who listen. */
export function Field({
  label,
  description,
  error,
  optional,
  children,
}: FieldProps & { readonly children: (control: ControlProps) => ReactNode }) {
  const id = useId();
  const parts = [description && `${id}-description`, error && `${id}-error`].filter(Boolean);
  return (
    <div className="field">
      <label htmlFor={id}>
        {label} {optional && <span className="optional">(optional)</span>}
      </label>
      {description && (
        <div id={`${id}-description`} className="description">
          {description}
        </div>
      )}
      {children({
        id,
        'aria-invalid': error === undefined ? undefined : true,
        'aria-describedby': parts.join(' ') || undefined,
      })}
      {error && (
        <div id={`${id}-error`} className="error">
          {error}
        </div>
      )}
    </div>
  );
}

function fieldOf<Props extends FieldProps>({ label, description, error, optional, ...rest }: Props) {
  return { field: { label, description, error, optional: optional ?? false }, rest };
}

export function TextField(props: FieldProps & ComponentProps<'input'>) {
  const { field, rest } = fieldOf(props);
  return (
    <Field {...field}>{(control) => <input type="text" className="input" {...rest} {...control} />}</Field>
  );
}

export function TextAreaField(props: FieldProps & ComponentProps<'textarea'>) {
  const { field, rest } = fieldOf(props);
  return (
    <Field {...field}>{(control) => <textarea rows={4} className="textarea" {...rest} {...control} />}</Field>
  );
}

export function SelectField(props: FieldProps & ComponentProps<'select'>) {
  const { field, rest } = fieldOf(props);
  return <Field {...field}>{(control) => <select className="select" {...rest} {...control} />}</Field>;
}

/** A password, which its owner may look at while typing. */
export function PasswordField(props: FieldProps & ComponentProps<'input'>) {
  const { field, rest } = fieldOf(props);
  const [shown, setShown] = useState(false);
  return (
    <Field {...field}>
      {(control) => (
        <div className="input-group">
          <input {...rest} type={shown ? 'text' : 'password'} className="input" {...control} />
          <IconButton
            icon={shown ? EyeOff : Eye}
            label={shown ? 'Hide the password' : 'Show the password'}
            onClick={() => setShown(!shown)}
          />
        </div>
      )}
    </Field>
  );
}

export function CheckField({
  label,
  description,
  className,
  ...rest
}: Omit<FieldProps, 'error'> & ComponentProps<'input'>) {
  const id = useId();
  return (
    <div className={classes('check', className)}>
      <input
        {...rest}
        id={id}
        type="checkbox"
        aria-describedby={description ? `${id}-description` : undefined}
      />
      <div>
        <label htmlFor={id}>{label}</label>
        {description && (
          <div id={`${id}-description`} className="muted small">
            {description}
          </div>
        )}
      </div>
    </div>
  );
}
