/**
 * The definition of a state machine as a file of its own. A template may have 1 MB with everything in it
 * (AWSCloudFormation/latest/UserGuide/cloudformation-limits.html), which is what one definition alone may have.
 */
import { Token, Tokenization } from 'aws-cdk-lib';
import { DefinitionBody } from 'aws-cdk-lib/aws-stepfunctions';
import type { StateMachine } from '../asl/state-machine.ts';
import { withTemporaryFile } from './temporary-folder.ts';

/** Text in which `${NAME}` stands for what is known at deployment only: `substitutions`, by name. */
export interface DefinitionText {
  readonly text: string;
  readonly substitutions: Readonly<Record<string, string>>;
}

/** `use` must have copied the file when it returns, as a StateMachine does that is made. */
export function withDefinitionFile<T>(
  machine: StateMachine,
  use: (given: {
    readonly definitionBody: DefinitionBody;
    readonly definitionSubstitutions: Record<string, string>;
  }) => T,
): T {
  const { text, substitutions } = definitionText(machine);
  return withTemporaryFile('definition.asl.json', text, (path) =>
    use({ definitionBody: DefinitionBody.fromFile(path), definitionSubstitutions: { ...substitutions } }),
  );
}

export function definitionText(machine: StateMachine): DefinitionText {
  const names = new Map<string, string>();
  const nameOf = (token: string) => {
    const known = names.get(token) ?? `Value${names.size}`;
    names.set(token, known);
    return `\${${known}}`;
  };
  const text = printed(machine, nameOf);
  return { text, substitutions: Object.fromEntries([...names].map(([token, name]) => [name, token])) };
}

type NameOf = (token: string) => string;

function printed(value: unknown, nameOf: NameOf): string {
  if (typeof value === 'string') return `"${withNames(value, nameOf)}"`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((one) => printed(one, nameOf)).join(',')}]`;
  const fields = Object.entries(value).filter(([, one]) => one !== undefined);
  return `{${fields.map(([key, one]) => `${printed(key, nameOf)}:${printed(one, nameOf)}`).join(',')}}`;
}

function withNames(text: string, nameOf: NameOf): string {
  if (!Token.isUnresolved(text)) return literal(text);
  let rest = text;
  let done = '';
  for (const token of Tokenization.reverseString(text).tokens) {
    const shown = Token.asString(token);
    const at = rest.indexOf(shown);
    done += literal(rest.slice(0, at)) + nameOf(shown);
    rest = rest.slice(at + shown.length);
  }
  return done + literal(rest);
}

/** A dollar of the definition's own is never taken for the beginning of a name: JSON has another way of writing it. */
function literal(text: string): string {
  return JSON.stringify(text)
    .slice(1, -1)
    .replaceAll(/\$(?=\{|$)/g, '\\u0024');
}
