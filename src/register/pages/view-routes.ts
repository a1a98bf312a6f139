/** What a camera's view must show, and whether a system is safe: asked, answered with evidence, and looked at again. */
import { z } from 'zod'
import { addDays, civilDay } from '#base/base.ts'
import { inTransaction } from '#engine/engine.ts'
import { append } from '#ledger/ledger.ts'
import {
  components as c,
  type FieldError,
  fields,
  html,
  marks,
  type Page,
  type Route,
  route,
  type View,
} from '#web/web.ts'
import type { Camera } from '../camera-store.ts'
import { chaseSystem } from '../chase.ts'
import {
  dayAnswers,
  nightAnswers,
  requirementsOf,
  type ViewRequirement,
  viewAnswerLabels,
  viewLevelLabels,
  viewLevelPixels,
  viewLevels,
  writeRequirement,
} from '../check-store.ts'
import { differences, noteChanges } from '../history.ts'
import { viewState } from '../lacks.ts'
import { placeWords } from '../place-words.ts'
import { cameraFor, changedMeanwhile, gone, looking, noCamera, type RegisterDeps } from './parts.ts'
import { viewTags } from './system-pages.ts'

/** Nobody looks back further than this, and no answer counts for longer. */
const yearDays = 366

const requirementLabels: readonly (readonly [string, (of: ViewRequirement) => string | null])[] = [
  ['People must be able to', (of) => viewLevelLabels[of.level]],
  ['What must be seen', (of) => of.mustSee],
  ['Pixels per metre', (of) => (of.pixelsPerMetre === null ? null : String(of.pixelsPerMetre))],
  ['Shows it by day', (of) => viewAnswerLabels[of.byDay]],
  ['Shows it at night', (of) => viewAnswerLabels[of.byNight]],
  ['How it was seen', (of) => of.evidence],
  ['Looked at on', (of) => of.checkedDay],
  ['Look again by', (of) => of.recheckDay],
]

export function viewRoutes(deps: RegisterDeps): Route[] {
  const { sql, packs } = deps
  const known = async (cameraId: string) => (await requirementsOf(sql, [cameraId])).get(cameraId) ?? null
  return [
    route({
      method: 'GET',
      path: '/cameras/:id/view',
      permission: 'register.view',
      ledger: looking,
      input: z.object({ id: fields.id('a camera') }),
      api: { summary: 'What a camera’s view must show, and whether it does' },
      async handler(ask) {
        const camera = await cameraFor(deps, ask.person!, ask.input.id, 'register.view')
        if (camera === null) return noCamera
        const requirement = await known(camera.id)
        const mayEdit = (await cameraFor(deps, ask.person!, camera.id, 'register.edit')) !== null
        const today = civilDay(ask.nowMs, camera.timeZone)
        return {
          data: { requirement, state: viewState(camera, requirement, today) },
          page: () => viewPage(ask.view, camera, requirement, today, mayEdit),
        }
      },
    }),
    route({
      method: 'POST',
      path: '/cameras/:id/view',
      permission: 'register.edit',
      ledger: 'camera.view-set',
      input: z.object({
        id: fields.id('a camera'),
        version: fields.whole('the version', 0, 1e9),
        level: fields.choice('what people must be able to tell', viewLevels),
        mustSee: fields.text('what must be seen', 1_000),
        pixelsPerMetre: z.preprocess(
          (v) => (v === '' || v === undefined ? null : v),
          fields.whole('the pixels per metre', 1, 5_000).nullable(),
        ),
        byDay: fields.choice('whether it shows that by day', dayAnswers),
        byNight: fields.choice('whether it shows that at night', nightAnswers),
        evidence: fields.optionalText('how it was seen', 1_000),
        checkedDay: fields.optionalDay('the day on which somebody looked'),
      }),
      form: async (ask) => {
        const camera = await cameraFor(deps, ask.person!, String(ask.input['id']), 'register.edit')
        return camera === null
          ? gone('There is no such camera')
          : viewPage(ask.view, camera, await known(camera.id), civilDay(ask.nowMs, camera.timeZone), true)
      },
      api: { summary: 'Write down what a camera’s view must show, and whether it was seen to' },
      async handler(ask) {
        const { id, byDay, byNight, evidence, checkedDay } = ask.input
        const camera = await cameraFor(deps, ask.person!, id, 'register.edit')
        if (camera === null) return noCamera
        const today = civilDay(ask.nowMs, camera.timeZone)
        const looked = byDay !== 'not-tried' || byNight === 'met' || byNight === 'not-met'
        const wrong = lookedWrong(looked, checkedDay, evidence, today)
        if (wrong.length > 0) return { refusal: wrong }
        const day = looked ? checkedDay : null
        const months = packs.packOf(camera.provider).values.register.securityMonths.value
        const typed: ViewRequirement = {
          cameraId: id,
          level: ask.input.level,
          mustSee: ask.input.mustSee,
          pixelsPerMetre: ask.input.pixelsPerMetre,
          byDay,
          byNight,
          evidence: evidence ?? '',
          checkedDay: day,
          recheckDay: day === null ? null : monthsAfter(day, months),
          aimVersion: camera.aimVersion,
          version: ask.input.version,
        }
        const other = await inTransaction(sql, async (tx) => {
          const before = (await requirementsOf(tx, [id])).get(id) ?? null
          const by = ask.person!.id
          if (!(await writeRequirement(tx, { ...typed, by, nowMs: ask.nowMs })))
            return before === null ? [] : differences(typed, before, requirementLabels)
          await noteChanges(
            tx,
            { what: 'camera', id, provider: camera.provider, by, atMs: ask.nowMs },
            before === null
              ? requirementLabels
                  .map(([label, say]) => [label, null, say(typed)] as const)
                  .filter(([, , said]) => said)
              : differences(before, typed, requirementLabels),
          )
          await append(tx, {
            kind: 'camera.view-set',
            actor: by,
            provider: camera.provider,
            about: { camera: id, system: camera.systemId },
            data: { level: typed.level, byDay, byNight },
            atMs: ask.nowMs,
          })
          await chaseSystem(tx, deps, camera.systemId, ask.nowMs)
          return null
        })
        return other === null
          ? { data: { id }, location: `/systems/${camera.systemId}`, flash: 'Written down.' }
          : { refusal: changedMeanwhile(other) }
      },
    }),
  ]
}

