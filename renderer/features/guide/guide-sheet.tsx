import type { ReactNode } from 'react';
import { navigate, projectsRoute } from '../../lib/route.ts';
import { Button } from '../../ui/button.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import { GuideSteps } from './guide-steps.tsx';
import create from '../create/create.module.css';

function leave(): void {
  navigate(projectsRoute);
}

/** The way from a fresh start to an agent at work, whenever somebody wants to see it again. */
export function GuideSheet(): ReactNode {
  return (
    <Sheet label="Getting started" onClose={leave}>
      <div className={create.hd}>
        <h1>Getting started</h1>
        <p className="sm dim">From here to an agent at work behind its wall.</p>
      </div>
      <div className={create.body}>
        <GuideSteps />
      </div>
      <div className={`foot ${create.foot}`}>
        <span className="grow" />
        <Button hint="esc" data-autofocus onClick={leave}>
          Close
        </Button>
      </div>
    </Sheet>
  );
}
