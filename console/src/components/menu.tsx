import type { LucideIcon } from 'lucide-react';
import { useId, useRef, type ButtonHTMLAttributes, type KeyboardEvent, type ReactNode } from 'react';
import { classes } from './classes';

interface MenuProps {
  readonly label: string;
  /** What the button shows; its name is `label`. */
  readonly button: ReactNode;
  readonly small?: boolean;
  readonly children: ReactNode;
}

/** A button that opens a list of deeds; closed by Escape, by a click elsewhere, and once one is chosen. */
export function Menu({ label, button, small, children }: MenuProps) {
  const id = useId();
  const opener = useRef<HTMLButtonElement>(null);
  const list = useRef<HTMLDivElement>(null);
  return (
    <>
      <button
        ref={opener}
        type="button"
        className={classes('button quiet', small && 'small')}
        aria-label={label}
        popoverTarget={id}
      >
        {button}
      </button>
      {/* eslint-disable-next-line jsx-a11y-x/no-static-element-interactions -- keys and clicks bubble from the buttons within */}
      <div
        ref={list}
        id={id}
        popover="auto"
        className="menu"
        onToggle={(event) => event.newState === 'open' && place(list.current, opener.current)}
        onClick={() => list.current?.hidePopover()}
        onKeyDown={(event) => moveFocus(event, list.current)}
      >
        {children}
      </div>
    </>
  );
}

function place(list: HTMLElement | null, opener: HTMLElement | null): void {
  if (list === null || opener === null) return;
  const anchor = opener.getBoundingClientRect();
  const { width, height } = list.getBoundingClientRect();
  const below = anchor.bottom + 4;
  const fits = below + height <= window.innerHeight;
  list.style.top = `${fits ? below : Math.max(8, anchor.top - height - 4)}px`;
  list.style.left = `${Math.max(8, Math.min(anchor.right - width, window.innerWidth - width - 8))}px`;
  list.querySelector<HTMLElement>('.menu-item:not(:disabled)')?.focus();
}

function moveFocus(event: KeyboardEvent, list: HTMLElement | null): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step === undefined || list === null) return;
  event.preventDefault();
  const items = [...list.querySelectorAll<HTMLElement>('.menu-item:not(:disabled)')];
  const at = items.indexOf(document.activeElement as HTMLElement);
  items[(at + step + items.length) % items.length]?.focus();
}

interface MenuItemProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly icon?: LucideIcon;
  readonly danger?: boolean;
  readonly children: ReactNode;
}

export function MenuItem({ icon: Icon, danger, children, ...rest }: MenuItemProps) {
  return (
    <button type="button" {...rest} className={classes('menu-item', danger && 'danger')}>
      {Icon && <Icon className="icon" />}
      {children}
    </button>
  );
}
