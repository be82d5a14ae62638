import { describe, expect, it } from 'vitest';
import { AppError } from '../../shared/errors.ts';
import { isAbsent, toEngineError } from './errors.ts';

function answer(statusCode: number, message: string): Error {
  return Object.assign(new Error(`(HTTP code ${statusCode}) - ${message}`), { statusCode, json: { message } });
}

describe('toEngineError', () => {
  it.each([
    [400, 'invalid mount config for type "bind": bind source path does not exist: /home/u/p', 'engine/mount-missing', '/home/u/p'],
    [500, 'Mounts denied: \nThe path /Volumes/data is not shared from the host and is not known to Docker.', 'engine/not-shared', '/Volumes/data'],
    [409, 'Conflict. The container name "/forge-x" is already in use by container "abc". You have to remove', 'engine/name-taken', 'forge-x'],
    [409, 'network with name forge-net already exists', 'engine/name-taken', 'forge-net'],
    [403, 'Pool overlaps with other one on this address space', 'engine/subnet-taken', 'subnet'],
    [500, "no available IPv4 addresses on this network's address pools: forge-egress (abc)", 'engine/network-full', 'no address left'],
    [500, 'write /var/lib/docker/tmp/x: no space left on device', 'engine/disk-full', 'disk'],
    [404, 'No such image: nope:latest', 'engine/no-image', 'image'],
    [409, 'Container abc is not running', 'engine/not-running', 'running'],
    [404, 'No such container: abc', 'engine/not-found', 'do it'],
    [500, 'something odd', 'engine/failed', 'something odd'],
  ])('turns %i "%s" into %s', (status, said, code, word) => {
    const cause = answer(status, said);
    const error = toEngineError(cause, 'do it', 'unix:///x');
    expect(error).toMatchObject({ code, message: expect.stringContaining(word), cause });
  });

  it.each(['ENOENT', 'ECONNREFUSED', 'EACCES', 'ECONNRESET', 'EPIPE'])('calls %s unreachable and says what to do', (code) => {
    const error = toEngineError(Object.assign(new Error(code), { code }), 'ask', 'unix:///x');
    expect(error.code).toBe('engine/unreachable');
    expect(error.message).toMatch(/unix:\/\/\/x cannot be reached\. \S/);
  });

  it('passes an AppError through', () => {
    const error = new AppError('engine/timeout', 'Late.');
    expect(toEngineError(error, 'ask', 'x')).toBe(error);
  });
});

describe('isAbsent', () => {
  it('knows a 404 before and after mapping', () => {
    const raw = answer(404, 'No such container: abc');
    expect([isAbsent(raw), isAbsent(toEngineError(raw, 'look', 'x')), isAbsent(answer(500, 'no'))]).toEqual([true, true, false]);
  });
});
