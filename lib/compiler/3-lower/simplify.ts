/** Fewer states with the same meaning: a branch that ends by handing out a variable hands out the value itself. */
import type { Step } from './plan.ts';
import { isExpressionValue, type Value, variable } from './value.ts';

/** The steps of a branch or an iteration, whose last one may be a Pass that does nothing but give its output. */
export function simplifyBranch(steps: readonly Step[]): readonly Step[] {
  const last = steps.at(-1);
  if (last?.kind !== 'pass' || last.assign !== undefined || last.output === undefined) return steps;
  const wrapped = Array.isArray(last.output) && last.output.length === 1;
  const held = nameOf(wrapped ? (last.output as readonly Value[])[0] : last.output);
  if (held === undefined) return steps;
  return [...endWith(steps.slice(0, -1), held, wrapped), last];
}

function nameOf(output: Value | undefined): string | undefined {
  if (!isExpressionValue(output)) return undefined;
  const name = output.text.slice(1);
  return output.text === variable(name).text && /^\w+$/.test(name) ? name : undefined;
}

/** Whatever runs last and assigns the variable ends the branch with that value; other ways still lead to the Pass. */
function endWith(steps: readonly Step[], held: string, wrapped: boolean): readonly Step[] {
  let at = steps.length - 1;
  while (at >= 0 && steps[at]?.kind === 'label') at -= 1;
  const last = steps[at];
  if (last === undefined) return steps;
  const replaced = (step: Step) => [...steps.slice(0, at), step, ...steps.slice(at + 1)];
  if (last.kind === 'choice') {
    const shorten = <W extends { readonly steps?: readonly Step[]; readonly goto?: string }>(way: W): W =>
      way.steps === undefined || way.goto !== undefined
        ? way
        : { ...way, steps: endWith(way.steps, held, wrapped) };
    return replaced({ ...last, rules: last.rules.map(shorten), otherwise: shorten(last.otherwise) });
  }
  if (last.kind !== 'task' && last.kind !== 'parallel' && last.kind !== 'map') return steps;
  const value = last.assign?.[held];
  if (value === undefined || last.output !== undefined) return steps;
  const { [held]: _value, ...assign } = last.assign ?? {};
  return replaced({ ...last, assign, output: wrapped ? [value] : value, ends: true });
}
