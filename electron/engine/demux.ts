/** 8 bytes before each piece: stream (0 stdin, 1 stdout, 2 stderr), three zeros, big-endian length. Docker API, "Attach to a container". */
const headerBytes = 8;

export type Demux = (chunk: Buffer) => void;

/** Splits a multiplexed stream; pieces are handed on as they come, so one may arrive in several parts. @throws when the bytes are no such stream */
export function createDemux(onStdout: (bytes: Buffer) => void, onStderr: (bytes: Buffer) => void): Demux {
  const header = Buffer.alloc(headerBytes);
  let headerFilled = 0;
  let left = 0;
  return (chunk) => {
    let at = 0;
    while (at < chunk.length) {
      if (left === 0) {
        const taken = chunk.copy(header, headerFilled, at, at + headerBytes - headerFilled);
        headerFilled += taken;
        at += taken;
        if (headerFilled < headerBytes) return;
        headerFilled = 0;
        if (header[0]! > 2 || header.readUIntBE(1, 3) !== 0) throw new Error(`Not a multiplexed stream: header ${header.toString('hex')}`);
        left = header.readUInt32BE(4);
        continue;
      }
      const piece = chunk.subarray(at, at + left);
      at += piece.length;
      left -= piece.length;
      (header[0] === 2 ? onStderr : onStdout)(piece);
    }
  };
}
