/**
 * Which roles somebody must hold, who holds them, and what waits for them: a role that nobody holds shows. Needed is
 * every role that a policy gives a decision to, and every role that open work waits for.
 */
import { type Awaited, awaitedRoles } from '#casework/casework.ts'
import type { Pack } from '#policy/policy.ts'
import { components as c, html, marks, type Page, type Person, type Route, route } from '#web/web.ts'
import type { DeskParts } from './parts.ts'

export type NeededRole = {
  readonly provider: string
  readonly role: string
  readonly title: string
  /** Names of those who hold it now. */
  readonly holders: readonly string[]
  readonly open: number
  readonly overdue: number
  /** Of the open: at places to which nobody reaches who could do it. */
  readonly unreached: number
}

type Needs = Pick<DeskParts, 'sql' | 'clock' | 'packs' | 'rolesHeld'>

/** Roles that a policy itself gives something to decide: approvals, data protection, late work. */
export function decidingRoles(pack: Pack): ReadonlySet<string> {
  const { deploymentTypes, dpoRole, work } = pack.values
  return new Set([
    ...deploymentTypes.flatMap((type) => type.approvals.map(({ role }) => role)),
    dpoRole,
    ...work.escalateTo.value,
  ])
}

/** With counts of the work that lies within this person's reach; who runs the installation has all counts. */
export async function neededRoles(
  parts: Needs,
  providers: readonly string[],
  person: Pick<Person, 'administrator' | 'roles'>,
): Promise<readonly NeededRole[]> {
  const nowMs = parts.clock.nowMs()
  const held = (
    await Promise.all(
      providers.map(async (provider) =>
        (await parts.rolesHeld(provider)).map((holding) => ({ ...holding, provider })),
      ),
    )
  ).flat()
  const within = person.administrator ? null : person.roles
  const awaited = Map.groupBy(
    await awaitedRoles(parts.sql, { within, providers, held, nowMs }),
    ({ provider }) => provider,
  )
  return providers.flatMap((provider) => {
    const pack = parts.packs.packOf(provider)
    const waiting = new Map((awaited.get(provider) ?? []).map((one): [string, Awaited] => [one.role, one]))
    return pack.values.roles
      .filter(({ code }) => decidingRoles(pack).has(code) || waiting.has(code))
      .map(({ code, title }): NeededRole => {
        const { open = 0, overdue = 0, unreached = 0 } = waiting.get(code) ?? {}
        const holders = held
          .filter((one) => one.provider === provider && one.role === code)
          .map(({ name }) => name)
        return { provider, role: code, title, holders, open, overdue, unreached }
      })
  })
}

/** Nobody holds it, or nobody who holds it reaches all that waits for it. */
export const isVacant = ({ holders, unreached }: NeededRole): boolean => holders.length === 0 || unreached > 0

/** Landlords whose roles somebody may know about: those they work for; all for who runs the installation. */
export const landlordsOf = (parts: Pick<DeskParts, 'packs'>, person: Person): readonly string[] =>
  parts.packs
    .list()
    .map(({ slug }) => slug)
    .filter((slug) => person.administrator || person.roles.some(({ provider }) => provider === slug))

/** "Nobody holds the role of Installer. 3 things wait for it." */
export const vacantWords = (role: NeededRole): string =>
  role.holders.length > 0
    ? unreachedWords(role)
    : `Nobody holds the role “${role.title}”. ${
        role.open === 0
          ? 'Nothing waits for it now.'
          : `${role.open === 1 ? 'One thing waits' : `${role.open} things wait`} for it${role.overdue === 0 ? '' : `, ${role.overdue} overdue`}.`
      }`

const unreachedWords = ({ title, unreached }: NeededRole): string =>
  `Nobody who holds the role “${title}” reaches the place of ${unreached === 1 ? 'one thing that waits' : `${unreached} things that wait`} for it.`

/** Those whom an empty role concerns: who gives roles, who hears of late work, who answers for data protection. */
export function concernedBy(parts: Pick<DeskParts, 'packs'>, person: Person): readonly string[] {
  if (person.administrator) return landlordsOf(parts, person)
  return landlordsOf(parts, person).filter((slug) => {
    const { work, dpoRole } = parts.packs.packOf(slug).values
    return person.roles.some(
      ({ provider, role }) => provider === slug && [...work.escalateTo.value, dpoRole].includes(role),
    )
  })
}

export function rolesNeededRoutes(parts: DeskParts): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/roles',
      permission: 'signed-in',
      ledger: { none: 'who holds which role is known among colleagues' },
      api: { summary: 'Roles that are needed, who holds them, and how much waits for them' },
      async handler({ person }) {
        const landlords = landlordsOf(parts, person!)
        const roles = await neededRoles(parts, landlords, person!)
        return { data: roles, page: () => rolesPage(parts, landlords, roles, person!) }
      },
    }),
  ]
}

function rolesPage(
  { packs }: DeskParts,
  landlords: readonly string[],
  roles: readonly NeededRole[],
  person: Person,
): Page {
  const vacant = roles.filter(({ holders }) => holders.length === 0)
  const partly = roles.filter((role) => role.holders.length > 0 && isVacant(role))
  return {
    title: 'Who is there for what',
    wide: true,
    back: { href: '/', text: 'My work' },
    body: html`${marks.heading({
      title: 'Who is there for what',
      lead:
        vacant.length === 0
          ? 'Somebody holds every role that is needed.'
          : vacant.length === 1
            ? 'Nobody holds one of the roles that are needed.'
            : `Nobody holds ${vacant.length} of the roles that are needed.`,
    })}${partly.length === 0 ? null : marks.bullets(partly.map(unreachedWords))}${
      vacant.length > 0 && person.administrator
        ? marks.paragraph(html`Give somebody the role under ${marks.link('/accounts', 'People')}.`)
        : null
    }${
      landlords.length === 0
        ? marks.emptyState({ title: 'No roles yet', body: 'You have no role at any landlord.' })
        : landlords.map(
            (slug) =>
              html`${c.table({
                caption: packs.find(slug)?.name ?? slug,
                columns: [{ text: 'Role' }, { text: 'Held by' }, { text: 'Waiting' }, { text: 'State' }],
                rows: roles
                  .filter(({ provider }) => provider === slug)
                  .toSorted((a, b) => Number(a.holders.length > 0) - Number(b.holders.length > 0))
                  .map((role) => [
                    role.title,
                    role.holders.length === 0 ? 'Nobody' : role.holders.join(', '),
                    role.open === 0
                      ? 'Nothing'
                      : `${role.open}${role.overdue === 0 ? '' : `, ${role.overdue} overdue`}`,
                    role.holders.length === 0
                      ? marks.stateTag('attention', 'Vacant')
                      : isVacant(role)
                        ? marks.stateTag('attention', 'Not everywhere')
                        : marks.stateTag('lawful', 'Held'),
                  ]),
              })}`,
          )
    }`,
  }
}
