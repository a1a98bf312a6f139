/**
 * The whole hub with a landlord on every pack and an account for every role of each, made by the doors people use: the
 * administrator adds landlords and accounts, and everybody chooses a password at their own link.
 */
import assert from 'node:assert/strict'
import { type TestHub, testHub } from '#main/test-hub.ts'
import type { Pack } from '#policy/policy.ts'
import { packs, told } from './doors.ts'
import { setUp, type Visitor, welcome } from './visitors.ts'

export type Hired = Visitor & { readonly id: string; readonly role: string; readonly pack: Pack | null }

export type Landlords = {
  readonly hub: TestHub
  /** Runs the installation. */
  readonly robin: Visitor
  /** Everybody else; `pack` null: has no role anywhere. */
  readonly everybody: readonly Hired[]
  close(): Promise<void>
}

const password = 'seven herons over the estuary'
export const codeOf = (pack: Pack): string => `${pack.provider}@${pack.version}`
/** Roles that the pack gives for an area alone, and those that reach as far as the people who report to them. */
export const narrow = ({ values }: Pack): string[] => values.accounts.areaRoles.map(({ role }) => role)
export const leading = ({ values }: Pack): string[] => values.accounts.reportRoles.map(({ role }) => role)

export async function openLandlords(): Promise<Landlords> {
  // People come by a proxy, each from a place of their own: nobody's requests count as another's.
  const origin = 'http://overt.example'
  let seats = 0
  const seat = () => {
    seats += 1
    return { 'x-forwarded-for': `198.51.100.${seats}`, origin }
  }
  const hub = await testHub('demo', origin)
  const [others, first] = [packs.slice(0, -1), packs.at(-1)!]
  const typed = { pack: codeOf(first), username: 'robin', name: 'Robin Stone', password }
  const robin = await setUp(hub.url, await hub.setUpPath(), typed, seat())
  for (const pack of others) {
    const added = { policy: codeOf(pack), ownName: `Homes by ${pack.name}` }
    const made = await robin.post('/api/v1/landlords', added)
    assert.equal(made.status, 201, told(made, codeOf(pack)))
  }
  const everybody: Hired[] = []
  async function hire(pack: Pack | null, role: string, more: { areas?: string; manager?: string } = {}) {
    const username = pack === null ? role : `${pack.provider}.${role}`
    const roles = pack === null ? [] : [`${pack.provider}:${role}`]
    const made = await robin.post('/api/v1/accounts', { username, name: `The ${role}`, roles, ...more })
    assert.equal(made.status, 201, told(made, username))
    const { id, link } = made.json() as { id: string; link: string }
    const visitor = await welcome(hub.url, username, new URL(link).pathname, password, seat())
    everybody.push({ ...visitor, id, role, pack })
    return id
  }
  await hire(null, 'nobody')
  for (const pack of packs) {
    let manager = ''
    for (const role of leading(pack)) manager = await hire(pack, role)
    for (const role of narrow(pack)) await hire(pack, role, { areas: 'North', manager })
    const left = Object.keys(pack.values.abilities).filter(
      (role) => ![...leading(pack), ...narrow(pack)].includes(role),
    )
    await Promise.all(left.map((role) => hire(pack, role)))
  }
  return { hub, robin, everybody, close: () => hub.close() }
}
