/** Task sizes that Fargate offers, and the smallest one that holds what is asked for. */

export interface TaskSize {
  /** CPU units, 1024 a vCPU, and MiB, as ECS writes them. */
  readonly cpu: string;
  readonly memory: string;
}

interface Row {
  readonly cpu: number;
  readonly memory: readonly number[];
}

const gib = 1024;

function range(from: number, to: number, step: number): readonly number[] {
  return Array.from({ length: (to - from) / step + 1 }, (_, index) => (from + index * step) * gib);
}

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html */
const linuxRows: readonly Row[] = [
  { cpu: 256, memory: [512, 1 * gib, 2 * gib] },
  { cpu: 512, memory: range(1, 4, 1) },
  { cpu: 1024, memory: range(2, 8, 1) },
  { cpu: 2048, memory: range(4, 16, 1) },
  { cpu: 4096, memory: range(8, 30, 1) },
  { cpu: 8192, memory: range(16, 60, 4) },
  { cpu: 16384, memory: range(32, 120, 8) },
  { cpu: 32768, memory: [60 * gib, 120 * gib, 244 * gib] },
];

const windowsRows = linuxRows.filter((row) => row.cpu >= 1024 && row.cpu <= 4096);

/** Undefined when no size is large enough. */
export function fargateSize(cpuUnits: number, memoryMiB: number, isWindows = false): TaskSize | undefined {
  for (const row of isWindows ? windowsRows : linuxRows) {
    const memory = row.memory.find((size) => size >= memoryMiB);
    if (row.cpu >= cpuUnits && memory !== undefined) return { cpu: String(row.cpu), memory: String(memory) };
  }
  return undefined;
}
