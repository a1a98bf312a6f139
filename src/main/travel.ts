/** A demo's leap in time, and what falls due with it. No landlord's home ever comes here. */
import { setTimeout as delay } from 'node:timers/promises'
import { type AuthorisationDeps, evaluateAll, expireDue } from '#authorisation/authorisation.ts'
import { type Clock, type Home, moveDemoClock } from '#base/base.ts'
import { inTransaction, type Jobs, type Sql } from '#engine/engine.ts'
import type { Footage } from '#footage/footage.ts'
import { append } from '#ledger/ledger.ts'
import type { Providers } from '#providers/providers.ts'

type Floor = {
  readonly sql: Sql
  readonly clock: Clock
  readonly home: Home
  readonly jobs: Pick<Jobs, 'tick'>
  readonly providers: Pick<Providers, 'list'>
}

/** Moves a demo's clock and does at once what falls due: authority ends, footage is deleted. */
export async function travel(
  floor: Floor,
  footage: Footage,
  authorisation: AuthorisationDeps,
  days: number,
  by: string,
): Promise<void> {
  const { sql, clock, home } = floor
  const leftMs = clock.nowMs()
  await inTransaction(sql, (tx) =>
    append(tx, {
      kind: 'demo.clock-moved',
      actor: by,
      provider: null,
      about: {},
      data: { days },
      atMs: leftMs,
    }),
  )
  await moveDemoClock(home, days * 86_400_000)
  // The shared offset reaches this process within a fifth of a second.
  while (clock.nowMs() < leftMs + days * 86_400_000) await delay(50)
  await expireDue(authorisation)
  await evaluateAll(authorisation, 'all')
  await floor.jobs.tick()
  // The recorder is the second clock: it says the new time with its next word, some seconds after the jump. Should it
  // stay silent, what is due waits for a person on the expiry page, as in any home.
  const landlords = floor.providers.list().map(({ slug }) => slug)
  for (let tries = 0; tries < 60; tries += 1) {
    if ((await footage.agreeToExpire(by, landlords)).ok) return
    await delay(500)
  }
}
