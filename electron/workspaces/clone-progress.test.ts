import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { explainClone } from './clone-failure.ts';
import { CloneProgress, plain } from './clone-progress.ts';

type Shown = readonly [detail: string, progress?: number | undefined];

function feed(...chunks: readonly (string | Uint8Array)[]): { readonly shown: Shown[]; readonly words: readonly string[] } {
  const shown: Shown[] = [];
  const progress = new CloneProgress((...one) => shown.push(one));
  for (const chunk of chunks) progress.take(typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
  return { shown, words: progress.words() };
}

describe('what git says while it clones', () => {
  it('becomes a fraction that only grows, and words', () => {
    const { shown, words } = feed(
      "Cloning into '/workspaces/.forgehold-clone'...\nremote: Enumerating objects: 12, done.\nremote: Counting objects:  50% (6/12)\r",
      'remote: Counting objects: 100% (12/12), done.\nReceiving obj',
      'ects:  50% (500/1000), 1.20 MiB | 2.00 MiB/s\rReceiving objects: 100% (1000/1000), 2.40 MiB | 2.00 MiB/s, done.\n',
      'Resolving deltas: 100% (3/3), done.\nUpdating files: 100% (9/9), done.\n',
    );
    expect(shown.map(([detail]) => detail)).toEqual([
      'The server counts objects: 50 %',
      'The server counts objects: 100 %',
      'Receiving objects: 50 %, 1.20 MiB',
      'Receiving objects: 100 %, 2.40 MiB',
      'Resolving deltas: 100 %',
      'Writing files: 100 %',
    ]);
    const fractions = shown.map(([, fraction]) => fraction!);
    expect(fractions).toEqual(fractions.toSorted((a, b) => a - b));
    expect(fractions.at(-1)).toBe(1);
    expect(words).toEqual(["Cloning into '/workspaces/.forgehold-clone'..."]);
  });

  it('is read the same however it is cut, holds no control characters, and does not grow', () => {
    const bytes = fc.uint8Array({ maxLength: 400 });
    const text = fc.constantFrom(
      'Receiving objects:  45% (450/1000), 1.20 MiB | 2.00 MiB/s\r',
      'remote: \u001b]0;owned\u0007\u001b[31mred\n',
      'fatal: ü\n',
      '\u202e',
      '\n',
      '\r',
    );
    const chunk = fc.oneof(
      bytes,
      text.map((one) => Buffer.from(one)),
    );
    const check = fc.property(fc.array(chunk, { maxLength: 10 }), fc.integer({ min: 1, max: 7 }), (chunks, step) => {
      const whole = Buffer.concat(chunks);
      const cut = Array.from({ length: Math.ceil(whole.length / step) }, (_, index) => whole.subarray(index * step, (index + 1) * step));
      const result = feed(...cut);
      expect(result).toEqual(feed(whole));
      for (const line of [...result.words, ...result.shown.map(([detail]) => detail)]) expect(line).not.toMatch(/[\p{Cc}\p{Cf}]/u);
      for (const [, fraction] of result.shown) expect(fraction! >= 0 && fraction! <= 1).toBe(true);
    });
    fc.assert(check, { numRuns: 500 });
    const flood = feed(...Array.from({ length: 1000 }, (_, index) => `remote: ${index} ${'x'.repeat(10_000)}\n`), 'y'.repeat(1_000_000));
    expect(flood.words.join('').length).toBeLessThan(40_000);
    expect(plain('\u001b[1;31mred\u001b[0m \u001b]8;;http://x\u001b\\link\u001b]8;;\u001b\\')).toBe('red link');
  });
});

describe('why a clone failed', () => {
  const url = 'http://git.example/orchard';
  function codeOf(words: readonly string[], blocked: Parameters<typeof explainClone>[0]['blocked'] = []): string {
    const error = explainClone({ url, words, blocked });
    expect(error.message).toMatch(/[.)]$/);
    return error.code;
  }

  it.each([
    ["fatal: could not read Username for 'http://git.example': terminal prompts disabled", 'clone/needs-login'],
    ["fatal: repository 'http://git.example/orchard/' not found", 'clone/not-found'],
    ["fatal: unable to access 'http://git.example/orchard/': The requested URL returned error: 404", 'clone/not-found'],
    ['fatal: write error: No space left on device', 'clone/disk-full'],
    ["fatal: unable to access 'https://git.example/': server certificate verification failed. CAfile: none", 'clone/certificate'],
    ["fatal: unable to access 'https://x/': SSL: certificate subject name (up) does not match target host name 'x'", 'clone/certificate'],
    ["fatal: unable to access 'https://x/': server verification failed: certificate signer not trusted. (CAfile: /etc/x CRLfile: none)", 'clone/certificate'],
    ["fatal: unable to access 'https://x/my-certificate/': The requested URL returned error: 500", 'clone/failed'],
    ['fatal: early EOF', 'clone/cut-off'],
    ["fatal: unable to access 'https://x/': GnuTLS recv error (-110): The TLS connection was non-properly terminated.", 'clone/cut-off'],
    ['error: RPC failed; curl 18 transfer closed with outstanding read data remaining', 'clone/cut-off'],
    ['fatal: unable to checkout working tree', 'clone/failed'],
  ])('is told from git\u2019s words: %s', (words, code) => {
    expect(codeOf([words])).toBe(code);
  });

  it('is the wall, where the wall has refused something', () => {
    const words = ['fatal: The requested URL returned error: 403'];
    for (const reason of ['not-listed', 'refused-address', 'mode'] as const) expect(codeOf(words, [{ host: 'cdn.example', reason }])).toBe('clone/blocked');
    expect(codeOf(words, [{ host: 'git.example', reason: 'unresolved' }])).toBe('clone/host-unknown');
    expect(explainClone({ url, words, blocked: [{ host: 'cdn.example', reason: 'not-listed' }] }).message).toContain('cdn.example');
    expect(codeOf([])).toBe('clone/failed');
    const planted = ["error: invalid path '.git/x'", 'fatal: unable to checkout working tree', 'warning: Clone succeeded, but checkout failed.', 'and retry'];
    expect(explainClone({ url, words: planted, blocked: [] }).message).toBe("Git could not clone it: unable to checkout working tree: invalid path '.git/x'.");
  });
});
