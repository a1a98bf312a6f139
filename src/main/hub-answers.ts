/** What `up` may ask of its hub over their channel, which nobody else has. */
import { type Clock, Failure, type Home, type Log, story } from '#base/base.ts'
import { inTransaction, type Sql } from '#engine/engine.ts'
import { createEnrolmentToken } from '#footage/footage.ts'
import { append } from '#ledger/ledger.ts'
import { createAccount, hashPassword, setupSecret } from '#people/people.ts'
import { adoptPacks, type Providers } from '#providers/providers.ts'
import { tellParent } from './supervise.ts'

type Parts = {
  readonly sql: Sql
  readonly home: Home
  readonly clock: Clock
  readonly log: Log
  readonly providers: Providers
  readonly url: string
}

/** One of a demo's staff, as `demo.ts` describes them. */
export type DemoPerson = {
  readonly username: string
  readonly name: string
  readonly password: string
  readonly administrator: boolean
  readonly roles: readonly { readonly provider: string; readonly role: string }[]
}

export function answerParent(parts: Parts): void {
  process.on('message', (message: Record<string, unknown>) => {
    answer(parts, message).then(
      (found) => tellParent({ ...found, answers: message['ask'] }),
      (error) => {
        parts.log.error({ kind: message['kind'], reason: story(error) }, 'could not answer up')
        tellParent({ failure: story(error), answers: message['ask'] })
      },
    )
  })
}

async function answer(parts: Parts, question: Record<string, unknown>): Promise<Record<string, unknown>> {
  const { sql, clock } = parts
  switch (question['kind']) {
    case 'enrol':
      return {
        token: await createEnrolmentToken(sql, {
          name: String(question['name']),
          nowMs: clock.nowMs(),
          by: null,
        }),
      }
    case 'set-up-link': {
      const secret = await setupSecret(sql)
      return { link: secret === null ? null : `${parts.url}/setup/${secret}` }
    }
    case 'demo-landlords':
      if (parts.home.born !== 'demo') throw new Failure('forbidden', 'Only a demo has fictional landlords.')
      await makeLandlords(parts, question as unknown as DemoLandlords)
      return {}
    default:
      throw new Failure('invalid', `The hub knows no question "${String(question['kind'])}".`)
  }
}

export type DemoLandlords = {
  readonly landlords: readonly { readonly slug: string; readonly name: string }[]
  readonly people: readonly DemoPerson[]
}

/** The demo's landlords and staff; made once, found again at every later start. */
async function makeLandlords({ sql, clock, providers }: Parts, wanted: DemoLandlords): Promise<void> {
  const nowMs = clock.nowMs()
  const hashes = await Promise.all(wanted.people.map((person) => hashPassword(person.password)))
  await inTransaction(sql, async (tx) => {
    await adoptPacks(
      tx,
      providers,
      wanted.landlords
        .filter(({ slug }) => providers.find(slug) === null)
        .map(({ slug, name }) => ({ slug, name, by: null, nowMs })),
    )
    const [known] = await tx<{ count: number }[]>`select count(*) from people.person`
    if ((known?.count ?? 0) > 0) return
    for (const [index, person] of wanted.people.entries()) {
      await createAccount(
        tx,
        {
          username: person.username,
          name: person.name,
          administrator: person.administrator,
          roles: person.roles.map((role) => ({ ...role, areas: [] })),
          passwordHash: hashes[index]!,
        },
        { record: append, nowMs, by: null },
      )
    }
  })
  await providers.refresh()
}
