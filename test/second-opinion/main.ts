/**
 * `npm run second-opinion -- [--all] [--only TEXT] [--python PROGRAM] [DIR...]`: runs compiled machines on our interpreter
 * and on moto's, with the same answers of tasks, and says where they differ.
 */
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type Candidate, candidatesIn, type Prepared, prepare, recordingsOf } from './cases.ts';
import { missingMoto } from './check-moto.ts';
import { compareRuns } from './compare.ts';
import { type Moto, startMoto } from './moto.ts';
import { isDrawn, shapesOf } from './sample.ts';
import { reasonNotToCompare } from './unsupported.ts';

const USAGE =
  'Usage: npm run second-opinion -- [--all] [--only TEXT] [--python PROGRAM] [--json] [--verbose] [DIR...]';

/** Lies beside the sources, whether they are bundled or not. */
function sourceFolder(): string {
  const places = ['../test/second-opinion', '.'].map((place) =>
    fileURLToPath(new URL(place, import.meta.url)),
  );
  return places.find((place) => existsSync(join(place, 'moto_asl.py'))) ?? '.';
}

interface Folders {
  /** Our own cases, which are small and each about one thing. */
  readonly own: readonly string[];
  readonly others: readonly string[];
}

function foldersOf(given: readonly string[], sources: string): Folders {
  const own = [join(sources, '../cases'), join(sources, '../traps')];
  if (given.length > 0) return { own: [], others: given };
  return {
    own,
    others: [join(sources, '../../../shared/conformance')].filter((folder) => existsSync(folder)),
  };
}

function chooseFrom({ own, others }: Folders, isAll: boolean, only: string | undefined): readonly Prepared[] {
  const isAsked = ({ name }: Candidate) => only === undefined || name.includes(only);
  if (isAll || only !== undefined)
    return candidatesIn([...own, ...others])
      .filter(isAsked)
      .flatMap(prepare);
  const drawn = candidatesIn(others).filter(({ name }) => isDrawn(name));
  return [...withNewStates(candidatesIn(own).flatMap(prepare)), ...drawn.flatMap(prepare)];
}

/** Those that have a state such as no smaller machine has. */
function withNewStates(candidates: readonly Prepared[]): readonly Prepared[] {
  const seen = new Set<string>();
  const bySize = [...candidates].sort((a, b) => a.size - b.size || (a.name < b.name ? -1 : 1));
  return bySize.filter(({ machine }) => {
    const before = seen.size;
    for (const shape of shapesOf(machine)) seen.add(shape);
    return seen.size > before;
  });
}

interface Verdict {
  readonly name: string;
  readonly kind: 'equal' | 'different' | 'unsupported';
  readonly why: readonly string[];
}

async function judge(one: Prepared, moto: Moto): Promise<readonly Verdict[]> {
  const reason = reasonNotToCompare(one.machine);
  if (reason !== undefined) return [{ name: one.name, kind: 'unsupported', why: [reason] }];
  const verdicts: Verdict[] = [];
  for (const [at, recording] of (await recordingsOf(one)).entries()) {
    const name = at === 0 ? one.name : `${one.name} (child ${at})`;
    const theirs = await moto.run(one.machine, recording);
    const why = theirs.status === 'REFUSED' ? [theirs.cause ?? 'refused'] : compareRuns(recording, theirs);
    verdicts.push({ name, kind: why.length === 0 ? 'equal' : 'different', why });
  }
  return verdicts;
}

async function judgeAll(
  chosen: readonly Prepared[],
  start: () => Moto,
  onVerdict: (verdict: Verdict) => void,
): Promise<void> {
  const queue = [...chosen];
  const motos = Array.from({ length: Math.min(availableParallelism(), queue.length) }, start);
  const worker = async (moto: Moto) => {
    for (let one = queue.pop(); one !== undefined; one = queue.pop())
      for (const verdict of await judge(one, moto)) onVerdict(verdict);
  };
  // Two machines at a time keep a process busy while one of them waits for an expression.
  await Promise.all([...motos, ...motos].map(worker));
  await Promise.all(motos.map((moto) => moto.close()));
}

async function main(argv: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      all: { type: 'boolean' },
      only: { type: 'string' },
      python: { type: 'string', default: 'python3' },
      json: { type: 'boolean' },
      verbose: { type: 'boolean' },
    },
  });
  const own = sourceFolder();
  const absent = positionals.find((folder) => !existsSync(folder));
  if (absent !== undefined) {
    console.error(`there is no folder ${absent}\n${USAGE}`);
    return 2;
  }
  const missing = missingMoto(values.python, own);
  if (missing !== undefined) {
    console.error(missing);
    return 2;
  }
  const chosen = chooseFrom(foldersOf(positionals, own), values.all === true, values.only);
  const counts = { equal: 0, different: 0, unsupported: 0 };
  await judgeAll(
    chosen,
    () => startMoto(values.python, join(own, 'moto_asl.py')),
    (verdict) => {
      counts[verdict.kind] += 1;
      if (values.json) console.log(JSON.stringify(verdict));
      else if (verdict.kind !== 'equal' || values.verbose)
        console.log([`${verdict.kind}: ${verdict.name}`, ...verdict.why].join('\n      '));
    },
  );
  const { equal, different, unsupported } = counts;
  const summary = `${chosen.length} machines: ${equal} runs equal, ${different} different`;
  console.error(`second opinion on ${summary}, ${unsupported} not supported`);
  return different === 0 ? 0 : 1;
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof Error ? (error.stack ?? error.message) : error);
    process.exit(2);
  },
);
