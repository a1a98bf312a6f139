import { join } from 'node:path'
import { Failure, type Log, story } from '#base/base.ts'
import {
  appendKeys,
  appendLine,
  destroyKeys,
  type FileKind,
  listFiles,
  readKeys,
  readText,
  replaceKeys,
} from './folders.ts'
import { type Group, groupText, parseGroup } from './group-file.ts'

/**
 * The keyring's files in one folder or two. New keys are written to the second copy first, so that none is ever used
 * that exists only once; destruction begins in the first. `destroyed.log` lists what must not exist any more (ids,
 * no keys) in both folders: whatever an interruption, an unplugged copy or an old backup leaves is removed by it.
 */
export type Destroyed = {
  /** 'key': the camera-day's own key, while single reels may live on; 'camera-day': all of it. */
  readonly what: 'group' | 'key' | 'camera-day' | 'hold' | 'still'
  readonly id: string
  readonly atMs: number
}

export type Copies = ReturnType<typeof createCopies>

/** Files that are written once, and what their ids are called in `destroyed.log`. */
const wholeKinds = { holds: 'hold', stills: 'still' } as const
type WholeKind = keyof typeof wholeKinds

const logName = 'destroyed.log'

async function readDestroyed(folder: string): Promise<Destroyed[]> {
  const text = (await readText(join(folder, logName))) ?? ''
  const lines = text.split('\n')
  lines.pop() // Empty, or cut short by a crash before it was acted upon.
  return lines.map((line) => JSON.parse(line) as Destroyed)
}

