// @ts-check
// socket.io and nothing else: everybody who comes is in one room, which is told each line.
import { createServer } from 'node:http';
import { Server } from 'socket.io';
import { LINE, publisher } from './line.js';

let seq = 0;
const publish = () =>
  room.emit('log', { type: 'log', seq: ++seq, ...LINE, timestamp: new Date().toISOString() });
const server = createServer(publisher(publish));
const namespace = new Server(server, { path: '/api/v1/ws', serveClient: false }).of('/sandbox');
const room = namespace.to('session');
namespace.on('connection', (socket) => {
  void socket.join('session');
  socket.emit('welcome', { last_seq: seq });
});
server.listen(Number(process.env.PORT), '127.0.0.1');
