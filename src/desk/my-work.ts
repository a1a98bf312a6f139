/** The home page: what waits for me, most urgent first, each with the rule that asks for it. */
import { z } from 'zod'
import { civilDay, daysBetween } from '#base/base.ts'
import { type ListedTask, type Task, taskListMax, tasksFor } from '#casework/casework.ts'
import type { Pack } from '#policy/policy.ts'
import { components as c, dayWords, type Html, html, marks, type Page, type Route, route } from '#web/web.ts'
import { offers } from './offers.ts'
import type { DeskParts } from './parts.ts'
import { concernedBy, isVacant, type NeededRole, neededRoles, vacantWords } from './roles-needed.ts'

const pages: Readonly<Record<string, string>> = {
  deployment: '/deployments/',
  exhibit: '/exhibits/',
  disclosure: '/disclosures/',
  viewing: '/viewings/',
  case: '/cases/',
  camera: '/cameras/',
  alarm: '/unusual-use/',
  visit: '/visits/',
  device: '/devices/',
  system: '/systems/',
  supplier: '/suppliers/',
  leave: '/leaves/',
}

/** Where a task is done: the page of the first thing it is about that has one. */
export function taskPage(task: Pick<Task, 'kind' | 'about'>): string | null {
  if (task.kind.startsWith('expiry.')) return '/expiry'
  if (task.kind === 'policy.changed') return `/policy/${task.about['provider']}/changes`
  if (task.kind === 'policy.open') return `/policy/${task.about['provider']}/open`
  if (/^(policy|library|standard)\./.test(task.kind)) return policyPage(task)
  if (task.kind.startsWith('sign.') && task.about['sheet'] !== undefined)
    return `/signs/${task.about['sheet']}`
  if (task.kind === 'register.declare') return '/devices/declare'
  if (task.kind === 'training.mine') return '/account/training'
  if (task.kind === 'training.theirs')
    return `/training/people/${task.about['trainee']}?at=${task.about['provider']}`
  for (const [noun, path] of Object.entries(pages)) {
    const id = task.about[noun]
    if (id !== undefined) return `${path}${id}`
  }
  return task.about['recorder'] === undefined ? null : '/recorders'
}

/** Where the keeper of a policy does the work on it. */
function policyPage({ kind, about }: Pick<Task, 'kind' | 'about'>): string {
  const home = `/policy/${about['provider']}`
  if (kind === 'library.missing') return `${home}/library/new?code=${about['paper']}`
  if (about['paper'] !== undefined) return `${home}/library/${about['paper']}`
  if (about['standard'] !== undefined) return `${home}/standards/${about['standard']}`
  if (about['policyConsultation'] !== undefined) return `${home}/consultations/${about['policyConsultation']}`
  return `${home}/document`
}

const dayMs = 86_400_000

/** Red first: overdue, then due within the days that the landlord's policy calls soon, then the rest; each by its day. */
export function inOrder<T extends Task>(
  tasks: readonly T[],
  nowMs: number,
  soonDaysOf: (provider: string) => number,
): { late: T[]; soon: T[]; later: T[] } {
  const byDue = tasks.toSorted(
    (a, b) => (a.dueMs ?? Number.MAX_SAFE_INTEGER) - (b.dueMs ?? Number.MAX_SAFE_INTEGER),
  )
  const late = byDue.filter((task) => task.dueMs !== null && task.dueMs < nowMs)
  const isSoon = (task: T): boolean =>
    task.dueMs !== null && task.dueMs < nowMs + soonDaysOf(task.provider) * dayMs
  const soon = byDue.filter((task) => task.dueMs !== null && task.dueMs >= nowMs && isSoon(task))
  const later = byDue.filter((task) => task.dueMs === null || (task.dueMs >= nowMs && !isSoon(task)))
  return { late, soon, later }
}

/** Who asks for what no clause of the policy asks for. */
const asksWords = ({ kind }: Pick<Task, 'kind'>): string =>
  kind.startsWith('gate.') ? ' · The policy does not say; Overt asks for it' : ' · Overt asks for it'

/** For `inOrder`: what each landlord's policy calls soon. */
export const soonDays =
  (packs: DeskParts['packs']) =>
  (provider: string): number =>
    packs.find(provider) === null ? 3 : packs.packOf(provider).values.work.soonDays.value

/** "Derby Homes 4.2.1" for a clause id of a landlord's pack. */
export function clauseWords(pack: Pack | null, id: string | null): string | null {
  if (id === null || pack === null) return null
  const clause = pack.clauses.get(id)
  return clause === undefined ? id : `${pack.name} ${clause.number}`
}

