import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { Failure, type FailureKind, type Log, story } from '#base/base.ts'

/**
 * Keeps one child process alive: started again when it dies, at once the first time and then ever more slowly, up to
 * ten seconds between tries. The child sees its parent's death as the end of their channel, and stops by itself.
 */
export type Supervised = {
  readonly name: string
  /** Process id of the one running now, or null between two. */
  pid(): number | null
  /** Sends a message; false when nobody is there to hear it. */
  send(message: object): boolean
  /**
   * Waits until the running child says it is ready, across restarts.
   * @throws Failure with the child's own words when it never was ready and trying again is of no use
   */
  ready(): Promise<void>
  /** Resolves with the child's own words when it was given up before it was ever ready; else never. */
  readonly lost: Promise<Failure>
  /** Asks it to stop (SIGTERM), then insists (SIGKILL) after `patienceMs`. */
  close(): Promise<void>
}

/** What a child says before it ends because it can't start: `tellFailure`. */
type Told = { readonly kind: 'failed'; readonly words: string; readonly failure: FailureKind | null }

const slowestMs = 10_000
const settledMs = 30_000
/** A part that isn't ready by then hangs: it is killed and started again. Crash recovery of a database may take long. */
const readyWithinMs = 180_000
/** How often a part says that it lives, and how long it may be silent on a machine that is busy. */
const beatMs = 5_000
export const silentAfterMs = 60_000
/**
 * A part that could never start is tried again for this long: a lock or a port may still be held by one that an earlier,
 * killed Overt left behind, and a database may be recovering.
 */
const firstMs = { conflict: 20_000, other: 120_000 } as const
/** Failures that no second try mends: somebody has to change something. */
const lasting: ReadonlySet<string> = new Set<FailureKind>([
  'invalid',
  'unsupported',
  'data-loss',
  'forbidden',
  'not-found',
])

export function supervise(options: {
  readonly name: string
  readonly program: string
  readonly args: readonly string[]
  /** Asked for at every start (a recorder once enrolled needs no token). Secrets go here: anybody may see arguments. */
  readonly env: () => NodeJS.ProcessEnv | Promise<NodeJS.ProcessEnv>
  /** Its standard output is not ours to show. */
  readonly quiet?: boolean
  readonly log: Log
  readonly onMessage?: (message: Record<string, unknown>) => void
  readonly patienceMs?: number
  readonly readyWithinMs?: number
  /**
   * For a program that says all along that it lives (`tellAlive`): silent for this long, from its first moment on, it
   * hangs and is killed. Left out: it may be silent.
   */
  readonly silentAfterMs?: number
}): Supervised {
  const { name, log } = options
  let child: ChildProcess | null = null
  let closing = false
  let failures = 0
  let wakeUp: (() => void) | null = null
  let ready = Promise.withResolvers<void>()
  let wasReady = false
  const firstTryMs = performance.now()
  const lost = Promise.withResolvers<Failure>()

  /** What a child that never was ready said of itself, when that is the last word. */
  const lastWord = (told: Told | null): Failure | null => {
    if (wasReady || told === null) return null
    const patienceMs = told.failure === 'conflict' ? firstMs.conflict : firstMs.other
    return lasting.has(told.failure ?? '') || performance.now() - firstTryMs > patienceMs
      ? new Failure((told.failure ?? 'unavailable') as FailureKind, told.words)
      : null
  }

  const runOnce = async (): Promise<void> => {
    const env = await options.env()
    if (closing) return
    const startedMs = performance.now()
    const running = fork(options.program, [...options.args], {
      env,
      stdio: ['ignore', options.quiet === true ? 'ignore' : 'inherit', 'inherit', 'ipc'],
    })
    child = running
    const hung = setTimeout(() => running.kill('SIGKILL'), options.readyWithinMs ?? readyWithinMs)
    const heard =
      options.silentAfterMs === undefined ? null : listenFor(running, options.silentAfterMs, options)
    let told: Told | null = null
    const closed = once(running, 'close').catch(() => undefined)
    running.on('message', (message: Record<string, unknown>) => {
      heard?.again()
      if (message['kind'] === 'ready') {
        clearTimeout(hung)
        wasReady = true
        ready.resolve()
      }
      if (message['kind'] === 'failed') told = message as unknown as Told
      options.onMessage?.(message)
    })
    running.on('error', (error) => log.error({ name, reason: story(error) }, 'a part could not be started'))
    const { code, signal } = await endOf(running).finally(() => {
      clearTimeout(hung)
      heard?.end()
      child = null
    })
    if (closing) return
    // Its last words may still be on their way through the channel.
    await Promise.race([closed, delay(1_000, null, { ref: false })])
    const failure = lastWord(told)
    if (failure !== null) {
      closing = true
      lost.resolve(failure)
      ready.resolve()
      return
    }
    // Whoever waited for this one to be ready waits on for the next.
    const waited = ready
    ready = Promise.withResolvers<void>()
    waited.resolve()
    failures = performance.now() - startedMs > settledMs ? 1 : failures + 1
    const reason = (told as Told | null)?.words
    log.warn({ name, code, signal, failures, reason }, 'a part stopped and is started again')
  }

  const running = (async () => {
    while (!closing) {
      try {
        await runOnce()
      } catch (error) {
        failures += 1
        log.error({ name, reason: story(error) }, 'a part could not be started')
      }
      if (closing) break
      const waitMs = failures <= 1 ? 0 : Math.min(slowestMs, 200 * 2 ** (failures - 2))
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, waitMs)
        wakeUp = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
  })()

  return {
    name,
    pid: () => child?.pid ?? null,
    send: (message) => child?.connected === true && child.send(message),
    lost: lost.promise,
    async ready() {
      // A child that dies before it was ready leaves its waiters to the next one.
      while (!closing) {
        const waitedFor = ready
        await waitedFor.promise
        if (waitedFor === ready && !closing) return
      }
      const failure = await Promise.race([lost.promise, null])
      if (failure !== null) throw failure
    },
    async close() {
      closing = true
      wakeUp?.()
      const last = child
      if (last !== null) {
        last.kill('SIGTERM')
        const insist = setTimeout(() => last.kill('SIGKILL'), options.patienceMs ?? 10_000)
        await running
        clearTimeout(insist)
      }
      await running
    },
  }
}

