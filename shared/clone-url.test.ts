import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CloneSource, folderNameOf, readCloneUrl } from './clone-url.ts';

function repository(text: string): Extract<CloneSource, { kind: 'repository' }> {
  const source = readCloneUrl(text);
  if (source.kind !== 'repository') throw new Error(`${text} is refused: ${source.message}`);
  return source;
}
function refusal(text: string): string {
  const source = readCloneUrl(text);
  return source.kind === 'refused' ? source.code : `taken as ${source.url}`;
}

describe('a clone URL', () => {
  it('is the same repository however it is spelled', () => {
    const spellings = [
      'https://git.example.com/Team/Repo',
      'https://git.example.com/Team/Repo.git',
      'https://git.example.com/Team/Repo/',
      'https://git.example.com/Team/Repo.git/',
      ' HTTPS://Git.Example.COM:443/Team//Repo\n',
      'https://git.example.com./Team/./Repo',
      'https://git.example.com/x/../Team/%52epo',
    ];
    expect(new Set(spellings.map((one) => repository(one).identity))).toEqual(new Set(['https://git.example.com/Team/Repo']));
  });

  it('keeps the case of the path, the scheme, and a ".git" that a server of plain files needs', () => {
    expect(repository('https://a.example/Team/Repo').identity).not.toBe(repository('https://a.example/team/repo').identity);
    expect(repository('http://a.example/repo').url).toBe('http://a.example/repo');
    expect(repository('http://a.example:80/repo.git/').url).toBe('http://a.example/repo.git');
  });

  it('has a host in punycode and one encoding of a path in any script', () => {
    expect(repository('https://bücher.example/Äpfel & Birnen.git')).toEqual({
      kind: 'repository',
      url: 'https://xn--bcher-kva.example/%C3%84pfel%20&%20Birnen.git',
      identity: 'https://xn--bcher-kva.example/%C3%84pfel%20&%20Birnen',
      host: 'xn--bcher-kva.example',
      name: 'Äpfel & Birnen',
    });
    expect(repository('https://bücher.example/%c3%84pfel%20%26%20Birnen').identity).toBe(repository('https://bücher.example/Äpfel & Birnen').identity);
  });

  it.each([
    ['https://token@github.com/a/b', 'project/credentials-in-url'],
    ['https://user:secret@github.com/a/b', 'project/credentials-in-url'],
    ['https://@github.com/a/b', 'project/credentials-in-url'],
    ['http://user:se%40cret@intranet/a', 'project/credentials-in-url'],
    ['ssh://git:secret@host.example/a', 'project/credentials-in-url'],
    ['user:secret@host.example:a/b', 'project/credentials-in-url'],
    ['https://git.example/a?private_token=secret', 'project/malformed-url'],
    ['/home/ada/orchard', 'project/local-url'],
    ['~/orchard', 'project/local-url'],
    ['../orchard', 'project/local-url'],
    ['C:\\work\\orchard', 'project/local-url'],
    ['file:///home/ada/orchard', 'project/local-url'],
    ['FILE:/home/ada/orchard', 'project/local-url'],
    ['git@git.example.com:team/repo.git', 'project/ssh-url'],
    ['git.example.com:team/repo.git', 'project/ssh-url'],
    ['ssh://git@git.example.com:2222/team/repo', 'project/ssh-url'],
    ['git+ssh://git.example.com/team/repo', 'project/ssh-url'],
    ['ext::sh -c "touch /tmp/x"', 'project/unsafe-url'],
    ['fd::17', 'project/unsafe-url'],
    ['git://git.example.com/a', 'project/unsafe-url'],
    ['ftp://git.example.com/a', 'project/unsafe-url'],
    ['--upload-pack=touch /tmp/x', 'project/unsafe-url'],
    ['-oProxyCommand=x:a', 'project/unsafe-url'],
    ['https://git.example.com/a\nhost: b', 'project/unsafe-url'],
    ['https://git.example.com/a\0b', 'project/unsafe-url'],
    ['https://git.example.com/a\u202egpj', 'project/unsafe-url'],
    ['https://git.example.com/a%0ab', 'project/malformed-url'],
    ['https://git.example.com/a%2f..%2fb', 'project/malformed-url'],
    ['https://git.example.com/%ff', 'project/malformed-url'],
    ['https://git.example.com\\@evil.example/a', 'project/malformed-url'],
    ['https://git.example.com:8443/a', 'project/port-in-url'],
    ['https://192.0.2.7/a', 'project/malformed-url'],
    ['https://0x7f.1/a', 'project/malformed-url'],
    ['https://[2001:db8::1]/a', 'project/malformed-url'],
    ['https://*.example.com/a', 'project/malformed-url'],
    ['https://localhost/a', 'project/malformed-url'],
    ['https://probe.forgehold.internal/a', 'project/malformed-url'],
    ['https://git.example.com', 'project/malformed-url'],
    ['https://git.example.com/.git', 'project/malformed-url'],
    ['https://github.com/owner', 'project/malformed-url'],
    ['https:/git.example.com/a', 'project/malformed-url'],
    ['https://', 'project/malformed-url'],
    ['owner/repo', 'project/malformed-url'],
    ['', 'project/malformed-url'],
  ])('that is %j is refused: %s', (text, code) => {
    expect(refusal(text)).toBe(code);
  });

  it.each([
    ['git@github.com:owner/repo.git', 'https://github.com/owner/repo.git'],
    ['GitHub.com:owner/repo', 'https://github.com/owner/repo'],
    ['ssh://git@ssh.github.com:443/owner/repo.git', 'https://github.com/owner/repo.git'],
    ['git@gitlab.com:group/sub/repo.git', 'https://gitlab.com/group/sub/repo.git'],
    ['git.example.com/team/repo', 'https://git.example.com/team/repo'],
    ['https://github.com/owner/repo/tree/main/docs', 'https://github.com/owner/repo'],
    ['https://gitlab.com/group/sub/repo/-/merge_requests/7', 'https://gitlab.com/group/sub/repo'],
  ])('that is %j comes with what to write instead', (text, suggestion) => {
    const source = readCloneUrl(text);
    expect(source).toMatchObject({ kind: 'refused', suggestion });
    expect(repository(suggestion).url).toBe(suggestion);
  });
});

