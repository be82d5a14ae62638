import { expect, it } from 'vitest';
import { judgeDrop } from './dropped.ts';

const folder = (path: string) => ({ name: path.split('/').at(-1)!, isFolder: true, path });
const file = (name: string, path = `/home/robin/${name}`) => ({ name, isFolder: false, path });

it('offers dropped folders to be added, each once, without the files among them', () => {
  expect(judgeDrop([folder('/home/robin/a')])).toEqual({ kind: 'add', folders: ['/home/robin/a'], left: 0 });
  expect(judgeDrop([folder('/a'), file('x'), folder('/b'), folder('/a')])).toEqual({ kind: 'add', folders: ['/a', '/b'], left: 1 });
});
it('refuses files, and more folders than anybody adds', () => {
  expect(judgeDrop([file('notes.txt')])).toMatchObject({ kind: 'refuse', message: expect.stringContaining('“notes.txt” is a file') });
  expect(judgeDrop([file('a'), file('b')])).toMatchObject({ kind: 'refuse', message: expect.stringContaining('These are files') });
  expect(judgeDrop(Array.from({ length: 21 }, (_, at) => folder(`/${at}`)))).toMatchObject({ kind: 'refuse', message: expect.stringContaining('21 folders') });
});
it('asks for the folder where the browser does not say where it lies', () => {
  expect(judgeDrop([{ name: 'orchard', isFolder: true, path: '' }])).toEqual({ kind: 'ask', name: 'orchard' });
});
it('leaves what is neither alone', () => expect(judgeDrop([])).toBeNull());
