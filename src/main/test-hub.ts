/**
 * For tests: the whole hub as main builds it (every room, pages, API, link, jobs) in the test's own process, on a real
 * database of its own. No recorder and no cameras stand beside it.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import {
  type Home,
  homeClock,
  moveDemoClock,
  openHome,
  readConfig,
  silentLog,
  systemClock,
} from '#base/base.ts'
import type { Sql } from '#engine/engine.ts'
import { setupSecret } from '#people/people.ts'
import { testDatabase } from '#tests/database.ts'
import { buildHub } from './hub-build.ts'

export type TestHub = {
  readonly url: string
  /** As the hub itself is connected. */
  readonly sql: Sql
  /** Where the first administrator is made, once. */
  setUpPath(): Promise<string>
  /** By the hub's own clock. */
  nowMs(): number
  /** Moves a demo's clock forward and nothing else: what falls due with it comes when its job comes. */
  leap(byMs: number): Promise<void>
  close(): Promise<void>
}

/**
 * @param born a demo's clock can be moved by its own door; a landlord's has none
 * @param publicUrl the address in front of a proxy: callers are then told apart by the address that the proxy names
 */
export async function testHub(born: Home['born'], publicUrl: string): Promise<TestHub> {
  const db = await testDatabase()
  const folder = await mkdtemp(join(tmpdir(), 'overt-hub-'))
  const config = readConfig({
    OVERT_HOME: join(folder, 'home'),
    OVERT_KEYRING: join(folder, 'keyring'),
    OVERT_PORT: '0',
    OVERT_PUBLIC_URL: publicUrl,
  })
  const home = await openHome(config.home, born, systemClock.nowMs())
  const clock = homeClock(home, systemClock)
  const hub = await buildHub(config, home, db.url, silentLog)
  return {
    url: hub.url,
    sql: db.sql,
    nowMs: () => clock.nowMs(),
    async leap(byMs) {
      const untilMs = clock.nowMs() + byMs
      await moveDemoClock(home, byMs)
      // Every process looks at the shared offset a few times a second; twice that long and the hub has seen it too.
      while (clock.nowMs() < untilMs) await delay(50)
      await delay(400)
    },
    setUpPath: async () => `/setup/${await setupSecret(db.sql)}`,
    async close() {
      await hub.close()
      await db.drop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
