import type { Channel } from '../../shared/contract/channel.ts';
import type { StreamRequest } from '../../shared/contract/index.ts';
import { AppError } from '../../shared/errors.ts';
import { containerName } from '../engine/names.ts';
import type { Engine } from '../engine/types.ts';

export type LogRequest = StreamRequest<'workspaces.logs'>;

/** Well below a channel's `maxPiece`, so that each message arrives as one. */
const pieceBytes = 32 * 1024;

/**
 * What one of a workspace's containers printed and prints, in its order: each message is one tag byte (1 standard output, 2 standard
 * error) and the bytes. A reader that is slow slows the engine's stream; one that goes away ends the engine's request.
 * @throws workspace/no-container
 */
export async function streamLogs(
  engine: Pick<Engine, 'readLog' | 'inspectContainer'>,
  { projectId, workspaceId }: { readonly projectId: string; readonly workspaceId: string },
  { role, tail, follow }: Omit<LogRequest, 'workspaceId'>,
  channel: Channel,
): Promise<void> {
  const left = new AbortController();
  const leave = (): void => left.abort(new AppError('stream/closed', 'The reader has gone.'));
  channel.closed.then(leave, leave);
  // Nothing is expected from the reader, and what comes is not kept.
  channel.onData(() => undefined);
  const container = await engine.inspectContainer(containerName(role, projectId, workspaceId));
  if (container === null)
    throw new AppError('workspace/no-container', 'It has no container at the moment, so there is no log. Start the workspace first.', { details: { role } });
  try {
    for await (const { source, bytes } of engine.readLog(container.id, { tail, follow, signal: left.signal }))
      for (let at = 0; at < bytes.length; at += pieceBytes)
        await channel.write(Buffer.concat([Buffer.of(source === 'stdout' ? 1 : 2), bytes.subarray(at, at + pieceBytes)]));
  } catch (error) {
    if (!left.signal.aborted) throw error;
  }
}
