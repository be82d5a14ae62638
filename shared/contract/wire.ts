/**
 * The one wire format of every transport: type (1 byte), id (4 bytes, big-endian), payload.
 * A WebSocket message or an IPC message is one frame; on a socket each frame is preceded by its length (4 bytes, big-endian).
 */
export const frameType = {
  /** Client → core: JSON {name, input}. */
  call: 1,
  /** Core → client: JSON Result. */
  answer: 2,
  /** Client → core: the caller no longer waits. */
  cancel: 3,
  /** Core → client: JSON {name, payload}; id 0. */
  event: 4,
  /** Client → core: JSON {name, input}. */
  open: 5,
  /** Both ways: bytes, within the peer's credit. */
  data: 6,
  /** Both ways: 4 bytes, big-endian: so many more bytes may be sent. */
  credit: 7,
  /** Both ways: JSON {error?}; nothing follows on this stream from either side. */
  end: 8,
} as const;
export type FrameType = (typeof frameType)[keyof typeof frameType];

export type Frame = { readonly type: FrameType; readonly id: number; readonly payload: Uint8Array };

const HEADER = 5;
/** A frame larger than this is refused and the connection closed: an 8 MiB paste as JSON fits, a hostile 300 MB body does not. */
export const maxFrameBytes = 32 * 1024 * 1024;
/** Bytes a peer may send before it must wait for credit: about 50 ms at 20 MB/s, and a bounded backlog when the reader is slow. */
export const initialCredit = 1024 * 1024;

const types: ReadonlySet<number> = new Set(Object.values(frameType));
const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });

export function encodeFrame(type: FrameType, id: number, payload: Uint8Array = new Uint8Array()): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(HEADER + payload.length);
  bytes[0] = type;
  new DataView(bytes.buffer).setUint32(1, id);
  bytes.set(payload, HEADER);
  return bytes;
}

/** Null when the bytes are no frame. */
export function decodeFrame(bytes: Uint8Array): Frame | null {
  const type = bytes[0];
  if (bytes.length < HEADER || type === undefined || !types.has(type)) return null;
  const id = new DataView(bytes.buffer, bytes.byteOffset).getUint32(1);
  return { type: type as FrameType, id, payload: bytes.subarray(HEADER) };
}

export function encodeJson(value: unknown): Uint8Array {
  return encoder.encode(JSON.stringify(value));
}

/** Throws on bytes that are no UTF-8 or no JSON. */
export function decodeJson(bytes: Uint8Array): unknown {
  return JSON.parse(decoder.decode(bytes));
}

export function encodeCredit(bytes: number): Uint8Array {
  const payload = new Uint8Array(4);
  new DataView(payload.buffer).setUint32(0, bytes);
  return payload;
}

/** Null when malformed. */
export function decodeCredit(payload: Uint8Array): number | null {
  return payload.length === 4 ? new DataView(payload.buffer, payload.byteOffset).getUint32(0) : null;
}

/** What carries frames: a WebSocket, a unix socket, an IPC port. Frames arrive whole and in order. */
export type Connection = {
  /** Never throws: once the connection is closed it does nothing. A peer that does not read is disconnected when the queue is too long. */
  readonly send: (frame: Uint8Array<ArrayBuffer>) => void;
  /** The one listener. Frames that came before it are kept for it. */
  readonly onFrame: (listener: (frame: Uint8Array) => void) => void;
  /** Called once, also when the connection is already gone. */
  readonly onClose: (listener: () => void) => void;
  readonly close: (reason?: string) => void;
};

/** Bytes that may wait for a peer that does not read: more than a restore of every terminal on a screen. Beyond it the peer is disconnected, so it never grows the core. */
export const maxQueuedBytes = 64 * 1024 * 1024;
