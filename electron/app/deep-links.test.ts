import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { intentSchema } from '../../shared/model/shell.ts';
import { type DeepLink, isLink, readDeepLink } from './deep-links.ts';

describe('readDeepLink', () => {
  it.each([
    ['forgehold://open?path=/home/me/code', { kind: 'add', place: '/home/me/code' }],
    ['forgehold://open/?path=%2Fhome%2Fme%2FMy%20code', { kind: 'add', place: '/home/me/My code' }],
    ['FORGEHOLD://Open?path=~/caf%C3%A9', { kind: 'add', place: '~/café' }],
    ['forgehold://open?path=/c%2B%2B', { kind: 'add', place: '/c++' }],
    ['forgehold://open?url=https://github.com/owner/repository.git', { kind: 'add', place: 'https://github.com/owner/repository.git' }],
    ['forgehold://project/0123456789ab', { kind: 'project', projectId: '0123456789ab' }],
    ['forgehold://project/0123456789ab/', { kind: 'project', projectId: '0123456789ab' }],
    ['forgehold://new?project=0123456789ab', { kind: 'create', projectId: '0123456789ab' }],
    ['forgehold://workspace/01234567', { kind: 'workspace', workspaceId: '01234567' }],
    ['forgehold://workspace/01234567/terminal/0123456789ab', { kind: 'workspace', workspaceId: '01234567', terminalId: '0123456789ab' }],
  ] as const)('leads from %s to its place', (link, intent) => expect(readDeepLink(link)).toEqual({ kind: 'intent', intent }));

  it('hands the return of a login to its session, as it came', () => {
    expect(readDeepLink('forgehold://oauth/0123456789abcdef0123456789abcdef?code=a%2Bb&state=x%20y')).toEqual({
      kind: 'oauth',
      session: '0123456789abcdef0123456789abcdef',
      query: 'code=a%2Bb&state=x%20y',
    });
  });

  it.each([
    ['', 'Only forgehold:// links'],
    ['https://example.com', 'Only forgehold:// links'],
    ['javascript:alert(1)', 'Only forgehold:// links'],
    [' forgehold://open?path=/x', 'Only forgehold:// links'],
    ['forgehold:open?path=/x', 'not written'],
    ['forgehold:/open?path=/x', 'not written'],
    ['forgehold:///open?path=/x', 'not written'],
    ['forgehold://me@open?path=/x', 'user or a port'],
    ['forgehold://me:secret@open?path=/x', 'user or a port'],
    ['forgehold://open:80?path=/x', 'user or a port'],
    ['forgehold://open?path=/x#later', 'after "#"'],
    ['forgehold://open', 'not written'],
    ['forgehold://open?path=', 'not written'],
    ['forgehold://open?path=/x&path=/y', 'not written'],
    ['forgehold://open?path=/x&run=make', 'not written'],
    ['forgehold://open?run=make', 'not written'],
    ['forgehold://open?path=code', 'whole path'],
    ['forgehold://open?path=~other/code', 'whole path'],
    ['forgehold://open?path=C:%5Ccode', 'whole path'],
    ['forgehold://open?path=/home/me/../../etc', 'takes turns'],
    ['forgehold://open?path=/home/%2e%2e/etc', 'takes turns'],
    ['forgehold://open?path=//server/share', 'takes turns'],
    ['forgehold://open?path=/home%5C..%5Cx', 'takes turns'],
    ['forgehold://open?path=/net/server/share', 'No project'],
    ['forgehold://open?path=/proc/self/cwd', 'No project'],
    ['forgehold://open?path=/x%00y', 'cannot be seen'],
    ['forgehold://open?path=/x%0ay', 'cannot be seen'],
    ['forgehold://open?path=/x%E2%80%AEgpj', 'cannot be seen'],
    ['forgehold://open?path=/x\u202egpj', 'cannot be seen'],
    ['forgehold://open?path=/x%ff', 'cannot be seen'],
    ['forgehold://open?path=/x\n', 'cannot be seen'],
    [`forgehold://open?path=/${'x'.repeat(5000)}`, 'too long'],
    [`forgehold://open?path=/${'x'.repeat(1_000_000)}`, 'too long'],
    ['forgehold://open?url=https://me:secret@github.com/o/r', 'user name or password'],
    ['forgehold://open?url=file:///etc', 'folder of this computer'],
    ['forgehold://open?url=ext::sh%20-c%20id', 'names a program'],
    ['forgehold://open?url=--upload-pack=id', 'does not begin with a dash'],
    [`forgehold://open?url=https://github.com/${'o'.repeat(900)}/r/issues`, 'page about'],
    ['forgehold://project/../workspace/01234567', 'not written'],
    ['forgehold://project/%2e%2e/x', 'not written'],
    ['forgehold://project/0123456789AB', 'not written'],
    ['forgehold://project/0123456789ab?then=remove', 'not written'],
    ['forgehold://new?project=../../x', 'not written'],
    ['forgehold://workspace/01234567/terminal', 'nothing that this version knows'],
    ['forgehold://workspace/01234567/terminal/0123456789ab/send', 'nothing that this version knows'],
    ['forgehold://command/quit', 'nothing that this version knows'],
    ['forgehold://oauth', 'not written'],
    ['forgehold://oauth/short', 'not written'],
    ['forgehold://oauth/0123456789abcdef/more', 'not written'],
  ])('refuses %s', (link, why) => expect(refusalOf(readDeepLink(link))).toContain(why));

  it('repeats nothing of what it refuses', () => {
    expect(refusalOf(readDeepLink('forgehold://evil-place/say-this?path=/x'))).not.toMatch(/evil|say/);
    expect(refusalOf(readDeepLink('forgehold://me:hunter2@open?path=/x'))).not.toContain('hunter2');
  });

  it('answers any text with an intent of the contract, and only leads to clean whole paths', () => {
    const bits = fc.constantFrom(
      'forgehold:',
      '//',
      'open',
      'project/',
      'workspace/',
      '?path=',
      '?url=',
      '&',
      '%2e',
      '..',
      '/',
      '\\',
      '@',
      '%00',
      '~',
      '0123456789ab',
      'x',
    );
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(fc.oneof(bits, fc.string({ maxLength: 4 }))).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(
        fc.oneof(
          texts,
          texts.map((text) => `forgehold://open?path=/${text}`),
        ),
        (text) => {
          const link = readDeepLink(text);
          expect(link.kind === 'oauth' || intentSchema.safeParse(link.intent).success).toBe(true);
          const place = link.kind === 'intent' && link.intent.kind === 'add' ? link.intent.place : '/';
          expect(place).toMatch(/^(?:[/~]|https?:\/\/)/);
          expect(place).not.toMatch(/(^|\/)\.\.?(\/|$)|[\p{Cc}\p{Cf}]/u);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('brings every ordinary path through, however it is written', () => {
    const name = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
      .filter((text) => !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}\ufffd/\\]/u.test(text) && !/^\.\.?$/.test(text));
    fc.assert(
      fc.property(fc.array(name, { minLength: 1, maxLength: 5 }), (names) => {
        const place = `/home/${names.join('/')}`;
        expect(readDeepLink(`forgehold://open?path=${encodeURIComponent(place)}`)).toEqual({ kind: 'intent', intent: { kind: 'add', place } });
        expect(readDeepLink(`forgehold://open?${new URLSearchParams({ path: place })}`)).toEqual({ kind: 'intent', intent: { kind: 'add', place } });
      }),
    );
  });
});

describe('isLink', () => {
  it.each(['forgehold://x', 'FORGEHOLD:x', 'https://x', 'javascript:x', 'file:///x'])('takes %s for an address', (text) => expect(isLink(text)).toBe(true));
  it.each(['.', '/x', 'C:\\x', 'code', './a:b', '~/x', 'a b:c'])('takes %s for a path', (text) => expect(isLink(text)).toBe(false));
});

function refusalOf(link: DeepLink): string {
  return link.kind === 'intent' && link.intent.kind === 'refused' ? link.intent.message : '';
}
