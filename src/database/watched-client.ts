import pg, { type ClientConfig } from 'pg';
import type { Ended, Statement, Statements } from './statements.js';

type Query = (...args: unknown[]) => unknown;
type Callback = (error: Error | null, result: pg.QueryResult) => void;

/** For the settings of a pool: its connections tell of each statement. */
export function watchedBy(statements: Statements): object {
  return { Client: WatchedClient, statements };
}

/**
 * A connection that tells of what is asked of it. Below the pool and the entity
 * manager, this is the one place that every statement passes.
 */
class WatchedClient extends pg.Client {
  private readonly statements: Statements;

  constructor(config: ClientConfig & { readonly statements: Statements }) {
    super(config);
    this.statements = config.statements;
    const plain = super.query.bind(this) as Query;
    this.query = ((...args: unknown[]) => this.watched(plain, args)) as typeof this.query;
  }

  /** As pg takes it: text or a statement, perhaps values, perhaps a callback; without one a promise is given. */
  private watched(plain: Query, args: unknown[]): unknown {
    const statement = statementOf(args[0]);
    // What streams, such as COPY, has no one answer.
    if (statement === null) return plain(...args);
    const ended = this.statements.begin(statement);
    const last = args.at(-1);
    if (typeof last === 'function') return plain(...args.slice(0, -1), told(ended, last as Callback));
    const answer = plain(...args) as Promise<pg.QueryResult>;
    answer.then((result) => ended(null, result), ended);
    return answer;
  }
}

function told(ended: Ended, callback: Callback): Callback {
  return (error, result) => {
    ended(error, result as pg.QueryResult | undefined);
    callback(error, result);
  };
}

function statementOf(given: unknown): Statement | null {
  if (typeof given === 'string') return { text: given };
  const { text, submit } = given as { text?: unknown; submit?: unknown };
  return typeof text === 'string' && submit === undefined ? (given as Statement) : null;
}
