/** What the installer does on site, on a phone: connection, signs, checklist, reference picture. */
import { inSentence } from '#policy/policy.ts'
import {
  pictureMegabytesMax,
  type SignPlace,
  type SignSheet,
  signLacks,
  signPlaceLabels,
  signReference,
} from '#register/register.ts'
import { components as c, dayWords, type Html, html, marks, moment, type Page, type View } from '#web/web.ts'
import type { Standing } from '../evaluate.ts'
import { referenceThatCounts } from '../facts.ts'
import { signFormsBox } from '../letters/sign-forms.ts'
import type { KnownRecorder } from '../parts.ts'
import { signClause } from '../signs-in-line.ts'
import { deviceCard } from './device-card.ts'
import { photoFields } from './sign-pages.ts'
import { signStateOf } from './sign-words.ts'
import { gateLines, type May } from './standing-words.ts'
import { clauseMark, ownView, placeTitle } from './words.ts'

const base = (s: Standing) => `/deployments/${s.file.deployment.id}`
const stateOfGate = (s: Standing, code: string) => s.gates.find((g) => g.code === code)?.state ?? null
const gateTag = (s: Standing, code: string): Html | null => {
  const state = stateOfGate(s, code)
  if (state === null) return null
  return state === 'met'
    ? marks.stateTag('lawful', 'Done')
    : state === 'open'
      ? marks.stateTag('waiting', 'To do')
      : marks.stateTag('attention', 'Waits')
}
const sectionHead = (s: Standing, code: string, text: string): Html =>
  html`<h2 class="govuk-heading-m govuk-!-margin-top-6" id="${code}">${text}</h2><p class="govuk-body">${gateTag(s, code)}</p>`

export function installPage(
  view: View,
  standing: Standing,
  extra: {
    readonly may: May
    readonly recorders: readonly KnownRecorder[]
    readonly nowMs: number
    /** In which other forms people here read signs. */
    readonly forms: readonly string[]
  },
): Page {
  const { file } = standing
  const d = file.deployment
  const before = standing.gates.filter(
    (g) =>
      g.state !== 'met' && !['signs', 'site-checklist', 'reference-picture', 'recorder'].includes(g.code),
  )
  return {
    title: 'Installation',
    back: { href: base(standing), text: `${d.reference}: ${file.camera.label}` },
    body: html`${marks.heading({
      title: 'Installation',
      caption: `${d.reference} · ${placeTitle(file)}`,
      lead: file.camera.position,
    })}${
      before.length > 0
        ? c.insetText(
            html`Not everything is agreed yet: ${before.map((g) => inSentence(g.label)).join(', ')}. You can prepare, but no picture may be taken.`,
          )
        : null
    }${connection(view, standing, extra.recorders)}${signs(view, standing, extra)}${checklist(view, standing)}${reference(view, standing, extra.may, before.length === 0, extra.nowMs)}${c.details(
      'Every step of this camera',
      marks.gateList(gateLines(standing, { ...extra.may, install: false }), 'all'),
    )}`,
  }
}

