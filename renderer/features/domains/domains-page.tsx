import { type ReactNode, useState } from 'react';
import type { Workspace } from '../../../shared/model/workspace.ts';
import { plural } from '../../lib/format.ts';
import { useShortcut } from '../../lib/keys.ts';
import { Button } from '../../ui/button.tsx';
import { Problem } from '../../ui/problem.tsx';
import { BlockedLately } from './blocked-lately.tsx';
import { LiveFeed } from './live-feed.tsx';
import { ModeBar } from './mode-bar.tsx';
import { RuleField } from './rule-field.tsx';
import { RuleTable } from './rule-table.tsx';
import { SelfTest } from './self-test.tsx';
import { useRules } from './use-rules.ts';
import { useSelfTest } from './use-self-test.ts';
import styles from './domains.module.css';

/** What may leave a workspace, what did, and the proof that nothing else can. */
export function DomainsPage({ workspace }: { readonly workspace: Workspace }): ReactNode {
  const rules = useRules(workspace);
  const test = useSelfTest(workspace.workspaceId);
  const [text, setText] = useState('');
  useShortcut('undo', () => void rules.undo(), rules.removed !== null);
  const wanted = text.trim().toLowerCase();
  const shown = (rules.rules ?? []).filter((rule) => rule.pattern.includes(wanted));
  return (
    <div className="cols">
      <div className={`grow ${styles.page}`}>
        <ModeBar workspace={workspace} test={test} />
        {test.open ? <SelfTest test={test} /> : null}
        {rules.error ? <Problem error={rules.error} /> : null}
        <RuleField text={text} onText={setText} rules={rules} />
        {rules.removed ? (
          <div className={styles.undo} role="status">
            <p className="grow cut">
              Removed <bdi className="mono">{rules.removed.pattern}</bdi>. <span className="dim">The connections it let out have ended.</span>
            </p>
            <Button small shortcut="undo" onClick={() => void rules.undo()}>
              Undo
            </Button>
          </div>
        ) : null}
        <div className={styles.scroll}>
          <BlockedLately workspaceId={workspace.workspaceId} />
          {rules.rules === null ? null : shown.length > 0 ? (
            <RuleTable rules={shown} actions={rules} mode={workspace.mode} />
          ) : (
            <p className={`dim ${styles.none}`}>
              {rules.rules.length === 0
                ? 'No rule: nothing gets out. Type a domain above to allow it.'
                : `None of ${plural(rules.rules.length, 'rule')} fits. ↵ adds what you typed.`}
            </p>
          )}
        </div>
      </div>
      <LiveFeed workspaceId={workspace.workspaceId} />
    </div>
  );
}
