// @ts-check
// A collector of traces that takes all it is sent and keeps nothing.
import { createServer } from 'node:http';

createServer((request, response) => {
  request.resume().once('end', () => response.writeHead(200).end());
}).listen(Number(process.env.PORT), '127.0.0.1');
