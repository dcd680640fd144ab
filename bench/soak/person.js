// @ts-check
import { randomBytes } from 'node:crypto';
import { MACHINE } from '../support/machine.js';
import { Follower } from './follower.js';
import { Unexpected } from './http.js';

const API = '/api/v1';
const MOST_FILES = 6;
const FILE_BYTES = [1024, 16 * 1024, 64 * 1024, 256 * 1024];
const CONTENT = randomBytes(256 * 1024);

/**
 * What somebody does over and over; each begins elsewhere in it. One sign-in in each, so that
 * hashing passwords is not all the server does.
 *
 * @typedef {'signIn' | 'refresh' | 'profile' | 'useToken' | 'newToken' | 'upload' | 'download' | 'list' | 'remove'
 *   | 'share' | 'redeem' | 'converse' | 'read' | 'forget' | 'open' | 'evaluate' | 'logs' | 'close'} Step
 */
const DAY = /** @type {readonly Step[]} */ (
  (
    'signIn profile newToken upload download profile useToken list share redeem converse profile open evaluate ' +
    'profile download refresh profile upload logs useToken remove converse redeem evaluate profile download ' +
    'useToken list profile upload remove evaluate read download profile useToken converse redeem profile ' +
    'download forget useToken remove profile close list useToken'
  ).split(' ')
);

/** Somebody at work, one thing at a time; what went wrong is left and the next thing begun. */
export class Person {
  #at;
  #access = '';
  #refresh = '';
  /** A personal access token. @type {{ id: string, token: string } | null} */
  #token = null;
  /** @type {{ id: string, size: number }[]} */
  #files = [];
  /** @type {{ path: string, size: number } | null} */
  #link = null;
  /** @type {string | null} */
  #conversation = null;
  /** @type {Follower | null} */
  #follower = null;

  /**
   * @param {import('./http.js').Http} http
   * @param {{ email: string, password: string }} account
   * @param {{ begins: number, followed: Follower[] }} how what was followed to its end is added to
   */
  constructor(http, account, { begins, followed }) {
    this.http = http;
    this.account = account;
    this.followed = followed;
    this.#at = begins % DAY.length;
  }

