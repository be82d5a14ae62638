import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLists } from '../../electron/network/lists.ts';
import { makeTar } from '../fixtures/tar.ts';
import { createTestTools, type TestTools } from '../fixtures/tools.ts';
import { createTestWall, type TestWall, type Walled } from '../fixtures/wall.ts';

let test: TestWall;
let tools: TestTools;
let one: Walled;
const bundle = '/etc/ssl/certs/ca-certificates.crt';
/** Where TLS is re-signed on the way, as in a company: those who do it are trusted inside too. */
const ownAuthorities = process.env['SSL_CERT_FILE'] === undefined ? '' : readFileSync(process.env['SSL_CERT_FILE'], 'utf8');

beforeAll(async () => {
  test = await createTestWall();
  tools = await createTestTools(test.engine);
  await tools.ensure('node', () => undefined);
  one = await test.build('restricted', {
    env: { HOME: '/tmp/home', PATH: `/tmp/bin:${tools.path('node')}/bin:/usr/local/bin:/usr/bin:/bin`, NODE_EXTRA_CA_CERTS: bundle, PIP_CERT: bundle },
    mounts: [{ kind: 'tmpfs', target: '/tmp', sizeMb: 256, mode: 0o1777 }, tools.mount()],
    // What "allow system packages" adds; the engine gives it to root where the container's user is root.
    user: '0:0',
    capabilities: ['CHOWN', 'SETUID', 'SETGID', 'DAC_OVERRIDE', 'FOWNER'],
    pidsLimit: 512,
    memoryMb: 2048,
  });
  const trusted = Buffer.from(await test.engine.readFile(one.agent, bundle, 8 * 1024 * 1024)).toString();
  await test.engine.putArchive(one.agent, await makeTar([{ name: 'ca-certificates.crt', content: `${trusted}\n${ownAuthorities}` }]), '/etc/ssl/certs');
  const folder = mkdtempSync(join(tmpdir(), 'forge-installers-'));
  try {
    execFileSync('npm', ['pack', '--silent', 'npm@10.9.2', '--pack-destination', folder]);
    execFileSync('pip', ['download', '--quiet', '--no-deps', '--dest', folder, 'pip']);
    const [npm, pip] = ['.tgz', '.whl'].map((end) =>
      readFileSync(
        join(
          folder,
          readdirSync(folder).find((name) => name.endsWith(end))!,
        ),
      ),
    );
    const unpack = 'mkdir -p /tmp/home /tmp/bin && tar -xz -C /tmp && for n in npm npx; do ln -s ../package/bin/$n-cli.js /tmp/bin/$n; done';
    await test.engine.exec(one.agent, ['sh', '-c', unpack], { stdin: npm! });
    await test.engine.exec(one.agent, ['sh', '-c', 'cat > /tmp/pip.whl'], { stdin: pip! });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
afterAll(async () => {
  await test?.cleanUp();
  await tools?.end();
});

const run = (line: string): Promise<string> => test.run(one, `${line} 2>&1; echo "exit $?"`, 110_000);
function refused(): readonly string[] {
  return test.wall.decisions({ workspaceId: one.workspaceId, limit: 1000, verdict: 'blocked' }).map(({ host, reason }) => `${host} ${reason}`);
}

describe('with its preset on, and nothing else allowed', () => {
  it.each([
    ['npm', 'mkdir -p /tmp/app && cd /tmp/app && npm init -y >/dev/null && npm install --no-fund yargs@17 && node -e "require(\'yargs\')"'],
    ['pypi', 'python3 /tmp/pip.whl/pip install --no-cache-dir --target /tmp/py requests && PYTHONPATH=/tmp/py python3 -c "import requests"'],
  ])('%s installs a package with its dependencies, and nothing is refused on the way', async (preset, line) => {
    await createLists(test.wall).setPreset(one, preset, true);
    const output = await run(line);
    expect(refused()).toEqual([]);
    expect(output).toMatch(/^exit 0$/m);
    await createLists(test.wall).setPreset(one, preset, false);
  });

  it('apt installs a package as root where system packages are allowed', async () => {
    await createLists(test.wall).setPreset(one, 'debian', true);
    const root = { user: '0:0', timeoutMs: 110_000, env: { DEBIAN_FRONTEND: 'noninteractive' } };
    const result = await test.engine.exec(one.agent, ['sh', '-c', 'apt-get update -q && apt-get install -q -y --no-install-recommends hello && hello'], root);
    expect(refused()).toEqual([]);
    expect(`${result.stdout}${result.stderr}exit ${result.exitCode}`).toMatch(/Hello, world!\nexit 0$/);
    await createLists(test.wall).setPreset(one, 'debian', false);
  });

  it('and the same is refused once it is off', async () => {
    expect(await run('cd /tmp/app && npm view yargs version --fetch-retries=0')).toMatch(/403|Blocked by Forgehold/);
  });
});
