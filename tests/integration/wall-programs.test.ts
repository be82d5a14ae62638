import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pins } from '../../electron/agents/pins.ts';
import { containerPaths } from '../../electron/engine/names.ts';
import { createTestTools, type TestTools } from '../fixtures/tools.ts';
import { createTestWall, type TestWall, type Walled } from '../fixtures/wall.ts';

let test: TestWall;
let tools: TestTools;
/** npm itself, which the tools volume does not hold. */
let npm: Uint8Array;
const silent = (): undefined => undefined;

/** git's own HTTP server program behind Python's: smart protocol, as forges speak it. */
const gitServer = String.raw`
import http.server, os, subprocess
subprocess.run('git init -q --bare -b main /srv/repo.git && git clone -q /srv/repo.git /srv/work 2>/dev/null && cd /srv/work && git switch -q -c main && seq 20000 > numbers && git add . && git -c user.name=t -c user.email=t@t commit -qm first && git push -q origin main && git -C /srv/repo.git config http.receivepack true', shell=True, check=True)
class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *a): pass
    def serve(self):
        path, _, query = self.path.partition('?')
        body = self.rfile.read(int(self.headers.get('Content-Length') or 0))
        env = {**os.environ, 'GIT_PROJECT_ROOT': '/srv', 'GIT_HTTP_EXPORT_ALL': '1', 'PATH_INFO': path, 'QUERY_STRING': query, 'REQUEST_METHOD': self.command,
               'CONTENT_TYPE': self.headers.get('Content-Type', ''), 'REMOTE_ADDR': '1', 'HTTP_CONTENT_ENCODING': self.headers.get('Content-Encoding', '')}
        head, _, rest = subprocess.run(['git', 'http-backend'], input=body, env=env, capture_output=True).stdout.partition(b'\r\n\r\n')
        lines = [l.split(': ', 1) for l in head.decode().split('\r\n')]
        self.send_response(int(dict(lines).get('Status', '200')[:3]))
        for k, v in lines:
            if k != 'Status': self.send_header(k, v)
        self.end_headers()
        self.wfile.write(rest)
    do_GET = do_POST = serve
print('ready', flush=True)
http.server.ThreadingHTTPServer(('0.0.0.0', 80), Handler).serve_forever()
`;

beforeAll(async () => {
  test = await createTestWall();
  tools = await createTestTools(test.engine);
  for (const tool of ['node', 'claude-code', 'codex'] as const) await tools.ensure(tool, silent);
  const folder = mkdtempSync(join(tmpdir(), 'forge-npm-'));
  execFileSync('npm', ['pack', '--silent', 'npm@10.9.2', '--pack-destination', folder]);
  npm = readFileSync(join(folder, readdirSync(folder)[0]!));
  rmSync(folder, { recursive: true });
});
afterAll(async () => {
  await test?.cleanUp();
  await tools?.end();
});

async function startGitServer(): Promise<void> {
  const container = await test.engine.createContainer({
    name: `forge-git-${test.installation}`,
    image: test.agentImage,
    entrypoint: ['tini', '--', 'python3', '-c', gitServer],
    user: '0:0',
    env: { HOME: '/root' },
    mounts: [],
    network: { name: test.egress, aliases: ['git.example.com'] },
    readOnlyRoot: false,
    capabilities: ['NET_BIND_SERVICE'],
    restart: 'no',
  });
  await test.engine.startContainer(container);
}

