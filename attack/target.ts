import { NotTried } from './attack.js';
import { send, sendBytes, type Answer, type Call } from './http.js';
import { hear, type Heard, type SocketAuth } from './sockets.js';

const LONGEST_WAIT_SECONDS = 65;

/** Somebody signed in whom an attack may do with as it likes. */
export interface Person {
  readonly id: string;
  readonly email: string;
  readonly username: string;
  readonly password: string;
  readonly token: string;
  readonly refreshToken: string;
}

/** Where people come from. */
export interface People {
  /** An administrator's token, if one was given. */
  readonly adminToken: string | undefined;
  /** @param role `user` unless told, which only an administrator can give. @throws NotTried */
  person(role?: string): Promise<Person>;
}

/** A running Cloudkeep as a stranger reaches it. */
export class Target {
  /** It and its replicas. */
  readonly everywhere: readonly Target[];
  /** By when what was revoked has to be dead everywhere. */
  readonly deadlineMs: number;
  private someoneKept: Promise<Person> | undefined;
  private readonly undoes: (() => Promise<unknown>)[] = [];

  constructor(
    readonly url: URL,
    private readonly people: People,
    { replicas = [], deadlineMs = 5_000 }: { replicas?: readonly Target[]; deadlineMs?: number } = {},
  ) {
    this.everywhere = [this, ...replicas];
    this.deadlineMs = deadlineMs;
  }

  /** A new person. @throws NotTried where there can be none, or none of that role. */
  person(role?: string): Promise<Person> {
    return this.people.person(role);
  }

  /** Somebody for all attacks, who must still be signed in afterwards. */
  someone(): Promise<Person> {
    return (this.someoneKept ??= this.person());
  }

  get hasAdmin(): boolean {
    return this.people.adminToken !== undefined;
  }

  /** @throws NotTried without an administrator's token. */
  get adminToken(): string {
    const { adminToken } = this.people;
    if (adminToken === undefined) throw new NotTried('needs --token of an administrator');
    return adminToken;
  }

  /**
   * One request below `/api/v1`, or, of a path with two slashes first, below the root. Waits
   * where a limit asks for it.
   *
   * @throws NotTried where the limit asks for more than a minute.
   */
  async call(method: string, path: string, call: Call = {}): Promise<Answer> {
    for (;;) {
      const answer = await this.once(method, path, call);
      if (answer.status !== 429) return answer;
      const seconds = Number(answer.headers['retry-after'] ?? Infinity);
      if (!(seconds <= LONGEST_WAIT_SECONDS))
        throw new NotTried(`rate limited: ${method} ${path} asks to wait ${seconds} s`);
      await new Promise((resolve) => setTimeout(resolve, Math.max(seconds, 1) * 1000));
    }
  }

  /** As `call`, but takes 429 for an answer. */
  once(method: string, path: string, call: Call = {}): Promise<Answer> {
    return send(this.at(path), method, call);
  }

  /** Sends bytes that are perhaps no HTTP at all. @returns all that came back. */
  bytes(bytes: string | Buffer): Promise<string> {
    return sendBytes(this.url, bytes);
  }

  /**
   * Opens a socket to a sandbox session and waits until it is let in or refused.
   *
   * @throws NotTried where a limit refuses it.
   */
  async socket(auth: SocketAuth): Promise<Heard> {
    const heard = await hear(this.url, auth);
    if (heard.code === 'rate_limited') throw new NotTried('rate limited: sockets');
    return heard;
  }

  /** What is to be undone once all attacks are over, the last first. */
  afterwards(undo: () => Promise<unknown>): void {
    this.undoes.push(undo);
  }

  /** Undoes what attacks have left; what can not be undone keeps nothing else from it. */
  async tidy(): Promise<void> {
    for (const undo of this.undoes.splice(0).reverse()) await undo().catch(() => undefined);
  }

  private at(path: string): URL {
    return new URL(path.startsWith('//') ? path.slice(1) : `/api/v1${path}`, this.url);
  }
}
