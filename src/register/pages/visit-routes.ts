/** Visits of suppliers' engineers: planned with a supervisor and an end, let in once known, and closed with what was touched. */
import { z } from 'zod'
import { civilDay } from '#base/base.ts'
import { closeTask } from '#casework/casework.ts'
import { inTransaction, type Tx } from '#engine/engine.ts'
import { append } from '#ledger/ledger.ts'
import { type Answer, fields, type Page, type Person, type Route, route, type View } from '#web/web.ts'
import { visitBars } from '../lacks.ts'
import { reaches, reachOf } from '../reach.ts'
import { findSupplier, proofsOf, suppliersOf } from '../supplier-store.ts'
import { systemsAt } from '../system-store.ts'
import {
  findVisit,
  identityWays,
  insertVisit,
  lockVisit,
  markArrived,
  markCancelled,
  markLeft,
  type Visit,
} from '../visit-store.ts'
import { gone, looking, namesOf, noPlace, type RegisterDeps, siteFor } from './parts.ts'
import { visitForm, visitPage } from './visit-pages.ts'

const noVisit: Answer = { notFound: 'There is no such visit, or you may not see it.' }
const notYours: Answer = {
  refusal: [
    { field: null, message: 'Only whoever stays with the engineer, or keeps the register, may say this.' },
  ],
  forbidden: true,
}
const notFromAfar =
  'An administrator does not let engineers in. Whoever stays with them, or keeps the register there, says that they have come.'
/** Nobody comes earlier than this before the time that was agreed. */
const earlyMs = 30 * 60_000