describe('whatever is typed', () => {
  const pieces = fc.constantFrom(
    ...[
      'https://',
      'http://',
      'ssh://',
      'ext::',
      'file:',
      'github.com',
      'a.example',
      '@',
      ':',
      '/',
      '//',
      '..',
      '%2e',
      '%0a',
      '%00',
      '.git',
      '\\',
      '?',
      '#',
      '-',
    ],
    ...['ü', '[::1]', '127.1', '\u202e', '\n', ' ', '*', '%', 'x'.repeat(70), ':443', ':0', '::', '~', 'repo'],
  );
  const texts = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: 'grapheme' }),
    fc.webUrl({ withQueryParameters: true }),
    fc.array(pieces, { maxLength: 8 }).map((list) => list.join('')),
    fc.array(fc.oneof(pieces, fc.string({ unit: 'binary', maxLength: 4 })), { maxLength: 8 }).map((list) => `https://${list.join('')}`),
  );

  it('comes out as a plain web address of a named server, or is refused', () => {
    const check = fc.property(texts, (text) => {
      const source = readCloneUrl(text);
      if (source.kind === 'refused') return;
      const parsed = new URL(source.url);
      expect(parsed.href).toBe(source.url);
      expect(source.url).toMatch(/^https?:\/\/[a-z0-9_.-]+\/[!$&'()*+,;=:@%/\w.~-]+$/);
      expect([parsed.username, parsed.password, parsed.port, parsed.search, parsed.hash, parsed.hostname]).toEqual(['', '', '', '', '', source.host]);
      expect(repository(source.url)).toEqual(source);
      expect(repository(`${source.identity}/`).identity.length).toBeLessThanOrEqual(source.identity.length);
      expect(source.name).not.toMatch(/[\p{Cc}\p{Cf}]/u);
      expect(source.name.length).toBeGreaterThan(0);
      expect(folderNameOf(source.name)).toMatch(/^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,63}$/);
    });
    fc.assert(check, { numRuns: 5000 });
  });

  it('never shows a password again', () => {
    const secret = fc.stringMatching(/^[A-Za-z0-9]{12,20}$/).map((text) => `s3cret${text}`);
    const wraps = fc.constantFrom<(text: string) => string>(
      (text) => `https://${text}@github.com/a/b`,
      (text) => `https://user:${text}@github.com/a/b`,
      (text) => `HTTPS:\\\\user:${text}@github.com/a/b`,
      (text) => `https:/user:${text}@github.com/a/b`,
      (text) => `ssh://git:${text}@github.com/a/b`,
      (text) => `git:${text}@github.com:a/b`,
      (text) => `user:${text}@github.com/a/b`,
      (text) => `https://github.com/a/b?token=${text}`,
      (text) => `https://github.com/a/b#${text}`,
      (text) => `ext::curl ${text}`,
      (text) => `git://user:${text}@host/a`,
      (text) => `file://user:${text}@host/a`,
    );
    const check = fc.property(secret, wraps, (text, wrap) => {
      const source = readCloneUrl(wrap(text));
      expect(source.kind).toBe('refused');
      expect(JSON.stringify(source)).not.toContain(text);
    });
    fc.assert(check, { numRuns: 500 });
  });

  it('gives a folder name that is neither hidden, nor an option, nor a way out', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (name) => {
        expect(folderNameOf(name)).toMatch(/^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,63}$/);
      }),
    );
    expect(['Äpfel & Birnen', '..', '-x', '.hidden', '日本'].map(folderNameOf)).toEqual(['Apfel-Birnen', 'repository', 'x', 'hidden', 'repository']);
  });
});
