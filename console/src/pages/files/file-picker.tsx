import { useRef, type ReactNode } from 'react';
import { Button } from '../../components/button';

/** A button that lets one choose files; choosing the same ones again counts. */
export function FilePicker({
  label,
  onFiles,
  multiple,
  small,
  variant,
  children,
}: {
  /** Of the control within, for those who can not see it. */
  readonly label: string;
  readonly onFiles: (files: readonly File[]) => void;
  readonly multiple?: boolean;
  readonly small?: boolean;
  readonly variant?: 'primary';
  readonly children: ReactNode;
}) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <Button {...(variant && { variant })} small={small ?? false} onClick={() => input.current?.click()}>
        {children}
      </Button>
      <input
        ref={input}
        type="file"
        hidden
        aria-label={label}
        multiple={multiple}
        onChange={({ currentTarget }) => {
          onFiles([...(currentTarget.files ?? [])]);
          currentTarget.value = '';
        }}
      />
    </>
  );
}