function connection(view: View, standing: Standing, recorders: readonly KnownRecorder[]): Html {
  const { camera, deployment: d } = standing.file
  const at = `${base(standing)}/install/connection`
  const own = ownView(view, at)
  const probe = camera.probe
  return html`${sectionHead(standing, 'recorder', '1. Recorder and camera')}${
    probe
      ? marks.card({
          state: probe.code === 'ok' ? 'lawful' : 'attention',
          body: html`<p class="govuk-body">${probe.words} <span class="overt-muted">${moment(probe.atMs, d.timeZone, true)}</span></p>`,
        })
      : camera.rtspUrl
        ? marks.small('The address has not been tried since it was set.')
        : null
  }${camera.device === null ? null : deviceCard(standing, camera.device)}${
    recorders.length === 0
      ? c.insetText('No recorder is enrolled yet. An administrator adds one under “Recorders”.')
      : c.form({
          view: own,
          action: at,
          body: html`${c.hidden('version', camera.version)}${c.select({
            name: 'recorderId',
            label: 'Recorder',
            labelSize: 's',
            view: own,
            value: camera.recorderId ?? (recorders.length === 1 ? recorders[0]!.id : ''),
            empty: 'Choose a recorder',
            options: recorders.map((r) => ({
              value: r.id,
              text: r.online ? r.name : `${r.name} (not heard from lately)`,
            })),
          })}${c.input({
            name: 'address',
            label: 'Address of the camera’s stream',
            labelSize: 's',
            hint: 'Begins with rtsp://. It is on the camera’s own page or in its manual.',
            view: own,
            value: camera.rtspUrl ?? '',
            width: 'full',
            autocomplete: 'off',
            autocapitalize: 'none',
            spellcheck: false,
          })}${c.input({
            name: 'devicePort',
            label: 'ONVIF port',
            hint: 'Overt asks the camera there what it does besides filming. Leave it empty for the usual one, 80.',
            view: own,
            value: camera.devicePort === null ? '' : String(camera.devicePort),
            width: 5,
            inputmode: 'numeric',
            autocomplete: 'off',
          })}${c.input({
            name: 'username',
            label: 'User name',
            hint: camera.hasCredentials
              ? 'One is stored. Leave both empty to keep it, unless the address leads to another device.'
              : 'If the camera asks for one.',
            view: own,
            width: 20,
            autocomplete: 'off',
            autocapitalize: 'none',
            spellcheck: false,
          })}${c.passwordInput({ name: 'password', label: 'Password', hint: 'Never shown again.', view: own, autocomplete: 'new-password' })}${
            camera.hasCredentials
              ? c.checkbox({
                  name: 'noPassword',
                  label: 'This camera needs no user name and password: forget the stored ones',
                  view: own,
                })
              : null
          }${c.button({ text: 'Save and try it' })}`,
        })
  }${
    camera.rtspUrl && camera.recorderId
      ? c.form({
          view: ownView(view, `${base(standing)}/install/probe`),
          action: `${base(standing)}/install/probe`,
          body: c.button({ text: 'Try the address again', kind: 'secondary' }),
        })
      : null
  }`
}

function signs(
  view: View,
  standing: Standing,
  { nowMs, forms }: { readonly nowMs: number; readonly forms: readonly string[] },
): Html | null {
  if (stateOfGate(standing, 'signs') === null) return null
  const { file, pack } = standing
  const at = `${base(standing)}/install/signs`
  const own = ownView(view, at)
  const rules = pack.values.sign
  const asked = signClause(pack, file.deployment.type)
  const lacks = file.sheets[0] ? signLacks(file.sheets[0].says) : []
  const places = rules.places.filter((p) => file.sheets.some((s) => s.place === p.code))
  return html`${sectionHead(standing, 'signs', '2. Signs')}${marks.paragraph(
    html`Each sign is made from the record: print it, hang it, photograph it. The code in the photo says which sign and which version hangs there. ${clauseMark(pack, asked) ?? 'The policy does not say; Overt asks for it.'}`,
  )}${signFormsBox(forms)}${
    lacks.length > 0
      ? c.insetText(
          html`No sign can be printed yet: the register lacks ${lacks.join(' and ')}. ${marks.link(`/sign-contact?provider=${file.deployment.provider}`, 'Say whom people can ask')}.`,
        )
      : marks.cards(...file.sheets.map((sheet) => signCard(view, standing, sheet, nowMs)))
  }${
    lacks.length > 0 || places.length === 0
      ? null
      : html`${c.form({
          view: own,
          action: at,
          files: true,
          body: html`${c.hidden('from', 'install')}${c.radios({
            name: 'place',
            label: 'Where does the sign hang?',
            labelSize: 's',
            view: own,
            value: places.length === 1 ? places[0]!.code : null,
            choices: places.map((p) => ({
              value: p.code,
              text: signPlaceLabels[p.code as SignPlace],
              hint: html`${clauseMark(pack, asked === null ? null : p.clause)}`,
            })),
            small: true,
          })}${photoFields(own, '')}${c.button({ text: 'Add this sign' })}`,
        })}${c.details(
          'A place needs more than one sign',
          c.form({
            view: ownView(view, `${at}/another`),
            action: `${at}/another`,
            body: html`${c.radios({
              name: 'another',
              label: 'Where is one more sign needed?',
              labelSize: 's',
              view: ownView(view, `${at}/another`),
              value: places.length === 1 ? places[0]!.code : null,
              choices: places.map((p) => ({
                value: p.code,
                text: signPlaceLabels[p.code as SignPlace],
              })),
              small: true,
            })}${c.button({ text: 'Make one more sign', kind: 'secondary' })}`,
          }),
        )}`
  }`
}

