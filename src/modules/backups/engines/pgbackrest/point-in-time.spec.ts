import { lastCommitIn } from './point-in-time.js';

const REDO =
  'LOG:  redo done at 0/5000060 system usage: CPU: user: 0.00 s, system: 0.00 s, elapsed: 0.01 s\n';
const COMMIT = 'LOG:  last completed transaction was at log time';

describe('how far a recovery came', () => {
  it('is told by the last transaction it went through', () => {
    const log = `${COMMIT} 2026-11-21 02:00:00.5+00\n${REDO}${COMMIT} 2026-11-21 03:04:05.678901+00\n`;
    expect(lastCommitIn(log)).toEqual(new Date('2026-11-21T03:04:05.678Z'));
  });

  it('is not told where nobody wrote anything since the backup', () => {
    expect(lastCommitIn(REDO)).toBeNull();
  });
});
