import { afterAll, beforeAll, expect, it } from 'vitest';
import { startEgressServer } from '../fixtures/egress-server.ts';
import { createTestWall, type TestWall, type Walled } from '../fixtures/wall.ts';

/** Git over SSH: from a real server of the test's own outside of the wall, by the program that people use. */

let test: TestWall;
let one: Walled;
const name = 'git.orchard.example';

/** Debian's OpenSSH, one user, one repository of 2,000 files. Prints its host key, then `ready`. */
const server = String.raw`
import os, subprocess, sys
def run(line): subprocess.run(['bash', '-euc', line], check=True, stdout=sys.stderr)
os.environ['DEBIAN_FRONTEND'] = 'noninteractive'
run('apt-get update -q; apt-get install -q -y --no-install-recommends openssh-server; mkdir -p /run/sshd; rm -f /etc/ssh/ssh_host_*')
run('ssh-keygen -q -t ed25519 -N "" -f /etc/ssh/ssh_host_ed25519_key; useradd -m -p "*" git; mkdir -p /home/git/.ssh /tmp/work')
open('/home/git/.ssh/authorized_keys', 'w').write(sys.argv[1])
for n in range(1, 2001):
    open('/tmp/work/f%d' % n, 'w').write(''.join('%d\n' % line for line in range(1, n + 1)))
run('cd /tmp/work; git init -q; git add .; git -c user.name=a -c user.email=a@b.c commit -qm first; git clone -q --bare . /home/git/orchard.git')
run('chown -R git:git /home/git')
print(open('/etc/ssh/ssh_host_ed25519_key.pub').read().strip(), flush=True)
subprocess.Popen(['/usr/sbin/sshd', '-D', '-e', '-p', '22'])
print('ready', flush=True)
os.wait()
`;

beforeAll(async () => {
  test = await createTestWall();
  // ssh asks for the name of its user: of root there is one.
  one = await test.build('restricted', { user: '0:0', env: { HOME: '/tmp' }, entrypoint: ['tini', '--', 'forge-init'] });
  const key = (await test.run(one, 'ssh-keygen -q -t ed25519 -N "" -f /tmp/key && cat /tmp/key.pub')).trim();
  const { lines } = await startEgressServer(test.engine, test.agentImage, {
    ...{ name: 'sshd', script: server, argv: [key], place: { aliases: [name] }, readyWithinMs: 120_000 },
    capabilities: ['CHOWN', 'SETUID', 'SETGID', 'DAC_OVERRIDE', 'FOWNER', 'SYS_CHROOT', 'KILL', 'AUDIT_WRITE'],
  });
  const hostKey = (await lines()).find((line) => line.startsWith('ssh-ed25519 '));
  await test.run(one, `echo '${name} ${hostKey}' > /tmp/known`);
});
afterAll(() => test?.cleanUp());

const ssh = 'ssh -F none -i /tmp/key -o IdentitiesOnly=yes -o UserKnownHostsFile=/tmp/known -o StrictHostKeyChecking=yes -o ConnectTimeout=20';
function git(line: string): Promise<string> {
  return test.run(one, `cd /tmp && export GIT_SSH_COMMAND='${ssh}'; { ${line}; } 2>&1; echo "exit $?"`, 110_000);
}

it('is refused without a rule for its port, and the try is recorded', async () => {
  await test.wall.addRule(one.workspaceId, name, { allowPrivate: true, addedBy: 'user' });
  expect(await git(`git clone -q git@${name}:orchard.git early`)).toMatch(/exit 128$/);
  await expect.poll(() => test.decisions(one).find(({ port }) => port === 22)).toMatchObject({ verdict: 'blocked' });
});

it('clones, pushes and fetches with the rule, by the host key that the server really has', async () => {
  await test.wall.addRule(one.workspaceId, name, { ports: [22], allowPrivate: true, addedBy: 'user' });
  expect(await git(`git clone -q git@${name}:orchard.git whole && ls whole | wc -l && tail -n 1 whole/f2000`)).toBe('2000\n2000\nexit 0');
  const change = 'echo more >> f1 && git -c user.name=a -c user.email=a@b.c commit -qam second && git push -q origin HEAD';
  expect(await git(`cd whole && ${change} && git clone -q ssh://git@${name}:22/home/git/orchard.git ../again && tail -n 1 ../again/f1`)).toBe('more\nexit 0');
});

it('ends with its rule', async () => {
  const rule = test.wall.rules(one.workspaceId).find(({ ports }) => ports?.includes(22))!;
  await test.wall.removeRules([rule.id]);
  expect(await git('cd whole && git fetch -q')).toMatch(/Could not read from remote[^]*exit 128$/);
});