/** One sign that belongs here: its state, its photo when it hangs, and the way to print it. */
function signCard(view: View, standing: Standing, sheet: SignSheet, nowMs: number): Html {
  const { file } = standing
  const sign = file.signs.find((s) => s.sheetId === sheet.id) ?? null
  const state = signStateOf({ sheet, hanging: sign, timeZone: file.deployment.timeZone }, nowMs)
  const name = `sign ${signReference(sheet.code)}`
  return marks.card({
    headingLevel: 3,
    title: `${signPlaceLabels[sheet.place]}: ${name}`,
    state: state.tone,
    body: html`<p class="govuk-body">${marks.stateTag(state.tone, state.words)}</p>${
      sign === null
        ? marks.picture({
            src: `/signs/${sheet.id}/picture?version=${sheet.version}`,
            alt: `The ${name} as it is printed`,
            caption: `Version ${sheet.version}, to print`,
            width: 200,
          })
        : marks.picture({
            src: `${base(standing)}/pictures/${sign.photoId}`,
            alt: `Photo of the ${name}: ${sign.note || signPlaceLabels[sheet.place]}`,
            caption: sign.note || null,
            width: 320,
          })
    }<p class="govuk-body">${marks.link(`/signs/${sheet.id}`, html`Print or look closer<span class="govuk-visually-hidden"> at ${name}</span>`)}</p>${
      sign === null
        ? null
        : c.form({
            view: { ...view, refused: null },
            action: `${base(standing)}/install/signs/${sign.id}/remove`,
            body: c.button({ text: 'Take out of the register', kind: 'secondary' }),
          })
    }`,
  })
}

function checklist(view: View, standing: Standing): Html | null {
  if (stateOfGate(standing, 'site-checklist') === null) return null
  const { file, pack } = standing
  const at = `${base(standing)}/install/checklist`
  const own = ownView(view, at)
  const note = (code: string) => file.checklist.find((a) => a.item === code)?.note ?? ''
  return html`${sectionHead(standing, 'site-checklist', '3. Site checklist')}${c.form({
    view: own,
    action: at,
    body: html`${c.checkboxes({
      name: 'met',
      label: 'Tick what is so',
      labelSize: 's',
      view: own,
      values: file.checklist.filter((a) => a.met).map((a) => a.item),
      choices: pack.values.siteChecklist.map((item) => ({
        value: item.code,
        text: item.ask,
        ...(item.clause ? { hint: html`${clauseMark(pack, item.clause)}` } : {}),
      })),
    })}${c.textarea({ name: 'kit', label: 'What was fitted', labelSize: 's', hint: 'One line for each piece: what it is, make and model, serial number.', view: own, value: (file.installation?.kit ?? []).join('\n'), rows: 4 })}${c.textarea({ name: 'notes', label: 'Notes', hint: 'Anything that isn’t as it should be.', view: own, value: note(pack.values.siteChecklist[0]?.code ?? ''), rows: 3, maxlength: 1000 })}${c.checkbox(
      {
        name: 'qualified',
        label: 'I am qualified to install CCTV, and I installed this camera',
        checked: file.installation?.qualified ?? false,
        view: own,
      },
    )}${c.input({ name: 'qualification', label: 'What shows it?', hint: 'Certificate and number, card, or your employer’s word.', view: own, value: file.installation?.qualification ?? '', width: 'two-thirds' })}${c.dateInput({ name: 'qualificationUntil', label: 'Its last day, if it has one', view: own, value: file.installation?.qualificationUntil ?? null })}${c.button({ text: 'Save the checklist' })}`,
  })}${sitePhotos(view, standing)}${matching(view, standing)}${itsDays(standing)}`
}

/** Photos of where it hangs: what an auditor sees without going there. */
function sitePhotos(view: View, standing: Standing): Html {
  const { file } = standing
  const at = `${base(standing)}/install/photos`
  const own = ownView(view, at)
  return html`<h3 class="govuk-heading-s">Photos of the place</h3>${
    file.sitePhotos.length > 0
      ? marks.cards(
          ...file.sitePhotos.map((p) =>
            marks.card({
              body: marks.picture({
                src: `${at}/${p.id}`,
                alt: `Photo of the place: ${p.note || 'where it hangs'}`,
                caption: html`${p.note || 'Where it hangs'}, ${moment(p.takenMs, file.deployment.timeZone)}`,
                width: 320,
              }),
            }),
          ),
        )
      : marks.small('None yet.')
  }${c.form({
    view: own,
    action: at,
    files: true,
    body: html`${c.input({ name: 'note', id: 'site-note', label: 'What does the photo show?', hint: 'For example: the bracket over the door, from the path.', view: own, width: 'two-thirds' })}${c.fileUpload({ name: 'sitePhoto', label: 'Picture of the place', hint: `JPEG or PNG, ${pictureMegabytesMax} MB at most. No people in it, please.`, view: own, accept: 'image/jpeg,image/png', capture: 'environment' })}${c.button({ text: 'Add this picture', kind: 'secondary' })}`,
  })}`
}

