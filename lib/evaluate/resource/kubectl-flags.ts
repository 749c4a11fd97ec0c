/** The flags of kubectl that a resource template may pass on, as pflag reads them. */
import { GoError } from '../../expression/go-error.ts';

export type Action = 'get' | 'create' | 'apply' | 'delete' | 'replace' | 'patch';

export const ACTIONS: readonly Action[] = ['get', 'create', 'apply', 'delete', 'replace', 'patch'];

export interface KubectlFlags {
  /** `TYPE NAME…`, `TYPE/NAME…`. */
  readonly args: readonly string[];
  readonly namespace?: string;
  readonly selector?: string;
  readonly fieldSelector?: string;
  readonly all: boolean;
  readonly ignoreNotFound: boolean;
  /** `fieldValidation` of the API. */
  readonly validation: 'Strict' | 'Warn' | 'Ignore';
  readonly isDryRun: boolean;
  readonly fieldManager?: string;
  readonly serverSide: boolean;
  readonly forceConflicts: boolean;
  readonly saveConfig: boolean;
  readonly overwrite: boolean;
  /** Delete and create again. */
  readonly force: boolean;
  readonly propagation: 'Background' | 'Foreground' | 'Orphan';
  readonly gracePeriodSeconds?: number;
  readonly wait: boolean;
  readonly subresource?: string;
}

interface Flag {
  readonly actions: readonly Action[];
  /** Absent: it takes a value. Else the value that it has when none is given with `=`. */
  readonly alone?: string;
}

const WRITES = ['create', 'apply', 'replace'] as const;
const FINDS = ['get', 'delete', 'apply'] as const;

const FLAGS: Readonly<Record<string, Flag>> = {
  namespace: { actions: ACTIONS },
  selector: { actions: FINDS },
  'field-selector': { actions: ['get', 'delete'] },
  all: { actions: ['delete'], alone: 'true' },
  'ignore-not-found': { actions: ['get', 'delete'], alone: 'true' },
  validate: { actions: WRITES, alone: 'strict' },
  'dry-run': { actions: ['create', 'apply', 'replace', 'delete', 'patch'], alone: 'unchanged' },
  'field-manager': { actions: ['create', 'apply', 'replace', 'patch'] },
  'server-side': { actions: ['apply'], alone: 'true' },
  'force-conflicts': { actions: ['apply'], alone: 'true' },
  'save-config': { actions: ['create', 'replace'], alone: 'true' },
  overwrite: { actions: ['apply'], alone: 'true' },
  force: { actions: ['delete', 'replace', 'apply'], alone: 'true' },
  cascade: { actions: ['delete', 'replace', 'apply'], alone: 'background' },
  'grace-period': { actions: ['delete', 'replace', 'apply'] },
  now: { actions: ['delete'], alone: 'true' },
  wait: { actions: ['delete', 'replace', 'apply'], alone: 'true' },
  timeout: { actions: ['delete', 'replace', 'apply'] },
  subresource: { actions: ['get', 'patch', 'replace', 'apply'] },
};

const SHORT: Readonly<Record<string, string>> = { n: 'namespace', l: 'selector' };

/** Throws GoError with kubectl's words. */
export function parseKubectlFlags(action: Action, words: readonly string[]): KubectlFlags {
  const args: string[] = [];
  const given = new Map<string, string>();
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at]!;
    if (word === '--') {
      args.push(...words.slice(at + 1));
      break;
    }
    if (!word.startsWith('-') || word === '-') {
      args.push(word);
      continue;
    }
    const { name, value } = named(action, word);
    const flag = Object.hasOwn(FLAGS, name) ? FLAGS[name] : undefined;
    if (!flag?.actions.includes(action)) throw unknown(action, word);
    if (value === undefined && flag.alone === undefined) at += 1;
    const taken = value ?? flag.alone ?? words[at];
    if (taken === undefined) throw new GoError(`flag needs an argument: ${word}`);
    given.set(name, taken);
  }
  return flagsOf(args, given);
}

function named(action: Action, word: string): { readonly name: string; readonly value?: string } {
  if (word.startsWith('--')) {
    const [name = '', ...rest] = word.slice(2).split('=');
    return { name, ...(rest.length > 0 && { value: rest.join('=') }) };
  }
  const name = SHORT[word[1] ?? ''];
  if (name === undefined) throw unknown(action, word);
  const value = word.slice(2).replace(/^=/, '');
  return { name, ...(word.length > 2 && { value }) };
}

function unknown(action: Action, word: string): GoError {
  const name = word.startsWith('--')
    ? `unknown flag: ${word.split('=')[0]}`
    : `unknown shorthand flag: '${word[1]}' in ${word}`;
  return new GoError(`${name}\nSee 'kubectl ${action} --help' for usage.`);
}

const VALIDATION: Readonly<Record<string, KubectlFlags['validation']>> = {
  ...{ true: 'Strict', strict: 'Strict', warn: 'Warn', false: 'Ignore', ignore: 'Ignore' },
};
const CASCADE: Readonly<Record<string, KubectlFlags['propagation']>> = {
  ...{ true: 'Background', background: 'Background', foreground: 'Foreground' },
  ...{ false: 'Orphan', orphan: 'Orphan' },
};

function flagsOf(args: readonly string[], given: ReadonlyMap<string, string>): KubectlFlags {
  const text = (name: string) => given.get(name);
  const flag = (name: string, otherwise = false) => {
    const value = text(name);
    if (value === undefined) return otherwise;
    if (!/^(1|t|T|true|TRUE|True|0|f|F|false|FALSE|False)$/.test(value))
      throw new GoError(
        `invalid argument "${value}" for "--${name}" flag: strconv.ParseBool: parsing "${value}": invalid syntax`,
      );
    return /^[1tT]/.test(value);
  };
  const validate = text('validate') ?? 'strict';
  const validation = VALIDATION[validate];
  if (validation === undefined)
    throw new GoError(
      `error: invalid - validate option "${validate}"; must be one of: strict (or true), warn, ignore (or false)`,
    );
  const cascade = text('cascade') ?? 'background';
  const propagation = CASCADE[cascade];
  if (propagation === undefined)
    throw new GoError(
      `error: invalid cascade value (${cascade}). Must be "background", "foreground", or "orphan"`,
    );
  const { namespace, selector, fieldSelector, fieldManager, subresource } = {
    namespace: text('namespace'),
    selector: text('selector'),
    fieldSelector: text('field-selector'),
    fieldManager: text('field-manager'),
    subresource: text('subresource'),
  };
  const grace = flag('now') ? '1' : text('grace-period');
  if (grace !== undefined && !/^-?\d+$/.test(grace))
    throw new GoError(
      `invalid argument "${grace}" for "--grace-period" flag: strconv.ParseInt: parsing "${grace}": invalid syntax`,
    );
  return {
    args,
    ...(namespace !== undefined && { namespace }),
    ...(selector !== undefined && { selector }),
    ...(fieldSelector !== undefined && { fieldSelector }),
    ...(fieldManager !== undefined && { fieldManager }),
    ...(subresource !== undefined && { subresource }),
    ...(grace !== undefined && Number(grace) >= 0 && { gracePeriodSeconds: Number(grace) }),
    all: flag('all'),
    ignoreNotFound: flag('ignore-not-found'),
    validation,
    isDryRun: (text('dry-run') ?? 'none') !== 'none',
    serverSide: flag('server-side'),
    forceConflicts: flag('force-conflicts'),
    saveConfig: flag('save-config'),
    overwrite: flag('overwrite', true),
    force: flag('force'),
    propagation,
    wait: flag('wait', true),
  };
}
