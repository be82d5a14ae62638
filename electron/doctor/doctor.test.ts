import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { AppError } from '../../shared/errors.ts';
import { formatBytes } from '../../shared/format-bytes.ts';
import { isAtLeast, judgeBundle } from './computer-probes.ts';
import { createDoctor } from './doctor.ts';
import type { Probe } from './types.ts';

const log = { warn: () => undefined };
const fine: Probe = { id: 'fine', group: 'computer', title: 'Fine', look: async () => ({ state: 'ok', found: 'there' }) };

function doctorOf(probes: readonly Probe[], engineAnswers = true) {
  return createDoctor({ probes: () => probes, engineAnswers: () => engineAnswers, log });
}

test('a check that hangs says so itself and holds up no other', async () => {
  const order: string[] = [];
  const hanging: Probe = { ...fine, id: 'hanging', timeoutMs: 50, look: () => new Promise(() => {}) };
  const quick: Probe = {
    ...fine,
    look: async () => {
      order.push('quick');
      return { state: 'ok', found: 'there' };
    },
  };
  const checks = await doctorOf([hanging, quick]).run();
  expect(order).toEqual(['quick']);
  expect(checks).toMatchObject([
    { id: 'hanging', state: 'warn', found: expect.stringContaining('No answer'), why: expect.any(String) },
    { id: 'fine', state: 'ok' },
  ]);
});

test('a check that breaks is told in words, and the rest stands', async () => {
  const known: Probe = { ...fine, id: 'known', look: () => Promise.reject(new AppError('engine/failed', 'The engine said no.')) };
  const bug: Probe = { ...fine, id: 'bug', look: () => Promise.reject(new TypeError('x is undefined')) };
  expect(await doctorOf([known, bug, fine]).run()).toMatchObject([{ state: 'warn', why: 'The engine said no.' }, { state: 'warn' }, { state: 'ok' }]);
});

test('checks that need the engine wait for it', async () => {
  const needy: Probe = { ...fine, id: 'needy', needsEngine: true, look: () => Promise.reject(new Error('must not be asked')) };
  expect(await doctorOf([needy, fine], false).run()).toMatchObject([{ state: 'waiting' }, { state: 'ok' }]);
});

test('named checks alone are run, and an unknown name is refused with those there are', async () => {
  const doctor = doctorOf([fine, { ...fine, id: 'other' }]);
  expect((await doctor.run(['other'])).map(({ id }) => id)).toEqual(['other']);
  await expect(doctor.run(['nonsense'])).rejects.toMatchObject({ code: 'doctor/unknown', message: expect.stringContaining('fine, other') });
});

test('a fix is done by the name of its check or by its own, and the check is answered anew', async () => {
  let broken = true;
  const mendable: Probe = {
    ...fine,
    id: 'leg',
    look: async () => (broken ? { state: 'bad', found: 'broken', why: 'It hurts.', fix: { id: 'leg/mend', label: 'Mend' } } : { state: 'ok', found: 'whole' }),
    fixes: { 'leg/mend': async () => void (broken = false) },
  };
  const doctor = doctorOf([mendable]);
  expect(await doctor.fix('leg/mend')).toMatchObject({ state: 'ok', found: 'whole' });
  // Whole already: nothing is done.
  expect(await doctor.fix('leg')).toMatchObject({ state: 'ok' });
  broken = true;
  expect(await doctor.fix('leg')).toMatchObject({ state: 'ok' });
});

test('what has no fix says what to do', async () => {
  const doctor = doctorOf([{ ...fine, id: 'sad', look: async () => ({ state: 'bad', found: 'no', why: 'Buy a disk.' }) }]);
  await expect(doctor.fix('sad')).rejects.toMatchObject({ code: 'doctor/nothing-to-fix', message: expect.stringContaining('Buy a disk.') });
});

test('versions of git are compared by number', () => {
  expect([isAtLeast([2, 35, 2], [2, 35, 2]), isAtLeast([2, 9, 5], [2, 35, 2]), isAtLeast([2, 36], [2, 35, 2]), isAtLeast([3], [2, 35, 2])]).toEqual([
    true,
    false,
    true,
    true,
  ]);
});

test('sizes read as people say them', () => {
  expect([0, 999, 1000, 6.24e9, 11_400_000_000, 1e15].map(formatBytes)).toEqual(['0 B', '999 B', '1.0 kB', '6.2 GB', '11 GB', '1000 TB']);
});

test('a bundle of certificates is judged by what it holds', () => {
  const system = readFileSync('/etc/ssl/certs/ca-certificates.crt', 'utf8');
  const pem = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----\n/.exec(system)![0];
  const ends = new X509Certificate(pem).validToDate.getTime();
  const day = 24 * 3600 * 1000;
  expect(judgeBundle(pem, '/ca.pem', ends - 400 * day)).toMatchObject({ state: 'ok', found: expect.stringContaining('1 extra authority') });
  expect(judgeBundle(pem, '/ca.pem', ends - 10 * day)).toMatchObject({ state: 'warn', why: expect.stringContaining('soon') });
  expect(judgeBundle(pem, '/ca.pem', ends + day)).toMatchObject({ state: 'warn', why: expect.stringContaining('expired') });
  expect(judgeBundle('hello', '/ca.pem', ends)).toMatchObject({ state: 'bad', why: expect.stringContaining('/ca.pem') });
  expect(judgeBundle(pem.replace(/\n[A-Za-z0-9+/]{64}\n/, '\nAAAA\n'), '/ca.pem', ends)).toMatchObject({ state: 'bad', found: 'The bundle is damaged' });
  const key = '-----BEGIN PRIVATE KEY-----\nx\n-----END PRIVATE KEY-----\n';
  expect(judgeBundle(pem + key, '/ca.pem', ends)).toMatchObject({ state: 'bad', found: expect.stringContaining('private key') });
});
