import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestEngine, idleSpec, startIdle } from '../fixtures/engine.ts';

const { engine, cleanUp } = createTestEngine();
const user = '1000:1000';
let running: string;
beforeAll(async () => {
  running = await startIdle(engine, { readOnlyRoot: false, mounts: [] });
});
afterAll(cleanUp);

async function inside(...argv: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await engine.exec(running, argv);
  if (exitCode !== 0) throw new Error(stderr);
  return stdout.trim();
}

describe('one file copied in', () => {
  it.each(['plain.txt', 'it\'s "quoted"', 'line\nbreak', '-rf', '--help', 'ünïcödé 🍐', 'a b\tc', '$(touch x)`y`', 'back\\slash', 'x'.repeat(255)])(
    'has any name: %j',
    async (name) => {
      await engine.putFile(running, `/srv/files/${name}`, Buffer.from('pear'), { user });
      expect(await inside('cat', '--', `/srv/files/${name}`)).toBe('pear');
    },
  );

  it("is the agent's, with the parents that were made for it, and no parent that was there", async () => {
    await engine.putFile(running, '/srv/one/two/three/file', Buffer.from('x'), { user, mode: 0o600 });
    expect(await inside('stat', '-c', '%u:%g %a', '/srv/one/two/three/file', '/srv/one/two/three', '/srv/one', '/srv')).toBe(
      '1000:1000 600\n1000:1000 755\n1000:1000 755\n0:0 755',
    );
  });

  it('takes the place of a file, is empty or large, and arrives whole from a stream', async () => {
    const large = Buffer.alloc(5 * 1024 * 1024, 'pears ');
    await engine.putFile(running, '/srv/file', Buffer.alloc(0), { user });
    expect(await inside('stat', '-c', '%s', '/srv/file')).toBe('0');
    await engine.putFile(running, '/srv/file', { stream: Readable.from([large.subarray(0, 999), large.subarray(999)]), bytes: large.byteLength }, { user });
    expect((await inside('sha256sum', '/srv/file')).split(' ')[0]).toBe(createHash('sha256').update(large).digest('hex'));
  });

  it('is refused when it has another size than was said', async () => {
    for (const bytes of [3, 5])
      await expect(engine.putFile(running, '/srv/short', { stream: Readable.from([Buffer.from('pear')]), bytes }, { user })).rejects.toMatchObject({
        code: 'engine/size-differs',
      });
  });

  it('is refused where a folder is, and at what is no plain path', async () => {
    await expect(engine.putFile(running, '/srv', Buffer.from('x'), { user })).rejects.toMatchObject({ code: 'engine/no-file' });
    for (const path of ['relative', '/srv/../etc/passwd', '/srv//x', '/srv/x/', '/srv/\0', '/'])
      await expect(engine.putFile(running, path, Buffer.from('x'), { user })).rejects.toMatchObject({ code: 'engine/bad-path' });
  });

  it('needs no running container', async () => {
    const id = await engine.createContainer(await idleSpec(engine, { readOnlyRoot: false, mounts: [] }));
    await engine.putFile(id, '/srv/new/file', Buffer.from('pear'), { user });
    expect(Buffer.from(await engine.readFile(id, '/srv/new/file', 10)).toString()).toBe('pear');
  });
});
