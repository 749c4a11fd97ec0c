import { describe, expect, it } from 'vitest';
import type { Template } from '../../../lib/argo/template.ts';
import type { WorkflowSpec } from '../../../lib/argo/workflow.ts';
import { type RenderedLeaf, renderLeaf } from '../../../lib/evaluate/leaf/render-leaf.ts';
import type { StageRequest } from '../../../lib/evaluate/requests.ts';
import type { Outcome } from '../../../lib/protocol/outcome.ts';
import type { TaskSpec } from '../../../lib/protocol/task-spec.ts';
import { bundleOf, now, run, stage } from './fixtures.ts';

const image = 'busybox';

function rendered(template: Template, request: Partial<StageRequest> = {}, spec: Partial<WorkflowSpec> = {}) {
  return renderLeaf(bundleOf(template, spec), stage(request));
}

function specOf(leaf: RenderedLeaf): TaskSpec {
  if (leaf.kind === 'done') throw new Error(`not started: ${leaf.outcome.message}`);
  return leaf.spec;
}

function outcomeOf(leaf: RenderedLeaf): Outcome {
  if (leaf.kind !== 'done') throw new Error('started');
  return leaf.outcome;
}

function argOf(
  text: string,
  template: Template = {},
  request: Partial<StageRequest> = {},
): string | undefined {
  const leaf = rendered({ ...template, container: { image, args: [text] } }, request);
  return specOf(leaf).containers[0]?.args?.[0];
}

describe('variables of a leaf', () => {
  const inputs = { parameters: [{ name: 'text', default: 'd' }] };
  it.each<[string, string, string]>([
    ['{{workflow.name}}', 'demo', 'a global'],
    ['{{ workflow.parameters.color }}', 'teal', 'a workflow parameter'],
    ['{{inputs.parameters.text}}', 'hello', 'an input'],
    ['{{inputs.parameters}}', '[{"name":"text","default":"d","value":"hello"}]', 'all inputs'],
    ['{{node.name}}', 'demo[0].first', 'the node'],
    ['{{steps.name}}', 'first', 'the step'],
    ['{{pod.name}}', 'demo-work-58002040', 'the pod'],
    ['{{outputs.parameters.o.path}}', '/out/teal', 'a path made from a variable'],
    ['{{unknown.name}}', '{{unknown.name}}', 'an unknown tag stays'],
    ['{{retries}}', '{{retries}}', 'no attempt outside of retries'],
  ])('%s gives %s: %s', (text, expected) => {
    const outputs = {
      parameters: [{ name: 'o', valueFrom: { path: '/out/{{workflow.parameters.color}}' } }],
    };
    const request = { inputs: { parameters: { text: 'hello' } } };
    expect(argOf(text, { inputs, outputs }, request)).toBe(expected);
  });

  it('never scans a value for tags', () => {
    const request = { inputs: { parameters: { text: '{{workflow.name}} {{pod.name}}' } } };
    expect(argOf('<{{inputs.parameters.text}}>', { inputs }, request)).toBe(
      '<{{workflow.name}} {{pod.name}}>',
    );
    const retried = { ...request, retries: 1, node: 'demo[0].first(1)' };
    expect(argOf('<{{inputs.parameters.text}}>', { inputs }, retried)).toBe(
      '<{{workflow.name}} {{pod.name}}>',
    );
  });

  it('gives an attempt its number and the attempt before', () => {
    const text =
      '{{retries}} {{lastRetry.exitCode}} {{lastRetry.status}} [{{lastRetry.message}}] {{node.name}}';
    expect(argOf(text, {}, { node: 'demo[0].first(0)', retries: 0 })).toBe('0 0  [] demo[0].first');
    const lastRetry = { exitCode: '3', status: 'Failed', duration: '2', message: 'm' };
    const second = { node: 'demo[0].first(1)', retries: 1, lastRetry };
    expect(argOf(text, {}, second)).toBe('1 3 Failed [m] demo[0].first');
  });

  it('reads what its caller knows where it stands inline, before its own inputs', () => {
    const outer = { 'steps.a.outputs.result': 'R', item: 'i', 'inputs.parameters.x': 'theirs' };
    const own = { parameters: [{ name: 'y' }] };
    const text = '{{item}} {{steps.a.outputs.result}} {{inputs.parameters.x}} {{inputs.parameters.y}}';
    const request = { outer, inputs: { parameters: { y: '{{item}}' } } };
    expect(argOf(text, { inputs: own }, request)).toBe('i R theirs {{item}}');
  });

  it('is an Error where it reads an output of a skipped step inline', () => {
    const container = { image, args: ['{{steps.a.outputs.parameters.p}}'] };
    const outer = { 'steps.a.outputs.parameters.p': null };
    expect(outcomeOf(rendered({ container }, { outer })).message).toContain('absent optional');
  });

  it('is an Error without a value for an input', () => {
    const outcome = outcomeOf(rendered({ inputs: { parameters: [{ name: 'x' }] }, container: { image } }));
    expect(outcome).toMatchObject({
      phase: 'Error',
      message: 'inputs.parameters.x had no value',
      notStarted: true,
    });
  });
});

