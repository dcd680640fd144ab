import { TENANT_SETTING } from '../../../database/data-source.js';

/** What PostgreSQL's programs read in place of the parameters of a connection URL. */
const VARIABLES: Readonly<Record<string, string>> = {
  sslmode: 'PGSSLMODE',
  sslrootcert: 'PGSSLROOTCERT',
  sslcert: 'PGSSLCERT',
  sslkey: 'PGSSLKEY',
  sslnegotiation: 'PGSSLNEGOTIATION',
  host: 'PGHOST',
  port: 'PGPORT',
  channel_binding: 'PGCHANNELBINDING',
};

/** What only pg, the library, knows. */
const SSL_MODES: Readonly<Record<string, string>> = { 'no-verify': 'require' };

/**
 * The environment in which PostgreSQL's programs reach the database at `url`, as the
 * system, which sees every organisation. Nothing of it is on the command line, which
 * everybody on the machine may read.
 */
export function connectionEnvironment(url: string): Record<string, string> {
  const { hostname, port, username, password, pathname, searchParams } = new URL(url);
  const given = {
    PGHOST: decodeURIComponent(hostname).replace(/^\[(.*)\]$/, '$1'),
    PGPORT: port,
    PGUSER: decodeURIComponent(username),
    PGPASSWORD: decodeURIComponent(password),
    PGDATABASE: decodeURIComponent(pathname.slice(1)),
    PGSSLMODE: searchParams.get('ssl') === 'true' ? 'require' : '',
  };
  const found = [...searchParams].flatMap(([name, value]) => {
    const variable = VARIABLES[name];
    return variable === undefined ? [] : [[variable, SSL_MODES[value] ?? value]];
  });
  return {
    ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== '')),
    ...(Object.fromEntries(found) as Record<string, string>),
    PGOPTIONS: `-c ${TENANT_SETTING}=*`,
    PGAPPNAME: 'cloudkeep-backup',
    PGCONNECT_TIMEOUT: '10',
  };
}
