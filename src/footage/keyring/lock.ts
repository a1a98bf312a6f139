import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Failure } from '#base/base.ts'

/**
 * One hub, one keyring. The lock is the operating system's own on an open file (SQLite's exclusive lock, with nothing
 * stored in it), so it vanishes with its process however that dies and can't be left behind by a crash.
 * KNOWN GAP: on a network file system without locks two hubs would not see each other; the guide says: local disk.
 */
export function lockKeyring(folder: string): { release(): void } {
  let held: DatabaseSync | undefined
  try {
    held = new DatabaseSync(join(folder, 'lock'), { timeout: 0 })
    held.exec('pragma journal_mode = off; begin exclusive')
  } catch (error) {
    held?.close()
    throw new Failure(
      'conflict',
      `another hub has the keyring in ${folder} open. Stop that one first: two hubs with one keyring could destroy each other's keys.`,
      error,
    )
  }
  const open = held
  return { release: () => open.close() }
}
