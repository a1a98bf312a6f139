import {
  type Checkpoint,
  type Hash,
  leafHash,
  nodeHash,
  tileWidth,
  verifyCheckpoint,
} from '#formats/log/log.ts'

/**
 * Checks one log from its first leaf to its last, whatever it is read from. Three things must agree: the leaves, the
 * tiles (hashes stored when the leaves were sequenced) and the signed checkpoints, those kept outside above all.
 * Where they don't, the disagreement tells which leaf it was.
 */
export type LogSource = {
  readonly origin: string
  /** Leaves in order of index. */
  leaves(): AsyncIterable<{ readonly index: number; readonly leaf: string }>
  /** The stored tile, or null. */
  tile(level: number, index: number): Promise<Buffer | null>
  /** Signed notes kept with the log. */
  readonly notes: readonly string[]
}

export type Problem = {
  readonly log: string
  /** The entry, or the first of the range that is in doubt; null where it concerns the whole log. */
  readonly index: number | null
  /** One past the last entry in doubt; null for the whole log. */
  readonly until: number | null
  readonly what:
    | 'changed'
    | 'removed'
    | 'added'
    | 'moved'
    | 'tile'
    | 'checkpoint'
    | 'rewritten'
    | 'cut-back'
    | 'personal'
    | 'search'
    | 'chain'
    | 'key'
  readonly message: string
}

export type LogReport = {
  readonly origin: string
  readonly size: number
  readonly root: Hash
  readonly problems: readonly Problem[]
}

/** After this many a log is broken beyond counting. */
export const problemsMax = 100

/** Root of a growing tree in O(log n) memory: the roots of its complete subtrees, largest first. */
class GrowingRoot {
  readonly #stack: { hash: Hash; leaves: number }[] = []
  add(hash: Hash): void {
    let top = { hash, leaves: 1 }
    for (let last = this.#stack.at(-1); last?.leaves === top.leaves; last = this.#stack.at(-1)) {
      this.#stack.pop()
      top = { hash: nodeHash(last.hash, top.hash), leaves: top.leaves * 2 }
    }
    this.#stack.push(top)
  }
  root(): Hash {
    return this.#stack.map((part) => part.hash).reduceRight((right, left) => nodeHash(left, right))
  }
}

/** Stored tiles of level 1 and up, checked as the hashes below them come by. */
class UpperTiles {
  readonly #source: LogSource
  readonly #levels: { hashes: Hash[]; index: number }[] = []
  readonly wrong: { level: number; from: number; until: number }[] = []
  constructor(source: LogSource) {
    this.#source = source
  }
  async add(hash: Hash, level = 1): Promise<void> {
    this.#levels[level] ??= { hashes: [], index: 0 }
    const at = this.#levels[level]
    at.hashes.push(hash)
    if (at.hashes.length < tileWidth) return
    await this.#compare(level, at)
    await this.add(rootOf(at.hashes), level + 1)
    at.hashes = []
    at.index += 1
  }
  async finish(): Promise<void> {
    for (const [level, at] of this.#levels.entries()) {
      if (at !== undefined && at.hashes.length > 0) await this.#compare(level, at)
    }
  }
  async #compare(level: number, at: { hashes: Hash[]; index: number }): Promise<void> {
    const stored = await this.#source.tile(level, at.index)
    const span = tileWidth ** level
    for (const [n, hash] of at.hashes.entries()) {
      if (stored?.subarray(n * 32, n * 32 + 32).equals(hash) === true) continue
      const from = (at.index * tileWidth + n) * span
      this.wrong.push({ level, from, until: from + span })
    }
  }
}

function rootOf(hashes: readonly Hash[]): Hash {
  const growing = new GrowingRoot()
  for (const hash of hashes) growing.add(hash)
  return growing.root()
}

type Known = { readonly checkpoint: Checkpoint; readonly outside: boolean }

/**
 * @param publicKey raw Ed25519 key that the reader was given
 * @param outside notes of this log that were kept elsewhere
 */