describe.each([
  ['the host user', '1000:1000'],
  ['uid 0', '0:0'],
])('real programs in a workspace, as %s', (_, user) => {
  let one: Walled;
  const run = (line: string): Promise<string> => test.run(one, line, 110_000);

  beforeAll(async () => {
    one = await test.build('restricted', {
      user,
      env: {
        HOME: '/tmp/home',
        PATH: `/tmp/bin:${tools.path('node')}/bin:/usr/local/bin:/usr/bin:/bin`,
        IS_SANDBOX: '1',
        NODE_EXTRA_CA_CERTS: '/etc/ssl/certs/ca-certificates.crt',
      },
      mounts: [{ kind: 'tmpfs', target: '/tmp', sizeMb: 256, mode: 0o1777 }, tools.mount()],
      pidsLimit: 512,
      memoryMb: 2048,
    });
    const unpack = 'mkdir -p /tmp/home /tmp/bin && tar -xz -C /tmp && for n in npm npx; do ln -s ../package/bin/$n-cli.js /tmp/bin/$n; done';
    await test.engine.exec(one.agent, ['sh', '-c', unpack], { stdin: npm });
    if ((await test.engine.listContainers()).every(({ name }) => name !== `forge-git-${test.installation}`)) await startGitServer();
    await test.wall.addRule(one.workspaceId, 'git.example.com', { allowPrivate: true, addedBy: 'user' });
  });

  it('has no capability, no way to one, and its seccomp profile', async () => {
    const status = await run("grep -E '^(Cap|NoNewPrivs|Seccomp:|Uid)' /proc/self/status | tr '\\t' ' '");
    for (const set of ['Inh', 'Prm', 'Eff', 'Bnd', 'Amb']) expect(status).toContain(`Cap${set}: 0000000000000000`);
    expect(status).toContain('NoNewPrivs: 1');
    expect(status).toContain('Seccomp: 2');
    expect(status).toContain(`Uid: ${user.split(':')[0]} `);
  });

  it('clones, commits and pushes with git over HTTP', async () => {
    await expect.poll(() => run('git ls-remote http://git.example.com/repo.git 2>&1; true'), { timeout: 30_000 }).toContain('refs/heads/main');
    const name = `branch-${user.split(':')[0]}`;
    const line = `cd /tmp && git clone -q http://git.example.com/repo.git && cd repo && wc -l < numbers && git switch -qc ${name} && echo more >> numbers && git -c user.name=t -c user.email=t@t commit -qam more && git push -q origin ${name} && git ls-remote origin ${name} | wc -l`;
    expect((await run(line)).split('\n')).toEqual(['20000', '1']);
  });

  it('runs node, npm with a local package and its scripts, and worker threads', async () => {
    const manifest = JSON.stringify({
      name: 'made-here',
      version: '1.2.3',
      main: 'index.js',
      bin: 'index.js',
      scripts: { postinstall: 'echo ran > /tmp/postinstall' },
    });
    const line = `mkdir -p /tmp/made /tmp/user && cd /tmp/made && printf '%s' '${manifest}' > package.json && printf '#!/usr/bin/env node\\nconsole.log("I am " + require("./package.json").version)\\n' > index.js && npm pack --silent && cd /tmp/user && npm init -y >/dev/null && npm install --offline --no-audit --no-fund --foreground-scripts ../made/made-here-1.2.3.tgz >/tmp/npm.log 2>&1; cat /tmp/postinstall; npx --offline made-here`;
    expect(await run(line)).toBe('made-here-1.2.3.tgz\nran\nI am 1.2.3');
    const worker = `const {Worker,isMainThread,parentPort}=require('worker_threads');if(isMainThread){const w=new Worker(process.argv[1]);w.on('message',m=>{console.log(m);process.exit()})}else parentPort.postMessage('from a thread')`;
    expect(await run(`printf '%s' "${worker}" > /tmp/w.js && node /tmp/w.js /tmp/w.js`)).toBe('from a thread');
    expect(await run('cd /tmp && timeout 60 npm view lodash version --fetch-retries=0 2>&1; true')).toMatch(/403|Blocked by Forgehold/);
  });

  it('runs python with threads, processes and an event loop, compiles C and C++, debugs nothing of others', async () => {
    const python = `
import threading, subprocess, multiprocessing, asyncio, tempfile, mmap, os, socket
def square(n): return n * n
if __name__ == '__main__':
    seen = []
    ts = [threading.Thread(target=seen.append, args=(n,)) for n in range(20)]
    [t.start() for t in ts]; [t.join() for t in ts]
    with multiprocessing.Pool(2) as pool: squares = pool.map(square, range(4))
    async def go():
        p = await asyncio.create_subprocess_exec('echo', 'hi', stdout=-1)
        return (await p.communicate())[0]
    os.memfd_create('x'); a, b = socket.socketpair(); u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); u.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
    print(len(seen), squares, asyncio.run(go()), subprocess.check_output(['id', '-u']).strip())`;
    expect(await run(`cat > /tmp/p.py <<'E'${python}\nE\npython3 /tmp/p.py`)).toBe(`20 [0, 1, 4, 9] b'hi\\n' b'${user.split(':')[0]}'`);
    expect(await run('cd /tmp && python3 -m venv --without-pip venv && venv/bin/python -c "print(1+1)"')).toBe('2');
    const c =
      '#include <pthread.h>\\n#include <stdio.h>\\nvoid*f(void*a){return a;}int main(){pthread_t t;pthread_create(&t,0,f,0);pthread_join(t,0);puts("compiled");}';
    expect(await run(`cd /tmp && printf '${c}' > a.c && gcc -O1 -pthread a.c -o a && ./a && g++ -x c++ -fpermissive -w a.c -o b && ./b`)).toBe(
      'compiled\ncompiled',
    );
    expect(await run('ping -c1 -W2 127.0.0.1 | grep -c "1 received"')).toBe('1');
    expect(await run('openssl genpkey -algorithm ed25519 -out /tmp/key && curl --version | head -1 | cut -c1-4; tmux -V | cut -d" " -f1')).toBe('curl\ntmux');
  });

  it('starts Claude Code and Codex', async () => {
    expect(await run(`${tools.path('claude-code')}/${pins['claude-code'].executable} --version`)).toMatch(/^\d+\.\d+\.\d+ \(Claude Code\)$/m);
    expect(await run(`${tools.path('codex')}/${pins.codex.executable} --version`)).toMatch(/codex.* \d+\.\d+\.\d+/);
  });

  it('is refused what opens the kernel: namespaces, mounts, keys, programs of its own in the kernel', async () => {
    expect(await run('unshare -Urn true 2>&1; unshare -m true 2>&1; mount -t tmpfs none /mnt 2>&1; true')).toMatch(/(not permitted|denied|must be superuser)/);
    const refused = String.raw`
import ctypes, errno, platform
libc = ctypes.CDLL(None, use_errno=True)
x86 = platform.machine() == 'x86_64'
numbers = {'unshare': (272, 97), 'mount': (165, 40), 'umount2': (166, 39), 'setns': (308, 268), 'pivot_root': (155, 41), 'keyctl': (250, 219), 'add_key': (248, 217),
  'request_key': (249, 218), 'bpf': (321, 280), 'userfaultfd': (323, 282), 'io_uring_setup': (425, 425), 'io_uring_enter': (426, 426), 'open_by_handle_at': (304, 265),
  'perf_event_open': (298, 241), 'init_module': (175, 105), 'kexec_load': (246, 104), 'reboot': (169, 142), 'fsopen': (430, 430), 'move_mount': (429, 429), 'open_tree': (428, 428),
  'mount_setattr': (442, 442), 'clone3': (435, 435)}
for name, (x, arm) in numbers.items():
    ctypes.set_errno(0)
    got = libc.syscall(x if x86 else arm, 0x10000000 if name in ('unshare',) else 0, 0, 0, 0, 0)
    print(name, errno.errorcode.get(ctypes.get_errno(), 'DONE') if got == -1 else 'DONE')
ctypes.set_errno(0)
print('clone-newuser', errno.errorcode.get(ctypes.get_errno(), 'DONE') if libc.syscall(56 if x86 else 220, 0x10000000 | 17, 0, 0, 0, 0) == -1 else 'DONE')
`;
    const seen = await run(`cat > /tmp/r.py <<'E'${refused}\nE\npython3 /tmp/r.py`);
    const lines = seen.split('\n');
    expect(lines).toHaveLength(23);
    for (const line of lines) expect(line).toMatch(/ (EPERM|ENOSYS)$/);
    expect(lines).toContain('clone3 ENOSYS');
  });

  it('does not get more through a file of root with a bit or a capability', async () => {
    expect(await run('find / -xdev \\( -perm -4000 -o -perm -2000 \\) -type f 2>/dev/null; getcap -r / 2>/dev/null; true')).toBe('');
    expect(await run(`touch ${containerPaths.tools}/x 2>&1; true`)).toMatch(/Read-only|denied/);
  });
});
