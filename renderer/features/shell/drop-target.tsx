import { type ReactNode, useEffect, useEffectEvent, useState } from 'react';
import { AppError } from '../../../shared/errors.ts';
import { useSnapshot } from '../../lib/core.tsx';
import { navigate, projectsRoute } from '../../lib/route.ts';
import { setSession } from '../../lib/session.ts';
import { useShell } from '../../lib/shell.ts';
import { Icon } from '../../ui/icon.tsx';
import { offerToAdd } from '../create/offer.ts';
import { dismissFailure, tellFailure } from '../palette/store.ts';
import { type Drop, judgeDrop, readDropped } from './dropped.ts';
import styles from './shell.module.css';

/** The whole window takes folders, and says so while one is dragged over it. */
export function DropTarget(): ReactNode {
  const { shell } = useShell();
  const projects = useSnapshot((snapshot) => snapshot.projects);
  const over = useDraggedFiles((data) => {
    const drop = judgeDrop(readDropped(data, (file) => shell?.pathForFile(file) ?? ''));
    if (drop) take(drop, (path) => projects.find((project) => project.path === path)?.projectId);
  });
  if (!over) return null;
  return (
    <div className={styles.drop} role="status">
      <p>
        <Icon name="folder" /> <span>Drop a folder to add it as a project</span>
      </p>
    </div>
  );
}

function take(drop: Drop, findProject: (path: string) => string | undefined): void {
  dismissFailure();
  if (drop.kind === 'refuse') return tellFailure('', new AppError('shell/not-opened', drop.message));
  if (drop.kind === 'ask') return offerToAdd({ text: '', note: `A browser does not say where “${drop.name}” lies. Choose it here, or type its path.` });
  const [first, ...more] = drop.folders;
  const known = more.length === 0 ? findProject(first!) : undefined;
  if (known !== undefined) {
    setSession('projects:selected', known);
    return navigate(projectsRoute);
  }
  const note = drop.left > 0 ? 'The files among them are left out: only folders are projects.' : undefined;
  offerToAdd({ text: more.length === 0 ? first! : '', ...(more.length > 0 && { folders: drop.folders }), ...(note !== undefined && { note }) });
}

/** Whether files or folders are dragged over the window now. Nothing that is dropped ever takes the page's place. */
function useDraggedFiles(onDrop: (data: DataTransfer) => void): boolean {
  const [over, setOver] = useState(false);
  const latest = useEffectEvent(onDrop);
  useEffect(() => {
    function hasFiles(event: DragEvent): event is DragEvent & { readonly dataTransfer: DataTransfer } {
      return event.dataTransfer?.types.includes('Files') ?? false;
    }
    function drag(event: DragEvent): void {
      if (!hasFiles(event)) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = 'copy';
      setOver(true);
    }
    function leave(event: DragEvent): void {
      // Between two elements of the page there is a related one; outside of the window there is none.
      if (event.relatedTarget === null) setOver(false);
    }
    function drop(event: DragEvent): void {
      setOver(false);
      if (!hasFiles(event)) return;
      event.preventDefault();
      event.stopPropagation();
      latest(event.dataTransfer);
    }
    const listeners = { dragenter: drag, dragover: drag, dragleave: leave, drop } as const;
    for (const [name, listen] of Object.entries(listeners)) addEventListener(name as 'drop', listen, { capture: true });
    return () => {
      for (const [name, listen] of Object.entries(listeners)) removeEventListener(name as 'drop', listen, { capture: true });
    };
  }, []);
  return over;
}