export async function verifyLog(
  source: LogSource,
  publicKey: Uint8Array,
  outside: readonly string[],
): Promise<LogReport> {
  const problems: Problem[] = []
  const tell = (what: Problem['what'], index: number | null, until: number | null, message: string): void => {
    if (problems.length < problemsMax) problems.push({ log: source.origin, index, until, what, message })
  }
  const known = knownCheckpoints(source, publicKey, outside, tell)
  const inside = known.filter((k) => !k.outside)
  const newest = inside.reduce<Known | null>(
    (best, k) => (best === null || k.checkpoint.size > best.checkpoint.size ? k : best),
    null,
  )
  // Under a foreign key nothing is signed; then at least what the notes claim is looked at.
  const size = newest?.checkpoint.size ?? Math.max(0, ...source.notes.map(claimedSize))
  const bySize = new Map<number, { leaves?: Hash; tiles?: Hash }>(known.map((k) => [k.checkpoint.size, {}]))

  const fromLeaves = new GrowingRoot()
  const fromTiles = new GrowingRoot()
  const upper = new UpperTiles(source)
  const odd: Odd[] = []
  let leavesWhole = true
  let tilesWhole = true
  let chunk: Hash[] = []
  let tile: Buffer | null = null

  const step = async (index: number, leaf: string | null): Promise<void> => {
    if (index % tileWidth === 0) tile = await source.tile(0, index / tileWidth)
    const at = (index % tileWidth) * 32
    const stored: Hash | null =
      tile !== null && tile.byteLength >= at + 32 ? tile.subarray(at, at + 32) : null
    const found = leaf === null ? null : leafHash(Buffer.from(leaf))
    if (stored === null || found === null || !found.equals(stored)) odd.push({ index, stored, found })
    if (found === null) leavesWhole = false
    if (stored === null) tilesWhole = false
    if (leavesWhole) fromLeaves.add(found!)
    if (tilesWhole) {
      fromTiles.add(stored!)
      chunk.push(stored!)
      if (chunk.length === tileWidth) {
        await upper.add(rootOf(chunk))
        chunk = []
      }
    }
    const wanted = bySize.get(index + 1)
    if (wanted === undefined) return
    if (leavesWhole) wanted.leaves = fromLeaves.root()
    if (tilesWhole) wanted.tiles = fromTiles.root()
  }

  let next = 0
  for await (const { index, leaf } of source.leaves()) {
    if (index >= size) {
      tell('added', index, index + 1, `entry ${index} lies beyond the ${size} entries that were ever signed`)
      continue
    }
    for (; next < index; next += 1) await step(next, null)
    await step(index, leaf)
    next = index + 1
  }
  for (; next < size; next += 1) await step(next, null)
  await upper.finish()

  const end = bySize.get(size)?.leaves
  if (newest !== null && end !== undefined && same(end, newest.checkpoint.root)) {
    // The entries are as signed, so it is the stored hashes that are wrong.
    for (const { index } of odd) {
      tell(
        'tile',
        index,
        index + 1,
        `the stored hash of entry ${index} was damaged; the entry itself is as signed`,
      )
    }
  } else {
    for (const problem of explain(source.origin, odd, size)) {
      tell(problem.what, problem.index, problem.until, problem.message)
    }
  }
  for (const wrong of upper.wrong) {
    const until = Math.min(wrong.until, size)
    tell(
      'tile',
      wrong.from,
      until,
      `the tiles over ${range(wrong.from, until)} don't agree with each other: one of these entries was changed together with its hash, or a tile was damaged`,
    )
  }
  judgeCheckpoints(known, bySize, tell)
  return { origin: source.origin, size, root: newest?.checkpoint.root ?? Buffer.alloc(32), problems }
}

type Tell = (what: Problem['what'], index: number | null, until: number | null, message: string) => void

function knownCheckpoints(
  source: LogSource,
  publicKey: Uint8Array,
  outside: readonly string[],
  tell: Tell,
): Known[] {
  const known: Known[] = []
  const key = { name: source.origin, publicKey }
  for (const [notes, isOutside] of [
    [source.notes, false],
    [outside, true],
  ] as const) {
    for (const note of notes) {
      const checkpoint = verifyCheckpoint(note, key)
      if (checkpoint !== null && checkpoint.origin === source.origin) {
        known.push({ checkpoint, outside: isOutside })
        continue
      }
      const size = note.split('\n')[1] ?? '?'
      tell(
        'checkpoint',
        null,
        null,
        isOutside
          ? `the checkpoint of ${size} entries that you gave is not signed by this key for this log`
          : `a stored checkpoint of ${size} entries is not signed by this key: it was forged, or the key is not this log's`,
      )
    }
  }
  return known
}

