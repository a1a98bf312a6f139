/** What the plan of a site looks like: the picture with what each camera sees, the same in words, and the forms. */
import { clauseHref, clauseLabel, type Pack, privateViewRule } from '#policy/policy.ts'
import { components as c, dayWords, type Html, html, marks, type Page, type View } from '#web/web.ts'
import type { Camera } from '../camera-store.ts'
import { pictureMegabytesMax } from '../pictures.ts'
import { type Site, siteKindLabels } from '../site-store.ts'
import { type Cone, coneOutline, type Point } from './geometry.ts'
import type { Area, PlacedCamera, Plan } from './store.ts'
import {
  areaKindLabels,
  areaKinds,
  type Conflict,
  coneWords,
  settlementWayLabels,
  settlementWays,
} from './view.ts'

export type Drawn = {
  readonly plan: Plan
  readonly areas: readonly Area[]
  readonly cameras: readonly {
    readonly camera: Camera
    readonly placed: PlacedCamera | null
    readonly conflicts: readonly Conflict[]
  }[]
}

export function planPage(
  view: View,
  given: {
    readonly site: Site
    readonly drawn: Drawn | null
    readonly mayDraw: boolean
    readonly pack: Pack
    /** The camera whose numbers stand in the form. */
    readonly chosen: string | null
  },
): Page {
  const { site, drawn, mayDraw, pack } = given
  const at = `/sites/${site.id}/plan`
  return {
    title: `Plan of ${site.name}`,
    back: { href: `/sites/${site.id}`, text: site.name },
    wide: true,
    islands: ['site-plan'],
    body: html`${marks.heading({
      title: `Plan of ${site.name}`,
      caption: siteKindLabels[site.kind],
      lead: drawn
        ? 'Where each camera hangs, how far it sees, and what of that is private.'
        : 'There is no plan of this place yet.',
    })}${
      drawn
        ? html`${picture(site, drawn)}${listOf(view, site, drawn, mayDraw, pack)}`
        : mayDraw
          ? uploadForm(view, at)
          : marks.paragraph('Somebody who may change the register or installs cameras can upload one.')
    }${
      drawn && mayDraw
        ? html`${marks.columns(placeForm(view, at, drawn, given.chosen), areaForm(view, at, drawn))}${areasList(view, at, drawn)}${c.details(
            'Upload another plan',
            html`${marks.paragraph('What is drawn on this one counts no more then: cameras and areas are drawn again on the new one.')}${uploadForm(view, at)}`,
          )}`
        : null
    }`,
  }
}

/** A form keeps what was typed in it, and not what was typed in its neighbour. */
const own = (view: View, path: string): View => (view.path === path ? view : { ...view, refused: null })

// ---- the picture ----

const tidy = (value: number): string => String(Math.round(value * 100) / 100)
const pointsOf = (shape: readonly Point[]): string => shape.map((p) => `${tidy(p.x)},${tidy(p.y)}`).join(' ')

function picture(site: Site, { plan, areas, cameras }: Drawn): Html {
  const letter = Math.max(plan.widthM, plan.heightM) / 55
  const dot = letter * 0.6
  return html`<figure class="overt-plan" data-module="overt-site-plan" data-width="${plan.widthM}" data-height="${plan.heightM}"><svg class="overt-plan__picture" viewBox="0 0 ${tidy(plan.widthM)} ${tidy(plan.heightM)}" role="img" aria-labelledby="plan-title"><title id="plan-title">Plan of ${site.name}. The table below says the same in words.</title><image href="/sites/${site.id}/plan/picture?v=${plan.id}" x="0" y="0" width="${tidy(plan.widthM)}" height="${tidy(plan.heightM)}"/>${areas.map(
    (area) =>
      html`<g class="overt-plan__area overt-plan__area--${area.kind}"><polygon points="${pointsOf(area.corners)}"/><text x="${tidy(middleOf(area.corners).x)}" y="${tidy(middleOf(area.corners).y)}" font-size="${tidy(letter)}" text-anchor="middle">${area.name}</text></g>`,
  )}${cameras.map(({ camera, placed, conflicts }) => (placed === null ? null : cameraMark(camera.label, placed.cone, stateOf(conflicts), letter, dot)))}${scaleBar(plan, letter)}</svg><figcaption class="overt-plan__words">The grey bar is ${barOf(plan)} metres. Walls are not taken into account: a camera counts as seeing everything within its angle and range.</figcaption></figure>`
}

