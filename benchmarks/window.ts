import { setTimeout as wait } from 'node:timers/promises'
import { cpuSeconds, pssMb } from './process-cost.ts'

export type WindowCost = { readonly cpuSeconds: number; readonly wallSeconds: number; readonly pssMb: number }

/** How often memory is looked at within a window; the mean is told. */
const memoryLooks = 5

/** Measures what these processes cost from now on for so many seconds. Throws when `alive` says that one ended. */
export async function measureWindow(
  pids: readonly number[],
  seconds: number,
  alive: () => void,
): Promise<WindowCost> {
  const startMs = performance.now()
  const cpuBefore = cpuSeconds(pids)
  const memory: number[] = []
  for (let look = 1; look <= memoryLooks; look += 1) {
    await wait(Math.max(0, startMs + (seconds * 1000 * look) / memoryLooks - performance.now()))
    alive()
    if (look < memoryLooks) memory.push(pssMb(pids))
  }
  const cpuAfter = cpuSeconds(pids)
  const wallSeconds = (performance.now() - startMs) / 1000
  memory.push(pssMb(pids))
  return {
    cpuSeconds: cpuAfter - cpuBefore,
    wallSeconds,
    pssMb: memory.reduce((sum, each) => sum + each, 0) / memory.length,
  }
}