  /** Does the next thing. */
  async next() {
    const step = /** @type {Step} */ (DAY[this.#at++ % DAY.length]);
    try {
      if (this.#access === '' && step !== 'signIn') await this.signIn();
      await this[step]();
    } catch (error) {
      if (!(error instanceof Unexpected)) throw error;
    }
  }

  async signIn() {
    if (this.#access !== '') await this.signOut();
    const route = 'POST /auth/login';
    const tokens = await this.http.json({
      route,
      path: `${API}/auth/login`,
      json: this.account,
      audited: 'session.open',
    });
    this.#keep(tokens);
    await this.#follower?.connect(this.#access);
  }

  async signOut() {
    const token = this.#access;
    this.#access = '';
    await this.http.json({
      route: 'POST /auth/logout',
      path: `${API}/auth/logout`,
      token,
      status: 204,
      audited: 'session.end',
    });
    await this.#follower?.cut();
  }

  async refresh() {
    const json = { refresh_token: this.#refresh };
    this.#keep(await this.http.json({ route: 'POST /auth/refresh', path: `${API}/auth/refresh`, json }));
  }

  profile() {
    return this.#get('/auth/profile');
  }

  async useToken() {
    if (this.#token === null) await this.newToken();
    await this.#get('/auth/profile', {
      route: 'GET /auth/profile (personal token)',
      token: this.#token?.token,
    });
  }

  async newToken() {
    if (this.#token !== null) {
      const { id } = this.#token;
      this.#token = null;
      await this.#delete('/auth/tokens/:id', id, 'token.revoke');
    }
    const json = { name: 'Soak', scopes: ['profile:read'] };
    this.#token = await this.#post('/auth/tokens', { json, audited: 'token.create' });
  }

  async upload() {
    if (this.#files.length >= MOST_FILES) await this.remove();
    const size = /** @type {number} */ (FILE_BYTES[this.#at % FILE_BYTES.length]);
    const file = CONTENT.subarray(0, size);
    const trails = { audited: 'file.upload', accessed: 'upload' };
    const { id } = await this.#post('/files', { file, ...trails });
    this.#files.push({ id, size });
  }

  async download() {
    const { id, size } = await this.#someFile();
    const first = size >> 2;
    const last = size - (size >> 3) - 1;
    const part = await this.http.bytes({
      route: 'GET /files/:id/download (range)',
      path: `${API}/files/${id}/download`,
      token: this.#access,
      range: `bytes=${first}-${last}`,
      status: 206,
      accessed: 'download',
    });
    if (!part.equals(CONTENT.subarray(first, last + 1)))
      this.http.ledger.failed('bytes', `range ${first} to ${last} of file ${id} is not as sent`);
  }

  list() {
    return this.#get('/files');
  }

  async remove() {
    const file = this.#files.shift();
    if (file === undefined) return;
    await this.#delete('/files/:id', file.id, 'file.delete', 'delete');
    this.#link = null;
  }

  async share() {
    const { id, size } = await this.#someFile();
    const { url } = await this.#post('/files/:id/links', {
      path: `/files/${id}/links`,
      json: {},
      accessed: 'generate_url',
    });
    const { pathname, search } = new URL(url);
    this.#link = { path: pathname + search, size };
  }

  async redeem() {
    if (this.#link === null) await this.share();
    if (this.#link === null) return;
    const { path, size } = this.#link;
    const body = await this.http.bytes({ route: 'GET a signed link', path, accessed: 'redeem' });
    if (body.length !== size) this.http.ledger.failed('bytes', `a link gave ${body.length} of ${size} bytes`);
  }

  async converse() {
    this.#conversation ??= (
      await this.#post('/conversations', { json: { title: 'Soak' }, audited: 'conversation.create' })
    ).id;
    await this.#post('/conversations/:id/messages', {
      path: `/conversations/${this.#conversation}/messages`,
      json: { query: 'Is it safe to stay?', response: 'Yes, until Friday. '.repeat(20) },
      audited: 'conversation.add_message',
    });
  }

  async read() {
    if (this.#conversation === null) return;
    const path = `/conversations/${this.#conversation}/messages`;
    await this.#get(path, { route: 'GET /conversations/:id/messages' });
    await this.#get('/conversations?q=friday', { route: 'GET /conversations?q=' });
  }

  async forget() {
    if (this.#conversation === null) return;
    await this.#delete('/conversations/:id', this.#conversation, 'conversation.delete');
    this.#conversation = null;
  }

  async open() {
    if (this.#follower !== null) await this.close();
    const { id } = await this.#post('/sandbox/sessions', {
      json: MACHINE,
      audited: 'sandbox.create_session',
    });
    this.#follower = new Follower(this.http.port, id, this.http.ledger);
    await this.#follower.connect(this.#access);
  }

  async evaluate() {
    if (this.#follower === null) await this.open();
    const path = `/sandbox/sessions/${this.#follower?.sessionId}/evaluate`;
    const json = { mode: this.#at % 2 === 0 ? 'cluster' : 'single_instance' };
    const route = '/sandbox/sessions/:id/evaluate';
    await this.#post(route, { path, json, status: 200, audited: 'sandbox.evaluate' });
  }

  async logs() {
    if (this.#follower === null) return;
    const path = `/sandbox/sessions/${this.#follower.sessionId}/logs`;
    await this.#get(path, { route: 'GET /sandbox/sessions/:id/logs' });
  }

  async close() {
    const follower = this.#follower;
    if (follower === null) return;
    this.#follower = null;
    await this.#delete('/sandbox/sessions/:id', follower.sessionId, 'sandbox.end_session');
    await follower.end();
    this.followed.push(follower);
  }

  /** Leaves nothing open. */
  async leave() {
    try {
      if (this.#access === '') return;
      await this.close();
      await this.signOut();
    } catch (error) {
      if (!(error instanceof Unexpected)) throw error;
    }
  }

  /** @param {{ access_token: string, refresh_token: string }} tokens */
  #keep({ access_token: access, refresh_token: refresh }) {
    this.#access = access;
    this.#refresh = refresh;
  }

  async #someFile() {
    if (this.#files.length === 0) await this.upload();
    return /** @type {{ id: string, size: number }} */ (this.#files[this.#at % this.#files.length]);
  }

  /**
   * @param {string} path
   * @param {{ route?: string, token?: string | undefined }} [how]
   */
  #get(path, { route = `GET ${path}`, token = this.#access } = {}) {
    return this.http.json({ route, path: API + path, token });
  }

  /**
   * @param {string} route
   * @param {Partial<import('./http.js').Call>} how
   */
  #post(route, { path = route, ...more }) {
    return this.http.json({
      status: 201,
      ...more,
      route: `POST ${route}`,
      path: API + path,
      token: this.#access,
    });
  }

  /**
   * @param {string} route
   * @param {string} id
   * @param {string} audited
   * @param {string} [accessed]
   */
  #delete(route, id, audited, accessed) {
    return this.http.json({
      route: `DELETE ${route}`,
      path: API + route.replace(':id', id),
      token: this.#access,
      status: 204,
      audited,
      ...(accessed === undefined ? {} : { accessed }),
    });
  }
}
