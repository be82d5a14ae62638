import type { ReactNode } from 'react';
import type { ProjectFindings } from '../../../shared/model/project-file.ts';
import { useSnapshot } from '../../lib/core.tsx';
import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { problemText } from '../../ui/problem.tsx';
import { describeOptions } from '../options/describe.ts';
import type { Findings } from './use-findings.ts';
import styles from './create.module.css';

/** The files of a project that ask for something: shown whole before anything in them holds. */
export function ProjectFiles({ findings, onTrust }: { readonly findings: Findings; readonly onTrust: () => void }): ReactNode {
  const files = findings.found?.files ?? [];
  async function trust(path: string, hash: string | null): Promise<void> {
    if (await findings.trust(path, hash)) onTrust();
  }
  return files.map((file) => <ProjectFile key={file.path} file={file} findings={findings} onTrust={(hash) => void trust(file.path, hash)} />);
}

type File = ProjectFindings['files'][number];
type FileProps = { readonly file: File; readonly findings: Findings; readonly onTrust: (hash: string | null) => void };

function ProjectFile({ file, findings, onTrust }: FileProps): ReactNode {
  const { trusting } = findings;
  return (
    <section className={styles.file} aria-label={file.path} data-project-file={file.path}>
      <div className="row">
        <Icon name={file.broken ? 'alert' : file.trusted ? 'check' : 'file'} tone={file.broken ? 'bad' : file.trusted ? 'ok' : 'faint'} />
        <p className="grow cut">
          <span className="mono">{file.path}</span>{' '}
          <span className="dim">{file.broken ? 'cannot be used' : file.trusted ? 'is followed' : 'asks for this. Nothing of it holds yet'}</span>
        </p>
        {file.broken ? null : (
          <Button small busy={trusting.busy} onClick={() => onTrust(file.trusted ? null : file.hash)}>
            {file.trusted ? 'Stop using it' : 'Use it'}
          </Button>
        )}
      </div>
      <Asks file={file} />
      {file.notes.length > 0 ? (
        <ul className="xs faint">
          {file.notes.map((note) => (
            <li key={note} className="selectable">
              <bdi>{note}</bdi>
            </li>
          ))}
        </ul>
      ) : null}
      {trusting.error ? <p className="xs bad selectable">{problemText(trusting.error)}</p> : null}
    </section>
  );
}

function Asks({ file }: { readonly file: File }): ReactNode {
  const agents = useSnapshot((snapshot) => snapshot.agents);
  const { agent, options, postCreate } = file.asks;
  const asks = [
    ...(agent ? [{ label: 'Agent', value: agents.find((item) => item.agent === agent)?.title ?? agent }] : []),
    ...describeOptions(options),
    ...(postCreate ? [{ label: 'Runs once', value: postCreate.join(' ') }] : []),
  ];
  if (asks.length === 0) return file.broken ? null : <p className="xs faint">It asks for nothing that Forgehold knows.</p>;
  return (
    <dl className={`sm ${styles.asks}`}>
      {asks.map(({ label, value }) => (
        <div key={label}>
          <dt className="dim">{label}</dt>
          <dd className="mono selectable">
            <bdi>{value}</bdi>
          </dd>
        </div>
      ))}
    </dl>
  );
}
