/** The containers of a containerSet and the graph between them. `ContainerSetTemplate.Validate`. */

import type { ContainerSet } from '../../../argo/container.ts';
import { didYouMean } from '../../../diagnostics/did-you-mean.ts';
import { findCycle } from '../cycle.ts';
import { type Called, type Frame, report } from '../frame.ts';
import { checkNames, fieldNameFault } from './field-names.ts';
import { checkMountPaths } from './mount-paths.ts';
import { checkReserved } from './reserved-names.ts';

export function checkContainerSet({ frame, template, view }: Called): void {
  const set = template.containerSet;
  if (!set) return;
  const { spans } = frame;
  const containers = set.containers ?? [];
  if (containers.length === 0) {
    report(frame, 'invalid-container-set', spans.name(set), 'a containerSet needs at least one container');
    return;
  }
  checkNames(frame, containers, 'container', fieldNameFault, view);
  checkMountPaths(frame, set.volumeMounts, []);
  checkGraph(frame, set);
  const { inputs, outputs } = template;
  const passes = inputs?.artifacts?.length || outputs?.parameters?.length || outputs?.artifacts?.length;
  if (passes && !containers.some(({ name }) => name === 'main')) {
    const message = 'input artifacts and outputs need a container named "main"';
    report(frame, 'invalid-container-set', spans.key(set, 'containers'), message);
  }
  for (const container of containers) checkReserved(frame, container);
}

function checkGraph(frame: Frame, set: ContainerSet): void {
  const { spans } = frame;
  const containers = set.containers ?? [];
  const names = new Map(containers.map((container) => [container.name, container]));
  for (const { dependencies, name } of containers) {
    dependencies?.forEach((dependency, index) => {
      if (names.has(dependency)) return;
      const message = `container "${name}" depends on "${dependency}", which does not exist`;
      report(
        frame,
        'unknown-dependency',
        spans.of(dependencies, index),
        message,
        didYouMean(dependency, names.keys()),
      );
    });
  }
  const cycle = findCycle([...names.keys()], (name) => names.get(name)?.dependencies ?? []);
  const first = cycle && names.get(cycle[0]!);
  if (!first) return;
  const span = spans.key(first, 'dependencies');
  report(frame, 'dag-cycle', span, `these containers wait for each other: ${cycle.join(' → ')}`);
}