const middleOf = (shape: readonly Point[]): Point => ({
  x: shape.reduce((sum, p) => sum + p.x, 0) / shape.length,
  y: shape.reduce((sum, p) => sum + p.y, 0) / shape.length,
})

type Light = 'clear' | 'settled' | 'open' | 'refused'

function stateOf(conflicts: readonly Conflict[]): Light {
  if (conflicts.some((x) => x.demand === 'refused')) return 'refused'
  if (conflicts.some((x) => x.settlement === null)) return 'open'
  return conflicts.length > 0 ? 'settled' : 'clear'
}

const cameraMark = (label: string, cone: Cone, light: Light, letter: number, dot: number): Html =>
  html`<g class="overt-plan__camera overt-plan__camera--${light}"><polygon points="${pointsOf(coneOutline(cone))}"/><circle cx="${tidy(cone.x)}" cy="${tidy(cone.y)}" r="${tidy(dot)}"/><text x="${tidy(cone.x)}" y="${tidy(cone.y - dot * 1.6)}" font-size="${tidy(letter)}" text-anchor="middle">${label}</text></g>`

/** A round length of about a fifth of the plan. */
function barOf(plan: Plan): number {
  const about = plan.widthM / 5
  return [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000].findLast((length) => length <= about) ?? 1
}

function scaleBar(plan: Plan, letter: number): Html {
  const length = barOf(plan)
  const y = plan.heightM - letter
  return html`<g class="overt-plan__scale"><rect x="${tidy(letter)}" y="${tidy(y)}" width="${length}" height="${tidy(letter / 3)}"/><text x="${tidy(letter)}" y="${tidy(y - letter * 0.4)}" font-size="${tidy(letter)}">${length} m</text></g>`
}

// ---- the same in words ----

const lights: Readonly<Record<Light, readonly ['lawful' | 'attention' | 'stopped', string]>> = {
  clear: ['lawful', 'Sees nothing private'],
  settled: ['lawful', 'Private property, settled'],
  open: ['attention', 'Leave or mask is missing'],
  refused: ['stopped', 'Sees a private room'],
}

