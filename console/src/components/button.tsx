import type { LucideIcon } from 'lucide-react';
import type { ButtonHTMLAttributes, MouseEvent, ReactNode } from 'react';
import { Link } from 'react-router';
import { classes } from './classes';

interface Look {
  readonly variant?: 'primary' | 'danger' | 'quiet';
  readonly small?: boolean;
  readonly block?: boolean;
  readonly icon?: LucideIcon;
}

interface ButtonProps extends Look, ButtonHTMLAttributes<HTMLButtonElement> {
  /** What it began is under way: it stays focusable, says so, and does nothing more. */
  readonly busy?: boolean;
  readonly children: ReactNode;
}

/** A button with words. For one that is an icon alone, use `IconButton`. */
export function Button({ variant, small, block, icon: Icon, busy = false, ...props }: ButtonProps) {
  const { children, className, onClick, type = 'button', ...rest } = props;
  return (
    <button
      {...rest}
      type={type}
      className={classes('button', variant, small && 'small', block && 'block', className)}
      aria-disabled={busy || undefined}
      aria-busy={busy || undefined}
      onClick={busy ? swallow : onClick}
    >
      {busy ? <span className="spinner" /> : Icon && <Icon className="icon" />}
      {children}
    </button>
  );
}

function swallow(event: MouseEvent) {
  event.preventDefault();
}

interface IconButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly icon: LucideIcon;
  /** What it does; read out, and shown on hover. */
  readonly label: string;
  readonly small?: boolean;
}

export function IconButton({ icon: Icon, label, small, className, ...rest }: IconButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      className={classes('button quiet square', small && 'small', className)}
      aria-label={label}
      title={label}
    >
      <Icon className="icon" />
    </button>
  );
}

/** Looks like a button, goes to another page of the console. */
export function LinkButton({
  to,
  variant,
  small,
  block,
  icon: Icon,
  children,
}: Look & { readonly to: string; readonly children: ReactNode }) {
  return (
    <Link to={to} className={classes('button', variant, small && 'small', block && 'block')}>
      {Icon && <Icon className="icon" />}
      {children}
    </Link>
  );
}