describe('containers', () => {
  it('names a container main and keeps its command, arguments and working directory', () => {
    const container = { image, command: ['sh', '-c'], args: ['a b', ''], workingDir: '/w', name: 'other' };
    expect(specOf(rendered({ container })).containers[0]).toMatchObject({
      name: 'main',
      image,
      command: ['sh', '-c'],
      args: ['a b', ''],
      workingDir: '/w',
    });
  });

  it('leaves the command to the image where none is given', () => {
    expect(specOf(rendered({ container: { image, command: [] } })).containers[0]).not.toHaveProperty(
      'command',
    );
  });

  it('hands over the source of a script, and none when it is empty', () => {
    const script = { image, command: ['sh'], source: 'echo {{workflow.name}}' };
    expect(specOf(rendered({ script })).containers[0]).toMatchObject({
      source: 'echo demo',
      command: ['sh'],
    });
    expect(specOf(rendered({ script: { ...script, source: '' } })).containers[0]).not.toHaveProperty(
      'source',
    );
  });

  it('resolves environment where it can and refers to secrets by name', () => {
    const env = [
      { name: 'A', value: '{{workflow.parameters.color}}' },
      { name: 'EMPTY' },
      { name: 'S', valueFrom: { secretKeyRef: { name: 's', key: 'k', optional: true } } },
      { name: 'C', valueFrom: { configMapKeyRef: { name: 'c', key: 'k' } } },
      { name: 'NS', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } },
      { name: 'L', valueFrom: { fieldRef: { fieldPath: "metadata.labels['team']" } } },
      { name: 'IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
    ];
    const metadata = { labels: { team: 'blue' } };
    const main = specOf(rendered({ metadata, container: { image, env } })).containers[0];
    expect(main?.env.slice(0, env.length)).toEqual([
      { name: 'A', value: 'teal' },
      { name: 'EMPTY', value: '' },
      { name: 'S', from: { kind: 'secret', name: 's', key: 'k', optional: true } },
      { name: 'C', from: { kind: 'configMap', name: 'c', key: 'k' } },
      { name: 'NS', value: 'default' },
      { name: 'L', value: 'blue' },
      { name: 'IP', from: { kind: 'field', path: 'status.podIP' } },
    ]);
  });

  it('gives every container of a set the common mounts, and reads its retries', () => {
    const containerSet = {
      volumeMounts: [{ name: 'v', mountPath: '/v' }],
      retryStrategy: { retries: '2', duration: '5s' },
      containers: [
        { name: 'a', image },
        { name: 'main', image, dependencies: ['a'], volumeMounts: [{ name: 'v', mountPath: '/o' }] },
      ],
    };
    const spec = specOf(rendered({ volumes: [{ name: 'v', emptyDir: {} }], containerSet }));
    expect(spec.containers.map((each) => each.mounts.map((mount) => mount.mountPath))).toEqual([
      ['/v'],
      ['/o', '/v'],
    ]);
    expect(spec.containers[1]?.dependencies).toEqual(['a']);
    expect(spec.containerSetRetry).toEqual({ retries: 2, durationMs: 5000 });
  });

  it('refuses a number without a unit between tries of a container set', () => {
    const containerSet = {
      retryStrategy: { retries: 2, duration: '5' },
      containers: [{ name: 'main', image }],
    };
    expect(outcomeOf(rendered({ containerSet })).message).toContain('missing unit in duration');
  });

  it('mirrors the mounts of main into sidecars and init containers that ask for it', () => {
    const container = { image, volumeMounts: [{ name: 'v', mountPath: '/v' }] };
    const sidecars = [
      { name: 's', image, mirrorVolumeMounts: true },
      { name: 't', image },
    ];
    const initContainers = [{ name: 'i', image, mirrorVolumeMounts: true }];
    const volumes = [{ name: 'v', emptyDir: {} }];
    const spec = specOf(rendered({ volumes, container, sidecars, initContainers }));
    expect(spec.sidecars.map((each) => each.mounts.length)).toEqual([1, 0]);
    expect(spec.initContainers[0]?.mounts).toEqual([{ volume: 'v', mountPath: '/v' }]);
  });
});

