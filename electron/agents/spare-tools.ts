import type { AgentType } from '../../shared/model/agent.ts';
import type { Tools } from './types.ts';

/** Versions in the tools volume that no workspace has, and that none would get: they can go, and are fetched again when they are asked for. */
export type SpareTool = {
  readonly id: string;
  readonly label: string;
  readonly bytes: number;
  readonly why: string;
  /** False when it was gone. */
  readonly remove: () => Promise<boolean>;
};

export async function spareTools(
  tools: Pick<Tools, 'contents' | 'prune' | 'path'>,
  used: readonly { readonly agent: AgentType; readonly version: string }[],
): Promise<readonly SpareTool[]> {
  const contents = await tools.contents();
  const wanted = new Set(used.flatMap(({ agent, version }) => (version === '' ? [] : [`${agent}/${version}`])));
  const spare = contents.filter(
    ({ tool, version, usual }) => !usual && ![...wanted].some((one) => one === `${tool}/${version}` || `${tool}/${version}`.startsWith(`${one}-`)),
  );
  return spare.map(({ folder, tool, version, bytes }) => ({
    id: `tools/${folder}`,
    label: `${tool} ${version}`,
    bytes,
    why: 'No workspace uses this version. It is fetched again when one does.',
    async remove() {
      if (!(await tools.contents()).some((one) => one.folder === folder)) return false;
      await tools.prune([folder]);
      return true;
    },
  }));
}
