import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readArguments, readHanded, shorten, takeOwn } from './arguments.ts';

describe('takeOwn', () => {
  it('leaves out the program, and from a checkout the app itself', () => {
    expect(takeOwn(['/opt/forgehold/forgehold', '.', '--background'], false)).toEqual(['.', '--background']);
    expect(takeOwn(['/x/electron', '.', '--data', 'd'], true)).toEqual(['--data', 'd']);
    expect(takeOwn(['/x/electron', '--inspect=0', '--no-sandbox', '/opt/app', '/code'], true)).toEqual(['--inspect=0', '--no-sandbox', '/code']);
    expect(takeOwn(['/x/electron'], true)).toEqual([]);
  });
});

describe('readArguments', () => {
  it('opens nothing by itself', () => expect(readArguments([], '/home/me')).toEqual({ data: null, background: false, afterFault: false, asked: [] }));

  it('takes folders relative to where the command was given', () => {
    expect(readArguments(['.', '../other', '/abs/x/', 'a b'], '/home/me').asked).toEqual([
      { kind: 'path', path: '/home/me' },
      { kind: 'path', path: '/home/other' },
      { kind: 'path', path: '/abs/x' },
      { kind: 'path', path: '/home/me/a b' },
    ]);
  });

  it('reads the data folder in both spellings, and takes no folder for it that is none', () => {
    expect(readArguments(['--data', 'd', '.'], '/home/me')).toMatchObject({ data: '/home/me/d', asked: [{ path: '/home/me' }] });
    expect(readArguments(['--data=/d'], '/home/me')).toMatchObject({ data: '/d', asked: [] });
    expect(readArguments(['--data'], '/home/me')).toMatchObject({ data: null, asked: [] });
    expect(readArguments(['--data='], '/home/me')).toMatchObject({ data: null });
  });

  it('passes over the switches of Chromium and of the system', () => {
    const own = ['--no-sandbox', '--original-process-start-time=1', '--allow-file-access-from-files', '-psn_0_12345', '--background', '--inspect=0'];
    expect(readArguments(own, '/')).toEqual({ data: null, background: true, afterFault: false, asked: [] });
  });

  it('takes all after -- for names', () => {
    expect(readArguments(['--', '--background', '--data'], '/home/me')).toEqual({
      data: null,
      background: false,
      afterFault: false,
      asked: [
        { kind: 'path', path: '/home/me/--background' },
        { kind: 'path', path: '/home/me/--data' },
      ],
    });
  });

  it('tells addresses from folders, and files by their address', () => {
    expect(readArguments(['forgehold://project/0123456789ab', 'file:///home/me/My%20code', 'file://server/share', 'https://x.org'], '/').asked).toEqual([
      { kind: 'link', text: 'forgehold://project/0123456789ab' },
      { kind: 'path', path: '/home/me/My code' },
      { kind: 'link', text: 'file://server/share' },
      { kind: 'link', text: 'https://x.org' },
    ]);
  });

  it('keeps a thousand arguments in bounds', () =>
    expect(
      readArguments(
        Array.from({ length: 1000 }, () => 'forgehold://x'),
        '/',
      ).asked,
    ).toHaveLength(20));

  it('reads any arguments, and nothing from a switch', () => {
    const argument = fc.oneof(fc.string(), fc.constantFrom('--', '--data', '--data=x', '--background', '.', 'forgehold://open', 'file://', '-'));
    fc.assert(
      fc.property(fc.array(argument), (own) => {
        const { asked } = readArguments(own, '/home/me');
        expect(asked.length).toBeLessThanOrEqual(20);
        expect(asked.every((one) => one.kind === 'link' || one.path.startsWith('/'))).toBe(true);
      }),
    );
    fc.assert(
      fc.property(fc.array(fc.string().map((text) => `--x${text}`)), (own) => {
        expect(readArguments(own, '/').asked).toEqual([]);
      }),
    );
  });
});

describe('shorten', () => {
  it('leaves what fits, and makes of an over-long link one that is refused', () => {
    expect(shorten(['--data', 'd', `forgehold://${'x'.repeat(8000)}`])).toBeNull();
    expect(shorten(['--data', 'd', `forgehold://${'x'.repeat(100_000)}`])).toEqual(['--data', 'd', 'forgehold://too-long']);
  });
  it('brings any arguments into a length that can be handed over', () => {
    const arguments_ = fc.array(fc.integer({ min: 0, max: 50_000 }).map((length) => 'x'.repeat(length)));
    fc.assert(
      fc.property(arguments_, (argv) => {
        expect((shorten(argv) ?? argv).join(' ').length).toBeLessThanOrEqual(12_000);
      }),
    );
  });
});

describe('readHanded', () => {
  it('reads what another instance of ours was given, in its own folder', () => {
    expect(readHanded({ own: ['.'], cwd: '/there' })?.asked).toEqual([{ kind: 'path', path: '/there' }]);
  });
  it.each([null, undefined, 'x', {}, { own: 'x', cwd: '/' }, { own: [1], cwd: '/' }, { own: [] }])('takes nothing else for it: %j', (handed) =>
    expect(readHanded(handed)).toBeNull(),
  );
});