/** A process that was never made has no end, only its error; of one that was, an error (a lost message) is no end. */
function endOf(child: ChildProcess): Promise<{ code: number | null; signal: string | null }> {
  return new Promise((resolve, reject) => {
    if (child.pid === undefined) child.once('error', reject)
    child.once('exit', (code, signal) => resolve({ code, signal }))
  })
}

/**
 * Kills a child that says nothing for `forMs`. Counted in looks rather than by the clock: a machine that was asleep, or
 * a supervisor that could not run, must not take the silence of that time for the child's.
 */
function listenFor(
  child: ChildProcess,
  forMs: number,
  { name, log }: { readonly name: string; readonly log: Log },
): { again(): void; end(): void } {
  const looks = 12
  let silent = 0
  const look = setInterval(() => {
    silent += 1
    if (silent < looks) return
    log.error({ name, pid: child.pid, doing: doing(child.pid) }, 'a part said nothing and is killed')
    child.kill('SIGKILL')
  }, forMs / looks)
  return {
    again() {
      silent = 0
    },
    end: () => clearInterval(look),
  }
}

/** What a process is at, for whoever has to find out why it hung: its state and where it waits in the kernel. */
function doing(pid: number | undefined): string {
  try {
    const state = /^State:\s*(.+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    return `${state}, ${readFileSync(`/proc/${pid}/wchan`, 'utf8')}`
  } catch (error) {
    return `not to be seen (${(error as NodeJS.ErrnoException).code})`
  }
}

/** Reels, served spans and connections are closed in a second or two; a hung disk must not hold up a restart. */
const closeWithinMs = 20_000

/** In a child: ends the process cleanly on SIGTERM, SIGINT or the parent's death, whichever comes first. */
export function endWithParent(close: () => Promise<void>, log: Log): void {
  let ending = false
  const end = (why: string): void => {
    if (ending) return
    ending = true
    log.info({ why }, 'stopping')
    // Whatever hangs while closing must not keep the lock of the keyring or the home for ever.
    setTimeout(() => process.exit(1), closeWithinMs).unref()
    close().then(
      () => process.exit(0),
      (error) => {
        log.error({ reason: story(error) }, 'could not stop cleanly')
        process.exit(1)
      },
    )
  }
  // Died between our start and now: its 'disconnect' has been and gone.
  if (process.send !== undefined && !process.connected) end('the parent is gone')
  process.on('SIGTERM', () => end('asked to'))
  process.on('SIGINT', () => end('interrupted'))
  if (process.connected) process.on('disconnect', () => end('the parent is gone'))
}

/** In a child: a word to the parent, if there is one that listens. */
export function tellParent(message: object): void {
  if (process.connected) process.send?.(message)
}

/** In a child: says from now on that its event loop turns. */
export function tellAlive(): void {
  tellParent({ kind: 'alive' })
  setInterval(() => tellParent({ kind: 'alive' }), beatMs).unref()
}

/** In a child: why it can't go on, to the parent, which says it once; false when there is no parent to hear it. */
export function tellFailure(error: unknown): Promise<boolean> {
  if (!process.connected || process.send === undefined) return Promise.resolve(false)
  const told = { kind: 'failed', words: story(error), failure: error instanceof Failure ? error.kind : null }
  return new Promise((resolve) => {
    // A channel that breaks just now never calls back.
    setTimeout(() => resolve(false), 1_000)
    process.send!(told, undefined, undefined, (trouble) => resolve(trouble === null))
  })
}
