/** A resource template's action and manifest. `validateLeaf` in `workflow/validate/validate.go`. */

import { didYouMean } from '../../../diagnostics/did-you-mean.ts';
import type { Source } from '../../../diagnostics/source.ts';
import { defaultLimits } from '../../1-parse/limits.ts';
import { readYaml } from '../../1-parse/yaml.ts';
import { type Called, report } from '../frame.ts';
import { hasPlaceholder } from '../tags.ts';

const actions = ['get', 'create', 'apply', 'delete', 'replace', 'patch'];

export function checkResource({ frame, template, view }: Called): void {
  const { resource } = template;
  if (!resource) return;
  const { spans } = frame;
  const action = view(resource.action ?? '');
  if (!hasPlaceholder(action) && !actions.includes(action)) {
    const message = `"${action}" is no action of a resource template`;
    const { hint = `use one of ${actions.join(', ')}` } = didYouMean(action, actions);
    report(frame, 'invalid-resource', spans.of(resource, 'action'), message, { hint });
  }
  if (action === 'delete' || action === 'get') return;
  const { manifest, manifestFrom } = resource;
  if (!manifest && !manifestFrom) {
    const message = `the action "${action}" needs a manifest or manifestFrom`;
    report(frame, 'invalid-resource', spans.name(resource), message);
  }
  if (manifest && manifestFrom) {
    const message = 'a resource template has either manifest or manifestFrom';
    report(frame, 'invalid-resource', spans.key(resource, 'manifestFrom'), message);
  }
  const artifact = manifestFrom?.artifact;
  if (artifact && !template.inputs?.artifacts?.some(({ name }) => name === artifact.name)) {
    const message = `manifestFrom names "${artifact.name}", which is no input artifact of this template`;
    report(frame, 'invalid-resource', spans.of(artifact, 'name'), message);
  }
  if (manifest && !isYaml(view(manifest))) {
    report(frame, 'invalid-resource', spans.of(resource, 'manifest'), 'the manifest is not valid YAML');
  }
}

/** Expressions and unknown values stand for texts here. */
function isYaml(manifest: string): boolean {
  if (hasPlaceholder(manifest.slice(0, 1))) return true;
  const text = manifest.replace(/\{\{\s*=[^\n]+?\}\}/g, 'value').replaceAll('\u0000', '');
  const source: Source = { path: '', text };
  return readYaml(source.text, defaultLimits).problems.length === 0;
}
