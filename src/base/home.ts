import { linkSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Clock, shiftedClock } from './clock.ts'
import { writeFileDurably } from './durable.ts'
import { Failure } from './failures.ts'
import { isId, newId } from './ids.ts'

/**
 * A home is one installation's folder. It is born once, as a landlord's or as a demo's, and stays that for ever:
 * only a demo home may move its clock, and its ledger's name says so.
 */
export type Home = {
  readonly path: string
  readonly id: string
  readonly born: 'landlord' | 'demo'
  readonly createdMs: number
}

const damaged = (path: string): Failure =>
  new Failure(
    'data-loss',
    `${join(path, 'home.json')} is damaged, so Overt can't tell whose home this is. Put the file back from a backup of the home.`,
  )

const readHome = async (path: string): Promise<Home | null> => {
  let text: string
  try {
    text = await readFile(join(path, 'home.json'), 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
  let found: { v: number; id: string; born: 'landlord' | 'demo'; createdMs: number }
  try {
    found = JSON.parse(text) as typeof found
  } catch {
    throw damaged(path)
  }
  if (typeof found?.v === 'number' && found.v !== 1) {
    throw new Failure(
      'unsupported',
      `${path} was made by another version of Overt (home version ${found.v}; this one knows 1). Run that version.`,
    )
  }
  if (!isId(found?.id) || (found.born !== 'landlord' && found.born !== 'demo')) throw damaged(path)
  return { path, id: found.id, born: found.born, createdMs: found.createdMs }
}

/**
 * Opens the home, making it at the first start. Refuses to run a landlord's home as a demo or the other way about.
 * @param path absolute folder
 */
export async function openHome(path: string, born: Home['born'], nowMs: number): Promise<Home> {
  await mkdir(path, { recursive: true, mode: 0o700 })
  const found = await readHome(path)
  if (found === null) {
    const home: Home = { path, id: newId(nowMs), born, createdMs: nowMs }
    const { path: _, ...kept } = home
    await writeFileDurably(join(path, 'home.json'), `${JSON.stringify({ v: 1, ...kept }, null, 2)}\n`)
    return home
  }
  if (found.born !== born) {
    throw new Failure(
      'conflict',
      born === 'demo'
        ? `${path} belongs to a landlord, so the demo can't run in it. Set OVERT_HOME to another folder.`
        : `${path} was made by the demo and stays a demo for ever. Set OVERT_HOME to another folder for real use.`,
    )
  }
  return found
}

/** Opens a home that must exist already (a child process of `up`, or a command beside it). */
export async function existingHome(path: string): Promise<Home> {
  const found = await readHome(path)
  if (found === null)
    throw new Failure('not-found', `There is no Overt home in ${path}. Start it once with: npm start`)
  return found
}

/** Holds whole milliseconds as text; the simulated cameras read it too, so that pictures and clock agree. */
export const demoClockFile = (path: string): string => join(path, 'demo-clock')

/** How far a demo home's clock has been moved forward, ms. A landlord's home is never asked. */
function demoOffsetMs(path: string): number {
  try {
    const offsetMs = Number(readFileSync(demoClockFile(path), 'utf8').trim())
    return Number.isSafeInteger(offsetMs) && offsetMs >= 0 ? offsetMs : 0
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0
    throw error
  }
}

/**
 * The clock that every process of this home runs on. For a landlord's home it is the given one, whatever lies in the
 * folder. A demo home's processes look at the shared offset a few times a second, so a jump reaches all of them.
 */
export function homeClock(home: Home, inner: Clock): Clock {
  if (home.born !== 'demo') return inner
  let offsetMs = demoOffsetMs(home.path)
  let seenAt = inner.monotonicMs()
  return shiftedClock(inner, () => {
    const at = inner.monotonicMs()
    if (at - seenAt > 200) {
      seenAt = at
      offsetMs = demoOffsetMs(home.path)
    }
    return offsetMs
  })
}

/** Moves a demo home's clock forward. Time never runs back, and a landlord's home never jumps. */
export async function moveDemoClock(home: Home, byMs: number): Promise<number> {
  if (home.born !== 'demo') throw new Failure('forbidden', "Only a demo's clock can be moved.")
  if (!Number.isSafeInteger(byMs) || byMs <= 0) throw new Failure('invalid', 'The clock only moves forward.')
  const offsetMs = demoOffsetMs(home.path) + byMs
  await writeFileDurably(demoClockFile(home.path), `${offsetMs}\n`)
  return offsetMs
}

/** Whether a process with this id lives. A pid may be reused: see `lockFolder` for how that is told apart. */
function startOfProcess(pid: number): string | null {
  try {
    // Field 22 of /proc/PID/stat: start time in ticks since boot, unlike the pid never used twice (proc(5)).
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null
  } catch {
    return null
  }
}

/**
 * Takes the folder for this process, or says who has it. The lock names pid and start time, so one left by a killed
 * process, even where its pid lives on in another, is taken over.
 * @returns a function that gives the lock back
 */
export function lockFolder(path: string, what: string): () => void {
  const file = join(path, `${what}.lock`)
  const mine = `${process.pid} ${startOfProcess(process.pid) ?? ''}`
  for (let attempt = 0; attempt < 5; attempt += 1) {
    // Written whole under another name and linked, so nobody ever sees a lock without its owner.
    const draft = `${file}.${process.pid}`
    writeFileSync(draft, mine, { mode: 0o600 })
    try {
      linkSync(draft, file)
      return () => {
        if (readLock(file) === mine) unlinkSync(file)
      }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    } finally {
      unlinkSync(draft)
    }
    const held = readLock(file)
    const [pid, started] = held.split(' ')
    if (pid && started && startOfProcess(Number(pid)) === started) {
      throw new Failure(
        'conflict',
        `Another ${what} (process ${pid}) already runs in ${path}. Stop it first.`,
      )
    }
    try {
      unlinkSync(file)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    }
  }
  throw new Failure('conflict', `Couldn't take the ${what} lock in ${path}: another process keeps taking it.`)
}

function readLock(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return ''
    throw error
  }
}
