import type { Sql } from '#engine/engine.ts'

/**
 * A step holds one connection for its transaction and asks footage for recorders and keys over another. If as many steps
 * as the pool has connections began at once, each would wait for the other's second one for ever. Four at once can't:
 * the pool has ten.
 */
const turnsMax = 4

type Turns = { running: number; readonly waiting: (() => void)[] }
const turnsOf = new WeakMap<Sql, Turns>()

/** Runs the work when its turn comes, first come first served. */
export async function inTurn<T>(sql: Sql, work: () => Promise<T>): Promise<T> {
  let turns = turnsOf.get(sql)
  if (!turns) {
    turns = { running: 0, waiting: [] }
    turnsOf.set(sql, turns)
  }
  if (turns.running < turnsMax) turns.running += 1
  else await new Promise<void>((go) => turns.waiting.push(go))
  try {
    return await work()
  } finally {
    const next = turns.waiting.shift()
    if (next) next()
    else turns.running -= 1
  }
}
