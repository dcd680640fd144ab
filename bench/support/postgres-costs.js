// @ts-check
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';

const CLOCK_TICKS_PER_SECOND = 100;
const RELOAD_MS = 300;

/** What a PostgreSQL of ours spends and writes. */
export class PostgresCosts {
  /** @param {import('./database.js').Database} database */
  constructor(database) {
    this.database = database;
    const pidFile = join(database.folder, 'postgres', 'postmaster.pid');
    this.postmaster = Number(readFileSync(pidFile, 'utf8').split('\n')[0]);
  }

  /** CPU time of all its processes, of those that have ended too, in seconds. */
  get cpuSeconds() {
    let ticks = 0;
    for (const pid of readdirSync('/proc').map(Number).filter(Boolean)) {
      const fields = statOf(pid);
      if (pid === this.postmaster) ticks += sum(fields.slice(11, 15));
      else if (Number(fields[1]) === this.postmaster) ticks += sum(fields.slice(11, 13));
    }
    return ticks / CLOCK_TICKS_PER_SECOND;
  }

  /** @returns {Promise<number>} bytes of write-ahead log so far. */
  async walBytes() {
    const { rows } = await this.database.pool.query(`SELECT pg_current_wal_lsn() - '0/0' AS bytes`);
    return Number(rows[0].bytes);
  }

  /**
   * Statements that the server is sent while something is done, BEGIN and COMMIT among them.
   *
   * @param {() => Promise<unknown>} work
   */
  async statements(work) {
    await this.#logStatements('all');
    const before = this.#logged();
    await work();
    const count = this.#logged() - before;
    await this.#logStatements('none');
    return count;
  }

  /** Of the sessions that are open too. @param {'all' | 'none'} which */
  async #logStatements(which) {
    const superuser = new pg.Client(this.database.server.adminUrl);
    await superuser.connect();
    await superuser.query(`ALTER SYSTEM SET log_statement = '${which}'`);
    await superuser.query('SELECT pg_reload_conf()');
    await superuser.end();
    await delay(RELOAD_MS);
  }

  #logged() {
    const log = readFileSync(join(this.database.folder, 'postgres.log'), 'utf8');
    return log.match(/LOG: {2}(statement|execute )/g)?.length ?? 0;
  }
}

/** @param {number} pid @returns {string[]} what follows the name of the program; nothing of one that is gone. */
function statOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return [];
  }
}

/** @param {readonly string[]} ticks */
const sum = (ticks) => ticks.reduce((total, one) => total + Number(one), 0);
