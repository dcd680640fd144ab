import { Injectable } from '@nestjs/common';
import { errorCodeOf } from '../telemetry/error-code.js';
import { recordingSpan, type LiveSpan } from '../telemetry/span.js';

/** A statement as it was run; its values are nobody's business. */
export interface StatementRun {
  readonly text: string;
  /** Of a prepared one. */
  readonly name: string | null;
  readonly milliseconds: number;
  /** Written or read; null where it failed. */
  readonly rows: number | null;
  /** What it failed of: SQLSTATE, as a rule. */
  readonly error: string | null;
}

export interface Statement {
  readonly text: string;
  readonly name?: string | undefined;
}

type Listener = (run: StatementRun) => void;
/** To be told how a statement ended. */
export type Ended = (error: unknown, result?: { readonly rowCount?: number | null }) => void;

/** What opens, confines and ends a transaction: part of every request, and of interest only when slow. */
const CONTROL = /^(BEGIN|START|COMMIT|ROLLBACK|SAVEPOINT|RELEASE|SET|LISTEN|SELECT set_config)\b/;
const VERB = /^\s*(\w+)/;
const TABLE = /\b(?:FROM|INTO|UPDATE|JOIN)\s+"?(\w+)/i;

/**
 * Every statement that this process sends to PostgreSQL, whoever sends it: each is a
 * span of the work it belongs to, and whoever listens hears of those that take long.
 */
@Injectable()
export class Statements {
  private slowMs = Infinity;
  private slow: Listener = () => undefined;

  /** @param milliseconds after which a statement is told of. */
  onSlow(milliseconds: number, listener: Listener): void {
    this.slowMs = milliseconds;
    this.slow = listener;
  }

  /** @returns to be called once with what became of it. */
  begin(statement: Statement): Ended {
    const above = recordingSpan();
    const span =
      above === undefined || CONTROL.test(statement.text) ? undefined : above.child(spanOf(statement));
    const startedAt = performance.now();
    return (error, result) => {
      const milliseconds = performance.now() - startedAt;
      const failure = error === null || error === undefined ? null : errorCodeOf(error);
      const rows = result?.rowCount ?? null;
      if (span !== undefined) end(span, failure, rows);
      if (milliseconds < this.slowMs) return;
      const { text, name = null } = statement;
      this.slow({ text: plain(text), name, milliseconds, rows, error: failure });
    };
  }
}

function spanOf({ text, name }: Statement) {
  const operation = VERB.exec(text)?.[1]?.toUpperCase() ?? 'SQL';
  const summary = name ?? `${operation} ${TABLE.exec(text)?.[1] ?? ''}`.trim();
  return {
    name: summary,
    kind: 'client' as const,
    attributes: {
      'db.system.name': 'postgresql',
      'db.operation.name': operation,
      'db.query.summary': summary,
      'db.query.text': text,
    },
  };
}

function end(span: LiveSpan, failure: string | null, rows: number | null): void {
  if (failure !== null) span.fail(failure);
  else if (rows !== null) span.set({ 'db.response.returned_rows': rows });
  span.end();
}

/** The few that name an organisation in their text do not tell which. */
function plain(text: string): string {
  return CONTROL.test(text) ? (VERB.exec(text)?.[1] ?? text) : text;
}
