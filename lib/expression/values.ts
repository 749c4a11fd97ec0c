/** Go values as Argo's expression languages see them, kept apart by Go type where Go keeps them apart. */

/** A Go integer type other than `int` (which is a bare bigint). */
export type GoIntType = 'int8' | 'int16' | 'int32' | 'int64' | 'uint' | 'uint8' | 'uint16' | 'uint32' | 'uint64';

export interface GoInt {
  readonly kind: 'int';
  readonly type: GoIntType;
  readonly value: bigint;
}

/** A slice; `items` is null for a nil slice. `type` is Go's `%T`, such as `[]interface {}` or `[]string`. */
export interface GoList {
  readonly kind: 'list';
  readonly type: string;
  readonly items: readonly GoValue[] | null;
}

/** A map; `entries` is null for a nil map. Keys that are not strings are held as their Go text. */
export interface GoMap {
  readonly kind: 'map';
  readonly type: string;
  readonly entries: ReadonlyMap<string, GoValue> | null;
}

/** `time.Time`: nanoseconds since the Unix epoch, and the IANA name or fixed offset it is shown in. */
export interface GoTime {
  readonly kind: 'time';
  readonly nanos: bigint;
  readonly zone: string;
}

/** `time.Duration`, in nanoseconds. */
export interface GoDuration {
  readonly kind: 'duration';
  readonly nanos: bigint;
}

export interface GoFunction {
  readonly kind: 'func';
  readonly name: string;
  readonly call: (args: readonly GoValue[]) => GoValue;
}

/** nil, bool, `int` (bigint, wrapped to 64 bits), `float64` (number), string, and the tagged kinds. */
export type GoValue =
  | null
  | boolean
  | bigint
  | number
  | string
  | GoInt
  | GoList
  | GoMap
  | GoTime
  | GoDuration
  | GoFunction;
