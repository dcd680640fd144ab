import type { LogLine } from '../evaluation/evaluation.service.js';
import { LogWriter } from './log-writer.js';
import type { LogsRepository, NewLine } from './logs.repository.js';

const line = (message: string): LogLine => ({ log_type: 'SYSTEM', level: 'info', message });

it.each([0, 1, 2, 3, 4, 5, 6])(
  'keeps a line that comes %i turns after the one before was kept',
  async (turns) => {
    const kept: string[] = [];
    const append = (_: string, lines: readonly NewLine[]): Promise<void> => {
      kept.push(...lines.map(({ message }) => message));
      if (kept.length === 1) void another();
      return Promise.resolve();
    };
    const another = async () => {
      for (let turn = 0; turn < turns; turn++) await Promise.resolve();
      writer.write(line('second'));
    };
    const writer = new LogWriter('a-session', { append } as unknown as LogsRepository, {
      now: () => new Date(),
    });
    writer.write(line('first'));
    await writer.drained();
    await new Promise((resolve) => setImmediate(resolve));
    await writer.drained();
    expect(kept).toEqual(['first', 'second']);
  },
);
