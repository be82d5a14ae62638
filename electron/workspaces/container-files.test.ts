import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { packContainerFiles } from './container-files.ts';

const files = {
  passwd: 'root:x:0:0:root:/root:/bin/bash\n',
  group: 'root:x:0:\n',
  certificates: 'A\n',
  caCertificate: 'B\n',
  user: { uid: 1000, gid: 1000 },
  owned: [],
};

test('a login shell finds the programs that the container does, whatever characters its PATH holds', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'forgehold-files-'));
  try {
    const path = "/opt/it's $(here)/bin:/usr/bin:/bin";
    execFileSync('tar', ['-xf', '-', '-C', folder], {
      input: await packContainerFiles({ ...files, path, npm: '/tools/npm/1.0.0/linux', node: '/tools/node' }),
    });
    const script = join(folder, 'etc/profile.d/forgehold.sh');
    expect(readFileSync(script, 'utf8')).toMatch(/^export PATH=/);
    expect(execFileSync('sh', ['-c', 'PATH=/nowhere; . "$1"; printf %s "$PATH"', 'sh', script], { encoding: 'utf8' })).toBe(path);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
