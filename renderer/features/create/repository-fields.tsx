import type { ReactNode } from 'react';
import { Seg } from '../../ui/seg.tsx';
import { Select } from '../../ui/select.tsx';
import { useEngines } from './use-engines.ts';
import options from '../options/options.module.css';
import styles from './create.module.css';

export type Keep = 'named' | 'temporary';

const keepMeaning = {
  named: 'The clone stays until its workspace is removed.',
  temporary: 'The clone goes when you stop its workspace, unless it holds work that lies nowhere else.',
} as const satisfies Record<Keep, string>;

type Props = {
  readonly keep: Keep;
  readonly onKeep: (keep: Keep) => void;
  /** Empty: the default one. */
  readonly engine: string;
  readonly onEngine: (engine: string) => void;
};

/** What there is to decide about a repository before it is added. */
export function RepositoryFields({ keep, onKeep, engine, onEngine }: Props): ReactNode {
  const { engines } = useEngines();
  return (
    <div className={styles.repository}>
      <p className="dim">
        Each workspace clones it inside its wall, into a volume of its own. Nothing of it comes to this computer. Private repositories cannot be cloned yet:
        clone such a one yourself, and add its folder.
      </p>
      <div className={options.f}>
        <span>Clone</span>
        <div>
          <Seg
            label="Clone"
            value={keep}
            options={[
              { value: 'named', label: 'Kept' },
              { value: 'temporary', label: 'Temporary' },
            ]}
            onChange={onKeep}
          />
          <p className="xs faint">{keepMeaning[keep]}</p>
        </div>
      </div>
      {engines && engines.length > 1 ? (
        <div className={options.f}>
          <label htmlFor="engine">Engine</label>
          <div>
            <Select
              id="engine"
              className={options.name}
              value={engine || engines[0]!.engineId}
              options={engines.map((item) => ({ value: item.engineId, label: item.title }))}
              onChange={onEngine}
            />
          </div>
        </div>
      ) : null}
    </div>
  );
}
