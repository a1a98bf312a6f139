/** The demo's made-up landlords and staff. Passwords differ from demo to demo and stay the same within one. */
import { createHmac } from 'node:crypto'
import type { Home } from '#base/base.ts'
import type { DemoPerson } from './hub-answers.ts'

export const landlords = [
  // `keepers`: who keep the records of training, each for the other too.
  { slug: 'derby-homes', name: 'Fernside Homes', policy: 'Derby Homes’ policy', keepers: ['amir', 'grace'] },
  {
    slug: 'progress',
    name: 'Larkhill Housing',
    policy: 'Progress Housing Group’s policy',
    keepers: ['maya', 'ben'],
  },
] as const

type Role = {
  readonly username: string
  readonly name: string
  readonly provider?: string
  readonly role?: string
  readonly does: string
}

const staff: readonly Role[] = [
  {
    username: 'olivia',
    name: 'Olivia Hart',
    provider: 'derby-homes',
    role: 'housing-officer',
    does: 'asks for cameras',
  },
  {
    username: 'amir',
    name: 'Amir Khan',
    provider: 'derby-homes',
    role: 'asb-manager',
    does: 'approves, views, hands over',
  },
  {
    username: 'grace',
    name: 'Grace Bell',
    provider: 'derby-homes',
    role: 'area-housing-services-manager',
    does: 'second approval',
  },
  {
    username: 'tom',
    name: 'Tom Reed',
    provider: 'derby-homes',
    role: 'crime-prevention-installer',
    does: 'installs',
  },
  {
    username: 'dina',
    name: 'Dina Wells',
    provider: 'derby-homes',
    role: 'data-protection-officer',
    does: 'accepts DPIAs',
  },
  {
    username: 'sam',
    name: 'Sam Price',
    provider: 'progress',
    role: 'operational-officer',
    does: 'asks for cameras',
  },
  {
    username: 'maya',
    name: 'Maya Osei',
    provider: 'progress',
    role: 'system-manager',
    does: 'manages the system',
  },
  { username: 'kofi', name: 'Kofi Lane', provider: 'progress', role: 'operator', does: 'views' },
  { username: 'ruth', name: 'Ruth Ayers', provider: 'progress', role: 'installer', does: 'installs' },
  {
    username: 'ben',
    name: 'Ben Frost',
    provider: 'progress',
    role: 'data-protection-officer',
    does: 'accepts DPIAs',
  },
  { username: 'robin', name: 'Robin Stone', does: 'administrator; moves the clock' },
]

const words =
  'amber anchor apple autumn badger barley basket beacon birch bramble bridge candle canyon cedar cherry clover cobalt copper coral cotton cricket dolphin ember falcon feather fennel forest garden ginger granite harbour hazel heron indigo island ivory jasmine juniper kestrel lantern lemon lilac linen maple marble meadow mellow mosaic nectar nutmeg ocean olive orchid otter pebble pepper pine plum poppy quartz raven river rocket saffron sage salmon sparrow spruce summer thistle timber tulip velvet walnut willow winter'.split(
    ' ',
  )

/** Three words and a number: easy to type from a terminal, and nobody else's. */
export function demoPassword(home: Pick<Home, 'id'>, username: string): string {
  const digest = createHmac('sha256', home.id).update(`demo password ${username}`).digest()
  const word = (at: number): string => words[digest.readUInt16BE(at * 2) % words.length]!
  return `${word(0)}-${word(1)}-${word(2)}-${10 + (digest[8]! % 90)}`
}

export function demoPeople(home: Home): DemoPerson[] {
  return staff.map(({ username, name, provider, role }) => ({
    username,
    name,
    password: demoPassword(home, username),
    administrator: provider === undefined,
    roles: provider === undefined || role === undefined ? [] : [{ provider, role }],
  }))
}

/** The table that the terminal shows under `ready`. */
export function peopleTable(home: Home, roleTitle: (provider: string, role: string) => string): string {
  const lines: string[] = []
  for (const landlord of [...landlords, null]) {
    lines.push('', landlord === null ? 'For both' : `${landlord.name} (made up), on ${landlord.policy}`)
    for (const person of staff.filter((one) => (one.provider ?? null) === (landlord?.slug ?? null))) {
      const title = person.provider && person.role ? roleTitle(person.provider, person.role) : 'Administrator'
      lines.push(
        `  ${person.username.padEnd(8)} ${demoPassword(home, person.username).padEnd(28)} ${title} – ${person.does}`,
      )
    }
  }
  return `${lines.join('\n')}\n`
}
