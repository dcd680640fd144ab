// @ts-check
// argon2.verify and nothing else, with as many at a time as asked for; GET /count tells how many so far.
import { createServer } from 'node:http';
import argon2 from 'argon2';

const { HASH = '', PASSWORD = '', CONCURRENCY = '1' } = process.env;
let verified = 0;
let isRunning = false;

async function loop() {
  while (isRunning) {
    if (!(await argon2.verify(HASH, PASSWORD))) throw new Error('The password does not match');
    verified++;
  }
}

createServer((request, response) => {
  if (request.url === '/start') {
    isRunning = true;
    for (let i = 0; i < Number(CONCURRENCY); i++) void loop();
  }
  if (request.url === '/stop') isRunning = false;
  const body = String(verified);
  response.writeHead(200, { 'Content-Length': body.length }).end(body);
}).listen(Number(process.env.PORT), '127.0.0.1');