/** Compares each signed root with the roots of what is there now, smallest first, and says where they part. */
function judgeCheckpoints(
  known: readonly Known[],
  roots: ReadonlyMap<number, { leaves?: Hash; tiles?: Hash }>,
  tell: Tell,
): void {
  const held = Math.max(0, ...known.filter((k) => !k.outside).map((k) => k.checkpoint.size))
  let good = 0
  const sorted = [...known].sort((a, b) => a.checkpoint.size - b.checkpoint.size)
  let toldInside = false
  let toldOutside = false
  for (const { checkpoint, outside } of sorted) {
    if (outside && checkpoint.size > held) {
      tell(
        'cut-back',
        held,
        checkpoint.size,
        `the log was cut back: it has ${held} entries, but a checkpoint kept outside shows that it had ${checkpoint.size}`,
      )
      continue
    }
    const found = roots.get(checkpoint.size)
    const matches = [found?.leaves, found?.tiles].some(
      (root) => root !== undefined && same(root, checkpoint.root),
    )
    if (matches) {
      good = Math.max(good, checkpoint.size)
      continue
    }
    const where = range(good, checkpoint.size)
    if (outside && !toldOutside) {
      toldOutside = true
      tell(
        'rewritten',
        good,
        checkpoint.size,
        `the log was rewritten and signed again: it doesn't extend the checkpoint of ${checkpoint.size} entries that was kept outside; the first difference is in ${where}`,
      )
    } else if (!outside && !toldInside) {
      toldInside = true
      tell(
        'changed',
        good,
        checkpoint.size,
        `what was signed when the log had ${checkpoint.size} entries is not what is there now; the first difference is in ${where}`,
      )
    }
  }
}

type Odd = { readonly index: number; readonly stored: Hash | null; readonly found: Buffer | null }

/** Says what happened to the leaves that don't meet their stored hash: changed, removed, added or moved. */
function explain(origin: string, odd: readonly Odd[], size: number): Problem[] {
  const problems: Problem[] = []
  const name = (hash: Hash | null): string | null =>
    hash === null ? null : Buffer.from(hash).toString('base64')
  const storedAt = new Map(odd.filter((o) => o.stored !== null).map((o) => [name(o.stored)!, o.index]))
  const foundAt = new Map(odd.filter((o) => o.found !== null).map((o) => [name(o.found)!, o.index]))
  const push = (what: Problem['what'], index: number, message: string): void => {
    problems.push({ log: origin, index, until: index + 1, what, message })
  }
  let replaced = 0
  for (const { index, stored, found } of odd) {
    if (stored === null) {
      push('tile', index, `the stored hash of entry ${index} is missing`)
      continue
    }
    const gone = !foundAt.has(name(stored)!)
    const foreign = found !== null && !storedAt.has(name(found)!)
    if (gone && foreign) push('changed', index, `entry ${index} was changed after it was sequenced`)
    else if (gone) push('removed', index, `entry ${index} was removed`)
    else if (foreign) push('added', index, `entry ${index} was put in afterwards`)
    if (gone || foreign) replaced += 1
  }
  const present = odd.filter((o) => o.found !== null && storedAt.has(name(o.found)!))
  const from = present.map((o) => storedAt.get(name(o.found)!)!)
  // Where entries were also removed or put in, the ones behind them moved up or down without changing their order.
  const inOrder = replaced === 0 ? new Set<number>() : longestRising(from)
  for (const [n, o] of present.entries()) {
    if (inOrder.has(n) || from[n] === o.index) continue
    push('moved', o.index, `entry ${from[n]} was moved: it now stands as entry ${o.index}`)
  }
  return problems.filter((problem) => problem.index !== null && problem.index < size)
}

/** Positions of a longest rising subsequence (patience sorting, O(n log n)). */
function longestRising(values: readonly number[]): Set<number> {
  const tails: number[] = []
  const before: number[] = []
  for (const [n, value] of values.entries()) {
    let low = 0
    let high = tails.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (values[tails[middle]!]! < value) low = middle + 1
      else high = middle
    }
    before[n] = low > 0 ? tails[low - 1]! : -1
    tails[low] = n
  }
  const chosen = new Set<number>()
  for (let n = tails.at(-1) ?? -1; n >= 0; n = before[n]!) chosen.add(n)
  return chosen
}

const claimedSize = (note: string): number => {
  const size = Number(note.split('\n')[1])
  return Number.isSafeInteger(size) && size > 0 ? size : 0
}

const same = (a: Hash, b: Hash): boolean => Buffer.from(a).equals(b)

const range = (from: number, until: number): string =>
  until - from === 1 ? `entry ${from}` : `entries ${from} to ${until - 1}`
