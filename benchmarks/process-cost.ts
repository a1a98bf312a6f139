/** What processes and their children have cost, read from /proc (proc(5)). Linux only, like the recorder's benchmarks. */
import { readdirSync, readFileSync } from 'node:fs'

/** Clock ticks per second: sysconf(_SC_CLK_TCK) is 100 on every Linux that Node runs on. */
const ticksPerSecond = 100

type Stat = { readonly parent: number; readonly cpuTicks: number }

function statOf(pid: number): Stat | null {
  let text: string
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'utf8')
  } catch {
    // It ended between being listed and being read; its parent's sum of waited-for children has it.
    return null
  }
  // The second field is the name in brackets and may hold anything; count from behind the last bracket.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  const [utime, stime, childUtime, childStime] = fields.slice(11, 15).map(Number)
  return { parent: Number(fields[1]), cpuTicks: utime! + stime! + childUtime! + childStime! }
}

/** These processes and everything below them that is alive now. */
export function treeOf(roots: readonly number[]): number[] {
  const parents = new Map<number, number>()
  for (const name of readdirSync('/proc')) {
    const pid = Number(name)
    const stat = Number.isInteger(pid) ? statOf(pid) : null
    if (stat !== null) parents.set(pid, stat.parent)
  }
  const inTree = new Set(roots.filter((pid) => parents.has(pid)))
  for (let grown = true; grown; ) {
    grown = false
    for (const [pid, parent] of parents) {
      if (!inTree.has(pid) && inTree.has(parent)) {
        inTree.add(pid)
        grown = true
      }
    }
  }
  return [...inTree]
}

/** Processor seconds used so far by these processes, their living children and the children they have waited for. */
export function cpuSeconds(roots: readonly number[]): number {
  return treeOf(roots).reduce((sum, pid) => sum + (statOf(pid)?.cpuTicks ?? 0), 0) / ticksPerSecond
}

/** Proportional set size in MB: memory with each shared page divided among those who share it. */
export function pssMb(roots: readonly number[]): number {
  let kilobytes = 0
  for (const pid of treeOf(roots)) {
    try {
      kilobytes += Number(
        /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0,
      )
    } catch (error) {
      // Ended meanwhile: it has no memory.
      if (!['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error
    }
  }
  return kilobytes / 1024
}