export function visitRoutes(deps: RegisterDeps): Route[] {
  const { sql, packs } = deps
  const visible = (person: Person, visit: Visit): boolean =>
    visit.supervisorId === person.id ||
    reaches(reachOf(person, 'register.view', packs), visit.provider, visit.area, visit)
  const mayRecord = (person: Person, visit: Visit): boolean =>
    visit.supervisorId === person.id ||
    reaches(reachOf(person, 'register.edit', packs), visit.provider, visit.area, visit)
  /**
   * Whose word opens an engineer's account: who stays with them, or who keeps the register in a role there. An
   * administrator makes those accounts, so that alone is one person too few.
   */
  const mayLetIn = (person: Person, visit: Visit): boolean =>
    visit.supervisorId === person.id ||
    reaches(
      { ...reachOf(person, 'register.edit', packs), everywhere: false },
      visit.provider,
      visit.area,
      visit,
    )
  const show = async (person: Person, id: string, view: View, nowMs: number) => {
    const visit = await findVisit(sql, id)
    if (visit === null || !visible(person, visit)) return null
    const name = await namesOf(deps, [visit.supervisorId, visit.accountId])
    const { administrator } = person
    const page = () =>
      visitPage(view, visit, {
        mayRecord: mayRecord(person, visit),
        mayLetIn: mayLetIn(person, visit),
        administrator,
        nowMs,
        name,
      })
    return { data: visit, page }
  }
  const again = async (ask: {
    readonly person: Person | null
    readonly input: Readonly<Record<string, unknown>>
    readonly view: View
    readonly nowMs: number
  }): Promise<Page> =>
    (await show(ask.person!, String(ask.input['id']), ask.view, ask.nowMs))?.page() ??
    gone('There is no such visit')
  const form = async (person: Person, siteId: string, view: View, nowMs: number): Promise<Page | null> => {
    const site = await siteFor(deps, person, siteId, 'register.edit')
    if (site === null) return null
    const [systems, suppliers, staff] = await Promise.all([
      systemsAt(sql, siteId),
      suppliersOf(sql, site.provider),
      deps.staffOf(site.provider),
    ])
    return visitForm(view, { site, systems, suppliers, staff, today: civilDay(nowMs, site.timeZone) })
  }
  /** Says one thing of a visit: only its supervisor or who keeps the register, and only in its turn. */
  const step = async (
    person: Person,
    id: string,
    nowMs: number,
    kind: 'visit.arrived' | 'visit.left' | 'visit.cancelled',
    may: (visit: Visit) => string | null,
    write: (tx: Tx, visit: Visit) => Promise<void>,
  ): Promise<Answer> =>
    inTransaction(sql, async (tx): Promise<Answer> => {
      const visit = await lockVisit(tx, id)
      if (visit === null || !visible(person, visit)) return noVisit
      if (!mayRecord(person, visit)) return notYours
      const bar = may(visit)
      if (bar !== null) return { refusal: [{ field: null, message: bar }] }
      await write(tx, visit)
      await append(tx, {
        kind,
        actor: person.id,
        provider: visit.provider,
        about: { visit: id, supplier: visit.supplierId, site: visit.siteId },
        atMs: nowMs,
      })
      if (kind !== 'visit.arrived')
        await closeTask(tx, { kind: 'register.visit', about: { visit: id }, by: person.id, nowMs })
      return { data: { id }, location: `/visits/${id}`, flash: 'Noted.' }
    })
  const ended = (visit: Visit): string | null =>
    visit.cancelledMs !== null
      ? 'This visit was called off.'
      : visit.leftMs !== null
        ? 'The engineer has left already.'
        : null

  return [
    route({
      method: 'GET',
      path: '/visits/new',
      permission: 'register.edit',
      ledger: looking,
      input: z.object({ site: fields.id('a place') }),
      async handler(ask) {
        const page = await form(ask.person!, ask.input.site, ask.view, ask.nowMs)
        return page === null ? noPlace : { data: null, page: () => page }
      },
    }),
    route({
      method: 'POST',
      path: '/visits/new',
      permission: 'register.edit',
      ledger: 'visit.planned',
      input: z.object({
        siteId: fields.id('a place'),
        supplierId: fields.id('a supplier'),
        systemId: z.preprocess((v) => v || null, fields.id('a system').nullable()),
        engineer: fields.text('who comes', 120),
        purpose: fields.text('what they come for', 500),
        supervisorId: fields.id('who stays with them'),
        day: fields.day('the day'),
        from: fields.time('the time from which'),
        until: fields.time('the time until which'),
      }),
      form: async (ask) =>
        (await form(ask.person!, String(ask.input['siteId']), ask.view, ask.nowMs)) ??
        gone('There is no such place'),
      api: { summary: 'Plan a visit of a supplier’s engineer' },
      async handler(ask) {
        const { siteId, supplierId, systemId, engineer, purpose, supervisorId, day, from, until } = ask.input
        const site = await siteFor(deps, ask.person!, siteId, 'register.edit')
        if (site === null) return noPlace
        const supplier = await findSupplier(sql, supplierId)
        if (supplier === null || supplier.provider !== site.provider)
          return { refusal: [{ field: 'supplierId', message: 'Choose a supplier of this landlord' }] }
        if (systemId !== null && !(await systemsAt(sql, siteId)).some((s) => s.id === systemId))
          return { refusal: [{ field: 'systemId', message: 'Choose a system at this place' }] }
        if (!(await deps.staffOf(site.provider)).some((p) => p.id === supervisorId))
          return {
            refusal: [{ field: 'supervisorId', message: 'Choose somebody who works for this landlord' }],
          }
        const fromMs = timeOn(day, from, site.timeZone)
        const untilMs = timeOn(day, until, site.timeZone)
        if (untilMs <= fromMs)
          return { refusal: [{ field: 'until', message: 'Enter a time after the start' }] }
        if (untilMs <= ask.nowMs)
          return { refusal: [{ field: 'day', message: 'Choose a time that is still to come' }] }
        const proofs = (await proofsOf(sql, [supplierId]))(supplierId)
        const bars = visitBars(packs.packOf(site.provider), supplier, proofs, day)
        if (bars.length > 0)
          return { refusal: bars.map(({ message, clause }) => ({ field: 'supplierId', message, clause })) }
        const id = await inTransaction(sql, async (tx) => {
          const by = ask.person!.id
          const made = await insertVisit(tx, {
            provider: site.provider,
            supplierId,
            siteId,
            systemId,
            engineer,
            accountId: null,
            purpose,
            supervisorId,
            fromMs,
            untilMs,
            by,
            nowMs: ask.nowMs,
          })
          await append(tx, {
            kind: 'visit.planned',
            actor: by,
            provider: site.provider,
            about: { visit: made, supplier: supplierId, site: siteId, person: supervisorId },
            data: { from: fromMs, until: untilMs },
            personal: { engineer },
            atMs: ask.nowMs,
          })
          return made
        })
        return { data: { id }, created: true, location: `/visits/${id}`, flash: 'The visit is planned.' }
      },
    }),
    route({
      method: 'GET',
      path: '/visits/:id',
      permission: 'register.view',
      ledger: looking,
      input: z.object({ id: fields.id('a visit') }),
      api: { summary: 'A visit of a supplier’s engineer' },
      async handler(ask) {
        return (await show(ask.person!, ask.input.id, ask.view, ask.nowMs)) ?? noVisit
      },
    }),
    route({
      method: 'POST',
      path: '/visits/:id/arrive',
      permission: 'register.view',
      ledger: 'visit.arrived',
      input: z.object({
        id: fields.id('a visit'),
        identity: fields.choice('how you know that they are who they say', identityWays),
      }),
      form: again,
      api: { summary: 'Let an engineer in, once they are known to be genuine' },
      async handler({ person, input, nowMs }) {
        return step(
          person!,
          input.id,
          nowMs,
          'visit.arrived',
          (visit) =>
            ended(visit) ??
            (visit.arrivedMs !== null
              ? 'They are here already.'
              : !mayLetIn(person!, visit)
                ? notFromAfar
                : nowMs >= visit.untilMs
                  ? 'The time of this visit is over. Plan another one.'
                  : nowMs < visit.fromMs - earlyMs
                    ? 'It is too early: the visit begins later. Change nothing by word of mouth; plan another one.'
                    : null),
          (tx, visit) => markArrived(tx, { id: visit.id, identity: input.identity, by: person!.id, nowMs }),
        )
      },
    }),
    route({
      method: 'POST',
      path: '/visits/:id/leave',
      permission: 'register.view',
      ledger: 'visit.left',
      input: z.object({ id: fields.id('a visit'), touched: fields.text('what they touched', 2_000) }),
      form: again,
      api: { summary: 'Say that an engineer has left, and what they touched' },
      async handler({ person, input, nowMs }) {
        return step(
          person!,
          input.id,
          nowMs,
          'visit.left',
          (visit) => ended(visit) ?? (visit.arrivedMs === null ? 'They have not arrived yet.' : null),
          (tx, visit) => markLeft(tx, { id: visit.id, touched: input.touched, by: person!.id, nowMs }),
        )
      },
    }),
    route({
      method: 'POST',
      path: '/visits/:id/cancel',
      permission: 'register.view',
      ledger: 'visit.cancelled',
      input: z.object({ id: fields.id('a visit') }),
      form: again,
      api: { summary: 'Call a visit off' },
      async handler({ person, input, nowMs }) {
        return step(
          person!,
          input.id,
          nowMs,
          'visit.cancelled',
          (visit) => ended(visit) ?? (visit.arrivedMs !== null ? 'They are here already.' : null),
          (tx, visit) => markCancelled(tx, visit.id, nowMs),
        )
      },
    }),
  ]
}

/** A time of day on a civil day at the site. In the hour that the clocks skip, the time after it. */
const timeOn = (day: string, time: string, timeZone: string): number =>
  Temporal.PlainDate.from(day).toZonedDateTime({ timeZone, plainTime: time }).epochMilliseconds
