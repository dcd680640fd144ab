// @ts-check
// Our own application, and beside it a door through which lines are written to a session's log, as an evaluation writes them.
import { createServer } from 'node:http';
import { createApp } from '../../dist/src/app.js';
import { readConfig } from '../../dist/src/bootstrap.js';
import { LogWriters } from '../../dist/src/modules/sandbox/log-writer.js';
import { LINE, publisher } from './line.js';

const app = await createApp(readConfig());
await app.listen();
const writers = app.nest.get(LogWriters);
/** @type {ReturnType<typeof writers.open> | undefined} */
let writer;
const door = createServer((request, response) => {
  const [, sessionId] = /^\/open\/(.+)$/.exec(request.url ?? '') ?? [];
  if (sessionId !== undefined) writer = writers.open(sessionId);
  publish(request, response);
});
const publish = publisher(() => writer?.write(LINE));
door.listen(Number(process.env.DOOR_PORT), '127.0.0.1');
process.once('SIGTERM', () => {
  door.close();
  door.closeAllConnections();
  void app.shutDown();
});
