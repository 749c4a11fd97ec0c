/** Reads sources into typed documents; whatever is wrong with them comes out as diagnostics. */

import type { ArgoObject, Kind } from '../../argo/workflow.ts';
import { kinds } from '../../argo/workflow.ts';
import { type Collector, createCollector } from '../../diagnostics/collector.ts';
import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import { nearestName } from '../../diagnostics/did-you-mean.ts';
import type { Source, Span } from '../../diagnostics/source.ts';
import { defaultLimits, type Limits } from './limits.ts';
import { entryOf, type YamlNode } from './node.ts';
import { createSpanIndex, type SpanIndex, type SpanRecorder } from './spans.ts';
import { splitDocuments, type TextPart } from './split.ts';
import { readTyped } from './typed.ts';
import { readYaml, type YamlProblem } from './yaml.ts';

/** One document of a kind that has a meaning here. `value` holds plain JSON only. */
export interface ParsedDocument<T extends ArgoObject = ArgoObject> {
  readonly kind: T['kind'];
  readonly apiVersion: string;
  /** `metadata.name`, else `metadata.generateName`, else empty. */
  readonly name: string;
  readonly value: T;
  readonly spans: SpanIndex;
  readonly source: Source;
  /** Counts the documents of its source from 0, those without a meaning included. */
  readonly documentIndex: number;
  /** Whether every value fitted its field; what did not was reported and left out. */
  readonly isComplete: boolean;
}

export interface ParseOptions {
  /** @default defaultLimits */
  readonly limits?: Partial<Limits>;
  /**
   * Whether unknown fields and repeated keys are errors, as for `argo lint` and `argo submit`; else they are
   * warnings,
   * as they are no hindrance when an object is created through Kubernetes. @default true
   */
  readonly strict?: boolean;
}

export interface ParseResult {
  readonly documents: readonly ParsedDocument[];
  readonly diagnostics: readonly Diagnostic[];
}

export function parse(sources: readonly Source[], options: ParseOptions = {}): ParseResult {
  const limits = { ...defaultLimits, ...options.limits };
  const collector = createCollector();
  const documents: ParsedDocument[] = [];
  const nowhere: Source = sources[0] ?? { path: '', text: '' };
  const spans = createSpanIndex(nowhere);
  const { strict = true } = options;
  for (const source of sources) {
    for (const document of parseSource(source, { limits, strict, spans, collector }))
      documents.push(document);
  }
  return { documents, diagnostics: collector.sorted() };
}

interface Reading {
  readonly limits: Limits;
  readonly strict: boolean;
  readonly spans: SpanRecorder;
  readonly collector: Collector;
}

function parseSource(source: Source, reading: Reading): readonly ParsedDocument[] {
  const { limits, strict, collector } = reading;
  const start: Span = { source, start: 0, end: 1 };
  if (source.text.length > limits.sourceLength) {
    const message = `this file has ${source.text.length} characters, ${limits.sourceLength} are the most`;
    collector.report('too-large', start, message);
    return [];
  }
  const parts = splitDocuments(source.text);
  if (parts.length > limits.documents) {
    const message = `this file has ${parts.length} documents, ${limits.documents} are the most`;
    collector.report('too-large', start, message);
    return [];
  }
  return parts.flatMap((part, index) => {
    const { node, problems } = readYaml(part.text, limits, strict);
    for (const problem of problems) reportProblem(problem, source, part, collector);
    const isBroken = problems.some(({ code }) => code !== 'repeated-key');
    if (!node || isBroken || (node.kind === 'scalar' && node.value === null)) return [];
    return readDocument(node, { ...reading, source, part, index });
  });
}

function reportProblem(problem: YamlProblem, source: Source, part: TextPart, collector: Collector): void {
  const { code, message, start, end, related } = problem;
  const at = (from: number, to: number): Span => ({
    source,
    start: from + part.offset,
    end: to + part.offset,
  });
  const others = related && [{ span: at(related.start, related.end), message: related.message }];
  collector.report(code, at(start, end), message, others ? { related: others } : {});
}

interface Context extends Reading {
  readonly source: Source;
  readonly part: TextPart;
  readonly index: number;
}

/** Documents of other kinds are left out with a warning: a folder of manifests may well hold some. */
function readDocument(node: YamlNode, context: Context): readonly ParsedDocument[] {
  const { source, part, index, spans, collector } = context;
  const at = (place: { start: number; end: number }): Span => ({
    source,
    start: place.start + part.offset,
    end: place.end + part.offset,
  });
  const entry = entryOf(node, 'kind');
  const kind = entry?.value.kind === 'scalar' ? entry.value.value : undefined;
  if (node.kind !== 'map' || typeof kind !== 'string') {
    const first = node.kind === 'map' ? node.entries[0] : undefined;
    const place = entry?.value ?? (first ? { start: first.keyStart, end: first.keyEnd } : firstLine(node));
    collector.report('unknown-kind', at(place), 'this document has no "kind" and is left out');
    return [];
  }
  if (!isKind(kind)) {
    const nearest = nearestName(kind, kinds);
    const hint = nearest ? { hint: `did you mean "${nearest}"?` } : {};
    collector.report('unknown-kind', at(entry!.value), `a ${kind} has no meaning here and is left out`, hint);
    return [];
  }
  const version = entryOf(node, 'apiVersion')?.value;
  if (version?.kind === 'scalar' && String(version.value).split('/').length > 2) {
    const message = `"apiVersion" must be a group and a version, not ${JSON.stringify(version.value)}`;
    collector.report('wrong-type', at(version), message);
    return [];
  }
  const isLax = !context.strict || kind === 'ConfigMap' || kind === 'Secret';
  const unknown = isLax ? 'unread-field' : 'unknown-field';
  const own = createCollector();
  const value = readTyped(node, kind, { source, offset: part.offset, spans, collector: own, unknown });
  const isComplete = !own.sorted().some(({ code }) => code === 'wrong-type');
  collector.add(own.sorted());
  const object = withParts(value as object | undefined, kind, node, context);
  const { metadata, apiVersion } = object;
  const name = metadata.name || metadata.generateName || '';
  return [
    {
      kind,
      apiVersion,
      name,
      value: object,
      spans,
      source,
      documentIndex: index,
      isComplete,
    } as ParsedDocument,
  ];
}

function firstLine(node: YamlNode): { readonly start: number; readonly end: number } {
  return { start: node.start, end: Math.min(node.end, node.start + 1) };
}

function isKind(kind: string): kind is Kind {
  return (kinds as readonly string[]).includes(kind);
}

/** As in Go, `metadata` and `spec` are there even when they were not written or did not fit. */
function withParts(read: object | undefined, kind: Kind, node: YamlNode, context: Context): ArgoObject {
  const value = (read ?? {}) as { -readonly [K in keyof ArgoObject]: ArgoObject[K] } & { spec?: object };
  const empty = (): Record<string, never> => {
    const object = {};
    context.spans.record(object, { source: context.source, node, offset: context.part.offset });
    return object;
  };
  value.kind = kind;
  value.apiVersion ??= '';
  value.metadata ??= empty();
  if (kind !== 'ConfigMap' && kind !== 'Secret') value.spec ??= empty();
  return value as ArgoObject;
}
