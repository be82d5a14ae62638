import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../shared/errors.ts';
import type { Rule } from '../../shared/model/domain.ts';
import { formatList, readList } from './exchange.ts';

const rule = (pattern: string, rest: Partial<Rule> = {}): Rule => ({
  ...{ id: '000000000000', verdict: 'allow', pattern, ports: [], allowPrivate: false, quiet: false, scope: 'project', projectId: '0123456789ab' },
  ...{ addedBy: 'user', addedAt: '2026-01-01T00:00:00.000Z' },
  ...rest,
});
const shortly = (text: string): string[] => readList(text).lines.map(({ line, pattern, verdict }) => `${line} ${verdict ?? 'allow'} ${pattern}`);

function refusal(text: string): string {
  try {
    readList(text);
  } catch (error) {
    if (error instanceof AppError && error.code === 'domain/list-unknown') return error.message;
    throw error;
  }
  throw new Error(`Taken: ${text}`);
}

/** Numbers of the lines that are read; none where there is no list. What else is thrown fails the test. */
function linesOrNone(text: string): number[] {
  try {
    return readList(text).lines.map(({ line }) => line);
  } catch (error) {
    if (error instanceof AppError && error.code === 'domain/list-unknown') return [];
    throw error;
  }
}

describe('a list of ours', () => {
  it('holds all of a rule but whose it is, who added it and when', () => {
    const full = rule('db.example.com', { ports: [5432], allowPrivate: true, note: 'the team’s "own"' });
    const deny = rule('*.ads.example', { verdict: 'deny', quiet: true });
    const http = rule('plain.example', { ports: [80], http: { methods: ['GET'], pathPrefix: '/v1' } });
    const text = formatList([full, deny, http]);
    expect(text).not.toMatch(/0123456789ab|2026|user/);
    expect(readList(text)).toMatchObject({
      format: 'Forgehold list',
      refused: [],
      lines: [
        { line: 5, pattern: 'db.example.com', verdict: 'allow', ports: [5432], allowPrivate: true, quiet: false, note: 'the team’s "own"' },
        { line: 6, pattern: '*.ads.example', verdict: 'deny', ports: [], quiet: true },
        { line: 7, pattern: 'plain.example', ports: [80], http: { methods: ['GET'], pathPrefix: '/v1' } },
      ],
    });
  });

  it('comes back as it was, whatever the rules are', () => {
    const text = fc.string({ maxLength: 40 });
    const any = fc.record({
      pattern: text.filter((one) => one !== ''),
      note: text,
      allowPrivate: fc.boolean(),
      ports: fc.array(fc.integer({ min: 1, max: 65_535 }), { maxLength: 3 }),
    });
    fc.assert(
      fc.property(fc.uniqueArray(any, { selector: ({ pattern }) => pattern, maxLength: 8 }), (rules) => {
        const { lines, refused } = readList(formatList(rules.map((one) => rule(one.pattern, one))));
        expect(lines.map(({ pattern, note, allowPrivate, ports }) => ({ pattern, note, allowPrivate, ports }))).toEqual(rules);
        expect(refused).toEqual([]);
      }),
    );
  });

  it('leaves out what goes by itself, and says once what two scopes hold', () => {
    const passing = [
      rule('a.example', { scope: 'once' }),
      rule('b.example', { scope: 'session' }),
      rule('c.example', { expiresAt: '2026-02-01T00:00:00.000Z' }),
    ];
    expect(readList(formatList(passing)).lines).toEqual([]);
    expect(readList(formatList([rule('d.example'), rule('d.example', { scope: 'global' })])).lines).toHaveLength(1);
  });

  it('of a thousand rules is read whole', () => {
    const many = Array.from({ length: 1000 }, (_, at) => rule(`n${at}.example`, { ports: [443], note: 'x', quiet: true, allowPrivate: true }));
    expect(readList(formatList(many)).lines).toHaveLength(1000);
  });

  it('names each rule that it cannot take, by its line', () => {
    const text = '{ "format": "forgehold-domains", "version": 1, "rules": [\n{"pattern":"a.example"},\n{"pattern":"b.example","ports":[0]},\n{"patern":"c"}]}';
    const { lines, refused } = readList(text);
    expect(lines.map(({ pattern }) => pattern)).toEqual(['a.example']);
    expect(refused.map(({ line, reason }) => [line, reason])).toEqual([
      [3, expect.stringContaining('ports.0')],
      [4, expect.stringContaining('pattern')],
    ]);
  });

  it('of a later version is not guessed at', () => {
    expect(refusal('{ "format": "forgehold-domains", "version": 2, "rules": [] }')).toContain('version 2');
  });
});

