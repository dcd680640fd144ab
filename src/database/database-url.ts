/** Where the database is: given by DATABASE_URL, or the embedded server's. */
export class DatabaseUrl {
  constructor(
    readonly value: string,
    /** The server itself. */
    readonly direct: string = value,
  ) {}

  /** Whether a PgBouncer stands before it, which gives each transaction another connection. */
  get isPooled(): boolean {
    return this.direct !== this.value;
  }
}