describe('volumes', () => {
  const mounting = (name: string) => ({ image, volumeMounts: [{ name, mountPath: '/m' }] });

  it('finds a volume in the template, then the spec, then the claims of the run', () => {
    const spec = {
      volumes: [
        { name: 'v', emptyDir: {} },
        { name: 'shared', persistentVolumeClaim: { claimName: '{{workflow.parameters.color}}-claim' } },
      ],
      volumeClaimTemplates: [{ metadata: { name: 'work-dir' } }],
    };
    const volumes = [{ name: 'v', configMap: { name: 'c-{{workflow.name}}' } }];
    const ofTemplate = specOf(rendered({ volumes, container: mounting('v') }, {}, spec)).volumes;
    expect(ofTemplate).toEqual([{ kind: 'configMap', name: 'v', source: 'c-demo' }]);
    const ofSpec = specOf(rendered({ container: mounting('shared') }, {}, spec)).volumes;
    expect(ofSpec).toEqual([{ kind: 'claim', name: 'shared', claim: 'teal-claim', perRun: false }]);
    const ofRun = specOf(rendered({ container: mounting('work-dir') }, {}, spec)).volumes;
    expect(ofRun).toEqual([{ kind: 'claim', name: 'work-dir', claim: 'demo-work-dir', perRun: true }]);
  });

  it('joins the sources of a projected volume', () => {
    const sources = [
      { configMap: { name: 'c' } },
      { secret: { name: 's', items: [{ key: 'k', path: 'p' }] } },
    ];
    const volumes = [{ name: 'v', projected: { sources } }];
    expect(specOf(rendered({ volumes, container: mounting('v') })).volumes[0]).toEqual({
      kind: 'projected',
      name: 'v',
      sources: [
        { kind: 'configMap', source: 'c' },
        { kind: 'secret', source: 's', items: [{ key: 'k', path: 'p' }] },
      ],
    });
  });

  it.each<[string, Template, string]>([
    ['no such volume', { container: mounting('ghost') }, "volume 'ghost' not found in workflow spec"],
    [
      'a kind that needs a node',
      { volumes: [{ name: 'h', hostPath: { path: '/' } }], container: mounting('h') },
      "volume 'h' is of kind hostPath, which needs a Kubernetes node: " +
        'use an emptyDir, or a claim for files that outlive the pod',
    ],
  ])('is an Error with %s', (_what, template, message) => {
    expect(outcomeOf(rendered(template))).toMatchObject({ phase: 'Error', message, notStarted: true });
  });
});

describe('deadlines', () => {
  const at = Date.parse(now);
  const container = { image };
  it.each<
    [string, Template, Partial<StageRequest>, { readonly [K in keyof TaskSpec]?: TaskSpec[K] | undefined }]
  >([
    ['none', {}, {}, { deadline: undefined, activeDeadlineSeconds: undefined }],
    ['the time that main may run', { activeDeadlineSeconds: '7' }, {}, { activeDeadlineSeconds: 7 }],
    ['a timeout', { timeout: '10s' }, {}, { deadline: at + 10_000 }],
    [
      'a timeout in place of the active deadline',
      { timeout: '10s', activeDeadlineSeconds: 3 },
      {},
      { deadline: at + 10_000, activeDeadlineSeconds: undefined },
    ],
    [
      'a timeout that began with the wait for a lock',
      { timeout: '10s' },
      { startedAt: '2026-03-01T09:59:56Z' },
      { deadline: at + 6000 },
    ],
    [
      'the deadline of the run',
      { timeout: '10s' },
      { run: { ...run, deadline: at + 5000 } },
      {
        deadline: at + 5000,
        deadlineMessage: 'Pod was active on the node longer than the specified deadline',
      },
    ],
    [
      'no deadline of the run in an exit handler',
      {},
      { run: { ...run, deadline: at - 5000 }, exit: { status: 'Failed', failures: 'null', duration: '1' } },
      { deadline: undefined },
    ],
    [
      'the longest time for all attempts, after the first one',
      { retryStrategy: { backoff: { duration: '1', maxDuration: '1m' } } },
      { retries: 1, node: 'demo[0].first(1)', firstStartedAt: '2026-03-01T09:59:30Z' },
      { deadline: at + 30_000, deadlineMessage: 'Step exceeded its deadline' },
    ],
  ])('%s', (_what, template, request, expected) => {
    const spec = specOf(rendered({ ...template, container }, request));
    for (const [field, value] of Object.entries(expected))
      expect(spec[field as keyof TaskSpec]).toEqual(value);
  });

  it.each<
    [string, Template, Partial<StageRequest>, { readonly [K in keyof Outcome]?: Outcome[K] | undefined }]
  >([
    [
      '2 s never start',
      { timeout: '2s' },
      {},
      { phase: 'Error', message: 'demo[0].first exceeded its deadline' },
    ],
    ['what is left of 5 s', { timeout: '5s' }, { startedAt: '2026-03-01T09:59:56.5Z' }, { phase: 'Error' }],
    [
      'a timeout over while waiting',
      { timeout: '3s' },
      { startedAt: '2026-03-01T09:59:56Z' },
      { phase: 'Failed', message: 'timeout', notStarted: true },
    ],
    [
      'too long pending',
      { pendingTimeout: '3s' },
      { startedAt: '2026-03-01T09:59:56Z' },
      { phase: 'Failed', message: 'timeout' },
    ],
    [
      'the run is over',
      {},
      { run: { ...run, deadline: at + 900 } },
      { phase: 'Failed', message: 'Step exceeded its deadline', notStarted: undefined },
    ],
    [
      'no number',
      { activeDeadlineSeconds: '{{x}}' },
      {},
      { phase: 'Error', message: "value '{{x}}' cannot be resolved to an int" },
    ],
  ])('does not start: %s', (_what, template, request, expected) => {
    const outcome = outcomeOf(rendered({ ...template, container }, request));
    for (const [field, value] of Object.entries(expected))
      expect(outcome[field as keyof Outcome]).toEqual(value);
  });
});