export function createCopies(folder: string, copy: string | null, log: Log) {
  const gone = new Map<string, Destroyed>()
  const whole: Record<WholeKind, [string, string][]> = { holds: [], stills: [] }
  /** Why the second copy may be out of step; null when it is in step. */
  let behind: string | null = null

  const goneId = (entry: Pick<Destroyed, 'what' | 'id'>): string => `${entry.what} ${entry.id}`
  const isDestroyed = (entry: Pick<Destroyed, 'what' | 'id'>): boolean => gone.has(goneId(entry))

  /** Destruction and re-writing go on when the second copy doesn't answer; it is caught up by `reconcile`. */
  async function alsoInCopy(what: string, work: (copy: string) => Promise<void>): Promise<void> {
    if (copy === null) return
    try {
      await work(copy)
    } catch (error) {
      behind = `couldn't ${what} in the second copy ${copy}: ${story(error)}`
      log.error({ copy, what }, behind)
    }
  }

  /** New keys are refused when the second copy can't take them. */
  async function firstInCopy(work: (copy: string) => Promise<void>): Promise<void> {
    if (copy === null) return
    try {
      if (behind !== null) await reconcileNow()
      await work(copy)
    } catch (error) {
      behind = `couldn't write to the second copy ${copy}: ${story(error)}`
      throw new Failure('unavailable', "couldn't write a new key to the keyring's second copy", error)
    }
  }

  function surviving(group: Group): Group {
    const entries = group.entries.filter(
      (entry) =>
        !isDestroyed({ what: 'camera-day', id: entry.kid }) &&
        !(entry.kind === 'camera-day' && isDestroyed({ what: 'key', id: entry.kid })),
    )
    return entries.length === group.entries.length ? group : { ...group, entries }
  }

  /** Of two copies of a group, the one written later. */
  function newer(a: Group, b: Group): Group {
    if (a.generation !== b.generation) return a.generation > b.generation ? a : b
    return a.entries.length >= b.entries.length ? a : b
  }

  async function readGroups(from: string): Promise<Map<string, { group: Group; text: string }>> {
    const found = new Map<string, { group: Group; text: string }>()
    for (const name of await listFiles(from, 'groups')) {
      if (isDestroyed({ what: 'group', id: name })) {
        await destroyKeys(from, 'groups', name)
        continue
      }
      const text = (await readKeys(from, 'groups', name)) ?? ''
      // A file whose very first line was cut short never gave a key to anybody.
      if (!text.includes('\n')) await destroyKeys(from, 'groups', name)
      else found.set(name, { group: parseGroup(name, text).group, text })
    }
    return found
  }

  async function readWhole(from: string, kind: WholeKind): Promise<Map<string, string>> {
    const found = new Map<string, string>()
    for (const id of await listFiles(from, kind)) {
      if (isDestroyed({ what: wholeKinds[kind], id })) await destroyKeys(from, kind, id)
      else found.set(id, (await readKeys(from, kind, id)) ?? '')
    }
    return found
  }

  /** Each such file is written once and never changed: the first folder that has it says what is in it. */
  async function bringWholeTogether(folders: readonly string[], kind: WholeKind): Promise<void> {
    const found = await Promise.all(folders.map((at) => readWhole(at, kind)))
    const right = new Map(found.toReversed().flatMap((files) => [...files]))
    for (const [id, text] of right) {
      for (const [index, at] of folders.entries()) {
        if (found[index]!.get(id) !== text) await replaceKeys(at, kind, id, text)
      }
    }
    whole[kind] = [...right]
  }

  async function learnDestroyed(from: string): Promise<void> {
    for (const entry of await readDestroyed(from)) gone.set(goneId(entry), entry)
  }

  async function writeDestroyed(to: string): Promise<void> {
    const theirs = new Set((await readDestroyed(to)).map(goneId))
    for (const [id, entry] of gone)
      if (!theirs.has(id)) await appendLine(join(to, logName), JSON.stringify(entry))
  }

  /** Makes both folders say the same, and gives what they say. */
  async function bringTogether(): Promise<Group[]> {
    const folders = copy === null ? [folder] : [folder, copy]
    for (const at of folders) await learnDestroyed(at)
    for (const at of folders) await writeDestroyed(at)
    const groupsIn = await Promise.all(folders.map(readGroups))
    const right = new Map<string, Group>()
    for (const found of groupsIn) {
      for (const [name, { group }] of found) {
        const other = right.get(name)
        right.set(name, other === undefined ? group : newer(other, group))
      }
    }
    for (const [name, group] of right) {
      const kept = surviving(group)
      right.set(name, kept)
      for (const [index, at] of folders.entries()) {
        const text = groupText(kept)
        if (groupsIn[index]!.get(name)?.text !== text) await replaceKeys(at, 'groups', name, text)
      }
    }
    await bringWholeTogether(folders, 'holds')
    await bringWholeTogether(folders, 'stills')
    behind = null
    return [...right.values()]
  }

  async function reconcileNow(): Promise<void> {
    await bringTogether()
  }

  async function create(kind: FileKind, name: string, text: string): Promise<void> {
    await firstInCopy((at) => replaceKeys(at, kind, name, text))
    await replaceKeys(folder, kind, name, text)
  }

  async function destroy(kind: FileKind, name: string): Promise<void> {
    await destroyKeys(folder, kind, name)
    await alsoInCopy('destroy keys', (at) => destroyKeys(at, kind, name))
  }

  return {
    isDestroyed,
    load: bringTogether,
    holdTexts: () => whole.holds,
    stillTexts: () => whole.stills,
    createGroup: (name: string, text: string) => create('groups', name, text),
    async appendGroup(name: string, lines: string): Promise<void> {
      await firstInCopy((at) => appendKeys(at, 'groups', name, lines))
      await appendKeys(folder, 'groups', name, lines)
    },
    async replaceGroup(name: string, text: string): Promise<void> {
      await replaceKeys(folder, 'groups', name, text)
      await alsoInCopy('destroy a key', (at) => replaceKeys(at, 'groups', name, text))
    },
    destroyGroup: (name: string) => destroy('groups', name),
    createHold: (id: string, text: string) => create('holds', id, text),
    destroyHold: (id: string) => destroy('holds', id),
    createStill: (id: string, text: string) => create('stills', id, text),
    destroyStill: (id: string) => destroy('stills', id),
    /** All of them, or after a crash the first of them: whoever destroys begins again. */
    async noteDestroyed(...entries: readonly Destroyed[]): Promise<void> {
      const fresh = entries.filter((entry) => !gone.has(goneId(entry)))
      if (fresh.length === 0) return
      const lines = fresh.map((entry) => JSON.stringify(entry)).join('\n')
      await appendLine(join(folder, logName), lines)
      for (const entry of fresh) gone.set(goneId(entry), entry)
      await alsoInCopy('note a destruction', (at) => appendLine(join(at, logName), lines))
    },
    /** Catches the second copy up if it fell behind; gives what is still wrong with it, or null. */
    async reconcile(): Promise<string | null> {
      if (copy !== null) await reconcileNow()
      return behind
    },
  }
}
