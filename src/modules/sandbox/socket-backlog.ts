import type { LiveSocket } from './socket-protocol.js';

/** Far more than a client that reads at all ever has waiting; beyond it a socket costs more than it is worth. */
const MOST_PACKETS = 4_096;
const MOST_BYTES = 4_194_304;
const FEW_PACKETS = 64;

/** A WebSocket under a transport; long polling has none. */
interface Wire {
  readonly bufferedAmount?: number;
  readonly terminate?: () => void;
}

function wireOf({ conn }: LiveSocket): Wire | undefined {
  return (conn.transport as unknown as { readonly socket?: Wire }).socket;
}

/** The public types leave out what waits for the transport: messages as they will be sent, shared between sockets. */
function waiting({ conn }: LiveSocket): readonly { readonly data?: unknown }[] {
  return (conn as unknown as { readonly writeBuffer: readonly { readonly data?: unknown }[] }).writeBuffer;
}

export function isBehind(socket: LiveSocket): boolean {
  const packets = waiting(socket);
  // Who keeps up pays for no more than this look.
  if (packets.length <= FEW_PACKETS) return false;
  return packets.length > MOST_PACKETS || bytesOf(packets) > MOST_BYTES;
}

function bytesOf(packets: readonly { readonly data?: unknown }[]): number {
  let bytes = 0;
  for (const { data } of packets) if (typeof data === 'string') bytes += data.length;
  return bytes;
}

/** Whether all it was sent has left for the network. */
export function isClear(socket: LiveSocket): boolean {
  return waiting(socket).length === 0 && (wireOf(socket)?.bufferedAmount ?? 0) === 0;
}

/** Without a farewell, which would wait behind all that it does not read. */
export function dropSlow(socket: LiveSocket): void {
  const wire = wireOf(socket);
  if (wire?.terminate === undefined) socket.conn.close(true);
  else wire.terminate();
}
