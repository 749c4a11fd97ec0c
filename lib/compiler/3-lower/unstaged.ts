/** Finds out which leaves need no stage, of each template once where what it is called with makes no difference. */
import type { Bundle } from '../../evaluate/bundle.ts';
import {
  isLongOrder,
  type UnstagedLeaf,
  type UnstagedSite,
  unstagedLeaf,
} from '../../evaluate/leaf/unstaged.ts';
import type { Inputs } from '../../protocol/outcome.ts';
import { readYamlValue } from '../1-parse/plain-value.ts';

export function unstagedLeaves(bundle: Bundle): (site: UnstagedSite) => UnstagedLeaf | undefined {
  const found = new Map<string, UnstagedLeaf | undefined>();
  const whatever = (site: UnstagedSite): UnstagedLeaf | undefined => {
    const key = `${site.isRetried} ${site.template}`;
    if (!found.has(key)) found.set(key, unstagedLeaf(bundle, { ...site, inputs: undefined }, readYamlValue));
    return found.get(key);
  };
  return (site) => {
    const { inputs, template } = site;
    if (inputs === undefined) return whatever(site);
    // Of a loop all whose items are skipped.
    if (inputs.length === 0) return undefined;
    const known = inputs.every((one) => isPlain(bundle, template, one)) ? whatever(site) : undefined;
    if (known === undefined) return unstagedLeaf(bundle, site, readYamlValue);
    return inputs.some(isLongOrder) ? undefined : known;
  };
}

/** Texts for all that is declared, without tags: where one is missing, the task may be another. */
function isPlain(bundle: Bundle, template: string, given: Inputs): boolean {
  const { parameters = [], artifacts = [] } = bundle.templates[template]?.template.inputs ?? {};
  const texts = given.parameters ?? {};
  const isText = (text: string | undefined) => text !== undefined && text !== '' && !text.includes('{{');
  return artifacts.length === 0 && parameters.every(({ name }) => isText(texts[name]));
}