/** What was looked at has a day that has come, and says how it was seen. */
function lookedWrong(
  looked: boolean,
  day: string | null,
  evidence: string | null,
  today: string,
): FieldError[] {
  if (!looked) return []
  const wrong: FieldError[] = []
  if (day === null) wrong.push({ field: 'checkedDay', message: 'Enter the day on which somebody looked' })
  else if (day > today) wrong.push({ field: 'checkedDay', message: 'Enter a day that has come' })
  else if (day < addDays(today, -yearDays))
    wrong.push({ field: 'checkedDay', message: 'That is more than a year ago. Look again' })
  if (evidence === null)
    wrong.push({ field: 'evidence', message: 'Say how it was seen: by whom, with what, from where' })
  return wrong
}

const monthsAfter = (day: string, months: number): string =>
  Temporal.PlainDate.from(day).add({ months }).toString()

function viewPage(
  view: View,
  camera: Camera,
  requirement: ViewRequirement | null,
  today: string,
  mayEdit: boolean,
): Page {
  const state = viewState(camera, requirement, today)
  return {
    title: `What ${camera.label} must show`,
    back: { href: `/systems/${camera.systemId}`, text: camera.systemName },
    body: html`${marks.heading({
      title: 'What this camera must show',
      caption: placeWords(camera),
      state: viewTags[state],
      lead: 'Enough for its purpose, and no more: a closer look at people needs a better reason.',
    })}${mayEdit ? viewForm(view, requirement, today) : viewSummary(requirement)}`,
  }
}

function viewSummary(requirement: ViewRequirement | null) {
  if (requirement === null) return marks.paragraph('It is not written down yet.')
  return c.summaryList({
    rows: requirementLabels.map(([key, say]) => ({ key, value: say(requirement) ?? 'Not given' })),
  })
}

function viewForm(view: View, requirement: ViewRequirement | null, today: string) {
  return c.form({
    view,
    body: html`${c.hidden('version', requirement?.version ?? 0)}${c.radios({
      name: 'level',
      label: 'What must people be able to tell from its picture?',
      labelSize: 's',
      hint: 'Levels as in BS EN 62676-4, in our words. The number is the least detail for each.',
      view,
      value: requirement?.level ?? '',
      choices: viewLevels.map((level) => ({
        value: level,
        text: viewLevelLabels[level],
        hint: `${level[0]!.toUpperCase()}${level.slice(1)}: ${viewLevelPixels[level]} pixels per metre or more`,
      })),
    })}${c.textarea({
      name: 'mustSee',
      label: 'What must be seen, where?',
      labelSize: 's',
      hint: 'For example: faces of people coming through the gate. Say it for day and night.',
      view,
      value: requirement?.mustSee ?? '',
      rows: 3,
    })}${c.input({
      name: 'pixelsPerMetre',
      label: 'Pixels per metre at the far end, if somebody measured it',
      view,
      value: requirement?.pixelsPerMetre ?? '',
      inputmode: 'numeric',
      width: 4,
    })}${c.radios({
      name: 'byDay',
      label: 'Does it show that by day?',
      labelSize: 's',
      view,
      value: requirement?.byDay ?? 'not-tried',
      choices: dayAnswers.map((value) => ({ value, text: viewAnswerLabels[value] })),
    })}${c.radios({
      name: 'byNight',
      label: 'Does it show that at night?',
      labelSize: 's',
      view,
      value: requirement?.byNight ?? 'not-tried',
      choices: nightAnswers.map((value) => ({ value, text: viewAnswerLabels[value] })),
    })}${c.textarea({
      name: 'evidence',
      label: 'How was it seen?',
      labelSize: 's',
      hint: 'Who looked, at which picture, with what: for example a walk test with a test chart.',
      view,
      value: requirement?.evidence ?? '',
      rows: 3,
    })}${c.dateInput({ name: 'checkedDay', label: 'When did somebody look?', labelSize: 's', view, value: requirement?.checkedDay ?? today })}${c.button({ text: 'Save' })}`,
  })
}
