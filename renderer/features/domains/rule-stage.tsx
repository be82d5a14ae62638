import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react';
import { plural } from '../../../shared/format.ts';
import type { Preset, Rule } from '../../../shared/model/domain.ts';
import { describeSource, scopeNames } from '../../../shared/rule-words.ts';
import { focusRowSoon } from '../../lib/move-focus.ts';
import { Button } from '../../ui/button.tsx';
import { Problem } from '../../ui/problem.tsx';
import { UndoBar } from '../../ui/undo-bar.tsx';
import { type ListKind, ListPanel } from './list-panel.tsx';
import { PresetChips } from './preset-chips.tsx';
import { RuleField } from './rule-field.tsx';
import { RuleForm } from './rule-form.tsx';
import { RuleMenu } from './rule-menu.tsx';
import { RuleTable } from './rule-table.tsx';
import { filterRules } from './rules.ts';
import type { RuleList } from './use-rules.ts';
import styles from './domains.module.css';

type Props = {
  readonly list: RuleList;
  readonly presets: readonly Preset[];
  readonly search: string;
  readonly onSearch: (text: string) => void;
  /** What an exported file is named after. */
  readonly name: string;
  /** The project of a rule, where nothing else is chosen. */
  readonly projectId: string;
  readonly projectOf?: (rule: Rule) => string;
  readonly waits?: string | undefined;
  /** Between the field and the list. */
  readonly children?: ReactNode;
};

type Open = { readonly kind: 'form'; readonly rule: Rule | null } | { readonly kind: ListKind } | null;

/** A list of rules with all that is done to it: the tab of a workspace and the page of all projects. */
export function RuleStage(props: Props): ReactNode {
  const { list, presets, search, onSearch, name, projectId, projectOf, children } = props;
  const [open, setOpen] = useState<Open>(null);
  const { rules, workspaceId } = list;
  const shown = useMemo(
    () => filterRules(rules ?? [], search, (rule) => [describeSource(rule, presets), scopeNames[rule.scope], projectOf?.(rule) ?? '']),
    [rules, search, presets, projectOf],
  );
  const closed = useRef(false);
  function close(): void {
    closed.current = true;
    setOpen(null);
  }
  // Not before the list shows what the form has changed: to be focused also chooses a row.
  useEffect(() => {
    if (open !== null || !closed.current) return;
    closed.current = false;
    focusRowSoon(document.querySelector<HTMLElement>('[data-region="rules"]'));
  }, [open]);
  function add(pattern: string): Promise<boolean> {
    return list.add(workspaceId === null ? { pattern, scope: 'global' } : { workspaceId, pattern });
  }
  const panel = open?.kind === 'paste' || open?.kind === 'import' ? open.kind : null;
  return (
    <>
      {list.error ? <Problem error={list.error} /> : null}
      {list.change.error && list.failedAt === 'other' && !panel ? (
        <Problem error={list.change.error}>
          <Button look="quiet" icon="x" title="Dismiss" onClick={list.change.clear} />
        </Problem>
      ) : null}
      <PresetChips presets={presets} busy={list.change.busy} onToggle={(preset, on) => void list.setPreset(preset, on)} />
      <RuleField text={search} onText={onSearch} list={list} found={shown.length} onAdd={add} onForm={() => setOpen({ kind: 'form', rule: null })}>
        <RuleMenu list={list} name={name} onPaste={() => setOpen({ kind: 'paste' })} onImport={() => setOpen({ kind: 'import' })} />
      </RuleField>
      {open?.kind === 'form' ? (
        <RuleForm key={open.rule?.id ?? 'new'} list={list} projectId={projectId} rule={open.rule} pattern={search.trim()} onClose={close} />
      ) : null}
      {list.last ? <LastChange list={list} /> : null}
      {panel ? (
        <ListPanel key={panel} kind={panel} list={list} onClose={close} />
      ) : (
        <>
          {children}
          <Rules {...props} shown={shown} onEdit={(rule) => setOpen({ kind: 'form', rule })} />
        </>
      )}
    </>
  );
}

function LastChange({ list }: { readonly list: RuleList }): ReactNode {
  const { last, change, undo } = list;
  if (!last) return null;
  return (
    <UndoBar busy={change.busy} onUndo={() => void undo()}>
      {last.verb} <bdi className="mono">{last.what}</bdi>.{' '}
      <span className="dim">{last.verb === 'Removed' ? 'The connections it let out have ended.' : 'It holds for the next connection.'}</span>
    </UndoBar>
  );
}

type RulesProps = Props & { readonly shown: readonly Rule[]; readonly onEdit: (rule: Rule) => void };

function Rules({ list, presets, shown, search, onSearch, projectOf, waits, onEdit }: RulesProps): ReactNode {
  const count = list.rules?.length ?? null;
  if (count === null) return null;
  if (shown.length > 0) return <RuleTable rules={shown} list={list} presets={presets} waits={waits} onEdit={onEdit} {...(projectOf && { projectOf })} />;
  return (
    <div className={styles.none}>
      <p className="dim">
        {count === 0
          ? 'No rule: nothing gets out. Type a domain above, or press what the project seems to need.'
          : `None of ${plural(count, 'rule')} fits. ↵ adds “${search.trim()}”.`}
      </p>
      {count === 0 ? null : (
        <Button small onClick={() => onSearch('')}>
          Clear search
        </Button>
      )}
    </div>
  );
}
