import { mustHold, type Attack } from '../attack.js';
import { personalToken } from '../credentials.js';
import { sandboxSession } from '../sandbox.js';
import type { Heard } from '../sockets.js';

const PATIENCE_MS = 5_000;
const LOOK_EVERY_MS = 50;

const asked = (socket: Heard['socket'], session_id: string) =>
  socket.timeout(PATIENCE_MS).emitWithAck('subscribe', { session_id, last_seq: 0 }) as Promise<object>;

const foreignHandshakes: Attack = {
  line: 22,
  how: "a handshake for a stranger's session",
  async run(target) {
    const [owner, stranger] = [await target.someone(), await target.person()];
    const theirs = await sandboxSession(target, owner.token);
    const rightful = await target.socket({ token: owner.token, session_id: theirs });
    rightful.socket.disconnect();
    mustHold(rightful.refusal === null, 'its owner is not let in');
    const { refusal, socket } = await target.socket({ token: stranger.token, session_id: theirs });
    socket.disconnect();
    return refusal === null ? ["A stranger's handshake was taken."] : [];
  },
};

const foreignSubscriptions: Attack = {
  line: 22,
  how: "a stranger's session, asked for once inside",
  async run(target) {
    const [owner, stranger] = [await target.someone(), await target.person()];
    const theirs = await sandboxSession(target, owner.token);
    const own = await sandboxSession(target, stranger.token);
    const { refusal, socket } = await target.socket({ token: stranger.token, session_id: own });
    mustHold(refusal === null, 'its owner is not let in');
    const answer = await asked(socket, theirs);
    socket.disconnect();
    return 'error' in answer ? [] : ['A stranger subscribed.'];
  },
};

const unableTokens: Attack = {
  line: 22,
  how: "one's own session, with a token that may not read it over HTTP",
  async run(target) {
    const owner = await target.someone();
    const id = await sandboxSession(target, owner.token);
    const { token } = await personalToken(target, owner.token, ['profile:read']);
    mustHold((await target.call('GET', `/sandbox/sessions/${id}`, { token })).status === 403, 'it may');
    const { refusal, socket } = await target.socket({ token, session_id: id });
    socket.disconnect();
    return refusal === null ? ['A token that may not read over HTTP hears the socket.'] : [];
  },
};

const lostCredentials: Attack = {
  line: 22,
  how: 'a socket whose credential fails when it is looked at again',
  async run(target) {
    const owner = await target.someone();
    const id = await sandboxSession(target, owner.token);
    const pass = await personalToken(target, owner.token, ['sandbox:read']);
    const { refusal, socket } = await target.socket({ token: pass.token, session_id: id });
    mustHold(refusal === null, 'a rightful token is not let in');
    const { status } = await target.call('DELETE', `/auth/tokens/${pass.id}`, { token: owner.token });
    mustHold(status === 204, `revoking answered ${status}`);
    const deadline = performance.now() + target.deadlineMs;
    while (socket.connected && performance.now() < deadline)
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    const through = socket.connected ? ['A socket outlived its credential.'] : [];
    socket.disconnect();
    return through;
  },
};

export const sockets: readonly Attack[] = [
  foreignHandshakes,
  foreignSubscriptions,
  unableTokens,
  lostCredentials,
];
