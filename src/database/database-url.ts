/** Where the database is: given by DATABASE_URL, or the embedded server's. */
export class DatabaseUrl {
  constructor(readonly value: string) {}
}
