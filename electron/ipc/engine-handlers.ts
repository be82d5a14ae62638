import type { EngineProbe, KnownEngine } from '../../shared/model/engines.ts';
import type { Core } from './types.ts';

export type EngineServices = {
  readonly engines: {
    readonly list: () => Promise<KnownEngine[]>;
    /** An id or an address, tried once. */
    readonly probe: (engine: string, signal: AbortSignal) => Promise<EngineProbe>;
  };
};

/** The engines that could be used. */
export function engineCalls({ engines }: EngineServices) {
  return {
    'engines.list': () => engines.list(),
    'engines.probe': ({ engine }, { signal }) => engines.probe(engine, signal),
  } satisfies Partial<Core['calls']>;
}
