/** May somebody do a thing at all? Asked of each landlord's policy by the roles held there; things decide again. */
import type { Decision, Reason } from '#base/base.ts'
import {
  type Action,
  able,
  administratorActions,
  everybodysActions,
  fromOutside,
  isAction,
  outsideActions,
} from '#policy/policy.ts'
import type { Providers } from '#providers/providers.ts'
import type { NavItem, Person } from '#web/web.ts'

const yes: Decision = { allowed: true, reasons: [] }

export function permits(providers: Providers, person: Person, permission: string): Decision {
  if (!isAction(permission)) {
    return { allowed: false, reasons: [{ code: 'unknown', message: 'Nobody may do this.', clause: null }] }
  }
  const action: Action = permission
  if (everybodysActions.includes(action)) return yes
  if (person.outside && !outsideActions.includes(action)) return { allowed: false, reasons: [fromOutside] }
  if (person.administrator && administratorActions.includes(action)) return yes
  const refusals: Reason[] = []
  for (const slug of new Set(person.roles.map((held) => held.provider))) {
    if (providers.find(slug) === null) continue
    const roles = person.roles.filter((held) => held.provider === slug).map((held) => held.role)
    const decision = able(providers.packOf(slug), { roles, administrator: person.administrator }, action)
    if (decision.allowed) return yes
    refusals.push(...decision.reasons)
  }
  return {
    allowed: false,
    reasons:
      refusals.length > 0
        ? refusals
        : [
            {
              code: 'no-role',
              message: 'You have no role that allows this.',
              clause: null,
            },
          ],
  }
}

export const navigation: readonly NavItem[] = [
  { href: '/', text: 'My work', permission: 'signed-in' },
  { href: '/cameras', text: 'Cameras', permission: 'register.view' },
  { href: '/register', text: 'Register', permission: 'register.view' },
  { href: '/deployments', text: 'Authority', permission: 'deployment.view' },
  { href: '/viewings', text: 'Viewings', permission: 'footage.view' },
  { href: '/exhibits', text: 'Evidence', permission: 'exhibit.view' },
  { href: '/cases', text: 'Cases', permission: 'task.view' },
  { href: '/adjustments', text: 'Needs', permission: 'adjustment.keep' },
  { href: '/policy', text: 'Policy', permission: 'policy.read' },
  { href: '/ledger', text: 'Ledger', permission: 'ledger.read' },
  { href: '/recorders', text: 'Recorders', permission: 'recorder.enrol' },
  { href: '/accounts', text: 'People', permission: 'people.manage' },
  { href: '/landlords', text: 'Landlords', permission: 'providers.manage' },
  { href: '/training', text: 'Training', permission: 'training.manage' },
]

/** The landlords all of whose ledger entries somebody may read; null: all, for who runs the installation. */
export function ledgerReach(providers: Providers, person: Person): readonly string[] | null {
  if (person.administrator) return null
  const whole = person.roles.filter(({ areas }) => areas.length === 0)
  const slugs = [...new Set(whole.map((held) => held.provider))].filter(
    (slug) => providers.find(slug) !== null,
  )
  return slugs.filter((slug) => {
    const roles = whole.filter((held) => held.provider === slug).map((held) => held.role)
    return able(providers.packOf(slug), { roles, administrator: false }, 'ledger.read').allowed
  })
}

const pages: Readonly<Record<string, { readonly path: string; readonly permission: Action }>> = {
  camera: { path: '/cameras/', permission: 'register.view' },
  device: { path: '/devices/', permission: 'register.view' },
  visit: { path: '/visits/', permission: 'register.view' },
  supplier: { path: '/suppliers/', permission: 'register.view' },
  deployment: { path: '/deployments/', permission: 'deployment.view' },
  viewing: { path: '/viewings/', permission: 'footage.view' },
  exhibit: { path: '/exhibits/', permission: 'exhibit.view' },
  case: { path: '/cases/', permission: 'task.view' },
  disclosure: { path: '/disclosures/', permission: 'disclosure.view' },
  leave: { path: '/leaves/', permission: 'policy.read' },
  system: { path: '/systems/', permission: 'register.view' },
  site: { path: '/sites/', permission: 'register.view' },
}

/** Where this person may look at what a ledger entry is about, or null. */
export function pageOf(providers: Providers, name: string, id: string, person: Person): string | null {
  const page = pages[name]
  return page !== undefined && permits(providers, person, page.permission).allowed
    ? `${page.path}${id}`
    : null
}

/** The policy's own titles in place of the codes of an entry's data; a code gone from the policy stays. */
export function inTitles<Data extends { readonly [name: string]: unknown }>(
  providers: Providers,
  provider: string,
  data: Data,
): Data {
  if (providers.find(provider) === null) return data
  const { values } = providers.packOf(provider)
  const role = values.roles.find(({ code }) => code === data['role'])?.title
  const purpose = values.viewing.purposes.find(({ code }) => code === data['purpose'])?.label
  return { ...data, ...(role ? { role } : {}), ...(purpose ? { purpose } : {}) }
}
