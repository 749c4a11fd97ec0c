/** Finds what a filter names and nothing defines, before it runs: gojq compiles filters and finds the same. */
import { GoError } from '../go-error.ts';
import type { Filter, Pattern } from './ast.ts';
import { hasBuiltin, unknownFunction } from './builtins.ts';
import { FORMATS } from './formats.ts';

interface Names {
  readonly variables: ReadonlySet<string>;
  /** `name/arity`. */
  readonly functions: ReadonlySet<string>;
}

/** Throws GoError. */
export function checkFilter(
  filter: Filter,
  names: Names = { variables: new Set(), functions: new Set() },
): void {
  const inner = (one: Filter | undefined, more = names) => {
    if (one !== undefined) checkFilter(one, more);
  };
  switch (filter.kind) {
    case 'variable':
      if (!names.variables.has(filter.name)) throw new GoError(`variable not defined: $${filter.name}`);
      return;
    case 'break':
      if (!names.variables.has(`*${filter.name}`)) throw new GoError(`label not defined: $${filter.name}`);
      return;
    case 'call': {
      const key = `${filter.name}/${filter.args.length}`;
      if (!names.functions.has(key) && !hasBuiltin(filter.name, filter.args.length))
        throw unknownFunction(filter.name, filter.args.length);
      for (const one of filter.args) inner(one);
      return;
    }
    case 'format':
      checkFormat(filter.name);
      return;
    case 'string':
      if (filter.format !== undefined) checkFormat(filter.format);
      for (const part of filter.parts) if (typeof part !== 'string') inner(part);
      return;
    case 'define': {
      const { name, parameters, body } = filter.definition;
      const functions = new Set([...names.functions, `${name}/${parameters.length}`]);
      const own = parameters.map((one) => `${one.replace('$', '')}/0`);
      const variables = parameters.flatMap((one) => (one.startsWith('$') ? [one.slice(1)] : []));
      inner(body, {
        functions: new Set([...functions, ...own]),
        variables: new Set([...names.variables, ...variables]),
      });
      inner(filter.body, { ...names, functions });
      return;
    }
    case 'label':
      inner(filter.body, { ...names, variables: new Set([...names.variables, `*${filter.name}`]) });
      return;
    case 'bind':
      inner(filter.source);
      inner(filter.body, withPattern(filter.pattern, names));
      return;
    case 'reduce':
    case 'foreach': {
      inner(filter.source);
      inner(filter.start);
      const bound = withPattern(filter.pattern, names);
      inner(filter.update, bound);
      inner(filter.extract, bound);
      return;
    }
    case 'object':
      for (const [key, value] of filter.entries) {
        inner(key);
        inner(value);
      }
      return;
    default:
      for (const child of Object.values(filter)) if (isFilter(child)) inner(child);
  }
}

function isFilter(value: unknown): value is Filter {
  return typeof value === 'object' && value !== null && 'kind' in value;
}

function checkFormat(name: string): void {
  if (!FORMATS.includes(name)) throw new GoError(`format not defined: ${name}`);
}

function withPattern(pattern: Pattern, names: Names): Names {
  switch (pattern.kind) {
    case 'name':
      return { ...names, variables: new Set([...names.variables, pattern.name]) };
    case 'array':
      return pattern.items.reduce((all, one) => withPattern(one, all), names);
    case 'object':
      return pattern.entries.reduce((all, { key, bind, value }) => {
        checkFilter(key, all);
        const bound = bind === undefined ? all : withPattern({ kind: 'name', name: bind }, all);
        return value === undefined ? bound : withPattern(value, bound);
      }, names);
  }
}
