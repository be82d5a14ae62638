import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import ours from '../../resources/seccomp/agent.json' with { type: 'json' };
import { composeSeccomp, seccompProfile } from './seccomp.ts';

type Profile = {
  readonly syscalls: readonly { readonly names: readonly string[]; readonly action: string; readonly args?: readonly { readonly value: number }[] }[];
};
const allow = (names: readonly string[], more: object = {}): object => ({ names, action: 'SCMP_ACT_ALLOW', ...more });
const compose = (syscalls: readonly object[], more: object = {}): Profile =>
  JSON.parse(composeSeccomp(JSON.stringify({ defaultAction: 'SCMP_ACT_ERRNO', syscalls, ...more }), '/p.json')) as Profile;
const families = ({ syscalls }: Profile): readonly number[] =>
  syscalls.filter(({ names, action }) => names[0] === 'socket' && action === 'SCMP_ACT_ALLOW').map(({ args }) => args![0]!.value);
const eq = (index: number, value: number): object => ({ index, value, op: 'SCMP_CMP_EQ' });

describe('a seccomp profile of the user', () => {
  it('is ours when none is named', () => {
    expect(JSON.parse(seccompProfile(''))).toEqual(ours);
  });

  it('leaves out what it leaves out', () => {
    const { syscalls } = compose([allow(['read', 'write', 'exit'])]);
    expect(syscalls.map(({ names }) => names[0])).toEqual(['read', 'write', 'exit']);
  });

  it('gets our conditions for what ours allows under conditions only', () => {
    const profile = compose([allow(['socket', 'setsockopt', 'clone'])]);
    expect(families(profile)).toEqual([1, 2, 10, 16]);
    const broadcast = profile.syscalls.find(({ names, action }) => names[0] === 'setsockopt' && action !== 'SCMP_ACT_ALLOW');
    expect(broadcast).toMatchObject({ errnoRet: 0 });
    expect(profile.syscalls.filter(({ names }) => names[0] === 'clone')).toHaveLength(1);
    expect(profile).toMatchObject({ archMap: ours.archMap });
  });

  it('keeps its own conditions where they are stricter', () => {
    expect(families(compose([allow(['socket'], { args: [eq(0, 1)] })]))).toEqual([1]);
    expect(families(compose([allow(['socket'], { args: [{ index: 0, value: 40, op: 'SCMP_CMP_NE' }] })]))).toEqual([1, 2, 10, 16]);
    expect(families(compose([allow(['socket']), { names: ['socket'], action: 'SCMP_ACT_ERRNO', args: [eq(0, 10)] }]))).toEqual([1, 2, 16]);
    expect(families(compose([allow(['socket']), { names: ['socket'], action: 'SCMP_ACT_ERRNO', args: [eq(0, 40)] }]))).toEqual([1, 2, 10, 16]);
  });

  it('is taken whole when it is ours', () => {
    const composed = JSON.parse(composeSeccomp(JSON.stringify(ours), '/p.json')) as Profile;
    const allowed = (profile: Profile): readonly string[] =>
      profile.syscalls
        .filter(({ action }) => action === 'SCMP_ACT_ALLOW')
        .flatMap(({ names, args }) => names.map((name) => `${name} ${JSON.stringify(args ?? [])}`))
        .toSorted();
    const within = new Set(allowed(ours));
    expect(allowed(composed).filter((rule) => !within.has(rule))).toEqual([]);
    expect(families(composed)).toEqual([1, 2, 10, 16]);
  });

  it.each([
    ['allows a call that the wall needs denied', [allow(['read', 'mount', 'io_uring_setup'])], {}, 'mount, io_uring_setup'],
    ['allows what it does not name', [allow(['read'])], { defaultAction: 'SCMP_ACT_ALLOW' }, 'Deny by default'],
    ['only watches', [{ names: ['mount'], action: 'SCMP_ACT_LOG' }], {}, 'Deny by default'],
    ['says of a call what ours does not ask for', [allow(['socket'], { args: [eq(0, 2), eq(1, 1)] })], {}, 'rule for socket'],
    ['asks for a call what ours does not', [allow(['setsockopt'], { args: [eq(1, 1)] })], {}, 'rule for setsockopt'],
    ['allows another family of sockets', [allow(['socket'], { args: [eq(0, 40)] })], {}, 'rule for socket'],
  ])('that %s is refused, with the reason', (_, syscalls, more, reason) => {
    expect(() => compose(syscalls, more)).toThrow(reason);
  });

  it('drops rules for powers that no agent has', () => {
    expect(compose([allow(['read']), allow(['mount'], { includes: { caps: ['CAP_SYS_ADMIN'] } })]).syscalls.map(({ names }) => names[0])).toEqual(['read']);
  });

  it('that cannot be read, or is none, is refused in words', () => {
    const folder = mkdtempSync(join(tmpdir(), 'forge-seccomp-'));
    try {
      expect(() => seccompProfile(join(folder, 'none.json'))).toThrow('cannot be read');
      for (const text of ['', '[]', '{"defaultAction":"SCMP_ACT_ERRNO"}']) {
        writeFileSync(join(folder, 'bad.json'), text);
        expect(() => seccompProfile(join(folder, 'bad.json'))).toThrow('is no seccomp profile');
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
