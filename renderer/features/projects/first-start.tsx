import type { ReactNode } from 'react';
import { navigate } from '../../lib/route.ts';
import { useShell } from '../../lib/shell.ts';
import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { GuideSteps } from '../guide/guide-steps.tsx';
import styles from './projects.module.css';

/** No project yet: one sentence, the button that begins, and whether this computer is ready. */
export function FirstStart(): ReactNode {
  const { shell } = useShell();
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
          <p className="xs faint">{shell ? 'Or drop a folder anywhere in this window, or paste' : 'Or paste'} a path or the URL of a repository, right here.</p>
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
        <section aria-label="This computer">
          <GuideSteps without={['project', 'workspace']} />
        </section>
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
