import type { ReactNode } from 'react';
import { useShortcut } from '../../lib/keys.ts';
import { Button } from '../../ui/button.tsx';
import { problemText } from '../../ui/problem.tsx';
import { listOptions } from '../options/names.ts';
import type { EditForm } from './use-edit-form.ts';

/** What saving would do, before it is done. It stands only while something changed. */
export function SaveBar({ form }: { readonly form: EditForm }): ReactNode {
  const { plan, saving, invalid } = form;
  const recreates = (plan.plan?.recreate.length ?? 0) > 0;
  const wrong = invalid && 'Correct what is marked red';
  useShortcut('submit', () => void (invalid || form.save(recreates)), form.dirty);
  if (!form.dirty && !saving.error) return null;
  return (
    <div className="foot" role="group" aria-label="Save" data-region="save">
      <p className="sm grow selectable" role="status">
        {saving.error ? <span className="bad">{problemText(saving.error)}</span> : <Effect form={form} />}
      </p>
      <Button look="quiet" onClick={() => void form.discard()}>
        Discard changes
      </Button>
      {recreates ? (
        <>
          <Button busy={saving.busy} unavailable={wrong} onClick={() => void form.save(false)}>
            Save
          </Button>
          <Button look="primary" icon="retry" shortcut="submit" busy={saving.busy} unavailable={wrong} onClick={() => void form.save(true)}>
            Save and recreate
          </Button>
        </>
      ) : (
        <Button look="primary" shortcut="submit" busy={saving.busy} unavailable={wrong} onClick={() => void form.save(false)}>
          Save
        </Button>
      )}
    </div>
  );
}

function Effect({ form }: { readonly form: EditForm }): ReactNode {
  const { plan, error } = form.plan;
  if (error) return <span className="bad">{problemText(error)}</span>;
  if (!plan) return <span className="dim">{Object.keys(form.changes).length > 0 ? '' : 'The name changes at once.'}</span>;
  if (plan.live.length === 0 && plan.recreate.length === 0) return <span className="dim">It already is what this asks for.</span>;
  return (
    <>
      {plan.live.length > 0 ? (
        <>
          <span className="med">{listOptions(plan.live)}</span> <span className="dim">at once.</span>{' '}
        </>
      ) : null}
      {plan.recreate.length > 0 ? (
        <>
          <span className="med">{listOptions(plan.recreate)}</span>{' '}
          <span className="dim">when it is recreated: its container is made anew, and what runs in it ends. Files, sessions and rules stay.</span>
        </>
      ) : null}
    </>
  );
}
