import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { containerName } from '../../electron/engine/names.ts';
import { attachToCore } from '../../electron/ipc/attach.ts';
import type { Client } from '../../shared/contract/client.ts';
import type { Workspace } from '../../shared/model/workspace.ts';
import { startWholeCore, type WholeCore } from '../fixtures/whole-core.ts';

let whole: WholeCore;
let client: Client;
const made: Workspace[] = [];
const terminals: string[] = [];

beforeAll(async () => {
  whole = await startWholeCore();
  client = await attachToCore(whole.core().data);
  const { projectId } = await client.call('projects.create', { path: whole.repository });
  for (let count = 0; count < 3; count += 1) {
    const workspace = await client.call('workspaces.create', { projectId, agent: 'shell' });
    made.push(workspace);
    terminals.push((await client.call('terminals.open', { workspaceId: workspace.workspaceId, kind: 'shell' })).terminalId);
  }
});
afterAll(async () => {
  client?.close();
  await whole?.cleanUp();
});

/** Ten calls of every kind on one workspace, all at once. */
function callAll({ workspaceId }: Workspace, terminalId: string, name: string): Promise<unknown>[] {
  const pattern = (at: number): string => `${name}-${at}.example.org`;
  return [
    client.call('workspaces.inspect', { workspaceId }),
    client.call('domains.add', { workspaceId, pattern: pattern(1) }),
    client.call('domains.add', { workspaceId, pattern: pattern(2) }),
    client.call('domains.list', { workspaceId }),
    client.call('domains.decisions', { workspaceId }),
    client.call('terminals.send', { terminalId, text: 'true', enter: true }),
    client.call('terminals.screen', { terminalId }),
    client.call('terminals.resize', { terminalId, size: { cols: 100, rows: 30 } }),
    client.call('terminals.list', { workspaceId }),
    client.call('terminals.screen', { terminalId }),
  ];
}

function signalTmux(container: string, signal: 'SIGSTOP' | 'SIGCONT'): void {
  const lines = execFileSync('docker', ['top', container, '-eo', 'pid,comm'], { encoding: 'utf8' }).split('\n');
  const found = lines.flatMap((line) => /^\s*(\d+)\s+tmux/.exec(line)?.[1] ?? []);
  expect(found.length).toBeGreaterThan(0);
  for (const pid of found) process.kill(Number(pid), signal);
}

it('keeps 60 calls on three workspaces apart while one of them is frozen', async () => {
  const [frozen, ...others] = made;
  const container = containerName('agent', frozen!.projectId, frozen!.workspaceId);
  // Its terminal server answers nothing any more, and nobody is told: as a machine that swaps, or a program that hangs.
  signalTmux(container, 'SIGSTOP');
  try {
    const stuck = client.call('terminals.screen', { terminalId: terminals[0]! });
    let isStuck = true;
    const stuckEnd = stuck.then(
      () => (isStuck = false),
      () => (isStuck = false),
    );
    const ofFrozen = [...callAll(frozen!, terminals[0]!, 'a'), ...callAll(frozen!, terminals[0]!, 'b')].map((call) => call.catch((error: unknown) => error));
    const ofOthers = others.flatMap((workspace, at) => [...callAll(workspace, terminals[at + 1]!, 'a'), ...callAll(workspace, terminals[at + 1]!, 'b')]);
    await Promise.all(ofOthers);
    // The control: the frozen one did not answer meanwhile.
    expect(isStuck).toBe(true);
    for (const { workspaceId } of others) {
      const { rules } = await client.call('domains.list', { workspaceId });
      expect(rules.map(({ pattern }) => pattern)).toEqual(expect.arrayContaining(['a-1.example.org', 'a-2.example.org', 'b-1.example.org', 'b-2.example.org']));
    }
    // One of the others goes all the way down and up.
    const { workspaceId } = others[0]!;
    expect((await client.call('workspaces.stop', { workspaceId })).state.kind).toBe('stopped');
    expect((await client.call('workspaces.start', { workspaceId })).state.kind).toBe('running');
    signalTmux(container, 'SIGCONT');
    // Each call on the frozen one came to an end of its own, too.
    await Promise.all(ofFrozen);
    await stuckEnd;
    expect((await client.call('workspaces.inspect', { workspaceId: frozen!.workspaceId })).state.kind).toBe('running');
  } finally {
    signalTmux(container, 'SIGCONT');
  }
});