function listOf(view: View, site: Site, drawn: Drawn, mayDraw: boolean, pack: Pack): Html {
  return html`${marks.h2('What each camera sees')}${c.table({
    caption: 'Cameras of this place and what they see',
    captionHidden: true,
    columns: [{ text: 'Camera' }, { text: 'View' }, { text: 'Private' }, { text: 'State' }],
    rows: drawn.cameras.map(({ camera, placed, conflicts }) => [
      html`${marks.link(`/cameras/${camera.id}`, camera.label)}${mayDraw ? html`<br>${marks.link(`/sites/${site.id}/plan?camera=${camera.id}#camera`, html`${placed === null ? 'Draw it' : 'Draw it again'}<span class="govuk-visually-hidden">: ${camera.label}</span>`)}` : null}`,
      placed === null
        ? 'Not drawn yet'
        : html`${tidy(placed.cone.x)} m from the left, ${tidy(placed.cone.y)} m from the top; ${coneWords(placed.cone)}`,
      placed === null ? '' : conflicts.map((x) => x.area.name).join(', ') || 'Nothing',
      placed === null
        ? marks.stateTag('waiting', 'Not drawn')
        : placed.aimVersion !== camera.aimVersion
          ? marks.stateTag('attention', 'Moved since: draw it again')
          : marks.stateTag(...lights[stateOf(conflicts)]),
    ]),
    empty: marks.small('No camera is in the register here.'),
  })}${conflictsOf(view, site, drawn, mayDraw, pack)}`
}

function conflictsOf(view: View, site: Site, drawn: Drawn, mayDraw: boolean, pack: Pack): Html | null {
  const found = drawn.cameras.flatMap(({ camera, conflicts }) =>
    conflicts.map((conflict) => ({ camera, conflict })),
  )
  if (found.length === 0) return null
  const rule = privateViewRule(pack)
  return html`${marks.h2('What is private in view')}${
    rule.silent
      ? marks.silent({ uses: 'leave in writing, or a mask', why: rule.why })
      : html`<p class="govuk-body">${rule.value === 'mask' ? 'The policy asks for a mask; leave in writing is not enough.' : 'The policy asks for leave in writing before, or a mask.'} ${marks.clause(clauseLabel(pack, rule.clause), clauseHref(pack, rule.clause))}</p>`
  }${c.insetText(
    'Overt cannot mask a picture yet. A mask counts when it is set in the camera itself and a picture shows that it hides the area. Or aim the camera elsewhere.',
  )}${found.map(({ camera, conflict }) => conflictCard(view, site, camera, conflict, mayDraw, rule.value))}`
}

function conflictCard(
  view: View,
  site: Site,
  camera: Camera,
  { area, demand, settlement }: Conflict,
  mayDraw: boolean,
  rule: 'permission-or-mask' | 'mask',
): Html {
  const path = `/sites/${site.id}/plan/settlements`
  const title = `${camera.label} sees ${area.name}`
  if (demand === 'refused')
    return marks.card({
      state: 'stopped',
      title,
      body: html`<p class="govuk-body">A private room. No leave and no mask makes this lawful: the camera has to look elsewhere.</p>`,
    })
  const counts = settlement !== null && !(settlement.way === 'permission' && rule === 'mask')
  if (settlement !== null)
    return marks.card({
      state: counts ? 'lawful' : 'attention',
      title,
      body: html`<p class="govuk-body">${settlementWayLabels[settlement.way]}: ${settlement.note}, ${dayWords(settlement.givenOn)}.${
        counts ? null : ' The policy asks for a mask, so this is not enough.'
      }</p>${
        mayDraw
          ? html`<p class="govuk-body">${marks.link(`${path}/${settlement.id}/proof`, html`Look at the proof<span class="govuk-visually-hidden"> for ${title}</span>`)}</p>${c.form({ view: own(view, 'none'), action: `${path}/${settlement.id}/withdraw`, body: html`${c.hidden('camera', camera.id)}${c.button({ text: 'It no longer holds', kind: 'secondary' })}` })}`
          : null
      }`,
    })
  const typed =
    view.refused?.values['camera'] === camera.id && view.refused.values['area'] === area.id
      ? own(view, path)
      : own(view, 'none')
  // An error leads to its own field; the fields of the other cards have names of their own.
  const id = typed.refused ? '' : `-${camera.id}-${area.id}`
  return marks.card({
    state: 'attention',
    title,
    body: html`<p class="govuk-body">${areaKindLabels[area.kind]}${area.kind === 'wall' ? ' through which somebody can be seen' : ''}. ${rule === 'mask' ? 'A mask' : 'Leave in writing, or a mask'}, is missing.</p>${
      mayDraw
        ? c.details(
            `Settle it: ${title}`,
            c.form({
              view: typed,
              action: path,
              files: true,
              body: html`${c.hidden('camera', camera.id)}${c.hidden('area', area.id)}${c.radios({
                name: 'way',
                id: `way${id}`,
                label: 'How is it settled?',
                view: typed,
                choices: settlementWays
                  .filter((way) => way === 'camera-mask' || rule !== 'mask')
                  .map((value) => ({ value, text: settlementWayLabels[value] })),
              })}${c.input({ name: 'note', id: `note${id}`, label: 'Who agreed, or how the mask is set', view: typed, width: 'two-thirds' })}${c.input(
                {
                  name: 'givenOn',
                  id: `givenOn${id}`,
                  label: 'Day on the paper, or of the picture',
                  hint: 'Like 2026-11-22.',
                  view: typed,
                  width: 10,
                },
              )}${c.fileUpload({ name: 'photo', id: `photo${id}`, label: 'Photo of the signed paper, or of what the camera shows with its mask', view: typed, accept: 'image/jpeg,image/png' })}${c.button({ text: 'Record it' })}`,
            }),
            typed.refused !== null,
          )
        : null
    }`,
  })
}

// ---- forms ----

const uploadForm = (view: View, at: string): Html =>
  c.form({
    view: own(view, at),
    action: at,
    files: true,
    body: html`${c.fileUpload({
      name: 'picture',
      label: 'Picture of the plan',
      labelSize: 's',
      hint: `A drawing or a view from above, as JPEG or PNG, at most ${pictureMegabytesMax} MB. Without names of residents.`,
      view: own(view, at),
      accept: 'image/jpeg,image/png',
    })}${c.input({ name: 'widthM', label: 'How many metres does it show from the left edge to the right?', labelSize: 's', view: own(view, at), width: 5, suffix: 'm' })}${c.button({ text: 'Upload the plan' })}`,
  })

function placeForm(view: View, at: string, { cameras }: Drawn, chosen: string | null): Html | null {
  const path = `${at}/cameras`
  const mine = own(view, path)
  if (cameras.length === 0) return null
  const first =
    cameras.find(({ camera }) => camera.id === chosen) ??
    cameras.find(({ placed }) => placed === null) ??
    cameras[0]!
  const cone = first.placed?.cone
  const number = (
    name: 'x' | 'y' | 'direction' | 'angle' | 'range',
    label: string,
    hint: string,
    value: string,
  ) =>
    c.input({
      name,
      label,
      ...(hint === '' ? {} : { hint }),
      view: mine,
      value,
      width: 5,
      inputmode: 'decimal',
    })
  return html`<div data-plan="place">${marks.h2('Draw a camera')}${c.form({
    view: mine,
    action: path,
    body: html`${c.select({
      name: 'camera',
      label: 'Camera',
      view: mine,
      value: first.camera.id,
      options: cameras.map(({ camera }) => ({ value: camera.id, text: camera.label })),
    })}${number('x', 'Metres from the left edge', 'Where it hangs.', cone ? tidy(cone.x) : '')}${number('y', 'Metres from the top edge', '', cone ? tidy(cone.y) : '')}${number('direction', 'Direction in degrees', '0 looks to the top of the plan, 90 to the right, 180 down, 270 to the left.', cone ? tidy(cone.direction) : '0')}${number('angle', 'How wide it sees, in degrees', 'On its data sheet, often 90 to 110. A dome that turns: 360.', cone ? tidy(cone.angle) : '90')}${number('range', 'How far somebody can be made out, in metres', '', cone ? tidy(cone.range) : '15')}${c.button({ text: 'Draw it' })}`,
  })}</div>`
}

function areaForm(view: View, at: string, drawn: Drawn): Html {
  const path = `${at}/areas`
  const mine = own(view, path)
  const number = (name: 'left' | 'top' | 'width' | 'height', label: string) =>
    c.input({ name, label, view: mine, width: 5, inputmode: 'decimal' })
  return html`<div data-plan="area">${marks.h2('Mark an area')}${marks.paragraph(
    'Mark what is private even where a wall stands before it. A running camera that sees it stops at once, until it is settled or the camera looks elsewhere.',
  )}${c.form({
    view: mine,
    action: path,
    body: html`${c.input({ name: 'name', label: 'What is it?', hint: 'Like “Flat 3, kitchen window”. Without a name of anybody.', view: mine, width: 20 })}${c.radios(
      {
        name: 'kind',
        label: 'Kind of area',
        view: mine,
        small: true,
        choices: areaKinds.map((value) => ({
          value,
          text: areaKindLabels[value],
          ...(value === 'wall'
            ? {
                reveals: c.checkbox({
                  name: 'seeThrough',
                  label: 'Somebody can be seen through it: glass, gaps, or above it',
                  view: mine,
                }),
              }
            : {}),
        })),
      },
    )}${number('left', 'Metres from the left edge')}${number('top', 'Metres from the top edge')}${number('width', 'Width in metres')}${number('height', 'Height in metres')}${c.details(
      'It is not a rectangle',
      c.textarea({
        name: 'corners',
        label: 'Its corners, in order around it',
        hint: 'One a line: metres from the left, a space, metres from the top.',
        view: mine,
        rows: 5,
      }),
    )}${c.button({ text: 'Mark it', kind: 'secondary' })}`,
  })}</div>${drawn.areas.length === 0 ? marks.small('No area is marked yet.') : null}`
}

function areasList(view: View, at: string, { areas }: Drawn): Html | null {
  if (areas.length === 0) return null
  return c.table({
    caption: 'Marked areas',
    columns: [{ text: 'Area' }, { text: 'Kind' }, { text: 'Take it out', hidden: true }],
    rows: areas.map((area) => [
      area.name,
      `${areaKindLabels[area.kind]}${area.seeThrough ? '; somebody can be seen through it' : ''}`,
      c.form({
        view: own(view, 'none'),
        action: `${at}/areas/${area.id}/remove`,
        body: c.button({ text: `Take out ${area.name}`, kind: 'secondary' }),
      }),
    ]),
  })
}