export function myWorkRoutes(parts: DeskParts): readonly Route[] {
  const { sql, clock, packs } = parts
  const packOf = (slug: string): Pack | null => (packs.find(slug) === null ? null : packs.packOf(slug))
  /** Whom late work was told to, for those whose it is; whose it is, for those whom it was told to. */
  function aside(task: ListedTask): string | null {
    if (task.escalatedMs === null) return null
    const titles = (roles: readonly string[]): string =>
      roles
        .map((role) => packOf(task.provider)?.values.roles.find(({ code }) => code === role)?.title ?? role)
        .join(', ')
    return task.own
      ? ` · Told to: ${titles(task.escalatedTo)}`
      : ` · To be done by: ${task.personId === null ? titles(task.roles) : 'one person'}`
  }
  const list = (
    title: string,
    tasks: readonly ListedTask[],
    state: 'attention' | 'waiting',
    nowMs: number,
  ): Html | null =>
    tasks.length === 0
      ? null
      : html`${marks.h2(title)}${c.taskList(
          tasks.map((task) => {
            const href = taskPage(task)
            const rule = clauseWords(packOf(task.provider), task.clause)
            return {
              title: task.title,
              ...(href === null ? {} : { href }),
              hint: html`${packs.find(task.provider)?.name ?? ''}${rule === null ? null : html` ${marks.clause(rule)}`}${task.clause === null ? asksWords(task) : null}${aside(task)}`,
              status: marks.stateTag(state, dueWords(task, nowMs)),
            }
          }),
          `work-${state}-${title.length}`,
        )}`
  return [
    route({
      method: 'GET',
      path: '/',
      permission: 'signed-in',
      ledger: { none: 'one’s own list of work shows no picture and changes nothing' },
      input: z.object({}),
      api: { summary: 'What waits for me, most urgent first' },
      async handler({ person }) {
        const who = person!
        const nowMs = clock.nowMs()
        const all = await tasksFor(sql, who)
        const tasks = all.filter((task) => task.own)
        const told = all.filter((task) => !task.own)
        const { late, soon, later } = inOrder(tasks, nowMs, soonDays(packs))
        const may = offers(who, packs)
        const mail = who.administrator ? await mailWords(parts) : null
        const concerned = concernedBy(parts, who)
        const vacant =
          concerned.length === 0 ? [] : (await neededRoles(parts, concerned, who)).filter(isVacant)
        const page = (): Page => ({
          title: 'My work',
          body: html`${marks.heading({
            title: 'My work',
            caption: roleWords(who.roles, packOf, who.administrator),
            lead:
              tasks.length === 0
                ? 'Nothing waits for you.'
                : `${tasks.length === 1 ? 'One thing waits' : `${tasks.length} things wait`} for you${late.length > 0 ? `, ${late.length} overdue` : ''}.${all.length < taskListMax ? '' : ` No more than the ${taskListMax} most urgent are shown.`}`,
          })}${marks.columns(
            html`${
              tasks.length === 0
                ? marks.emptyState({
                    title: 'All done',
                    body: 'When somebody needs a decision, a signature or an installation from you, it appears here and says which rule asks for it.',
                  })
                : html`${list('Overdue', late, 'attention', nowMs)}${list('Due soon', soon, 'waiting', nowMs)}${list('Later', later, 'waiting', nowMs)}`
            }${list('Told to you, because it is late', told, 'attention', nowMs)}${vacantRoles(vacant)}${mail === null ? null : html`${marks.h2('E-mail')}${marks.paragraph(mail)}`}`,
            marks.card({
              title: 'Start something',
              body: html`<ul class="govuk-list">${[
                may.has('deployment.propose') &&
                  html`<li>${marks.link('/deployments/new', 'Ask for a camera')}</li>`,
                may.has('footage.view') && html`<li>${marks.link('/viewings/new', 'Look at footage')}</li>`,
                may.has('footage.view') && html`<li>${marks.link('/cases/new', 'Open a case')}</li>`,
                may.has('register.view') && html`<li>${marks.link('/cameras', 'See all cameras')}</li>`,
                may.has('recorder.enrol') && html`<li>${marks.link('/recorders', 'Recorders')}</li>`,
                may.has('people.manage') &&
                  html`<li>${marks.link('/accounts', 'People and their roles')}</li>`,
                html`<li>${marks.link('/policy', 'What the policy says')}</li>`,
                html`<li>${marks.link('/roles', 'Who is there for what')}</li>`,
                parts.demo !== null &&
                  may.has('demo.clock') &&
                  html`<li>${marks.link('/demo/clock', 'Move the demo’s clock')}</li>`,
              ]}</ul>`,
            }),
          )}`,
        })
        return { data: { late, soon, later, told, vacant }, page }
      },
    }),
  ]
}

/** What who runs the installation should know of e-mail; null when all is well. */
async function mailWords({ mail, clock }: DeskParts): Promise<string | null> {
  if (mail === null)
    return 'No mail server is set, so nobody is told by e-mail what waits for them. Set OVERT_SMTP_URL and OVERT_MAIL_FROM, and start Overt again.'
  const trouble = await mail.trouble()
  if (trouble === null) return null
  const hours = Math.max(1, Math.round((clock.nowMs() - trouble.sinceMs) / 3_600_000))
  return `The mail server has refused messages to ${trouble.people === 1 ? 'one person' : `${trouble.people} people`} for ${hours === 1 ? 'an hour' : `${hours} hours`}. They are tried again every five minutes; the log says why.`
}

function vacantRoles(roles: readonly NeededRole[]): Html | null {
  if (roles.length === 0) return null
  return html`${marks.h2('Roles that nobody holds')}<ul class="govuk-list govuk-list--bullet">${roles.map(
    (role) => html`<li>${vacantWords(role)}</li>`,
  )}</ul>${marks.paragraph(marks.link('/roles', 'Who is there for what'))}`
}

function dueWords(task: Task, nowMs: number): string {
  if (task.dueMs === null) return 'No date'
  // The last day on which it is in time: what is due at midnight is due on the day before.
  const day = civilDay(task.dueMs - 1, 'Europe/London')
  const days = daysBetween(civilDay(nowMs, 'Europe/London'), day)
  if (task.dueMs < nowMs) return days >= -1 ? 'Overdue' : `${-days} days overdue`
  if (days === 0) return 'Today'
  return days === 1 ? 'Tomorrow' : `By ${dayWords(day)}`
}

function roleWords(
  roles: readonly { provider: string; role: string }[],
  packOf: (slug: string) => Pack | null,
  administrator: boolean,
): string {
  const titles = roles.map(
    ({ provider, role }) =>
      packOf(provider)?.values.roles.find((known) => known.code === role)?.title ?? role,
  )
  return [...new Set(titles), ...(administrator ? ['Administrator'] : [])].join(', ') || 'No role yet'
}
