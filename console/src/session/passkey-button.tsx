import { KeyRound } from 'lucide-react';
import { useState } from 'react';
import { Button } from '../components/button';
import { ProblemNotice } from '../components/problem-notice';
import { wasDeclined, type SignInOutcome } from './sign-in';

interface PasskeyButtonProps {
  readonly ask: () => Promise<SignInOutcome>;
  readonly onDone: (outcome: SignInOutcome) => void;
}

export function PasskeyButton({ ask, onDone }: PasskeyButtonProps) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);
  const start = async () => {
    setBusy(true);
    setProblem(null);
    await ask()
      .then(onDone, (error: unknown) => setProblem(wasDeclined(error) ? null : error))
      .finally(() => setBusy(false));
  };
  return (
    <>
      {problem !== null && <ProblemNotice error={problem} />}
      <Button icon={KeyRound} block busy={busy} onClick={() => void start()}>
        Use a passkey
      </Button>
    </>
  );
}
