import type { Command } from 'commander';
import { collect, leaf } from '../leaf.ts';
import { acceptLearned, discardLearned, exportList, importList, listPresets, review, startLearning, turnOff, turnOn } from './domain-lists.ts';
import { log, watch } from './domain-log.ts';
import { add, all, answer, dismiss, list, mode, remove } from './domain-rules.ts';

const forAll = ['--global', 'for every project'] as const;

export function declareCommands(group: Command): void {
  declareRules(group);
  declareBlocked(group);
  declareLists(group);
  leaf(
    group,
    'log [workspace]',
    'What was allowed and blocked, newest first.',
    ['domain log review --blocked', 'domain log --all --search npm', 'domain log --limit 50 --json'],
    log,
  )
    .option('--limit <number>', 'how many', '50')
    .option('--blocked', 'only what was blocked')
    .option('--allowed', 'only what was allowed')
    .option('--search <text>', 'a part of the host, the program or the worktree')
    .option('--quiet', 'with what quiet deny rules refused')
    .option('--all', 'of every workspace');
  leaf(group, 'watch [workspace]', 'Follow what is allowed and blocked, as it happens. Ctrl-C ends it.', ['domain watch', 'domain watch review --json'], watch);
}

function declareRules(group: Command): void {
  leaf(group, 'list [workspace]', "A workspace's rules, and the names it was refused lately.", ['domain list', 'domain list review --json'], list);
  leaf(group, 'all', 'Every rule of the installation, and where it holds.', ['domain all', 'domain all --json'], all);
  leaf(
    group,
    'add <pattern> [workspace]',
    'Allow or deny a name, "*.name" or "name:port"; holds for the next connection.',
    [
      'domain add "*.example.com"',
      'domain add db.example.com:5432 review --private --note "staging"',
      'domain add api.example.com --for 10m',
      'domain add "*.ads.example" --deny --quiet --scope global',
      'domain add api.example.com --method GET --path /v1',
    ],
    add,
  )
    .option('--port <number>', 'a port other than 80 and 443 (repeatable)', collect)
    .option('--deny', 'deny it: a deny rule wins over every other')
    .option('--quiet', 'of a deny rule: do not show what it refuses')
    .option('--scope <scope>', 'where it holds: once, session, workspace, project or global', 'workspace')
    .option('--for <time>', 'take it away then: 10m, 2h, 30d')
    .option('--method <method>', 'plain HTTP only: this method (repeatable)', collect)
    .option('--path <prefix>', 'plain HTTP only: paths that begin so')
    .option('--private', 'it may have a private address too')
    .option('--note <text>', 'why it is there');
  leaf(
    group,
    'remove <rule> [workspace]',
    'Take a rule away, by its name or its id; connections it let out end.',
    ['domain remove "*.example.com" review', 'domain remove "*.ads.example" --scope global', 'domain remove 3f2a9c01b7de'],
    remove,
  ).option('--scope <scope>', 'whose rule it is: workspace, project or global', 'workspace');
  leaf(
    group,
    'mode <mode> [workspace]',
    'restricted, full, none or learning, without recreating anything.',
    ['domain mode none review', 'domain mode restricted', 'domain mode learning --for 30m'],
    mode,
  ).option('--for <time>', 'of learning: go back to restricted then', '1h');
}

function declareBlocked(group: Command): void {
  leaf(
    group,
    'answer <host> <answer> [workspace]',
    'Answer a blocked name: once, session, project, always, deny or deny-silently.',
    ['domain answer api.example.com once', 'domain answer tracker.example deny-silently review', 'domain answer db.example.com:5432 project'],
    answer,
  ).option('--private', 'it may have a private address too');
  leaf(group, 'dismiss <host> [workspace]', 'Take a name off the list of blocked names, without allowing it.', ['domain dismiss tracker.example'], dismiss);
}

function declareLists(group: Command): void {
  const preset = group.command('preset').description('Domains that belong together: of an agent, a package registry, a git host.');
  leaf(
    preset,
    'list [workspace]',
    'The presets, those first that the project seems to need.',
    ['domain preset list', 'domain preset list --json'],
    listPresets,
  ).option(...forAll);
  leaf(
    preset,
    'on <preset> [workspace]',
    'Allow its domains in the whole project.',
    ['domain preset on npm', 'domain preset on debian --global'],
    turnOn,
  ).option(...forAll);
  leaf(preset, 'off <preset> [workspace]', 'Take away the rules that it added.', ['domain preset off npm review'], turnOff).option(...forAll);

  const learn = group.command('learn').description('Let everything out for a while, then allow what was needed.');
  leaf(
    learn,
    'start [workspace]',
    'Let everything out that "full" does, and keep what it was.',
    ['domain learn start', 'domain learn start review --for 2h'],
    startLearning,
  ).option('--for <time>', 'go back to restricted then', '1h');
  leaf(learn, 'review [workspace]', 'The smallest list that would have let out what was seen.', ['domain learn review', 'domain learn review --json'], review);
  leaf(
    learn,
    'accept [workspace]',
    'Make what is proposed rules of the project, and go back to restricted.',
    ['domain learn accept', 'domain learn accept review --without "*.example.com" --with git.corp.example'],
    acceptLearned,
  )
    .option('--with <pattern>', 'a line that is not proposed (repeatable)', collect)
    .option('--without <pattern>', 'a line that is proposed (repeatable)', collect);
  leaf(learn, 'discard [workspace]', 'Forget what was seen. Learning that runs goes on, from now.', ['domain learn discard'], discardLearned);

  leaf(
    group,
    'export [workspace]',
    'All rules that last, as JSON, to be kept or imported elsewhere.',
    ['domain export > domains.json', 'domain export --global'],
    exportList,
  ).option(...forAll);
  leaf(
    group,
    'import <file> [workspace]',
    'Add the rules of a list ("-" is standard input): ours, devcontainer.json, settings of Claude Code, Codex or Cursor, or lines. Exit status 1 when a line can be no rule.',
    ['domain import domains.json', 'domain import .claude/settings.json --dry-run', 'domain import - review < names.txt'],
    importList,
  )
    .option('--scope <scope>', 'where they hold: workspace, project or global', 'workspace')
    .option('--dry-run', 'only say what would be added');
}
