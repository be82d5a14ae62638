import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openWebAccess } from './web-access.ts';

function makeFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'forgehold-web-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'web.json');
}

describe('access to the browser interface', () => {
  it('is given once for a token', () => {
    const access = openWebAccess(makeFile());
    const token = access.mintToken();
    expect(token).toMatch(/^[0-9a-f]{32}$/);
    const secret = access.trade(token);
    expect(secret && access.isSession(secret)).toBe(true);
    expect(access.trade(token)).toBeNull();
    expect(access.isSession(token)).toBe(false);
    expect(access.trade(secret!)).toBeNull();
    expect(access.trade('')).toBeNull();
  });

  it('outlives the core without the secret lying on disk', () => {
    const file = makeFile();
    const access = openWebAccess(file);
    const secret = access.trade(access.mintToken())!;
    access.rememberPort(4321);
    expect(readFileSync(file, 'utf8')).not.toContain(secret);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const later = openWebAccess(file);
    expect(later.isSession(secret)).toBe(true);
    expect(later.lastPort()).toBe(4321);
  });

  it('ends: tokens after hours, sessions after weeks', () => {
    let now = 1_000_000;
    const access = openWebAccess(makeFile(), () => now);
    const [first, second] = [access.mintToken(), access.mintToken()];
    const secret = access.trade(first)!;
    now += 13 * 60 * 60 * 1000;
    expect(access.trade(second)).toBeNull();
    expect(access.isSession(secret)).toBe(true);
    now += 30 * 24 * 60 * 60 * 1000;
    expect(access.isSession(secret)).toBe(false);
  });

  it('begins anew when its file is spoilt', () => {
    const file = makeFile();
    writeFileSync(file, '{"sessions":');
    const access = openWebAccess(file);
    expect(access.isSession(access.trade(access.mintToken())!)).toBe(true);
  });
});
