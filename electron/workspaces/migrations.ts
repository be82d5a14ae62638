import type { Migration } from '../lib/database.ts';
import { trustMigration } from './project-files/project-files.ts';
import { clonesMigration, projectEngineMigration, projectsMigration } from './projects.ts';
import { workspacesMigration } from './records.ts';

/** The tables of this slice, in the order they came. A new one goes to the end. */
export const workspaceMigrations: readonly Migration[] = [projectsMigration, workspacesMigration, projectEngineMigration, clonesMigration, trustMigration];
