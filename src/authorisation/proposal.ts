/** What is typed when a camera is asked for, and what of it the pack's limits refuse. Pure. */
import { z } from 'zod'
import { daysBetween, type Reason } from '#base/base.ts'
import { type DeploymentType, type Pack, refusedTechnologies } from '#policy/policy.ts'
import { outOfScope, type Site, siteKinds } from '#register/register.ts'
import { fields } from '#web/web.ts'
import { reason } from './asking.ts'
import { details } from './model.ts'

const optionalDay = (what: string) =>
  z.preprocess((v) => (v === '' || v === undefined ? null : v), fields.day(what).nullable())
const optionalId = (what: string) =>
  z.preprocess((v) => (v === '' || v === 'new' || v === undefined ? null : v), fields.id(what).nullable())
const optionalCode = (what: string) =>
  z.preprocess((v) => (v === '' || v === 'none' || v === undefined ? null : v), fields.code(what).nullable())

/** The steps of the form; together they are the proposal, which the API takes in one piece. */
export const steps = {
  kind: z.object({ provider: fields.code('the landlord'), type: fields.code('the kind of camera') }),
  place: z.object({
    siteId: optionalId('the place'),
    siteName: fields.optionalText('the name of the place'),
    siteAddress: fields.optionalText('the address', 500),
    siteKind: z.preprocess(
      (v) => (v === '' || v === undefined ? null : v),
      z.enum(siteKinds, { error: () => 'Choose what kind of place it is' }).nullable(),
    ),
    siteArea: fields.optionalText('the area', 100),
    cameraLabel: fields.text('a name for the camera', 100),
    cameraPosition: fields.text('where it will hang and what it will look at', 1000),
    equipment: fields.optionalText('the equipment', 1000),
    technologies: fields.codes('what it does besides filming', { max: 20 }),
  }),
  purpose: z.object({
    purposes: fields.codes('at least one purpose', { min: 1, max: 20 }),
    lawfulBasis: fields.code('the lawful basis'),
    incident: optionalCode('the kind of incident'),
    incidentOther: fields.optionalText('the kind of trouble', 500),
    aim: fields.text('what you want to bring about', 1000),
    need: fields.text('why it cannot wait or be left', 4000),
    reason: fields.text('why a camera is needed here', 4000),
  }),
  means: z.object({
    alternatives: fields.text('what was tried or weighed before', 4000),
    noOtherMeans: z.preprocess(
      (v) => (v === 'yes' || v === true ? true : v === 'no' || v === false ? false : null),
      z.boolean().nullable(),
    ),
  }),
  dates: z.object({
    fromDay: fields.day('the first day'),
    untilDay: optionalDay('the last day'),
    removalDay: optionalDay('the day it is taken down'),
    reviewDay: optionalDay('the day of the review'),
    schedule: fields.optionalText('the hours', 500),
    detail: fields.choice('how much a picture must show', details),
    proportion: fields.text('why fewer hours or less detail would not do', 2000),
  }),
} as const
export type Step = keyof typeof steps
export const stepOrder: readonly Step[] = ['kind', 'place', 'purpose', 'means', 'dates']

/** Asked for by a program or a tick: go before the steps are done. No pack has such a way, and it says so. */
export const urgentReasons = (pack: Pack, given: { readonly urgent?: boolean | undefined }): Reason[] =>
  given.urgent === true && !pack.values.urgentRoute.value
    ? [
        reason(
          'urgent',
          `There is no short cut. ${pack.values.urgentRoute.why ?? ''} People in danger call the police.`,
          pack.values.urgentRoute.clause,
        ),
      ]
    : []

export const proposalSchema = steps.kind
  .extend(steps.place.shape)
  .extend(steps.purpose.shape)
  .extend(steps.means.shape)
  .extend(steps.dates.shape)
  .extend({ urgent: z.boolean().optional() })
export type Proposal = z.output<typeof proposalSchema>

export const typeIn = (pack: Pack, code: string): DeploymentType | undefined =>
  pack.values.deploymentTypes.find((t) => t.code === code)

/** A place that the landlord's policy doesn't cover gets no camera under it: by its kind, or by what the register says. */
export function checkScope(
  pack: Pack,
  type: DeploymentType,
  place: z.output<typeof steps.place>,
  site: Site | null,
): Reason[] {
  const kind = site?.kind ?? (type.place === 'home' ? 'home' : place.siteKind)
  if (kind === null) return []
  const bar = outOfScope(pack, site ?? { kind, outOfScope: null })
  return bar === null ? [] : [reason(site === null ? 'siteKind' : 'siteId', bar.message, bar.clause)]
}