/** Only where the proposal says that it does more than film. */
function matching(view: View, standing: Standing): Html | null {
  const { file } = standing
  if (file.deployment.technologies.length === 0 && file.matching === null) return null
  const at = `${base(standing)}/install/matching`
  const own = ownView(view, at)
  const one = file.matching
  return html`<h3 class="govuk-heading-s">Matching with a database</h3>${marks.paragraph('Off, unless somebody answers for the database and has checked that it is right and up to date.')}${
    one
      ? html`${c.summaryList({
          rows: [
            { key: 'Database', value: one.database },
            { key: 'Answers for it', value: one.owner },
            { key: 'Checked on', value: dayWords(one.checkedOn) },
            { key: 'Counts until', value: dayWords(one.goodUntil) },
          ],
        })}${c.form({ view: { ...view, refused: null }, action: `${at}/off`, body: c.button({ text: 'Switch it off', kind: 'warning' }) })}`
      : null
  }${c.details(
    one ? 'It was checked again' : 'Record the database',
    c.form({
      view: own,
      action: at,
      body: html`${c.input({ name: 'database', label: 'Name of the database, and where it comes from', view: own, value: one?.database ?? '', width: 'two-thirds' })}${c.input({ name: 'owner', label: 'Who answers for it?', view: own, value: one?.owner ?? '', width: 'two-thirds' })}${c.dateInput({ name: 'checkedOn', label: 'Checked on', view: own })}${c.dateInput({ name: 'goodUntil', label: 'Last day on which that check counts', hint: 'A year at most.', view: own })}${c.button({ text: 'Record it', kind: 'secondary' })}`,
    }),
    own.refused !== null,
  )}`
}

/** The days that the record of an installation holds. */
function itsDays({ file }: Standing): Html {
  const { removalDay, reviewDay } = file.deployment
  return c.summaryList({
    rows: [
      { key: 'Taken down', value: removalDay ? dayWords(removalDay) : 'No day is set' },
      { key: 'Looked at again', value: reviewDay ? dayWords(reviewDay) : 'No day is set' },
    ],
  })
}

function reference(view: View, standing: Standing, may: May, ready: boolean, nowMs: number): Html | null {
  if (stateOfGate(standing, 'reference-picture') === null) return null
  const { file } = standing
  const picture = referenceThatCounts(file)
  const running = file.mandates.find(
    (m) => m.class === 'commissioning' && m.ended === null && nowMs < m.untilMs,
  )
  const at = base(standing)
  const recorder = stateOfGate(standing, 'recorder') === 'met'
  return html`${sectionHead(standing, 'reference-picture', '4. Reference picture')}${marks.paragraph(
    'One picture, taken while you stand there, shows what the camera sees. Later pictures are held against it.',
  )}${
    picture && picture.attachmentId === null
      ? marks.small('The picture has gone, with the pictures of its camera.')
      : picture
        ? html`${marks.picture({
            src: `${at}/reference/still`,
            alt: `What ${file.camera.label} sees`,
            caption: html`Taken on ${moment(picture.takenMs, file.deployment.timeZone, true)}${picture.accepted ? ', accepted' : ''}`,
          })}${
            picture.accepted
              ? null
              : c.form({
                  view: ownView(view, `${at}/install/reference/judge`),
                  action: `${at}/install/reference/judge`,
                  body: html`${c.hidden('reference', picture.id)}${marks.paragraph('Does it show what was agreed, and nothing private: no other front door, no window, no garden?')}${c.buttonGroup(
                    c.button({ text: 'Yes, it shows only that', name: 'accepted', value: 'yes' }),
                    c.button({ text: 'No, take another', kind: 'secondary', name: 'accepted', value: 'no' }),
                  )}`,
                })
          }`
        : running
          ? html`${marks.card({ state: 'waiting', body: html`<p class="govuk-body">The recorder is taking the picture. <a class="govuk-link" href="${at}/install#reference-picture">Look again</a> in a few seconds.</p>` })}`
          : may.capture && ready && recorder
            ? c.form({
                view: ownView(view, `${at}/install/reference`),
                action: `${at}/install/reference`,
                body: html`${c.button({ text: 'Take the reference picture' })}${marks.small('For this the hub signs a mandate of 30 minutes at most, for one picture.')}`,
              })
            : marks.small(
                ready
                  ? 'It can be taken when the camera answers.'
                  : 'It can be taken when everything before is agreed.',
              )
  }`
}
