// @ts-check
// Our own application, its statements sent as they are: nobody's organisation is told to the database.
import { Sql } from '../../dist/src/database/sql.js';

Object.defineProperty(Sql.prototype, 'queryAs', {
  /**
   * @this {{ pool: import('pg').Pool }}
   * @param {string} _organizationId
   * @param {import('pg').QueryConfig} statement
   */
  value: function (_organizationId, statement) {
    return this.pool.query(statement);
  },
});
await import('../../dist/src/main.js');
