import type { ReactNode } from 'react';
import { useSnapshot } from '../../lib/core.tsx';
import { navigate } from '../../lib/route.ts';
import { Button } from '../../ui/button.tsx';
import { Glyph } from '../../ui/glyph.tsx';
import { Icon } from '../../ui/icon.tsx';
import styles from './projects.module.css';

/** No project yet: one sentence, the button that begins, and whether this computer is ready. */
export function FirstStart(): ReactNode {
  return (
    <div className={`scroll row`}>
      <div className={styles.first} data-region="start">
        <div className={styles.drop}>
          <Icon name="folder" tone="faint" />
          <h1>Add a folder</h1>
          <p className="dim">Forgehold gives it a container, a wall around its network and a terminal with your agent. Your files stay where they are.</p>
          <Button look="primary" shortcut="addFolder" autoFocus onClick={() => navigate({ page: 'projects', sheet: { kind: 'add' } })}>
            Choose folder…
          </Button>
        </div>
        <ol>
          <Promise icon="lock" title="Nothing leaves unasked">
            Only allowed domains get out. A blocked one asks you once, and you answer with one key.
          </Promise>
          <Promise icon="terminals" title="Your agent, as it is">
            The real Claude Code or Codex, in a terminal that goes on when you close this page.
          </Promise>
          <Promise icon="shield" title="A wall that is tested">
            Before an agent starts, Forgehold tries to break out of its container, and shows you what it tried.
          </Promise>
        </ol>
        <Ready />
      </div>
    </div>
  );
}

function Promise({
  icon,
  title,
  children,
}: {
  readonly icon: 'lock' | 'terminals' | 'shield';
  readonly title: string;
  readonly children: ReactNode;
}): ReactNode {
  return (
    <li>
      <Icon name={icon} />
      <div>
        <h2>{title}</h2>
        <p className="dim sm">{children}</p>
      </div>
    </li>
  );
}

function Ready(): ReactNode {
  const engine = useSnapshot((snapshot) => snapshot.engine);
  const preparation = useSnapshot((snapshot) => snapshot.preparation);
  const open = preparation.filter((step) => step.state !== 'done' && step.state !== 'skipped');
  return (
    <ul className={`${styles.ready} sm`} aria-label="This computer">
      <li className="row">
        {engine.kind === 'connected' ? (
          <Icon name="check" tone="ok" />
        ) : engine.kind === 'connecting' ? (
          <Glyph kind="starting" />
        ) : (
          <Icon name="alert" tone="bad" />
        )}
        {engine.kind === 'connected' ? `Docker ${engine.version}` : engine.kind === 'connecting' ? 'Connecting to Docker' : 'Docker does not answer'}
      </li>
      {open.length === 0 && engine.kind === 'connected' ? (
        <li className="row">
          <Icon name="check" tone="ok" />
          Images ready
        </li>
      ) : (
        open.map((step) => (
          <li className="row" key={step.id} title={step.detail}>
            {step.state === 'failed' ? <Icon name="alert" tone="bad" /> : <Glyph kind={step.state === 'running' ? 'starting' : 'none'} />}
            {step.label}
          </li>
        ))
      )}
    </ul>
  );
}
