import { Check, Copy } from 'lucide-react';
import { useState } from 'react';
import { Button } from './button';
import { toasts } from './toasts';

export function CopyButton({ text, label = 'Copy' }: { readonly text: string; readonly label?: string }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    try {
      // There is no clipboard on plain http.
      await navigator.clipboard.writeText(text);
      setCopied(true);
    } catch {
      toasts.tell('This browser does not let the page copy; select the text instead.');
    }
  };
  return (
    <Button small icon={copied ? Check : Copy} onClick={() => void copy()}>
      {copied ? 'Copied' : label}
    </Button>
  );
}

/** Text to take along, such as a secret that is shown this once. */
export function Copyable({ text, once = false }: { readonly text: string; readonly once?: boolean }) {
  return (
    <div className="stack tight">
      <div className="secret">
        <code>{text}</code>
        <CopyButton text={text} />
      </div>
      {once && <p className="muted small">Keep it now: it is not shown again.</p>}
    </div>
  );
}
