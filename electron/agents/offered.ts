import path from 'node:path';
import type { AgentImports } from '../../shared/model/agent-definition.ts';
import { containerPaths } from '../engine/names.ts';
import type { Dropped, UserFileRules } from './types.ts';
import { readUserFiles, type UserFile } from './user-files.ts';

/** What an agent gets of the user's own files. */
export type Offered = {
  readonly files: readonly UserFile[];
  /** Names among them that are copies the agent may change. */
  readonly copied: readonly string[];
  readonly dropped: readonly Dropped[];
};

const nothing: Offered = { files: [], copied: [], dropped: [] };

/** @param agentWritable Host folders that some agent may write: nothing is read through them. */
export async function readOffered(rules: UserFileRules | null, userHome: string, agentWritable: readonly string[]): Promise<Offered> {
  if (rules === null) return nothing;
  const { folder, names, copied = [], settings } = rules;
  const place = path.join(userHome, folder);
  const wanted = [...names, ...copied, ...(settings ? [settings.name] : [])];
  const { files, skipped } = await readUserFiles(place, wanted, agentWritable);
  const dropped: Dropped[] = skipped.map(({ path: where, why }) => ({ path: path.relative(place, where), what: 'the file', why }));
  const offered: UserFile[] = [];
  for (const file of files) {
    if (file.name === settings?.name) {
      const { text, dropped: left } = settings.filter(Buffer.from(file.content).toString('utf8'));
      dropped.push(...left.map((one) => ({ ...one, path: file.name })));
      if (text !== null) offered.push({ ...file, content: Buffer.from(text), executable: false });
    } else offered.push(copied.some((name) => file.name.startsWith(`${name}/`)) ? relocate(file, place, `${containerPaths.home}/${folder}`) : file);
  }
  return { files: offered, copied: [...copied, ...(settings ? [settings.name] : [])], dropped };
}

/** The beginning of a text in JSON. */
function inJson(place: string): string {
  return JSON.stringify(place).slice(0, -1);
}

/** Lists of what is installed hold whole paths, which are others in the container. Only in JSON, and only whole beginnings of texts. */
function relocate(file: UserFile, from: string, to: string): UserFile {
  if (!file.name.endsWith('.json')) return file;
  const text = Buffer.from(file.content).toString('utf8');
  return text.includes(inJson(`${from}/`)) ? { ...file, content: Buffer.from(text.replaceAll(inJson(`${from}/`), inJson(`${to}/`))) } : file;
}

/** The same in words: what an agent would see at its next start, and what stays outside. */
export async function describeImports(rules: UserFileRules | null, userHome: string, agentWritable: readonly string[]): Promise<AgentImports> {
  const { files, copied, dropped } = await readOffered(rules, userHome, agentWritable);
  const names = [...new Set(files.map(({ name }) => name.split('/')[0] ?? name))];
  return { visible: names.map((name) => ({ path: name, copied: copied.includes(name) })), dropped: [...dropped] };
}
