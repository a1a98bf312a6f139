import { readdirSync, readFileSync } from 'node:fs'

/** A living process as /proc tells of it. */
export type Seen = {
  readonly pid: number
  /** Number and start time: unlike the number, never given twice (proc(5)). */
  readonly key: string
  readonly parent: number
  readonly name: string
  readonly words: string
}

export function processes(): Seen[] {
  const found: Seen[] = []
  for (const entry of readdirSync('/proc')) {
    const pid = Number(entry)
    if (!Number.isInteger(pid)) continue
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
      const end = stat.lastIndexOf(')')
      const fields = stat.slice(end + 2).split(' ')
      const [state, parent] = fields
      if (state === 'Z') continue
      const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()
      const name = stat.slice(stat.indexOf('(') + 1, end)
      found.push({ pid, key: `${pid} ${fields[19]}`, parent: Number(parent), name, words })
    } catch (error) {
      // It ended while we looked.
      if (!['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error
    }
  }
  return found
}

/** The descendants of a process that are alive now. */
export function descendants(root: number): Seen[] {
  const all = processes()
  const inTree = new Set([root])
  for (let grown = true; grown; ) {
    grown = false
    for (const { pid, parent } of all) {
      if (inTree.has(parent) && !inTree.has(pid)) {
        inTree.add(pid)
        grown = true
      }
    }
  }
  inTree.delete(root)
  return all.filter(({ pid }) => inTree.has(pid))
}

/** The process and its descendants that are alive now, by their keys. */
export const familyOf = (root: number): string[] =>
  [...processes().filter(({ pid }) => pid === root), ...descendants(root)].map(({ key }) => key)

export const isAlive = (pid: number): boolean => processes().some((each) => each.pid === pid)

/** Whether a process was started for this folder: by its arguments or its environment. */
export function namesHome(pid: number, folder: string): boolean {
  try {
    return ['cmdline', 'environ'].some((file) =>
      readFileSync(`/proc/${pid}/${file}`, 'utf8').includes(folder),
    )
  } catch (error) {
    // Ended, or somebody else's, which a process number may be by now.
    if (!['ENOENT', 'ESRCH', 'EACCES'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error
    return false
  }
}
