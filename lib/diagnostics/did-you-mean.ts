/** The nearest of several known names to one that is not known. */

/** At most this many names are compared; beyond it only the first ones are looked at. */
const maxCandidates = 5_000;

/** What a document leaves out has no name, whatever its type says. */
type Name = string | undefined;

/** The nearest candidate, if it is near enough to be what was meant: one edit for each three letters. */
export function nearestName(name: Name, candidates: Iterable<Name>): string | undefined {
  if (name === undefined) return undefined;
  const limit = Math.floor(name.length / 3);
  let best: string | undefined;
  let bestDistance = limit + 1;
  let seen = 0;
  for (const candidate of candidates) {
    if (++seen > maxCandidates) break;
    if (candidate === undefined) continue;
    if (candidate.toLowerCase() === name.toLowerCase() && candidate !== name) return candidate;
    if (Math.abs(candidate.length - name.length) >= bestDistance) continue;
    const distance = editDistance(name, candidate, bestDistance);
    if (distance > 0 && distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** A hint for a diagnostic, or nothing when no candidate is near. */
export function didYouMean(name: Name, candidates: Iterable<Name>): { readonly hint?: string } {
  const nearest = nearestName(name, candidates);
  return nearest === undefined ? {} : { hint: `did you mean "${nearest}"?` };
}

/** Edits (insert, delete, replace, swap of neighbours) between two words; gives up at `limit`. */
function editDistance(from: string, to: string, limit: number): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    let least = row;
    for (let column = 1; column <= to.length; column++) {
      const cost = from[row - 1] === to[column - 1] ? 0 : 1;
      let edits = Math.min(previous[column]! + 1, current[column - 1]! + 1, previous[column - 1]! + cost);
      const swapped = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      if (row > 1 && column > 1 && swapped) edits = Math.min(edits, beforePrevious[column - 2]! + 1);
      current.push(edits);
      least = Math.min(least, edits);
    }
    if (least >= limit) return limit;
    beforePrevious = previous;
    previous = current;
  }
  return previous[to.length]!;
}