/** What is wrong with a place for this kind of camera. Reason codes are field names. */
export function checkPlace(
  type: DeploymentType,
  place: z.output<typeof steps.place>,
  site: Site | null,
): Reason[] {
  const found: Reason[] = []
  if (place.siteId === null) {
    if (place.siteName === null)
      found.push(reason('siteName', 'Give the place a name, such as the name of the building'))
    if (place.siteAddress === null) found.push(reason('siteAddress', 'Enter the address'))
    if (type.place !== 'home' && place.siteKind === null)
      found.push(reason('siteKind', 'Choose what kind of place it is'))
  } else if (site === null) found.push(reason('siteId', 'Choose a place from the list'))
  const kind = site?.kind ?? (type.place === 'home' ? 'home' : place.siteKind)
  if (kind !== null && (kind === 'home') !== (type.place === 'home'))
    found.push(
      reason(
        site === null ? 'siteKind' : 'siteId',
        type.place === 'home'
          ? 'This kind of camera belongs in a resident’s home, and this place is not one'
          : 'This kind of camera does not belong in a resident’s home',
        type.clause,
      ),
    )
  return found
}

export function checkMeans(type: DeploymentType, means: z.output<typeof steps.means>): Reason[] {
  const { noOtherMeansNeeded: needed } = type
  if (!needed.value) return []
  if (means.noOtherMeans === null)
    return [reason('noOtherMeans', 'Say whether the resident has other means of capture', needed.clause)]
  if (means.noOtherMeans === false)
    return [
      reason(
        'noOtherMeans',
        'The resident has other means of capturing this, so the policy allows no camera here',
        needed.clause,
      ),
    ]
  return []
}

/** Kinds of trouble come from the pack's list; another one only where the pack leaves it open, and in words. */
export function checkIncident(
  pack: Pack,
  given: { readonly incident: string | null; readonly incidentOther: string | null },
): Reason[] {
  const { list, open } = pack.values.incidents
  if (given.incident === 'other') {
    if (!open.value) return [reason('incident', 'The policy’s list is closed: choose from it', open.clause)]
    return given.incidentOther === null
      ? [reason('incidentOther', 'Say what kind of trouble it is', open.clause)]
      : []
  }
  if (given.incident !== null && !list.some((i) => i.code === given.incident))
    return [reason('incident', 'Choose a kind of incident from the list', open.clause)]
  return []
}

/** What the policy refuses, each by its own clause. */
export const checkTechnologies = (pack: Pack, used: readonly string[]): Reason[] =>
  refusedTechnologies(pack.values.technologiesRefused, used).map((t) =>
    reason(
      'technologies',
      `The policy does not allow this: ${t.label.toLowerCase()}${t.route === null ? '' : `. ${t.route}`}`,
      t.clause,
    ),
  )

/** Days against the pack's limits: `maxDays` counts the first and the last. */
export function checkDates(type: DeploymentType, d: z.output<typeof steps.dates>, today: string): Reason[] {
  const found: Reason[] = []
  const max = type.maxDays
  if (d.fromDay < today) found.push(reason('fromDay', 'The first day can’t be in the past'))
  if (daysBetween(today, d.fromDay) > 366)
    found.push(reason('fromDay', 'The first day is more than a year away'))
  if (d.untilDay === null) {
    if (type.permanence === 'temporary')
      found.push(
        reason(
          'untilDay',
          max.value === null
            ? 'Enter the last day it may record'
            : `Enter the last day it may record: ${max.value} days at most, the first and the last counted`,
          max.clause,
        ),
      )
  } else if (d.untilDay < d.fromDay) found.push(reason('untilDay', 'The last day is before the first'))
  else if (max.value !== null && daysBetween(d.fromDay, d.untilDay) + 1 > max.value)
    found.push(
      reason(
        'untilDay',
        `These are ${daysBetween(d.fromDay, d.untilDay) + 1} days and the policy allows ${max.value}`,
        max.clause,
      ),
    )
  if (type.removalDateNeeded.value && d.removalDay === null && d.untilDay === null)
    found.push(reason('removalDay', 'Enter the day it is taken down', type.removalDateNeeded.clause))
  if (d.removalDay !== null && d.untilDay !== null && d.removalDay < d.untilDay)
    found.push(reason('removalDay', 'It can’t be taken down before its last day'))
  if (d.reviewDay === null)
    found.push(
      reason(
        'reviewDay',
        'Enter the day on which somebody asks whether it is still needed',
        type.reviewMonths.clause,
      ),
    )
  if (d.reviewDay !== null && d.reviewDay < d.fromDay)
    found.push(reason('reviewDay', 'The review is before the first day'))
  return found
}

/** The day to offer as the last one, and as the review. */
export function offeredDays(
  type: DeploymentType,
  fromDay: string,
): { untilDay: string | null; reviewDay: string } {
  const from = Temporal.PlainDate.from(fromDay)
  const untilDay = type.maxDays.value === null ? null : from.add({ days: type.maxDays.value - 1 }).toString()
  const reviewDay = from.add({ months: type.reviewMonths.value }).toString()
  return { untilDay, reviewDay: untilDay !== null && untilDay < reviewDay ? untilDay : reviewDay }
}

export const addressLines = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .slice(0, 7)

export const revisionSchema = steps.purpose
  .extend(steps.means.shape)
  .extend(steps.dates.shape)
  .extend({ version: fields.whole('the version', 1, 1_000_000) })