describe('lists of others', () => {
  it('Claude Code: the network of its sandbox, and what it may fetch', () => {
    const text = `{
      "sandbox": { "network": { "allowedDomains": ["a.example", "*.b.example"], "deniedDomains": ["c.example"] } },
      "permissions": {
        "allow": ["Bash(ls:*)", "WebFetch(domain:d.example)"],
        "deny": ["WebFetch(domain:e.example)", "WebFetch"]
      }
    }`;
    expect(readList(text).format).toBe('Claude Code settings');
    expect(shortly(text)).toEqual(['2 allow a.example', '2 allow *.b.example', '2 deny c.example', '4 allow d.example', '5 deny e.example']);
  });

  it('Sandbox Runtime and Cursor', () => {
    expect(shortly('{"network":{"allowedDomains":["a.example"],"deniedDomains":["b.example"]}}')).toEqual(['1 allow a.example', '1 deny b.example']);
    const cursor = '{"networkPolicy":{"default":"deny",\n"allow":["a.example"],"deny":["b.example"]}}';
    expect(readList(cursor).format).toBe('Cursor sandbox.json');
    expect(shortly(cursor)).toEqual(['2 allow a.example', '2 deny b.example']);
  });

  it('devcontainer.json: what features for a firewall, and variables for its scripts, list; with comments', () => {
    const text = `// A container
    { "image": "x", "features": {
        "ghcr.io/some/features/firewall:1": { "hosts": "a.example, b.example", "verbose": true },
        "ghcr.io/some/features/node:1": { "version": "24", "hosts": "no.example" },
      },
      "containerEnv": { "EXTRA_ALLOWED_DOMAINS": "c.example d.example", "FIREWALL_PROFILE": "ai", "PATH": "/bin" } }`;
    expect(readList(text).format).toBe('devcontainer.json');
    expect(shortly(text)).toEqual(['3 allow a.example', '3 allow b.example', '6 allow c.example', '6 allow d.example']);
  });

  it('Codex: the network of permission profiles, old and new', () => {
    const text = `default_permissions = "work"
[permissions.work.network]
enabled = true
[permissions.work.network.domains]
"a.example" = "allow"
"**.b.example" = "allow"
"c.example" = "deny"
[permissions.old.network]
allowed_domains = ["d.example"]
denied_domains = ['e.example']
`;
    expect(readList(text).format).toBe('Codex config.toml');
    expect(shortly(text)).toEqual([
      ...['5 allow a.example', '6 allow b.example', '6 allow *.b.example', '7 deny c.example'],
      ...['9 allow d.example', '10 deny e.example'],
    ]);
  });

  it('a plain JSON list, with a leading dot for a name and all below it', () => {
    expect(shortly('[\n"a.example",\n".b.example", 5]')).toEqual(['2 allow a.example', '3 allow b.example', '3 allow *.b.example', '3 allow 5']);
  });

  it('lines, with notes, denials and ports, however they end', () => {
    expect(readList('# mine\r\n\r\na.example # why\n  ! b.example:22\r*.c.example').lines).toMatchObject([
      { line: 3, text: 'a.example # why', pattern: 'a.example', note: 'why' },
      { line: 4, pattern: 'b.example:22', verdict: 'deny' },
      { line: 5, pattern: '*.c.example' },
    ]);
  });

  it.each([
    ['', 'nothing in it'],
    ['{ "a": ', 'no JSON'],
    ['{ "version": 1 }', 'no domains where'],
    ['[table]\nx = 1', 'TOML holds no domains'],
    ['[permissions.work.network.domains]\n"a.example" = "perhaps"', 'TOML holds no domains'],
    ['{ "a": 1, "a": 2 }', 'stands twice'],
    [`${'{"a":'.repeat(30)}1${'}'.repeat(30)}`, 'nested deeper'],
  ])('%s is refused with the reason', (text, reason) => expect(refusal(text)).toContain(reason));

  it.each(['\n', ' ', '[', '//  ', '#', '[ \t', '"'])('a mebibyte of %j is read in the time that a test has', (text) => {
    expect(() => linesOrNone(text.repeat(1_048_576 / text.length))).not.toThrow();
  });

  it('whatever is given is read or refused, with lines that are there', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        const count = text.split(/\r\n|\n|\r/).length;
        expect(linesOrNone(text).filter((line) => line < 1 || line > count)).toEqual([]);
      }),
    );
  });
});
