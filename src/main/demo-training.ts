/** The demo's staff have learned, hold and have read what their landlord's policy asks, each step by the door people use. */
import { addDays } from '#base/base.ts'
import type { Client } from '#visitor/visitor.ts'

type Asked = {
  readonly id: string
  readonly needs: readonly { readonly kind: string; readonly code: string; readonly state: string }[]
}

/** One manager records for everybody else; another for them. Everybody says for themselves what they have read. */
export async function makeReady(parts: {
  readonly landlord: string
  readonly version: string
  readonly today: string
  readonly managers: readonly [string, string]
  readonly staff: readonly string[]
  as(username: string): Promise<Client>
}): Promise<void> {
  const { landlord, version, today, as } = parts
  for (const username of parts.managers) {
    const manager = await as(username)
    const me = (await manager.get('/account')) as { id: string }
    const { people } = (await manager.get(`/training?at=${landlord}`)) as { people: readonly Asked[] }
    for (const { id, needs } of people) {
      if (id === me.id) continue
      for (const { kind, code, state } of needs) {
        if (state === 'done') continue
        if (kind === 'training') {
          await manager.post(`/training/people/${id}`, {
            provider: landlord,
            code,
            doneOn: addDays(today, -7),
            givenBy: 'Northbridge Training',
          })
        }
        if (kind === 'licence') {
          await manager.post(`/training/people/${id}/licence`, {
            provider: landlord,
            code,
            number: `1016-${id.slice(-4)}-${id.slice(-8, -4)}`,
            doneOn: addDays(today, -30),
            lastDay: addDays(today, 3 * 365),
            givenBy: 'Security Industry Authority',
          })
        }
      }
    }
  }
  for (const username of parts.staff)
    await (await as(username)).post('/account/training/policy', { provider: landlord, version, read: true })
}
